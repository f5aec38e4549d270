"""The account itself: whose data this is, and in which time zone its days close."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaign_assets.hubspot.answers import JSON, to_id, to_object, without
from campaign_assets.hubspot.endpoint import Endpoint
from campaign_assets.hubspot.transport import Request

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


class AccountEndpoint(Endpoint):
    """Reads what the account is."""

    def get_details(self) -> AccountDetails:
        """The account that the token belongs to.

        Raises:
            HubSpotError: The last failure, after retries.
        """
        return self._call(Request("account_details", "GET", self._paths.account_details), to_account_details)


def to_account_details(answer: JSON) -> AccountDetails:
    """The account as HubSpot answers it.

    Raises:
        InvalidAnswer: It is something else.
    """
    account = to_object(answer, "the account's details")

    def text(name: str) -> str | None:
        value = account.get(name)
        return value if isinstance(value, str) else None

    return AccountDetails(
        portal_id=to_id(account.get("portalId"), "the account"),
        time_zone=text("timeZone"),
        company_currency=text("companyCurrency"),
        account_type=text("accountType"),
        utc_offset=text("utcOffset"),
        extra=without(account, _KNOWN),
    )
