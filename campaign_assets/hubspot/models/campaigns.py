"""Campaigns as HubSpot answers them. What is asked is in `campaigns` and `campaign_batches`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from campaign_assets.catalog import find_asset_type
from campaign_assets.hubspot.errors import InvalidResponse
from campaign_assets.hubspot.json_text import JSON
from campaign_assets.hubspot.models.assets import AssetPage, is_campaign, to_asset_page
from campaign_assets.hubspot.models.enums import CampaignStatus
from campaign_assets.hubspot.models.fields import (
    is_exact_timestamp,
    normalize_campaign_id,
    parse_timestamp,
    read_amount,
    to_campaign_id,
    to_cursor,
    to_day,
    to_list,
    to_object,
    to_raw_text,
    to_readable,
    to_response,
    to_text,
    without,
)
from campaign_assets.plain_text import quoted

_KNOWN = frozenset({"id", "properties", "createdAt", "updatedAt", "businessUnits", "assets"})


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign.

    Attributes:
        id: HubSpot's GUID of the campaign.
        properties: Text by property, in HubSpot's spelling; an empty property is absent.
        created_at: When it was created, in UTC; None where HubSpot says none that can be read.
        updated_at: When it was last changed, in UTC; None likewise.
        business_unit_ids: The business units that it belongs to; None where HubSpot says none that can be read.
        assets: First page of assets by type; None where the endpoint answers none (search).
        unreadable_types: Types that came with something else than a page of assets; they are not in `assets`.
        extra: Fields that we do not know, and those of the above that could not be read, as they came.
    """

    id: str
    properties: Mapping[str, str]
    created_at: datetime | None = None
    updated_at: datetime | None = None
    business_unit_ids: tuple[int, ...] | None = None
    assets: Mapping[str, AssetPage] | None = None
    unreadable_types: tuple[str, ...] = ()
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
        unreadable: The id, or None where that cannot be read either, of each campaign that cannot be read.
    """

    total: int
    results: tuple[Campaign, ...]
    next_cursor: str | None = None
    unreadable: tuple[str | None, ...] = ()


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
    page = to_response(response, "a page of campaigns")
    total = page.get("total")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise InvalidResponse("HubSpot's response to a search does not say how many campaigns there are in all.")
    results, unreadable = to_readable(page.get("results"), "the campaigns", to_campaign, _find_id)
    return CampaignPage(total, results, to_cursor(page), unreadable)


def _find_id(value: JSON) -> str | None:
    """The id of a campaign that cannot be read whole."""
    try:
        return to_campaign_id(value.get("id")) if isinstance(value, dict) else None
    except InvalidResponse:
        return None


def to_campaign(value: JSON, *, has_properties: bool = True) -> Campaign:
    """A campaign as HubSpot answers it, with or without assets.

    Args:
        value: The campaign.
        has_properties: Whether properties were asked for; without, whatever comes in their place is passed over.

    Raises:
        InvalidResponse: It is something else.
    """
    campaign = to_response(value, "a campaign")
    parsed = {name: parse(campaign.get(name)) for name, parse in _VALUES.items()}
    unreadable = {name: campaign[name] for name in _VALUES if not _is_read(name, campaign.get(name), parsed[name])}
    assets = campaign.get("assets")
    pages, unreadable_types = (None, ()) if assets is None else _to_assets(assets)
    properties = campaign.get("properties")
    return Campaign(
        id=to_campaign_id(campaign.get("id")),
        properties=_to_properties(properties) if has_properties or isinstance(properties, dict) else {},
        created_at=parsed["createdAt"],
        updated_at=parsed["updatedAt"],
        business_unit_ids=parsed["businessUnits"],
        assets=pages,
        unreadable_types=unreadable_types,
        extra={**without(campaign, _KNOWN), **unreadable},
    )


def _is_read(name: str, value: JSON, parsed: object) -> bool:
    """Whether all that a field says is in its parsed value."""
    if value is None:
        return True
    return parsed is not None and (name not in _TIMES or is_exact_timestamp(value))


def to_campaign_with_assets(value: JSON, *, has_properties: bool = True) -> Campaign:
    """A campaign as endpoints answer it that also tell its assets: none is an empty object, and not nothing.

    Args:
        value: The campaign.
        has_properties: Whether properties were asked for.

    Raises:
        InvalidResponse: It is something else.
    """
    campaign = to_campaign(value, has_properties=has_properties)
    if campaign.assets is None:
        raise InvalidResponse(f"HubSpot's response holds no assets for the campaign {quoted(campaign.id)}.")
    return campaign


def _to_properties(value: JSON) -> Mapping[str, str]:
    """Properties as text. HubSpot sends strings; anything else is kept as the JSON that it was."""
    return {
        to_text(name): to_raw_text(text)
        for name, text in to_object(value, "the properties of a campaign").items()
        if text is not None and text != ""
    }


def _parse_business_units(value: JSON) -> tuple[int, ...] | None:
    """The ids of business units; None where they are not what they should be."""
    if not isinstance(value, list):
        return None
    ids = [_parse_unit(unit.get("id")) if isinstance(unit, dict) else None for unit in value]
    known = tuple(unit for unit in ids if unit is not None)
    return known if len(known) == len(ids) else None


def _parse_unit(value: JSON) -> int | None:
    text = str(value)
    return int(text) if _INTEGER.fullmatch(text) and -(2**63) <= int(text) < 2**63 else None


_VALUES: Mapping[str, Callable[[JSON], Any]] = {
    "createdAt": parse_timestamp,
    "updatedAt": parse_timestamp,
    "businessUnits": _parse_business_units,
}
"""Fields whose value costs itself alone where it cannot be read."""
_TIMES = frozenset({"createdAt", "updatedAt"})
_INTEGER = re.compile(r"-?[0-9]{1,19}")


def _to_assets(value: JSON) -> tuple[Mapping[str, AssetPage], tuple[str, ...]]:
    """The pages by type, and the types that came with something else, or twice, in two spellings."""
    pages: dict[str, AssetPage] = {}
    unreadable: list[str] = []
    for spelling, page in to_object(value, "the assets of a campaign").items():
        name = _to_asset_type(spelling)
        try:
            if name in pages or name in unreadable:
                raise InvalidResponse(f"HubSpot's response holds the type {quoted(name)} in two spellings.")
            pages[name] = to_asset_page(page)
        except InvalidResponse:
            if isinstance(page, dict) and any(map(is_campaign, _list(page.get("results")))):
                raise  # the whole response is another one
            pages.pop(name, None)
            unreadable.append(name)
    return pages, tuple(dict.fromkeys(unreadable))


def _to_asset_type(spelling: str) -> str:
    """A type's name in its one normal form; of one that nobody has heard of, as it came."""
    name = to_text(spelling)
    return name.upper() if find_asset_type(name.upper()) else name


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def to_read_batch(
    asked: Sequence[str], response: JSON, parse: Callable[[JSON], Campaign] = to_campaign, *, whole: bool = True
) -> CampaignBatch:
    """A batch of campaigns that were asked for by id; whatever is answered under an id, in any spelling, belongs to it.

    Args:
        asked: The ids.
        response: What came.
        parse: Makes a campaign of a result.
        whole: Whether one result that cannot be read makes the response invalid; else it counts as missing.

    Raises:
        InvalidResponse: It is something else, or holds a campaign that nobody asked for.
    """
    results, errors = _to_batch_parts(response, parse, whole)
    answered = {campaign.id for campaign in results}
    if foreign := answered.difference(map(normalize_campaign_id, asked)):
        raise InvalidResponse(f"HubSpot's response holds the campaign {quoted(min(foreign))}, which was not asked for.")
    return CampaignBatch(results, tuple(i for i in asked if normalize_campaign_id(i) not in answered), errors)


