"""A campaign as a row of `hubspot/campaigns`: each property as its column's type, and what is of no type beside it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from campaign_assets.catalog import CAMPAIGN_PROPERTIES, SUNSET_PROPERTIES, CampaignProperty, PropertyKind
from campaign_assets.days import parse_day
from campaign_assets.extract.amounts import fit_amount
from campaign_assets.hubspot import Campaign, to_raw_text


def to_campaign_row(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """A campaign as a row of `hubspot/campaigns`.

    Args:
        campaign: The campaign.
        now: When the reading began, with its time zone.
    """
    extra = dict(_list_extra_properties(campaign))
    row: dict[str, Any] = {
        "campaign_id": campaign.id,
        "business_unit_ids": None if campaign.business_unit_ids is None else list(campaign.business_unit_ids),
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
_FIELDS = ("createdAt", "updatedAt", "businessUnits")
"""Fields beside the properties that have a column of their own."""
_AMOUNT = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,9})?")


def _list_extra_properties(campaign: Campaign) -> Iterator[tuple[str, str]]:
    for name, text in campaign.properties.items():
        if name not in _STANDARD | SUNSET_PROPERTIES:
            yield name, text
    for name in _FIELDS:
        if name in campaign.extra:  # a value that the client could not read
            yield name, to_raw_text(campaign.extra[name])


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
    """An amount, if the column holds it exactly."""
    return fit_amount(Decimal(text)) if _AMOUNT.fullmatch(text) else None


class UnreadableValue(NamedTuple):
    """A value that is not of its column's type.

    Attributes:
        campaign_id: Of which campaign.
        name: HubSpot's name of the property or field.
        text: What it holds.
    """

    campaign_id: str
    name: str
    text: str


def list_unreadable(rows: Iterable[Mapping[str, Any]]) -> list[UnreadableValue]:
    """The values of rows that are not of their column's type."""
    names = _STANDARD.union(_FIELDS)
    return [
        UnreadableValue(row["campaign_id"], name, text)
        for row in rows
        for name, text in row["extra_properties"]
        if name in names
    ]
