"""The account itself: whose data this is, in which time zone its days close, and what is left of today's requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from campaign_assets.hubspot.endpoints.endpoint import Endpoint
from campaign_assets.hubspot.json_text import JSON
from campaign_assets.hubspot.models.fields import (
    parse_timestamp,
    to_answer,
    to_count,
    to_id,
    to_list,
    to_optional_text,
    to_response,
    without,
)
from campaign_assets.hubspot.wire.request import Request

_PATIENCE = 30.0
"""Seconds for what is good to know: nobody should wait for it as for a table."""
_KNOWN_USAGE = frozenset({"name", "usageLimit", "currentUsage", "collectedAt", "resetsAt", "fetchStatus"})
_KNOWN = frozenset({"portalId", "timeZone", "companyCurrency", "accountType", "utcOffset"})


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """The account that the token belongs to.

    Attributes:
        portal_id: HubSpot's id of the account.
        time_zone: Name of its time zone, such as `Europe/Berlin`.
        company_currency: Its currency (ISO 4217).
        account_type: Such as `STANDARD` or `DEVELOPER_TEST`.
        utc_offset: Such as `+01:00`, at present.
        extra: Fields that we do not know.
    """

    portal_id: str
    time_zone: str | None = None
    company_currency: str | None = None
    account_type: str | None = None
    utc_offset: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """How much of a day's requests is used, over all private apps of the account.

    Attributes:
        name: Which limit it is, such as `private-apps-api-calls-daily`.
        usage_limit: Requests per day; None where HubSpot says none.
        current_usage: Requests so far; None likewise.
        collected_at: When they were counted, in UTC; None where HubSpot says none that can be read.
        resets_at: When the count begins anew, in UTC; None likewise.
        fetch_status: `SUCCESS`, or why HubSpot could not count.
        extra: Fields that we do not know.
    """

    name: str
    usage_limit: int | None = None
    current_usage: int | None = None
    collected_at: datetime | None = None
    resets_at: datetime | None = None
    fetch_status: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def remaining(self) -> int | None:
        """Requests that are left; None where HubSpot does not say."""
        if self.usage_limit is None or self.current_usage is None:
            return None
        return max(0, self.usage_limit - self.current_usage)


class AccountEndpoint(Endpoint):
    """Reads what the account is, and how much of its requests is used. No scope is needed."""

    def get_daily_usage(self) -> tuple[ApiUsage, ...]:
        """How much of the day's requests is used, one entry for each limit. Retried for half a minute at most.

        Raises:
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference (private apps only: OAuth apps have no daily limit).
        """
        return self._call(Request("daily_usage", "GET", self._paths.daily_usage, patience=_PATIENCE), to_daily_usage)

    def get_details(self) -> AccountDetails:
        """The account that the token belongs to. Retried for half a minute at most.

        Raises:
            HubSpotError: The last failure, after retries.
        """
        request = Request("account_details", "GET", self._paths.account_details, patience=_PATIENCE)
        return self._call(request, to_account_details)


def to_account_details(response: JSON) -> AccountDetails:
    """The account as HubSpot answers it.

    Raises:
        InvalidResponse: It is something else.
    """
    account = to_response(response, "the account's details")

    return AccountDetails(
        portal_id=to_id(account.get("portalId"), "the account"),
        time_zone=to_optional_text(account.get("timeZone")),
        company_currency=to_optional_text(account.get("companyCurrency")),
        account_type=to_optional_text(account.get("accountType")),
        utc_offset=to_optional_text(account.get("utcOffset")),
        extra=without(account, _KNOWN),
    )


def to_daily_usage(response: JSON) -> tuple[ApiUsage, ...]:
    """The use of the day's requests as HubSpot answers it.

    Raises:
        InvalidResponse: It is something else.
    """
    return to_list(to_response(response, "the use of the API").get("results"), "the limits", _to_usage)


def _to_usage(value: JSON) -> ApiUsage:
    usage = to_answer(value, "the use of a limit", _KNOWN_USAGE - {"name"})
    return ApiUsage(
        name=to_optional_text(usage.get("name")) or "",
        usage_limit=to_count(usage.get("usageLimit"), "a limit of requests"),
        current_usage=to_count(usage.get("currentUsage"), "a count of requests"),
        collected_at=parse_timestamp(usage.get("collectedAt")),
        resets_at=parse_timestamp(usage.get("resetsAt")),
        fetch_status=to_optional_text(usage.get("fetchStatus")),
        extra=without(usage, _KNOWN_USAGE),
    )
