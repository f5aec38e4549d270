"""The limit as HubSpot's responses tell it: believed at once where none is known, and changed where several agree."""

from collections.abc import Mapping

from campaign_assets.hubspot.limits.header_values import to_count

WINDOW_SECONDS = 10.0
AGREEING = 2
"""Responses in a row that must tell of another limit: a single one may be wrong."""
_PLAUSIBLE_MILLISECONDS = range(1_000, 60_001)


class ToldLimit:
    """Remembers what responses tell. Not safe for several threads: the limiter's lock guards it.

    Attributes:
        requests: Requests per window, over all programs; None before a response has told it.
        seconds: How long the window is.
    """

    def __init__(self) -> None:
        self.requests: int | None = None
        self.seconds = WINDOW_SECONDS
        self._other: tuple[int, float] | None = None
        self._times = 0

    def observe(self, headers: Mapping[str, str]) -> None:
        """Learns from a response's headers; what makes no sense is passed over."""
        requests = to_count(headers.get("X-HubSpot-RateLimit-Max")) or self.requests
        milliseconds = to_count(headers.get("X-HubSpot-RateLimit-Interval-Milliseconds")) or 0
        seconds = milliseconds / 1_000 if milliseconds in _PLAUSIBLE_MILLISECONDS else self.seconds
        if requests is None or (requests, seconds) == (self.requests, self.seconds):
            self._other = None
            return
        self._times = self._times + 1 if self._other == (requests, seconds) else 1
        self._other = requests, seconds
        if self.requests is None or self._times >= AGREEING:
            self.requests, self.seconds = requests, seconds
            self._other = None
