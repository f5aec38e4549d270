"""Campaign properties: which exist, which can be written, and what HubSpot accepts as their values.

Belongs here: the portal's property definitions and the checks of values. Not here: parsing requests.

Source: HubSpot's Marketing Campaigns guide, table of campaign properties; `hs_goal` was sunset on 2025-07-09 and is
not known here.
"""

import re
from datetime import date

WRITABLE = (
    "hs_name",
    "hs_start_date",
    "hs_end_date",
    "hs_notes",
    "hs_audience",
    "hs_currency_code",
    "hs_campaign_status",
    "hs_utm",
)
READ_ONLY = (
    "hs_owner",
    "hs_color_hex",
    "hs_created_by_user_id",
    "hs_object_id",
    "hs_budget_items_sum_amount",
    "hs_spend_items_sum_amount",
    "hs_business_unit_ids",
)
CUSTOM_VALUES = {
    "region": ("EMEA", "Americas", "APAC"),
    "campaign_theme": ("sustainability", "price & value", "innovation", "コミュニティ"),
    "cost_center": ("4711", "0815", "0042"),
}
KNOWN = frozenset((*WRITABLE, *READ_ONLY, *CUSTOM_VALUES))
IGNORED = frozenset({"hs_goal"})
STATUSES = ("planned", "in_progress", "active", "paused", "completed")
LONGEST = {"hs_name": 256, "hs_utm": 256}
_CURRENCY = re.compile(r"[A-Z]{3}")


def forbidden(names: list[str]) -> list[str]:
    """Give those of the names that are no property of this portal."""
    return [name for name in names if name not in KNOWN]


def is_writable(name: str) -> bool:
    """Tell whether a client may set the property."""
    return name in WRITABLE or name in CUSTOM_VALUES


def problem_with(name: str, value: str) -> str | None:
    """Say in HubSpot's manner what is wrong with a value, or give None."""
    longest = LONGEST.get(name)
    if longest is not None and len(value) > longest:
        return f"Property '{name}' is too long: {len(value)} characters, at most {longest} are allowed"
    if name in ("hs_start_date", "hs_end_date") and not is_date(value):
        return f"Property '{name}' must be a date in format YYYY-MM-DD, but was '{value}'"
    if name == "hs_campaign_status" and value not in STATUSES:
        return f"'{value}' is not a valid option of '{name}'. Allowed options are {list(STATUSES)}"
    if name == "hs_currency_code" and not _CURRENCY.fullmatch(value):
        return f"'{value}' is not an ISO 4217 currency code"
    return None


def is_date(text: str) -> bool:
    """Tell whether the text is a date as HubSpot writes it, YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