def to_created_batch(names: Sequence[str], response: JSON) -> CampaignBatch:
    """A batch of new campaigns, which can be told by their names only.

    Raises:
        InvalidResponse: It is something else.
    """
    results, errors = _to_batch_parts(response, to_campaign, whole=True)
    if len(results) >= len(names):
        return CampaignBatch(results, (), errors)
    made = {campaign.name for campaign in results}
    return CampaignBatch(results, tuple(name for name in names if name not in made), errors)


def to_batch_errors(response: JSON) -> tuple[Mapping[str, Any], ...]:
    """The errors that a batch's response lists; none where there is no body.

    Raises:
        InvalidResponse: It is something else.
    """
    errors = None if response is None else to_response(response, "a batch of campaigns").get("errors")
    return () if errors is None else to_list(errors, "the errors", lambda error: to_object(error, "an error"))


def to_asked_campaign(asked: str, response: JSON, *, has_properties: bool = True) -> Campaign:
    """One campaign with its assets that was asked for by id.

    Args:
        asked: The id.
        response: What came.
        has_properties: Whether properties were asked for.

    Raises:
        InvalidResponse: It is something else, or another campaign.
    """
    campaign = to_campaign_with_assets(response, has_properties=has_properties)
    if campaign.id != normalize_campaign_id(asked):
        raise InvalidResponse(f"HubSpot's response holds the campaign {quoted(campaign.id)}, which was not asked for.")
    return campaign


def _to_batch_parts(
    response: JSON, parse: Callable[[JSON], Campaign], whole: bool
) -> tuple[tuple[Campaign, ...], tuple[Mapping[str, Any], ...]]:
    batch = to_response(response, "a batch of campaigns")
    results = batch.get("results")
    if whole:
        return to_list(results, "the campaigns", parse), to_batch_errors(batch)
    return to_readable(results, "the campaigns", parse, _find_id)[0], to_batch_errors(batch)
