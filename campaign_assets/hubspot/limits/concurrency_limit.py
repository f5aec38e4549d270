"""How many requests are in progress at once: as many as latency times rate needs, found out as they are answered.

The ten-second limit says how often, this says how many at a time: more than that would only burden HubSpot.
"""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from campaign_assets.hubspot.clock import Clock

FIRST = 4
"""Requests at once before the first response has said how long one takes."""
HEADROOM = 1.5
"""How much more than the mean latency needs: latency varies, and the limit must still be reached."""
_SMOOTHING = 0.1


class ConcurrencyLimit:
    """Counts the requests in progress, and lets no more in than are needed."""

    def __init__(self, clock: Clock, ceiling: int, requests_per_second: Callable[[], float]) -> None:
        """Lets nobody in yet.

        Args:
            clock: Time.
            ceiling: Requests at once at most, whatever latency and rate would need.
            requests_per_second: The rate that the account allows at present.
        """
        self._clock = clock
        self._ceiling = ceiling
        self._rate = requests_per_second
        self._latency: float | None = None
        self._now = 0
        self._peak = 0
        self._changed = threading.Condition()

    @property
    def target(self) -> int:
        """Requests at once at present: by Little's law, the mean number in progress is rate × latency."""
        if self._latency is None:
            return min(FIRST, self._ceiling)
        return max(2, min(self._ceiling, math.ceil(HEADROOM * self._rate() * self._latency) + 1))

    @property
    def latency(self) -> float | None:
        """Seconds that a request takes, as a moving mean; None before the first response."""
        return self._latency

    @property
    def peak(self) -> int:
        """The most requests that were in progress at once so far."""
        return self._peak

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place for a request; waits for one to become free."""
        with self._changed:
            self._changed.wait_for(lambda: self._now < self.target)
            self._now += 1
            self._peak = max(self._peak, self._now)
        try:
            yield
        finally:
            with self._changed:
                self._now -= 1
                self._changed.notify_all()

    def observe(self, seconds: float) -> None:
        """Learns how long a response took."""
        with self._changed:
            before = self._latency
            self._latency = seconds if before is None else before + _SMOOTHING * (seconds - before)
