"""The account's requests of a day: watched, so that a run stops before HubSpot says no to everybody.

Source: HubSpot's usage guidelines; the day ends at midnight in the account's time zone, the limit is shared by all
private apps, and each response's headers say what is left (not with OAuth, which has no daily limit).
"""

from collections.abc import Mapping

from campaign_assets.hubspot.errors import DailyReserveReached
from campaign_assets.hubspot.limits.header_values import to_count

DAILY_RESERVE = 0.05
"""Share of the day's requests that is left to others."""


class DailyQuota:
    """Remembers what the last response said of the day."""

    def __init__(self, reserve: float = DAILY_RESERVE) -> None:
        """Makes a watch.

        Args:
            reserve: Share of the day's requests, from 0 to 1, that is never touched.
        """
        self._reserve = reserve
        self._limit: int | None = None
        self._remaining: int | None = None

    @property
    def limit(self) -> int | None:
        """Requests per day; None before a response has said it."""
        return self._limit

    @property
    def remaining(self) -> int | None:
        """Requests that are left today, over all apps; None before a response has said it."""
        return self._remaining

    def observe(self, headers: Mapping[str, str]) -> None:
        """Learns from a response's headers; what makes no sense is passed over."""
        limit = to_count(headers.get("X-HubSpot-RateLimit-Daily"))
        remaining = to_count(headers.get("X-HubSpot-RateLimit-Daily-Remaining"))
        if limit and remaining is not None:
            self._limit, self._remaining = limit, remaining

    def check(self) -> None:
        """Returns where a request may be sent.

        Raises:
            DailyReserveReached: Only the reserve is left.
        """
        if self._limit is None or self._remaining is None:
            return
        if self._remaining < self._reserve * self._limit:
            raise DailyReserveReached(
                f"{self._remaining:,} of the day's {self._limit:,} requests to HubSpot are left, less than the "
                f"reserve of {self._reserve:.0%}: stopped before HubSpot says no. "
                "The count begins anew at midnight in the account's time zone."
            )
