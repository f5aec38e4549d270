"""How many requests are too many: the rolling ten seconds of each app, and the account's day.

Belongs here: counting admitted requests. Not here: the statistics a test reads (`statistics`).

Source: HubSpot's usage guidelines. A refused request does not count.
"""

import math
from collections import deque
from collections.abc import Callable

from campaign_assets.emulator.auth import Caller
from campaign_assets.emulator.clock import PortalClock
from campaign_assets.emulator.errors import too_many_requests

WINDOW_SECONDS = 10.0


class RateLimit:
    """Admits requests until a window or the day is full.

    Args:
        private_limit: Requests per app in any ten seconds; 0 for no limit.
        oauth_limit: The same for an OAuth app.
        daily_limit: Requests of all private apps per portal day; 0 for no limit.
        retry_after: Whether a refusal says when to come back.
        monotonic: The windows' clock, in seconds.
        clock: The day's clock.
    """

    def __init__(
        self,
        private_limit: int,
        oauth_limit: int,
        daily_limit: int,
        retry_after: bool,
        monotonic: Callable[[], float],
        clock: PortalClock,
    ) -> None:
        self.private_limit = private_limit
        self.oauth_limit = oauth_limit
        self.daily_limit = daily_limit
        self.retry_after = retry_after
        self._monotonic = monotonic
        self._clock = clock
        self._windows: dict[str, deque[float]] = {}
        self._day = clock.today()
        self._used_today = 0

    def admit(self, caller: Caller) -> None:
        """Count a request.

        Raises:
            ApiError: 429, by policy TEN_SECONDLY_ROLLING or DAILY.
        """
        if not caller.is_oauth and self.daily_limit and self.used_today() >= self.daily_limit:
            until = (self._clock.next_midnight() - self._clock.now()).total_seconds()
            raise too_many_requests("DAILY", math.ceil(until) if self.retry_after else None)
        limit = self._limit(caller)
        window = self._window(caller)
        if limit and len(window) >= limit:
            until = window[0] + WINDOW_SECONDS - self._monotonic()
            raise too_many_requests("TEN_SECONDLY_ROLLING", max(1, math.ceil(until)) if self.retry_after else None)
        window.append(self._monotonic())
        if not caller.is_oauth:
            self._used_today = self.used_today() + 1

    def headers(self, caller: Caller) -> dict[str, str]:
        """Give the headers that tell an app where it stands."""
        headers: dict[str, str] = {}
        limit = self._limit(caller)
        if limit:
            headers["X-HubSpot-RateLimit-Max"] = str(limit)
            headers["X-HubSpot-RateLimit-Remaining"] = str(max(0, limit - len(self._window(caller))))
            headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = str(int(WINDOW_SECONDS * 1000))
        if self.daily_limit and not caller.is_oauth:
            headers["X-HubSpot-RateLimit-Daily"] = str(self.daily_limit)
            headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, self.daily_limit - self.used_today()))
        return headers

    def used_today(self) -> int:
        """Give the requests of private apps admitted since the portal's midnight."""
        today = self._clock.today()
        if today != self._day:
            self._day, self._used_today = today, 0
        return self._used_today

    def reset(self) -> None:
        """Forget every request."""
        self._windows.clear()
        self._used_today = 0

    def _limit(self, caller: Caller) -> int:
        return self.oauth_limit if caller.is_oauth else self.private_limit

    def _window(self, caller: Caller) -> deque[float]:
        window = self._windows.setdefault(caller.app, deque())
        oldest = self._monotonic() - WINDOW_SECONDS
        while window and window[0] <= oldest:
            window.popleft()
        return window
