"""The account's calendar, and ranges of its days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign_assets.days import Calendar, DayRange, RangeError, parse_day

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
CALENDAR = Calendar(start_date=date(2026, 1, 1), now=lambda: NOW)


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
    assert Calendar(time_zone=time_zone).find_close(day) == datetime.fromisoformat(close).replace(tzinfo=UTC)


def test_settling_times_are_midnights_across_a_change_of_clocks() -> None:
    times = Calendar(time_zone="America/New_York").list_settling_times(date(2026, 3, 6))
    assert [timestamp.isoformat() for timestamp in times] == [
        "2026-03-07T05:00:00+00:00",
        "2026-03-08T05:00:00+00:00",
        "2026-03-10T04:00:00+00:00",
        "2026-03-14T04:00:00+00:00",
    ]


def test_the_day_that_closed_last_is_the_accounts() -> None:
    now = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
    assert Calendar().find_last_closed(now) == date(2026, 3, 9)
    assert Calendar(time_zone="America/Los_Angeles").find_last_closed(now) == date(2026, 3, 8)


def test_the_closed_days_are_those_from_the_start_date_to_yesterday() -> None:
    assert CALENDAR.list_closed_days() == DayRange(date(2026, 1, 1), date(2026, 3, 9))
    assert len(Calendar(start_date=NOW.date(), now=lambda: NOW).list_closed_days()) == 0


def test_the_next_midnight_is_the_accounts() -> None:
    calendar = Calendar(time_zone="America/New_York", now=lambda: NOW)
    assert calendar.find_next_midnight().isoformat() == "2026-03-11T00:00:00-04:00"


def test_a_range_is_its_days_and_is_read_back_from_its_tags() -> None:
    days = DayRange.parse("2026-02-27", "2026-03-02")
    assert [str(day) for day in days] == ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]
    assert len(days) == 4
    assert DayRange.from_tags(days.to_tags()) == days
    assert DayRange.from_tags({"dagster/partition": "2026-03-02"}) == DayRange(date(2026, 3, 2), date(2026, 3, 2))
    assert DayRange.from_tags({"owner": "me"}) is None
    assert (str(days), str(DayRange(NOW.date(), NOW.date()))) == ("2026-02-27 to 2026-03-02", "2026-03-10")


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-03-02", "2026-03-01", "The first day, 2026-03-02, comes after the last, 2026-03-01."),
        ("2025-12-31", "2026-01-02", "2025-12-31 lies before 2026-01-01, the first day of the tables"),
        ("2026-03-01", "2026-03-10", "2026-03-10 is not over yet: the last day that can be read is 2026-03-09."),
        ("eu-west", "2026-03-01", "'eu-west' is no day: write it as in 2025-01-31."),
    ],
)
def test_a_range_that_cannot_be_read_says_why(first: str, last: str, sentence: str) -> None:
    with pytest.raises(RangeError, match=sentence):
        CALENDAR.parse_range(first, last)


@pytest.mark.parametrize("text", ["", "2026-02-30", "20260301", "2026-W10-1", "2026-3-1", "１２３４-01-01", "x" * 200])
def test_a_day_is_written_in_one_way_only(text: str) -> None:
    with pytest.raises(RangeError, match="is no day"):
        parse_day(text)
    assert parse_day(" 2026-03-01 ") == date(2026, 3, 1)


@pytest.mark.parametrize("time_zone", ["UTC", "America/New_York", "Pacific/Apia", "Africa/Cairo", "Asia/Kathmandu"])
def test_a_day_that_closed_last_is_closed_and_the_next_is_not(time_zone: str) -> None:
    calendar = Calendar(time_zone=time_zone)
    for hour in range(24 * 370):
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        last = calendar.find_last_closed(now)
        assert calendar.find_close(last) <= now < calendar.find_close(last + timedelta(days=1))
