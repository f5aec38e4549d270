"""A campaign as a row of `hubspot/campaigns`: each property as its column's type, and what is of no type beside it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from campaign_assets.catalog import CAMPAIGN_PROPERTIES, CampaignProperty, PropertyKind
from campaign_assets.days import parse_day
from campaign_assets.hubspot import Campaign
from campaign_assets.tables import MONEY


def to_campaign_row(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """A campaign as a row of `hubspot/campaigns`.

    Args:
        campaign: The campaign.
        now: When the reading began, with its time zone.
    """
    extra = dict(_list_extra_properties(campaign))
    row: dict[str, Any] = {
        "campaign_id": campaign.id,
        "business_unit_ids": list(campaign.business_unit_ids),
        "created_at": campaign.created_at,
        "updated_at": campaign.updated_at,
        "deleted_at": None,
        "extracted_at": now,
    }
    for known in CAMPAIGN_PROPERTIES:
        text = campaign.properties.get(known.name)
        row[known.column] = value = None if text is None else _parse(known, text)
        if text is not None and value is None:
            extra[known.name] = text
    row["extra_properties"] = sorted(extra.items())
    return row


_STANDARD = frozenset({p.name for p in CAMPAIGN_PROPERTIES})
_TIMESTAMPS = ("createdAt", "updatedAt")
_SUNSET = frozenset({"hs_goal"})
"""Source: HubSpot's changelog; sunset on 2025-07-09, ignored if it still comes."""


def _list_extra_properties(campaign: Campaign) -> Iterator[tuple[str, str]]:
    for name, text in campaign.properties.items():
        if name not in _STANDARD | _SUNSET:
            yield name, text
    for name in _TIMESTAMPS:
        if name in campaign.extra:  # a time that the client could not read
            value = campaign.extra[name]
            yield name, value if isinstance(value, str) else json.dumps(value)


def _parse(known: CampaignProperty, text: str) -> str | date | Decimal | None:
    """A property's text as its column's type, or None where it is of another."""
    if known.kind is PropertyKind.DATE:
        return _parse_date(text)
    if known.kind is PropertyKind.MONEY:
        return _parse_money(text)
    return text


def _parse_date(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None


def _parse_money(text: str) -> Decimal | None:
    """An amount, if the column holds it exactly: rounding money would be losing it."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    fits = amount.is_finite() and abs(amount) < Decimal(10) ** (MONEY.precision - MONEY.scale)
    return amount if fits and amount == round(amount, MONEY.scale) else None


def count_unreadable(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many values are not of their column's type, by property."""
    names = [name for row in rows for name, _ in row["extra_properties"] if name in _STANDARD.union(_TIMESTAMPS)]
    return {name: names.count(name) for name in sorted(set(names))}
