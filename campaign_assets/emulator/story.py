"""The campaigns that have something to tell: launches, flops, one that went quiet, those over budget.

Belongs here: which campaign of a portal has which part, and the course that follows from it. Not here: names and money
(`population`), what a course does to a number (`course`).

Parts are given by a campaign's number, and repeat every forty campaigns. Their days are counted from the first day of
the quarter, and there are enough of each part that on every day some launch has just begun, some campaign has just gone
quiet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from campaign_assets.emulator.course import NEVER, Course

_EVERY = 40
_FORTNIGHT = 14
_FLOP = 0.1
_LAUNCHES = (10, 12, 15, 21, 24, 27, 30, 33)


@dataclass(frozen=True)
class Part:
    """What is special about one campaign.

    Attributes:
        starts: The day it starts, counted from the first day of the quarter.
        lasts: Its days; None where it has no end.
        theme: What its name says it is.
        strength: Its counts, as a multiple of an ordinary campaign's.
        boost: How much more its first days bring.
        quiet_after: Days after its start from which on nothing happens any more; None where it goes on.
        budget: Its budget, as a multiple of an ordinary campaign's.
        spent: What is spent in the end, as a share of the budget.
    """

    starts: int
    lasts: int | None
    theme: str
    strength: float = 1.0
    boost: float = 0.3
    quiet_after: int | None = None
    budget: float = 1.0
    spent: float = 0.9

    @property
    def is_flop(self) -> bool:
        """Whether next to nothing comes of it."""
        return self.strength < _FLOP


_PARTS: Mapping[int, Part] = {
    0: Part(-330, None, "Customer Stories", strength=2.2, boost=0.0, budget=1.5),
    **{
        number: Part(-10 + place * _FORTNIGHT, 60, "Product Launch", strength=1.7, boost=7.0, budget=2.5)
        for place, number in enumerate(_LAUNCHES)
    },
    **{
        number: Part(starts, 120, "Brand Awareness", strength=0.05, boost=0.0, budget=2.0, spent=0.97)
        for number, starts in ((1, -24), (16, 8), (28, 38))
    },
    **{
        number: Part(starts, 210, "Webinar Series", strength=1.8, quiet_after=80)
        for number, starts in ((25, -94), (34, -63), (37, -30))
    },
    **{
        number: Part(starts, 75, "Trade Show", strength=0.9, boost=1.5, budget=1.2, spent=1.38)
        for number, starts in ((36, -70), (39, -25))
    },
}


def part_of(number: int) -> Part | None:
    """Give the part of a portal's campaign, by its number; None for the many without one."""
    return _PARTS.get(number % _EVERY)


def course_of(part: Part | None, start: date, end: date | None, random: Random) -> Course:
    """Give the course of a campaign that has this part, or none."""
    last = NEVER if end is None else end.toordinal()
    if part is None:
        return Course(0.45 + 1.1 * random.random(), start.toordinal(), 0.4, last)
    quiet = NEVER if part.quiet_after is None else (start + timedelta(days=part.quiet_after)).toordinal()
    return Course(part.strength, start.toordinal(), part.boost, last, quiet)
