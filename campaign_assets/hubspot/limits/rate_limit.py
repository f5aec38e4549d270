"""HubSpot's ten-second limit: spend the whole allowance and no more.

A true sliding window: at no time do more requests lie in the last window than the limit allows. All worker
threads share one limiter. How long a single request waits before another try is `retry`'s business.
Source: HubSpot's usage guidelines (a rolling window of ten seconds, told in headers of each response).
"""

import threading
from bisect import bisect_left, insort
from collections.abc import Mapping

from campaign_assets.hubspot.clock import Clock

DEFAULT_LIMIT = 100
"""Requests per window before the first response: the lowest limit that HubSpot gives any app."""
WINDOW_SECONDS = 10.0
MARGIN_SECONDS = 0.25
"""How much longer than HubSpot's window ours is: a request sent early may arrive late, and 97.5 % of the rate without
a refusal are worth more than 99 % with some. It doubles when HubSpot says that it was not enough."""
LONGEST_MARGIN_SECONDS = 2.0

SHORTEST_WAIT_SECONDS = 0.001
"""A wait that is shorter may not move a clock at all."""


class RateLimiter:
    """Lets requests through as fast as the account allows, shared by all threads."""

    def __init__(self, clock: Clock, limit: int | None = None) -> None:
        """Makes a limiter.

        Args:
            clock: Time.
            limit: Requests per window at most, whatever HubSpot allows; None for what HubSpot allows.
        """
        self._clock = clock
        self._own_limit = limit
        self._hubspot_limit: int | None = None
        self._window = WINDOW_SECONDS
        self._margin = MARGIN_SECONDS
        self._sent: list[float] = []  # sorted
        self._paused_until = 0.0
        self._lock = threading.Lock()

    @property
    def limit(self) -> int:
        """Requests per window at present."""
        known = [limit for limit in (self._own_limit, self._hubspot_limit) if limit is not None]
        return min(known, default=DEFAULT_LIMIT)

    @property
    def requests_per_second(self) -> float:
        """What the limit allows at present."""
        return self.limit / self._window

    def acquire(self) -> float:
        """Returns when a request may be sent, and counts it as sent at the moment that it returns."""
        while True:
            with self._lock:
                now = self._clock.monotonic()
                wait = self._seconds_to_wait(now)
                if wait <= 0:
                    insort(self._sent, now)
                    return now
            self._clock.sleep(max(wait, SHORTEST_WAIT_SECONDS))

    def move_to_now(self, acquired: float) -> float:
        """Counts a request as sent now: between its permit and its sending a connection may have been opened.

        Args:
            acquired: The time at which it counts as sent so far.
        """
        with self._lock:
            now = self._clock.monotonic()
            place = bisect_left(self._sent, acquired)
            if place < len(self._sent) and self._sent[place] == acquired:
                del self._sent[place]
            insort(self._sent, now)
            return now

    def observe(self, headers: Mapping[str, str]) -> None:
        """Learns the limit from a response's headers; what makes no sense is passed over."""
        limit = to_positive(headers.get("X-HubSpot-RateLimit-Max"))
        window = to_positive(headers.get("X-HubSpot-RateLimit-Interval-Milliseconds"))
        with self._lock:
            if limit:
                self._hubspot_limit = limit
            if window and 1_000 <= window <= 60_000:
                self._window = window / 1_000

    def pause(self, seconds: float) -> None:
        """Holds every request of every thread back for so many seconds: HubSpot has said that it is too much."""
        with self._lock:
            now = self._clock.monotonic()
            if now >= self._paused_until:  # one refusal, however many requests in flight it meets
                self._margin = min(LONGEST_MARGIN_SECONDS, 2 * self._margin)
            self._paused_until = max(self._paused_until, now + seconds)

    def _seconds_to_wait(self, now: float) -> float:
        horizon = now - self._window - self._margin
        del self._sent[: bisect_left(self._sent, horizon)]
        wait = self._paused_until - now
        excess = len(self._sent) - self.limit
        if excess >= 0:
            wait = max(wait, self._sent[excess] - horizon)
        return wait


def to_positive(text: str | None) -> int:
    """A header's whole number above zero; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
