"""The rule of freshness, time by time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign_assets.freshness import CellState, DueCell, SettlingRule, combine, find_due

RULE = SettlingRule("UTC")
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
    assert RULE.find_due_since(DAY, read_at, now) == since


def test_a_cell_is_settled_when_it_was_read_after_its_last_settling_time() -> None:
    assert not RULE.is_settled(DAY, None)
    assert not RULE.is_settled(DAY, after(7) - SECOND)
    assert RULE.is_settled(DAY, after(7))


@pytest.mark.parametrize(
    ("time_zone", "day", "close"),
    [
        # New York: clocks go forward on 2026-03-08 and back on 2026-11-01.
        ("America/New_York", date(2026, 3, 7), "2026-03-08T05:00"),
        ("America/New_York", date(2026, 3, 8), "2026-03-09T04:00"),
        ("America/New_York", date(2026, 10, 31), "2026-11-01T04:00"),
        ("America/New_York", date(2026, 11, 1), "2026-11-02T05:00"),
        # Cairo skips midnight of 2026-04-24: the day before ends as the clocks jump.
        ("Africa/Cairo", date(2026, 4, 23), "2026-04-23T22:00"),
        ("Pacific/Kiritimati", date(2026, 3, 1), "2026-03-01T10:00"),
    ],
)
def test_a_day_closes_at_the_accounts_midnight(time_zone: str, day: date, close: str) -> None:
    assert SettlingRule(time_zone).find_close(day) == datetime.fromisoformat(close).replace(tzinfo=UTC)


def test_settling_times_are_midnights_across_a_change_of_clocks() -> None:
    times = SettlingRule("America/New_York").list_settling_times(date(2026, 3, 6))
    assert [timestamp.isoformat() for timestamp in times] == [
        "2026-03-07T05:00:00+00:00",
        "2026-03-08T05:00:00+00:00",
        "2026-03-10T04:00:00+00:00",
        "2026-03-14T04:00:00+00:00",
    ]


def test_the_day_that_closed_last_is_the_accounts() -> None:
    now = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
    assert SettlingRule("UTC").find_last_closed(now) == date(2026, 3, 9)
    assert SettlingRule("America/Los_Angeles").find_last_closed(now) == date(2026, 3, 8)


def test_due_cells_say_since_when_and_which_settling_times_one_reading_covers() -> None:
    states = [
        CellState("form", DAY, after(0.5)),
        CellState("cta", DAY, None),
        CellState("cta", DAY + timedelta(1), None),
    ]
    assert find_due(RULE, states, after(3.5)) == [
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
    ranges = [(r.tables, (r.first - DAY).days, (r.last - DAY).days) for r in combine(due)]
    assert ranges == [(("a",), 4, 6), (("a", "b"), 3, 3), (("a", "b"), 0, 1)]
    assert [r.days for r in combine(due, longest=2)] == [1, 2, 1, 2]
