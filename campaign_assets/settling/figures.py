"""How much of a day still moves some days after its close, and whether the settling times fit that.

Plain functions of what the readings have shown; no files, no clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from campaign_assets.days import Calendar
from campaign_assets.settling.rereads import Reread

AFTER = (1, 3, 7)
"""Days after its close, for the figures that people compare."""
ENOUGH_DAYS = 14
"""So many days must have shown something before anything is concluded from them."""
LITTLE = 0.001
"""A reading that changes less than this share of every table is not worth its requests."""
MUCH = 0.005
"""A table that is known to change by more than this after its last reading is not settled by then."""
VERY_MUCH = 0.02
"""A table whose last reading changes more than this will hardly stop there, though nobody has looked."""

Evidence = Mapping[date, Sequence[Reread]]
"""The later readings of each day, of all tables."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a table's counts and levels.

    Attributes:
        days: How many days it is known of.
        moved: How much moved.
        total: What they add up to.
    """

    days: int = 0
    moved: float = 0.0
    total: float = 0.0

    @property
    def value(self) -> float | None:
        """The share; None where it is not known, 0 where nothing is counted."""
        if not self.days:
            return None
        return self.moved / self.total if self.total else 0.0

    @property
    def known(self) -> float | None:
        """The share, where enough days have shown it."""
        return self.value if self.days >= ENOUGH_DAYS else None


def measure_after(evidence: Evidence, table: str, after: int, calendar: Calendar) -> Share:
    """How much of a table still moves when its day is `after` days over: what a reader misses who stops then.

    Only days count that were read within a day after that time, and again at their last settling time or later.

    Args:
        evidence: The readings.
        table: Slug of the table.
        after: Days after the close.
        calendar: The days of the account.
    """
    end = max(calendar.settle_days[-1], after + 1)
    found = []
    for day, rereads in _of_table(evidence, table):
        later = [reread for reread in rereads if _age(calendar, day, reread.before_at) >= after]
        if later and _age(calendar, day, later[0].before_at) < after + 1 and _age(calendar, day, later[-1].at) >= end:
            found.append(later)
    return _sum(found)


def measure_reading(evidence: Evidence, table: str, number: int, calendar: Calendar) -> Share:
    """How much the reading at one settling time changes, beside the reading at the settling time before.

    Args:
        evidence: The readings.
        table: Slug of the table.
        number: Place of the settling time among all; the first, 0, changes nothing.
        calendar: The days of the account.
    """
    times = (*calendar.settle_days, float("inf"))
    found = [
        [reread]
        for day, rereads in _of_table(evidence, table)
        for reread in rereads
        if times[number - 1] <= _age(calendar, day, reread.before_at) < times[number]
        and times[number] <= _age(calendar, day, reread.at) < times[number + 1]
    ]
    return _sum(found)


def measure_end(evidence: Evidence, table: str, calendar: Calendar) -> Share:
    """How much of a table moves after its last settling time, as far as anybody has looked."""
    last = calendar.settle_days[-1]
    late = (
        [reread for reread in rereads if _age(calendar, day, reread.before_at) >= last]
        for day, rereads in _of_table(evidence, table)
    )
    return _sum([rereads for rereads in late if rereads])


@dataclass(frozen=True, slots=True)
class Advice:
    """What the evidence says of the settling times.

    Attributes:
        settle_days: Those that would fit, in days after the close; as they are, where nothing speaks against them.
        idle: Those whose reading changes next to nothing in any table.
        unsettled: Slugs of the tables that still move after the last one, with the share.
        days: How many days the evidence is of, at least.
    """

    settle_days: tuple[int, ...]
    idle: tuple[int, ...]
    unsettled: Mapping[str, float]
    days: int

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against the settling times."""
        return not self.idle and not self.unsettled


def advise(evidence: Evidence, tables: Sequence[str], calendar: Calendar) -> Advice:
    """Whether the settling times read too often, or stop too early.

    Without enough days that have been read at every settling time there is no advice.

    Args:
        evidence: The readings.
        tables: Slugs of the tables; those that were never read twice are passed over.
        calendar: The days of the account, and its settling times.
    """
    times = calendar.settle_days
    read = {reread.table for rereads in evidence.values() for reread in rereads}
    tables = [table for table in tables if table in read]
    readings = {
        number: [measure_reading(evidence, table, number, calendar) for table in tables]
        for number in range(1, len(times))
    }
    days = min((share.days for shares in readings.values() for share in shares), default=0)
    idle = tuple(times[number] for number, shares in readings.items() if shares and all(map(_is_little, shares)))
    unsettled = {}
    for place, table in enumerate(tables):
        seen = measure_end(evidence, table, calendar).known
        guessed = readings[len(times) - 1][place].known if len(times) > 1 else None
        share, bound = (seen, MUCH) if seen is not None else (guessed, VERY_MUCH)
        if share is not None and share > bound:
            unsettled[table] = share
    kept = [after for after in times if after not in idle]
    return Advice(tuple(kept) + ((max(1, 2 * times[-1]),) if unsettled else ()), idle, unsettled, days)


def _is_little(share: Share) -> bool:
    return share.known is not None and share.known < LITTLE


def _of_table(evidence: Evidence, table: str) -> Iterable[tuple[date, list[Reread]]]:
    for day, rereads in evidence.items():
        yield day, sorted((reread for reread in rereads if reread.table == table), key=lambda reread: reread.at)


def _age(calendar: Calendar, day: date, timestamp: datetime) -> float:
    """Days of the account's calendar that have passed since a day's close, in part too."""
    local = calendar.to_day(timestamp)
    whole = (local - day).days - 1
    return whole + (timestamp - calendar.find_close(local - timedelta(days=1))) / timedelta(days=1)


def _sum(days: Sequence[Sequence[Reread]]) -> Share:
    return Share(
        len(days),
        sum(reread.movement.moved for rereads in days for reread in rereads),
        sum(rereads[-1].movement.total for rereads in days),
    )
