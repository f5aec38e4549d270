"""The rule of freshness, time by time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign_assets.days import Calendar
from campaign_assets.freshness import CellState, DueCell, combine, find_due, find_due_since, is_settled

CALENDAR = Calendar()
DAY = date(2026, 3, 1)
CLOSE = datetime(2026, 3, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def after(days: float) -> datetime:
    return CLOSE + timedelta(days=days)


@pytest.mark.parametrize(
    ("now", "read_at", "since"),
    [
        (CLOSE - SECOND, None, None),  # not closed yet
        (CLOSE, None, CLOSE),  # closed, never read
        (after(2), None, CLOSE),  # still never read: late since its close
        (after(0.5), after(0.1), None),  # read since its close
        (after(1), after(0.1), after(1)),  # the first settling time passed
        (after(1), after(1), None),  # read at that very time
        (after(2.9), after(1.1), None),
        (after(3), after(1.1), after(3)),
        (after(6.9), after(3.2), None),
        (after(7), after(3.2), after(7)),
        (after(100), after(7), None),  # settled for good
        (after(100), after(0.5), after(1)),  # one reading is due, for three settling times that were missed
        (after(100), CLOSE - SECOND, CLOSE),  # read before it closed: half a day
        (after(0.2), after(5), None),  # the clock went back: it was read
        (after(7), after(5), after(7)),
    ],
)
def test_a_cell_is_due_when_a_settling_time_has_passed_unread(
    now: datetime, read_at: datetime | None, since: datetime | None
) -> None:
    assert find_due_since(CALENDAR, DAY, read_at, now) == since


def test_a_cell_is_settled_when_it_was_read_after_its_last_settling_time() -> None:
    assert not is_settled(CALENDAR, DAY, None)
    assert not is_settled(CALENDAR, DAY, after(7) - SECOND)
    assert is_settled(CALENDAR, DAY, after(7))


def test_due_cells_say_since_when_and_which_settling_times_one_reading_covers() -> None:
    states = [
        CellState("form", DAY, after(0.5)),
        CellState("cta", DAY, None),
        CellState("cta", DAY + timedelta(1), None),
    ]
    assert find_due(CALENDAR, states, after(3.5)) == [
        DueCell("cta", DAY, CLOSE, after(3)),
        DueCell("form", DAY, after(1), after(3)),
        DueCell("cta", DAY + timedelta(1), after(1), after(2)),
    ]


def test_ranges_are_days_in_a_row_with_the_same_tables_the_newest_first() -> None:
    due = [
        DueCell(table, DAY + timedelta(number), CLOSE, CLOSE)
        for number, tables in enumerate(["ab", "ab", "", "ab", "a", "a", "a"])
        for table in tables
    ]
    ranges = [(r.tables, (r.days.first - DAY).days, (r.days.last - DAY).days) for r in combine(due)]
    assert ranges == [(("a",), 4, 6), (("a", "b"), 3, 3), (("a", "b"), 0, 1)]
    assert [len(r.days) for r in combine(due, longest=2)] == [1, 2, 1, 2]
