"""Campaigns as HubSpot answers them. What is asked is in `campaigns` and `campaign_batches`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from campaign_assets.hubspot.errors import InvalidResponse
from campaign_assets.hubspot.json_text import JSON
from campaign_assets.hubspot.models.assets import AssetPage, to_asset_page
from campaign_assets.hubspot.models.enums import CampaignStatus
from campaign_assets.hubspot.models.fields import (
    parse_timestamp,
    read_amount,
    to_cursor,
    to_day,
    to_id,
    to_list,
    to_object,
    to_text,
    without,
)

_KNOWN = frozenset({"id", "properties", "createdAt", "updatedAt", "businessUnits", "assets"})


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign.

    Attributes:
        id: HubSpot's GUID of the campaign.
        properties: Text by property, in HubSpot's spelling; an empty property is absent.
        created_at: When it was created, in UTC; None where HubSpot says none that can be read.
        updated_at: When it was last changed, in UTC; None likewise.
        business_unit_ids: The business units that it belongs to.
        assets: First page of assets by type; None where the endpoint answers none (search).
        extra: Fields that we do not know, and those of the above that could not be read, as they came.
    """

    id: str
    properties: Mapping[str, str]
    created_at: datetime | None = None
    updated_at: datetime | None = None
    business_unit_ids: tuple[int, ...] = ()
    assets: Mapping[str, AssetPage] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str | None:
        """Its name; None where the property was not asked for."""
        return self.properties.get("hs_name")

    @property
    def status(self) -> CampaignStatus | None:
        """What state it is in; None where it is not said."""
        text = self.properties.get("hs_campaign_status")
        return None if text is None else CampaignStatus(text)

    @property
    def start_date(self) -> date | None:
        """Its first day; None where it has none that can be read."""
        return to_day(self.properties.get("hs_start_date"))

    @property
    def end_date(self) -> date | None:
        """Its last day; None where it has none that can be read."""
        return to_day(self.properties.get("hs_end_date"))

    @property
    def budget_amount(self) -> Decimal | None:
        """The sum of its budget items, in its currency; None where it has none that can be read."""
        return read_amount(self.properties.get("hs_budget_items_sum_amount", ""))

    @property
    def spend_amount(self) -> Decimal | None:
        """The sum of its spend items, in its currency; None where it has none that can be read."""
        return read_amount(self.properties.get("hs_spend_items_sum_amount", ""))


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """A page of a search.

    Attributes:
        total: How many campaigns the search finds in all, as of this page.
        results: The campaigns of this page, without assets.
        next_cursor: Where the next page is, or None on the last.
    """

    total: int
    results: tuple[Campaign, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class CampaignBatch:
    """What a batch of campaigns answers: results and errors side by side.

    Attributes:
        results: The campaigns that were found, made or changed, in no order.
        missing: What was asked for and not answered: ids, or the names of campaigns that were not made. It is
            computed, since HubSpot's errors do not name them reliably.
        errors: HubSpot's errors, as they came.
    """

    results: tuple[Campaign, ...]
    missing: tuple[str, ...] = ()
    errors: tuple[Mapping[str, Any], ...] = ()


def to_campaign_page(response: JSON) -> CampaignPage:
    """A page of a search as HubSpot answers it.

    Raises:
        InvalidResponse: It is something else.
    """
    page = to_object(response, "a page of campaigns")
    total = page.get("total")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise InvalidResponse("HubSpot's response to a search does not say how many campaigns there are in all.")
    return CampaignPage(total, to_list(page.get("results"), "the campaigns", to_campaign), to_cursor(page))


def to_campaign(value: JSON) -> Campaign:
    """A campaign as HubSpot answers it, with or without assets.

    Raises:
        InvalidResponse: It is something else.
    """
    campaign = to_object(value, "a campaign")
    extra = dict(without(campaign, _KNOWN))
    timestamps: dict[str, datetime | None] = {}
    for name in ("createdAt", "updatedAt"):
        timestamps[name] = parse_timestamp(campaign.get(name))
        if timestamps[name] is None and campaign.get(name) is not None:
            extra[name] = campaign[name]
    assets = campaign.get("assets")
    return Campaign(
        id=to_id(campaign.get("id"), "a campaign"),
        properties=_to_properties(campaign.get("properties")),
        created_at=timestamps["createdAt"],
        updated_at=timestamps["updatedAt"],
        business_unit_ids=_to_business_units(campaign.get("businessUnits")),
        assets=None if assets is None else _to_assets(assets),
        extra=extra,
    )


def _to_properties(value: JSON) -> Mapping[str, str]:
    """Properties as text. HubSpot sends strings; anything else is kept as the JSON that it was."""
    properties = {} if value is None else to_object(value, "the properties of a campaign")
    return {
        to_text(name): to_text(text if isinstance(text, str) else json.dumps(text, default=str))
        for name, text in properties.items()
        if text is not None and text != ""
    }


def _to_business_units(value: JSON) -> tuple[int, ...]:
    def to_unit(unit: JSON) -> int:
        unit_id = to_id(to_object(unit, "a business unit").get("id"), "a business unit")
        try:
            return int(unit_id)
        except ValueError:
            raise InvalidResponse(f"HubSpot's response holds {unit_id[:40]!r} for the id of a business unit.") from None

    return () if value is None else to_list(value, "the business units", to_unit)


def _to_assets(value: JSON) -> Mapping[str, AssetPage]:
    types = to_object(value, "the assets of a campaign")
    return {to_text(name): to_asset_page(page) for name, page in types.items()}


def to_read_batch(asked: Sequence[str], response: JSON) -> CampaignBatch:
    """A batch of campaigns that were asked for by id; GUIDs are compared without regard to case.

    Raises:
        InvalidResponse: It is something else.
    """
    results, errors = _to_batch_parts(response)
    answered = {campaign.id.lower() for campaign in results}
    return CampaignBatch(results, tuple(i for i in asked if i.lower() not in answered), errors)


def to_created_batch(names: Sequence[str], response: JSON) -> CampaignBatch:
    """A batch of new campaigns, which can be told by their names only.

    Raises:
        InvalidResponse: It is something else.
    """
    results, errors = _to_batch_parts(response)
    if len(results) >= len(names):
        return CampaignBatch(results, (), errors)
    made = {campaign.name for campaign in results}
    return CampaignBatch(results, tuple(name for name in names if name not in made), errors)


def to_batch_errors(response: JSON) -> tuple[Mapping[str, Any], ...]:
    """The errors that a batch's response lists; none where there is no body.

    Raises:
        InvalidResponse: It is something else.
    """
    errors = None if response is None else to_object(response, "a batch of campaigns").get("errors")
    return () if errors is None else to_list(errors, "the errors", lambda error: to_object(error, "an error"))


def _to_batch_parts(response: JSON) -> tuple[tuple[Campaign, ...], tuple[Mapping[str, Any], ...]]:
    batch = to_object(response, "a batch of campaigns")
    return to_list(batch.get("results"), "the campaigns", to_campaign), to_batch_errors(batch)
