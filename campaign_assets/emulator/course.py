"""How a campaign's assets do over time: strong or weak, with a start that is felt, an end, or a day of silence.

Belongs here: the factor that a campaign's course puts on all counts of its assets. Not here: which campaign takes which
course (`story`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from campaign_assets.emulator.hashing import Floats, Ints

NEVER = 10_000_000
_LAUNCH_FADES = 11.0
_END_FADES = 21.0
_AFTERLIFE = 0.22


@dataclass(frozen=True)
class Course:
    """The course of one campaign; its days are proleptic ordinals.

    Attributes:
        strength: Its counts, as a multiple of an ordinary campaign's.
        launch: The day it starts.
        boost: How much more, in ordinary campaigns, its first days bring; it fades within weeks.
        end: The day after which interest fades to what is left of it.
        quiet_from: The first day on which nothing happens any more, and from then on.
    """

    strength: float = 1.0
    launch: int = 0
    boost: float = 0.0
    end: int = NEVER
    quiet_from: int = NEVER


class CourseColumns:
    """Courses as arrays.

    Args:
        courses: The courses, in the order of their positions.
    """

    def __init__(self, courses: Sequence[Course]) -> None:
        self._strength = np.array([course.strength for course in courses])
        self._boost = np.array([course.boost for course in courses])
        self._launch = np.array([course.launch for course in courses], dtype=np.int64)
        self._end = np.array([course.end for course in courses], dtype=np.int64)
        self._quiet_from = np.array([course.quiet_from for course in courses], dtype=np.int64)

    def factors(self, positions: Ints, days: Ints) -> Floats:
        """Give the factor of some courses on some days, one row per day."""
        day = days[:, np.newaxis]
        since, after = day - self._launch[positions], np.maximum(day - self._end[positions], 0)
        felt = np.where(since >= 0, self._boost[positions] * np.exp(-np.maximum(since, 0) / _LAUNCH_FADES), 0.0)
        left = _AFTERLIFE + (1.0 - _AFTERLIFE) * np.exp(-after / _END_FADES)
        factors = self._strength[positions] * (1.0 + felt) * left
        return np.where(day < self._quiet_from[positions], factors, 0.0)
