"""How campaigns and their money look as JSON.

Belongs here: campaigns, their properties, budget and spend items in HubSpot's spelling. Not here: their assets
(`asset_text`), which campaigns a response holds (`endpoints`).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from campaign_assets.emulator.state import Campaign, MoneyItem


def timestamp(timestamp: datetime) -> str:
    """Write a time as HubSpot does: ISO 8601 in UTC with milliseconds."""
    return timestamp.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def epoch_ms(timestamp: datetime) -> int:
    """Write a time in milliseconds since 1970, as budget and spend items have it."""
    return int(timestamp.timestamp() * 1000 + 0.5)


def money(amount: Decimal) -> str:
    """Write an amount as a property value: plain decimal with at least one place, `"2.0"`."""
    text = f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"
    return text if "." in text else f"{text}.0"


def total(items: Iterable[MoneyItem]) -> Decimal:
    """Add up budget or spend items."""
    return sum((item.amount for item in items), Decimal(0))


def status_on(campaign: Campaign, today: date) -> str:
    """Give the campaign's status: the one it was given, else the one its dates imply."""
    given = campaign.properties.get("hs_campaign_status")
    if given is not None:
        return given
    start, end = campaign.properties.get("hs_start_date"), campaign.properties.get("hs_end_date")
    if start is None or start > today.isoformat():
        return "planned"
    if end is not None and end < today.isoformat():
        return "completed"
    return "in_progress" if campaign.id[0] in "13579bdf" else "active"


def all_properties(campaign: Campaign, today: date) -> dict[str, str]:
    """Give every property of a campaign that has a value, the computed ones included."""
    computed = {"hs_campaign_status": status_on(campaign, today)}
    for name, items in (("budget", campaign.budget), ("spend", campaign.spend)):
        if items:
            computed[f"hs_{name}_items_sum_amount"] = money(total(items.values()))
    return campaign.properties | computed


def campaign_fields(campaign: Campaign, names: Sequence[str], today: date) -> str:
    """Write the fields every campaign response has, without the enclosing braces."""
    values = all_properties(campaign, today)
    asked = {name: values[name] for name in names if name in values}
    fields = {
        "id": campaign.id,
        "properties": asked,
        "createdAt": timestamp(campaign.created_at),
        "updatedAt": timestamp(campaign.updated_at),
        "businessUnits": [{"id": unit} for unit in campaign.business_units],
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))[1:-1]


def money_item(item: MoneyItem) -> dict[str, Any]:
    """Give a budget or spend item as HubSpot answers it."""
    content: dict[str, Any] = {
        "id": item.id,
        "name": item.name,
        "amount": float(item.amount),
        "order": item.order,
        "createdAt": epoch_ms(item.created_at),
        "updatedAt": epoch_ms(item.updated_at),
    }
    if item.description is not None:
        content["description"] = item.description
    return content
