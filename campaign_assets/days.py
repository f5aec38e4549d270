"""The account's calendar: which days are closed, when they are read again, and how a range of days is written.

The only place that asks which day it is in the account's time zone. Which cells are due is in `freshness`. No Dagster
here, but the names of the tags in which Dagster keeps a run's days: a range of ours is written in them and read back.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PARTITION_TAG = "dagster/partition"
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"

_DAY = timedelta(days=1)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class RangeError(ValueError):
    """A day, a range or an asset type that cannot be read; the message is one sentence."""


def read_clock() -> datetime:
    """The present time, in UTC."""
    return datetime.now(UTC)


def parse_day(text: str) -> date:
    """A day as it is written everywhere here, such as `2025-01-31`.

    Raises:
        RangeError: It is no day, or written in another way.
    """
    try:
        if _ISO_DATE.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass  # such as the 30th of February
    raise RangeError(f"{text!r:.80} is no day: write it as in 2025-01-31.")


def to_local_day(timestamp: datetime, time_zone: str) -> date:
    """The day that a time belongs to in a time zone."""
    return timestamp.astimezone(ZoneInfo(time_zone)).date()


def keep_same_time(one: str, other: str, year: int) -> bool | None:
    """Whether the clocks of two time zones show the same all year; None where one is not known here.

    Args:
        one: A name, such as `America/New_York`.
        other: Another, such as `US/Eastern`.
        year: The year.
    """
    try:
        zones = ZoneInfo(one), ZoneInfo(other)
    except (KeyError, ValueError, OSError):
        return None
    hours = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(24 * 366))
    return all(hour.astimezone(zones[0]).utcoffset() == hour.astimezone(zones[1]).utcoffset() for hour in hours)


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days in a row, both ends included; iterating over it gives each of them.

    Attributes:
        first: The first day.
        last: The last day.
    """

    first: date
    last: date

    @classmethod
    def parse(cls, first: str, last: str) -> "DayRange":
        """A range from text.

        Raises:
            RangeError: One is no day, or they come in the wrong order.
        """
        days = cls(parse_day(first), parse_day(last))
        if days.first > days.last:
            raise RangeError(f"The first day, {days.first}, comes after the last, {days.last}.")
        return days

    @classmethod
    def from_tags(cls, tags: Mapping[str, str]) -> "DayRange | None":
        """The days of a run; None for a run without days.

        Raises:
            RangeError: The tags hold something else than days.
        """
        first = tags.get(RANGE_START_TAG) or tags.get(PARTITION_TAG)
        last = tags.get(RANGE_END_TAG) or first
        return cls.parse(first, last) if first and last else None

    def to_tags(self) -> dict[str, str]:
        """The tags by which a run knows its days."""
        return {RANGE_START_TAG: self.first.isoformat(), RANGE_END_TAG: self.last.isoformat()}

    def __iter__(self) -> Iterator[date]:
        return (self.first + number * _DAY for number in range(len(self)))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def __len__(self) -> int:
        return max(0, (self.last - self.first).days + 1)

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of an account.

    Attributes:
        start_date: First day of the daily tables.
        time_zone: Name of the account's time zone: a day closes at its midnight.
        settle_days: Days after its close at which a day is read again; 0 is the close itself. Rising.
        now: The present time, with its time zone.
    """

    start_date: date = date(2025, 1, 1)
    time_zone: str = "UTC"
    settle_days: tuple[int, ...] = (0, 1, 3, 7)
    now: Callable[[], datetime] = read_clock

    def to_day(self, timestamp: datetime) -> date:
        """The account's day that a time belongs to."""
        return to_local_day(timestamp, self.time_zone)

    def find_last_closed(self, now: datetime | None = None) -> date:
        """The account's yesterday: the day that closed last.

        Args:
            now: At this time; at present where None.
        """
        return self.to_day(now or self.now()) - _DAY

    def list_closed_days(self, now: datetime | None = None) -> DayRange:
        """Every day of the tables, from the start date to the one that closed last.

        Args:
            now: At this time; at present where None.
        """
        return DayRange(self.start_date, self.find_last_closed(now))

    def check(self, days: DayRange) -> DayRange:
        """The same range, if every day of it can be read.

        Raises:
            RangeError: A day comes before the first of the tables, or is not over yet.
        """
        yesterday = self.find_last_closed()
        if days.first < self.start_date:
            raise RangeError(
                f"{days.first} lies before {self.start_date}, the first day of the tables: set "
                "CAMPAIGN_ASSETS_START_DATE to read it."
            )
        if days.last > yesterday:
            raise RangeError(f"{days.last} is not over yet: the last day that can be read is {yesterday}.")
        return days

    def parse_range(self, first: str, last: str) -> DayRange:
        """A range that can be read, from text.

        Args:
            first: The first day, such as `2025-01-01`.
            last: The last day, inclusive.

        Raises:
            RangeError: One is no day, they come in the wrong order, or lie outside of what can be read.
        """
        return self.check(DayRange.parse(first, last))

    def find_close(self, day: date) -> datetime:
        """The time at which a day ends, in UTC: the first midnight after it, daylight saving considered."""
        return self._midnight(day + _DAY)

    def find_next_midnight(self) -> datetime:
        """The end of the present day, in the account's time zone."""
        return self.find_close(self.to_day(self.now())).astimezone(ZoneInfo(self.time_zone))

    def list_settling_times(self, day: date) -> list[datetime]:
        """The times from which a day is due again, in UTC and in order: midnights of the account, all of them."""
        return [self._midnight(day + (1 + after) * _DAY) for after in self.settle_days]

    def _midnight(self, day: date) -> datetime:
        """The first instant of a day, in UTC. Where clocks skip midnight, the time at which they do."""
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)
