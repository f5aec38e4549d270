"""The portal's clock: real time, or a moment that its owner sets and moves.

Belongs here: what time it is in the portal and where its days begin. Not here: the rate limit's clock, which is the
machine's own and always runs.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaign_assets.emulator.metric_values import Moment


class PortalClock:
    """Tells the portal's time.

    Args:
        time_zone: IANA name of the portal's time zone.
        fixed: Where given, the clock stands at this time until it is set or advanced.
        real: Seconds since the epoch; the machine's clock unless a test brings its own.
        utc_days: Whether metrics are counted by days of UTC.
        settled_after: Days after its close at which a day's metrics are restated no more.
    """

    def __init__(
        self,
        time_zone: str = "UTC",
        fixed: datetime | None = None,
        real: Callable[[], float] = time.time,
        utc_days: bool = False,
        settled_after: int = 7,
    ) -> None:
        self.zone = ZoneInfo(time_zone)
        self._fixed = fixed.astimezone(UTC) if fixed is not None else None
        self._shift = timedelta(0)
        self._real = real
        self._utc_days = utc_days
        self._settled_after = settled_after

    def now(self) -> datetime:
        """Give the portal's time in UTC."""
        if self._fixed is not None:
            return self._fixed
        return datetime.fromtimestamp(self._real(), UTC) + self._shift

    def set(self, timestamp: datetime) -> None:
        """Fix the clock at a moment that knows its time zone."""
        self._fixed = timestamp.astimezone(UTC)

    def advance(self, span: timedelta) -> None:
        """Move the clock; a running clock runs on from there."""
        if self._fixed is not None:
            self._fixed += span
        else:
            self._shift += span

    def run(self) -> None:
        """Let the clock follow real time again."""
        self._fixed = None
        self._shift = timedelta(0)

    def local(self) -> datetime:
        """Give the portal's time in its own time zone."""
        return self.now().astimezone(self.zone)

    def today(self) -> date:
        """Give the portal's date in its own time zone."""
        return self.local().date()

    def timestamp(self) -> Moment:
        """Give today and the share of it that has passed, by whole hours so that responses are steady within one.

        It is the day by which metrics are counted.
        """
        local = self.now() if self._utc_days else self.local()
        return Moment(local.date().toordinal(), local.hour / 24.0, float(self._settled_after))

    def next_midnight(self) -> datetime:
        """Give the time, in UTC, at which the portal's day ends."""
        tomorrow = self.today() + timedelta(days=1)
        return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=self.zone).astimezone(UTC)

    def utc_offset(self) -> timedelta:
        """Give the time zone's present distance from UTC."""
        return self.local().utcoffset() or timedelta(0)


def timestamp_of(text: str, zone: ZoneInfo) -> datetime:
    """Read a time; a date alone means noon, and a time without an offset is in the portal's time zone.

    Raises:
        ValueError: Where the text is neither.
    """
    timestamp = datetime.fromisoformat(f"{text}T12:00:00" if len(text) == 10 else text)
    return timestamp if timestamp.tzinfo is not None else timestamp.replace(tzinfo=zone)
