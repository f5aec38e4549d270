"""The rule of freshness: which days of which tables are due to be read.

A day closes at midnight in the account's time zone. HubSpot restates recent days, so a day is read at its close and
again at each of its settling times, until it is settled. A cell (a table on a day) is due when some settling time has
passed and the cell was not read since; one that was never read, or whose reading failed, is due by the same rule.

Plain functions of what they are given, the present time included. No Dagster, no files, no clock of their own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from campaign_assets.days import Calendar, DayRange


def find_due_since(calendar: Calendar, day: date, read_at: datetime | None, now: datetime) -> datetime | None:
    """Since when a cell is due: the first settling time that has passed unread; None where it is not due.

    Args:
        calendar: The days of the account.
        day: The cell's day.
        read_at: When the cell was last read whole; None for never.
        now: The present time. Where it lies before `read_at`, a clock went back: the cell counts as read until a
            settling time after that reading has passed.
    """
    unread = (timestamp for timestamp in calendar.list_settling_times(day) if read_at is None or read_at < timestamp)
    return next((timestamp for timestamp in unread if timestamp <= now), None)


def is_settled(calendar: Calendar, day: date, read_at: datetime | None) -> bool:
    """Whether a cell is never due again."""
    return read_at is not None and read_at >= calendar.list_settling_times(day)[-1]


@dataclass(frozen=True, slots=True)
class CellState:
    """What is known of a cell.

    Attributes:
        table: Slug of the cell's table.
        day: The cell's day.
        read_at: When it was last read whole, in UTC; None for never.
    """

    table: str
    day: date
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueCell:
    """A cell that is due.

    Attributes:
        table: Slug of the cell's table.
        day: The cell's day.
        since: The first settling time that passed unread, in UTC.
        last_settling_time: The last one: a reading since this time counts for all of them.
    """

    table: str
    day: date
    since: datetime
    last_settling_time: datetime


@dataclass(frozen=True, slots=True)
class DueRange:
    """Days in a row whose due tables are the same: what one run reads.

    Attributes:
        tables: Slugs of the tables, sorted.
        days: The days.
        since: Since when the oldest of its cells is due, in UTC.
        last_settling_time: The last settling time that passed of its cells: associations must not be older.
    """

    tables: tuple[str, ...]
    days: DayRange
    since: datetime
    last_settling_time: datetime


def find_due(calendar: Calendar, states: Iterable[CellState], now: datetime) -> list[DueCell]:
    """The cells that are due, in the order of days."""
    due = []
    for state in states:
        since = find_due_since(calendar, state.day, state.read_at, now)
        if since is not None:
            passed = [timestamp for timestamp in calendar.list_settling_times(state.day) if timestamp <= now]
            due.append(DueCell(state.table, state.day, since, last_settling_time=passed[-1]))
    return sorted(due, key=lambda cell: (cell.day, cell.table))


def combine(due: Sequence[DueCell], longest: int = 366) -> list[DueRange]:
    """Due cells as few ranges of days, the newest first: what closed last is what people wait for.

    Args:
        due: The cells.
        longest: A range has no more days.
    """
    by_day = [
        (day, list(cells)) for day, cells in groupby(sorted(due, key=lambda c: (c.day, c.table)), lambda c: c.day)
    ]
    ranges = [_to_range(group) for group in _group(by_day, longest)]
    return sorted(ranges, key=lambda r: r.days.last, reverse=True)


DayCells = tuple[date, list[DueCell]]


def _group(by_day: Sequence[DayCells], longest: int) -> Iterator[list[DayCells]]:
    group: list[DayCells] = []
    for day, cells in by_day:
        if group and not _continues(group, day, cells, longest):
            yield group
            group = []
        group.append((day, cells))
    if group:
        yield group


def _continues(group: Sequence[DayCells], day: date, cells: Sequence[DueCell], longest: int) -> bool:
    last_day, last_cells = group[-1]
    same_tables = [c.table for c in last_cells] == [c.table for c in cells]
    return day == last_day + timedelta(days=1) and same_tables and len(group) < longest


def _to_range(group: Sequence[DayCells]) -> DueRange:
    cells = [cell for _, of_day in group for cell in of_day]
    return DueRange(
        tables=tuple(cell.table for cell in group[0][1]),
        days=DayRange(group[0][0], group[-1][0]),
        since=min(cell.since for cell in cells),
        last_settling_time=max(cell.last_settling_time for cell in cells),
    )
