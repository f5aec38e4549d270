"""How fast and with how few requests the product reads metrics: `python -m campaign_assets_tests.benchmarks.backfill`.

No part of the tests. The emulator runs as a process of its own and so does each contender, so that what is measured
of one is its own.
"""
