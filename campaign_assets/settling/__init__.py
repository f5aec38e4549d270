"""How days settle: what a later reading says differently, how much that is, and what it means for the setting.

Plain functions of tables and times. Which file tells it is in `load`, when a day is due in `freshness`.
"""
