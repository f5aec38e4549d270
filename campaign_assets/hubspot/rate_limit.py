"""HubSpot's ten-second limit: spend the whole allowance and no more.

A true sliding window: at no moment do more requests lie in the last window than the limit allows. All worker
threads share one limiter. How long a single request waits before another try is `retry`'s business.
Source: HubSpot's usage guidelines (a rolling window of ten seconds, told in headers of each answer).
"""

import threading
from collections import deque
from collections.abc import Mapping

from campaign_assets.hubspot.clock import Clock

DEFAULT_LIMIT = 100
"""Requests per window before the first answer: the lowest limit that HubSpot gives any app."""
WINDOW_SECONDS = 10.0
MARGIN_SECONDS = 0.1
"""How much longer than HubSpot's window ours is: a request sent early may arrive late."""


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
        self._sent: deque[float] = deque()
        self._paused_until = 0.0
        self._lock = threading.Lock()
        self._waited = 0.0

    @property
    def limit(self) -> int:
        """Requests per window at present."""
        known = [limit for limit in (self._own_limit, self._hubspot_limit) if limit is not None]
        return min(known, default=DEFAULT_LIMIT)

    @property
    def waited_seconds(self) -> float:
        """Seconds that requests have waited for the limit so far, over all threads."""
        return self._waited

    def acquire(self) -> None:
        """Returns when a request may be sent, and counts it as sent."""
        while True:
            with self._lock:
                now = self._clock.monotonic()
                wait = self._seconds_to_wait(now)
                if wait <= 0:
                    self._sent.append(now)
                    return
                self._waited += wait
            self._clock.sleep(wait)

    def observe(self, headers: Mapping[str, str]) -> None:
        """Learns the limit from an answer's headers; what makes no sense is passed over."""
        limit = _to_positive(headers.get("X-HubSpot-RateLimit-Max"))
        window = _to_positive(headers.get("X-HubSpot-RateLimit-Interval-Milliseconds"))
        with self._lock:
            if limit:
                self._hubspot_limit = limit
            if window and 1_000 <= window <= 60_000:
                self._window = window / 1_000

    def pause(self, seconds: float) -> None:
        """Holds every request of every thread back for so many seconds: HubSpot has said that it is too much."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    def _seconds_to_wait(self, now: float) -> float:
        horizon = now - self._window - MARGIN_SECONDS
        while self._sent and self._sent[0] <= horizon:
            self._sent.popleft()
        wait = self._paused_until - now
        excess = len(self._sent) - self.limit
        if excess >= 0:
            wait = max(wait, self._sent[excess] - horizon)
        return wait


def _to_positive(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
