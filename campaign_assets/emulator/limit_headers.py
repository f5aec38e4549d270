"""What a response says of the limits: the truth, or one of the ways in which such headers are known to fail.

Belongs here: which values the headers hold, and from when. Not here: counting (`rate_limit`).
"""

import random
from collections import deque
from collections.abc import Callable

from campaign_assets.emulator.auth import Caller
from campaign_assets.emulator.rate_limit import RateLimit

STALE_SECONDS = 5.0
_REMAINING = {
    "X-HubSpot-RateLimit-Remaining": "X-HubSpot-RateLimit-Max",
    "X-HubSpot-RateLimit-Daily-Remaining": "X-HubSpot-RateLimit-Daily",
}
"""What is left, by the header that says of how much."""
Headers = dict[str, str]


class LimitHeaders:
    """Tells each app where it stands.

    Args:
        limits: What is true.
        kind: How it is told, one of `options.LimitHeaderKind`.
        monotonic: The windows' clock, in seconds.
        seed: Decides what is told wrong.
    """

    def __init__(self, limits: RateLimit, kind: str, monotonic: Callable[[], float], seed: int) -> None:
        self._limits = limits
        self._kind = kind
        self._monotonic = monotonic
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._past: dict[str, deque[tuple[float, Headers]]] = {}

    def tell(self, caller: Caller, counted: Headers) -> Headers:
        """Give the headers of a response that leaves now.

        Args:
            caller: Whom to tell.
            counted: What was true when the request was counted.
        """
        if self._kind == "missing":
            return {}
        if self._kind == "counted":
            return counted
        headers = self._limits.headers(caller)
        if self._kind == "stale":
            return self._find_past(caller, headers)
        if self._kind in ("wrong", "zero"):
            return headers | {name: self._invent(headers[of]) for name, of in _REMAINING.items() if name in headers}
        return headers

    def _invent(self, limit: str) -> str:
        return "0" if self._kind == "zero" else str(self._random.randint(0, int(limit)))

    def _find_past(self, caller: Caller, headers: Headers) -> Headers:
        past = self._past.setdefault(caller.app, deque())
        now = self._monotonic()
        past.append((now, headers))
        while len(past) > 1 and past[1][0] <= now - STALE_SECONDS:
            past.popleft()
        return past[0][1]
