"""How busy marketing is on a day, whatever the campaign: the week, the year, and slow growth.

Belongs here: one factor for each day. Not here: what a campaign or an asset makes of it (`course`, `metric_values`).
"""

import math
from datetime import date
from functools import lru_cache

_WEEK = (1.06, 1.13, 1.12, 1.05, 0.94, 0.36, 0.31)
_YEAR = (0.92, 1.0, 1.1, 1.04, 1.06, 0.98, 0.82, 0.76, 1.06, 1.14, 1.22, 0.9)
"""By month, in its middle: quiet in summer, busiest before Christmas."""
_HOLIDAYS = 0.45
_GROWTH_PER_DAY = 0.0005
_GROWTH_FROM = date(2026, 1, 1).toordinal()


@lru_cache(maxsize=4096)
def busyness(day: int) -> float:
    """Give the factor of a day, by its ordinal; an ordinary spring Monday is near 1."""
    return _WEEK[(day - 1) % 7] * _season(day) * math.exp(_GROWTH_PER_DAY * (day - _GROWTH_FROM))


def _season(day: int) -> float:
    found = date.fromordinal(day)
    if (found.month, found.day) >= (12, 23) or (found.month, found.day) <= (1, 1):
        return _HOLIDAYS
    nearer = found.month - 2 if found.day < 15 else found.month
    share = abs(found.day - 15) / 30
    return (1 - share) * _YEAR[found.month - 1] + share * _YEAR[nearer % 12]
