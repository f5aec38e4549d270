"""Campaign properties: which exist, which can be written, and what HubSpot accepts as their values.

Belongs here: the portal's property definitions and the checks of values. Not here: parsing requests.

Source: HubSpot's Marketing Campaigns guide, table of campaign properties, and recorded responses: by these
`hs_business_unit_ids` can be written, and `hs_goal`, which was sunset on 2025-07-09, is still among the names that
HubSpot calls correct, though it is ignored wherever it is named.
"""

import re
from datetime import date

from iso4217 import Currency

WRITABLE = (
    "hs_name",
    "hs_start_date",
    "hs_end_date",
    "hs_notes",
    "hs_audience",
    "hs_currency_code",
    "hs_campaign_status",
    "hs_utm",
    "hs_business_unit_ids",
)
READ_ONLY = (
    "hs_owner",
    "hs_color_hex",
    "hs_created_by_user_id",
    "hs_object_id",
    "hs_budget_items_sum_amount",
    "hs_spend_items_sum_amount",
)
CUSTOM_VALUES = {
    "region": ("EMEA", "Americas", "APAC"),
    "campaign_theme": ("sustainability", "price & value", "innovation", "コミュニティ"),
    "cost_center": ("4711", "0815", "0042"),
}
IGNORED = frozenset({"hs_goal"})
KNOWN = frozenset((*WRITABLE, *READ_ONLY, *CUSTOM_VALUES, *IGNORED))
"""What may be asked for."""
ACCEPTED = frozenset((*WRITABLE, *CUSTOM_VALUES, *IGNORED))
"""What may be sent to be written."""
DATES = frozenset({"hs_start_date", "hs_end_date"})
STATUSES = ("planned", "in_progress", "active", "paused", "completed")
LONGEST = {"hs_name": 256, "hs_utm": 256}
CURRENCIES = frozenset(currency.code for currency in Currency)
"""By ISO 4217."""
_BUSINESS_UNITS = re.compile(r"[0-9]{1,18}(;[0-9]{1,18})*")


def forbidden(names: list[str]) -> list[str]:
    """Give those of the names that are no property of this portal."""
    return [name for name in names if name not in KNOWN]


def business_units(text: str) -> tuple[int, ...]:
    """Give the business units that a value of `hs_business_unit_ids` names, each once; the account's own for none.

    Raises:
        ValueError: Where the text names none.
    """
    return tuple(dict.fromkeys(int(unit) for unit in text.split(";"))) if text else (0,)


def business_unit_ids(units: tuple[int, ...]) -> str:
    """Give the value of `hs_business_unit_ids` that names these units."""
    return ";".join(str(unit) for unit in units)


def problem_with(name: str, value: str) -> str | None:
    """Say in HubSpot's manner what is wrong with a value, or give None."""
    longest = LONGEST.get(name)
    if longest is not None and len(value) > longest:
        return f"Property '{name}' is too long: {len(value)} characters, at most {longest} are allowed"
    if name == "hs_campaign_status" and value not in STATUSES:
        return f"'{value}' is not a valid option of '{name}'. Allowed options are {list(STATUSES)}"
    if name == "hs_currency_code" and value not in CURRENCIES:
        return f"'{value}' is not an ISO 4217 currency code"
    if name == "hs_business_unit_ids" and not _BUSINESS_UNITS.fullmatch(value):
        return f"'{value}' is not a list of business unit ids, with ';' between them"
    return None


def is_date(text: str) -> bool:
    """Tell whether the text is a date as HubSpot writes it, YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
