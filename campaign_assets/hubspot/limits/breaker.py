"""When to give up altogether: nothing but failures for a while means that HubSpot, or the way to it, is down.

A share of failing requests alone never opens it: whoever makes progress goes on. What counts is a row of failures
without a single success between, long enough that a short outage passes in the retries.
"""

import threading

from campaign_assets.hubspot.clock import Clock
from campaign_assets.hubspot.errors import (
    ConnectionFailed,
    HubSpotError,
    HubSpotUnavailable,
    InvalidResponse,
    RateLimited,
    ServerFailed,
)

FAILURES_IN_A_ROW = 20
SECONDS_WITHOUT_SUCCESS = 60.0
SECONDS_OF_REFUSALS = 600.0
"""The same where HubSpot says that it is too much: other programs may use up the same limit for a while."""
_OUTAGE = (ConnectionFailed, InvalidResponse, RateLimited, ServerFailed)
"""Other errors are HubSpot's own word: whoever says it is there."""


class Breaker:
    """Counts failures in a row, over all threads."""

    def __init__(self, clock: Clock) -> None:
        """Makes a closed breaker.

        Args:
            clock: Time.
        """
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._since = 0.0
        self._last: HubSpotError | None = None

    def check(self) -> None:
        """Returns where a request may be sent.

        Raises:
            HubSpotUnavailable: It is open.
        """
        with self._lock:
            seconds = self._clock.monotonic() - self._since
            longest = SECONDS_OF_REFUSALS if isinstance(self._last, RateLimited) else SECONDS_WITHOUT_SUCCESS
            if self._failures >= FAILURES_IN_A_ROW and seconds >= longest:
                raise HubSpotUnavailable(
                    f"{self._failures} requests to HubSpot in a row failed within {seconds:.0f} seconds and none "
                    f"succeeded: stopped. Run again when HubSpot is back. The last failure: {self._last}"
                )

    def succeeded(self) -> None:
        """Notes that a response came."""
        with self._lock:
            self._failures = 0

    def failed(self, error: HubSpotError) -> None:
        """Notes how a request failed."""
        if not isinstance(error, _OUTAGE):
            self.succeeded()
            return
        with self._lock:
            if not self._failures:
                self._since = self._clock.monotonic()
            self._failures += 1
            self._last = error
