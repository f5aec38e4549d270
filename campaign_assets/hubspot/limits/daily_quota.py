"""The account's requests of a day: watched, so that a run stops before HubSpot says no to everybody.

Source: HubSpot's usage guidelines; the day ends at midnight in the account's time zone, the limit is shared by all
private apps, and each response's headers say what is left (not with OAuth, which has no daily limit). A number that
does not fall as we ask, or leaps, is no count of them and stops nothing: where it were right after all, HubSpot's own
no would follow.
"""

from collections import deque
from collections.abc import Mapping
from itertools import pairwise

from campaign_assets.hubspot.errors import DailyReserveReached
from campaign_assets.hubspot.limits.header_values import to_count

DAILY_RESERVE = 0.05
"""Share of the day's requests that is left to others."""
AGREEING = 4
"""Responses in a row that together must look like a count before they stop anything."""
LEAP = 0.01
"""Share of the day's requests by which two responses in a row differ at most: others ask too, and responses overtake
each other."""
_FEW = 10


class DailyQuota:
    """Remembers what the last responses said of the day."""

    def __init__(self, reserve: float = DAILY_RESERVE) -> None:
        """Makes a watch.

        Args:
            reserve: Share of the day's requests, from 0 to 1, that is never touched.
        """
        self._reserve = reserve
        self._limit: int | None = None
        self._told: deque[int] = deque(maxlen=AGREEING)

    @property
    def limit(self) -> int | None:
        """Requests per day; None before a response has said it."""
        return self._limit

    @property
    def remaining(self) -> int | None:
        """Requests that are left today, over all apps, as the last response said; None before one has said it."""
        return self._told[-1] if self._told else None

    def observe(self, headers: Mapping[str, str]) -> None:
        """Learns from a response's headers; what makes no sense is passed over."""
        limit = to_count(headers.get("X-HubSpot-RateLimit-Daily"))
        remaining = to_count(headers.get("X-HubSpot-RateLimit-Daily-Remaining"))
        if limit and remaining is not None:
            if limit != self._limit:
                self._told.clear()
            self._limit = limit
            self._told.append(remaining)

    def check(self, leave: int = 0) -> None:
        """Returns where a request may be sent.

        Args:
            leave: Requests that are to be left beside the reserve, for what matters more.

        Raises:
            DailyReserveReached: Only the reserve is left, and what is to be left beside it.
        """
        limit, remaining = self.limit, self.remaining
        if limit is None or remaining is None:
            return
        if remaining < self._reserve * limit + leave and self._is_count(limit):
            more = f" and {leave:,} that are left to what matters more" if leave else ""
            raise DailyReserveReached(
                f"{remaining:,} of the day's {limit:,} requests to HubSpot are left, less than the "
                f"reserve of {self._reserve:.0%}{more}: stopped before HubSpot says no. "
                "The count begins anew at midnight in the account's time zone."
            )

    def _is_count(self, limit: int) -> bool:
        told = list(self._told)  # a copy: other threads may add to it
        leap = max(_FEW, LEAP * limit)
        return (
            len(told) == AGREEING
            and told[-1] < told[0]
            and all(abs(first - second) <= leap for first, second in pairwise(told))
        )
