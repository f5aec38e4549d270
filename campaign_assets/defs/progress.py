"""How far a long run is, in its log: at most a line every ten seconds."""

import time
from collections.abc import Callable

SECONDS_BETWEEN_LINES = 10.0


class ProgressLog:
    """Counts days as they are done and tells of them now and then."""

    def __init__(self, log: Callable[[str], object], days: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins to count.

        Args:
            log: Takes a line.
            days: How many days there are in all.
            clock: Seconds since some moment in the past.
        """
        self._log = log
        self._days = days
        self._clock = clock
        self._began = self._told = clock()
        self._done = self._requests = self._rows = 0

    def add_day(self, requests: int, rows: int) -> None:
        """Counts a day as done.

        Args:
            requests: Requests that the day took.
            rows: Rows written so far, in all.
        """
        self._done += 1
        self._requests += requests
        self._rows = rows
        if self._clock() - self._told >= SECONDS_BETWEEN_LINES:
            self._told = self._clock()
            self._log(self._describe())

    def finish(self) -> None:
        """Tells how it ended, however it did."""
        self._log(self._describe())

    def _describe(self) -> str:
        seconds = self._clock() - self._began
        return (
            f"{self._done} of {self._days} days, {self._rows:,} rows, "
            f"{self._requests:,} requests, {seconds:,.1f} seconds."
        )
