"""How far a long run is: told to a listener after each day or report, to the run's log at most every ten seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from campaign_assets.extract.plan import describe_seconds
from campaign_assets.hubspot import HubSpotClient

SECONDS_BETWEEN_LINES = 10.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        days_done: Days that are read and written, or failed; of a run without days, the reports that are.
        days: Days in all, or reports.
        requests: Requests sent so far, the repeated ones included.
        failed_attempts: How many of them failed; most succeeded when they were repeated.
        rows: Rows written so far.
        seconds: Since the run began to read.
        limit: Requests that 10 seconds allow at present.
        at_limit: Share of the time, from 0 to 1, in which the limit was spent; a little below 1 is as fast as it goes.
        others: Requests of the limit that other programs use under the same token.
        unit: What is counted, in the plural.
    """

    days_done: int
    days: int
    requests: int
    failed_attempts: int
    rows: int
    seconds: float
    limit: int
    at_limit: float
    others: int = 0
    unit: str = "days"

    @property
    def requests_per_ten_seconds(self) -> float:
        """The rate so far; in the first ten seconds, what was sent in them, which is no rate that goes on."""
        return 10 * self.requests / max(10.0, self.seconds)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end, as the days so far went; None before the first."""
        return self.seconds / self.days_done * (self.days - self.days_done) if self.days_done else None

    def describe(self) -> str:
        """All of it in a line."""
        line = (
            f"{self.days_done:,} of {self.days:,} {self.unit}, {self.rows:,} rows, {self.requests:,} requests, "
            f"{self.requests_per_ten_seconds:,.0f} of {self.limit:,} in 10 seconds ({self.at_limit:.0%} of what the "
            f"limit allows), {self.seconds:,.1f} seconds"
        )
        if self.others:
            line += f", other programs use about {self.others:,} of the limit"
        if self.failed_attempts:
            share = self.failed_attempts / max(1, self.requests)
            line += f", {self.failed_attempts:,} failed attempts ({share:.1%}; HubSpot asks for under 5% of a day's)"
        if self.days_done < self.days and self.seconds_left is not None:
            line += f", about {describe_seconds(self.seconds_left)} left"
        return line + "."


Listener = Callable[[Progress], object]


class ProgressLog:
    """Counts days as they are done and tells of them."""

    def __init__(
        self,
        client: HubSpotClient,
        days: int,
        log: Callable[[str], object],
        listener: Listener | None = None,
        clock: Callable[[], float] = time.monotonic,
        unit: str = "days",
    ) -> None:
        """Begins to count.

        Args:
            client: The client whose requests are counted from here on.
            days: How many days, or reports, there are in all.
            log: Takes a line.
            listener: Is told after each.
            clock: Seconds since some time in the past.
            unit: What is counted, in the plural.
        """
        self._client = client
        self._days = days
        self._log = log
        self._listener = listener
        self._clock = clock
        self._unit = unit
        self._began = self._told = clock()
        self._requests_before = client.counter.requests
        self._failures_before = sum(client.counter.failures.values())
        self._done = self._rows = 0

    def add_done(self, rows: int) -> None:
        """Counts a day, or a report, as done.

        Args:
            rows: Rows written so far, in all.
        """
        self._done += 1
        self._rows = rows
        if self._listener:
            self._listener(self._measure())
        if self._clock() - self._told >= SECONDS_BETWEEN_LINES:
            self._told = self._clock()
            self._log(self._measure().describe())

    def finish(self) -> None:
        """Tells how it ended, however it did."""
        self._log(self._measure().describe())

    def _measure(self) -> Progress:
        limiter = self._client.throttle.limiter
        seconds = self._clock() - self._began
        requests = self._client.counter.requests - self._requests_before
        return Progress(
            days_done=self._done,
            days=self._days,
            requests=requests,
            failed_attempts=sum(self._client.counter.failures.values()) - self._failures_before,
            rows=self._rows,
            seconds=seconds,
            limit=limiter.limit,
            at_limit=min(1.0, requests / max(1.0, limiter.requests_per_second * max(10.0, seconds))),
            others=limiter.others,
            unit=self._unit,
        )
