"""What is written of a campaign: checked here, so that HubSpot need not refuse it.

Source: HubSpot's guide to the Marketing Campaigns API, section on campaign properties. The same list with columns
and meanings is the catalog's; this one is only what the API takes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from iso4217 import Currency

from campaign_assets.hubspot.endpoints.arguments import check_day, check_text
from campaign_assets.hubspot.errors import InvalidRequest
from campaign_assets.hubspot.models.enums import CampaignStatus, check_known

LONGEST_TEXT = 256
"""Characters of a name or a UTM value at most. Source: HubSpot's guide."""
READ_ONLY = frozenset(
    {
        "hs_owner",
        "hs_color_hex",
        "hs_created_by_user_id",
        "hs_object_id",
        "hs_budget_items_sum_amount",
        "hs_spend_items_sum_amount",
    }
)
"""Properties that HubSpot fills. Source: HubSpot's guide."""
_PROPERTY = re.compile(r"[a-z][a-z0-9_]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CURRENCIES = frozenset(currency.code for currency in Currency)
_BUSINESS_UNITS = re.compile(r"[0-9]{1,18}(;[0-9]{1,18})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFields:
    """What is to be written of a campaign. None leaves a property as it is; an empty text resets it.

    Attributes:
        name: Its name, unique in the account, at most 256 characters; cannot be reset.
        start_date: Its first day.
        end_date: Its last day, not before the first.
        status: What state it is in.
        currency_code: The currency of its amounts (ISO 4217), such as `EUR`.
        utm: The UTM value that ties traffic to it, at most 256 characters.
        notes: Notes on it.
        audience: Its audience.
        properties: Further properties by their internal names, the account's own ones for example.
    """

    name: str | None = None
    start_date: date | Literal[""] | None = None
    end_date: date | Literal[""] | None = None
    status: CampaignStatus | str | None = None
    currency_code: str | None = None
    utm: str | None = None
    notes: str | None = None
    audience: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)

    def to_properties(self) -> dict[str, str]:
        """Text by property, as HubSpot takes it.

        Raises:
            InvalidRequest: Something is not as HubSpot takes it, or there is nothing to write.
        """
        named = {
            "hs_name": self.name,
            "hs_start_date": _to_day_text("start_date", self.start_date),
            "hs_end_date": _to_day_text("end_date", self.end_date),
            "hs_campaign_status": self.status,
            "hs_currency_code": self.currency_code,
            "hs_utm": self.utm,
            "hs_notes": self.notes,
            "hs_audience": self.audience,
        }
        given = {name: text for name, text in named.items() if text is not None}
        twice = given.keys() & dict(self.properties).keys()
        if twice:
            raise InvalidRequest(f"{sorted(twice)[0]} is given twice: as a field and among the properties.")
        written = {name: check_property(name, text) for name, text in {**given, **self.properties}.items()}
        _check_order(written)
        if not written:
            raise InvalidRequest("There is nothing to write: give a field or a property.")
        return written


def check_property(name: object, text: object) -> str:
    """A property's value, as HubSpot takes it.

    Raises:
        InvalidRequest: The property is read-only or no property, or the value is none that it can have.
    """
    if not isinstance(name, str) or not _PROPERTY.fullmatch(name):
        raise InvalidRequest(f"{name!r:.100} is no internal name of a property: small letters, digits and _ only.")
    if name in READ_ONLY:
        raise InvalidRequest(f"{name} is read-only: HubSpot fills it.")
    checked = check_text(name, text, LONGEST_TEXT if name in ("hs_name", "hs_utm") else None)
    if name == "hs_name" and not checked.strip():
        raise InvalidRequest("hs_name is empty, but a campaign needs a name.")
    check = _CHECKS.get(name)
    if check is not None and checked:  # an empty text resets the property
        check(name, checked)
    return str(checked)


def _check_currency(name: str, text: str) -> None:
    if text not in _CURRENCIES:
        raise InvalidRequest(f"{name} is {text!r:.60}, but may be a currency code of ISO 4217 such as EUR.")


def _check_business_units(name: str, text: str) -> None:
    if not _BUSINESS_UNITS.fullmatch(text):
        raise InvalidRequest(f"{name} is {text!r:.60}, but may be ids of business units with ; between them: 0;4001.")


def _check_day(name: str, text: str) -> None:
    try:
        valid = bool(_DAY.fullmatch(text)) and date.fromisoformat(text) is not None
    except ValueError:
        valid = False
    if not valid:
        raise InvalidRequest(f"{name} is {text!r:.60}, but may be a day such as 2025-03-31.")


def _check_status(name: str, text: str) -> None:
    check_known(name, text, CampaignStatus)


_CHECKS: Mapping[str, Callable[[str, str], None]] = {
    "hs_start_date": _check_day,
    "hs_end_date": _check_day,
    "hs_campaign_status": _check_status,
    "hs_currency_code": _check_currency,
    "hs_business_unit_ids": _check_business_units,
}


def _check_order(properties: Mapping[str, str]) -> None:
    start, end = properties.get("hs_start_date"), properties.get("hs_end_date")
    if start and end and end < start:
        raise InvalidRequest(f"hs_end_date {end} is before hs_start_date {start}.")


def _to_day_text(name: str, day: object) -> str | None:
    if day is None or day == "":
        return None if day is None else ""
    return check_day(name, day).isoformat()
