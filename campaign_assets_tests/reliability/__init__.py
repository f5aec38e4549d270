"""Proof by count: whatever fails, a finished cell is right and an unfinished one says why it is not.

`python -m campaign_assets_tests.reliability` runs every fault, crash and full disk of these modules and prints what
came of it. A cell is one table, or one day of a daily table.
"""
