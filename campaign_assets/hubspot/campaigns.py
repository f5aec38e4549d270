"""Campaigns: what they are, and the endpoints that search, get and read batches of them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from campaign_assets.hubspot.answers import (
    JSON,
    to_cursor,
    to_id,
    to_list,
    to_moment,
    to_object,
    to_text,
    without,
)
from campaign_assets.hubspot.assets import AssetPage, check_limit, to_asset_page, to_window
from campaign_assets.hubspot.endpoint import Endpoint
from campaign_assets.hubspot.errors import InvalidAnswer, InvalidRequest
from campaign_assets.hubspot.pagination import decode_cursor, list_pages
from campaign_assets.hubspot.transport import Request

CAMPAIGNS_PER_PAGE = 100
"""Source: HubSpot's API reference, the largest `limit` of search (the default is 50)."""
CAMPAIGNS_PER_BATCH = 50
"""Source: HubSpot's API reference, the most inputs of a batch."""
SORTS = ("hs_name", "createdAt", "updatedAt", "-hs_name", "-createdAt", "-updatedAt")
"""Source: HubSpot's API reference."""

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
        results: The campaigns that were found, in no order.
        missing: The ids that were asked for and not answered. HubSpot's errors do not name them reliably.
        errors: HubSpot's errors, as they came.
    """

    results: tuple[Campaign, ...]
    missing: tuple[str, ...] = ()
    errors: tuple[Mapping[str, Any], ...] = ()


class CampaignsEndpoint(Endpoint):
    """Searches, gets and reads batches of campaigns."""

    def search(
        self,
        *,
        name: str | None = None,
        sort: str | None = None,
        properties: Sequence[str] = (),
        after: str | None = None,
        limit: int = CAMPAIGNS_PER_PAGE,
    ) -> CampaignPage:
        """One page of a search, without assets.

        Args:
            name: Only campaigns whose name contains this.
            sort: One of `SORTS`; `hs_name` where None.
            properties: Properties to answer.
            after: Cursor of the page, as an answer named it.
            limit: Campaigns in a page, from 1 to 100.

        Raises:
            InvalidRequest: An argument is out of its bounds; nothing was sent.
            ForbiddenProperties: The account has no such property.
            HubSpotError: The last failure, after retries.
        """
        if sort is not None and sort not in SORTS:
            raise InvalidRequest(f"sort is {sort!r}, but may be one of {', '.join(SORTS)}.")
        query = (
            ("name", name),
            ("sort", sort),
            ("limit", check_limit(limit)),
            ("after", None if after is None else decode_cursor(after)),
            ("properties", ",".join(properties) or None),
        )
        return self._call(Request("search", "GET", self._paths.campaigns, query), to_campaign_page)

    def list_pages(
        self,
        *,
        name: str | None = None,
        sort: str | None = None,
        properties: Sequence[str] = (),
        after: str | None = None,
        limit: int = CAMPAIGNS_PER_PAGE,
    ) -> Iterator[CampaignPage]:
        """Every page of a search; arguments and errors are those of `search`.

        HubSpot's cursors are offsets: where campaigns come or go meanwhile, rows can repeat or be missed, so
        compare what came with `total`.

        Raises:
            RepeatedCursor: A page points back to one that was read before.
        """
        get = partial(self.search, name=name, sort=sort, properties=properties, limit=limit)
        return list_pages(lambda cursor: get(after=cursor), after)

    def get(
        self,
        campaign_id: str,
        *,
        properties: Sequence[str] = (),
        start_date: date | None = None,
        end_date: date | None = None,
    ) -> Campaign:
        """One campaign with the first 50 assets of each of its types.

        Args:
            campaign_id: The campaign.
            properties: Properties to answer.
            start_date: First day of the assets' metrics, inclusive, in the account's time zone.
            end_date: Last day of the metrics, inclusive; metrics come only when both are given.

        Raises:
            NotFound: There is no such campaign.
            InvalidRequest: An argument is out of its bounds; nothing was sent.
            HubSpotError: The last failure, after retries.
        """
        query = (("properties", ",".join(properties) or None), *to_window(start_date, end_date))
        return self._call(Request("get", "GET", self._paths.campaign(campaign_id), query), to_campaign)

    def batch_read(
        self,
        campaign_ids: Iterable[str],
        *,
        properties: Sequence[str] = (),
        start_date: date | None = None,
        end_date: date | None = None,
    ) -> CampaignBatch:
        """Up to 50 campaigns in one request, each with the first 50 assets of each of its types.

        Args:
            campaign_ids: The campaigns; one that is named twice is asked for once.
            properties: Properties to answer.
            start_date: First day of the assets' metrics, inclusive, in the account's time zone.
            end_date: Last day of the metrics, inclusive; metrics come only when both are given.

        Raises:
            InvalidRequest: There are none or more than 50 campaigns, or a date is wrong; nothing was sent.
            HubSpotError: The last failure, after retries.
        """
        ids = tuple(dict.fromkeys(campaign_ids))
        if not 1 <= len(ids) <= CAMPAIGNS_PER_BATCH:
            raise InvalidRequest(f"A batch holds from 1 to {CAMPAIGNS_PER_BATCH} campaigns, not {len(ids)}.")
        request = Request(
            "batch_read",
            "POST",
            self._paths.batch("read"),
            query=(("properties", ",".join(properties) or None), *to_window(start_date, end_date)),
            body={"inputs": [{"id": campaign_id} for campaign_id in ids]},
        )
        return self._call(request, partial(_to_batch, ids))


def to_campaign_page(answer: JSON) -> CampaignPage:
    """A page of a search as HubSpot answers it.

    Raises:
        InvalidAnswer: It is something else.
    """
    page = to_object(answer, "a page of campaigns")
    total = page.get("total")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise InvalidAnswer("HubSpot's answer to a search does not say how many campaigns there are in all.")
    return CampaignPage(total, to_list(page.get("results"), "the campaigns", to_campaign), to_cursor(page))


def to_campaign(value: JSON) -> Campaign:
    """A campaign as HubSpot answers it, with or without assets.

    Raises:
        InvalidAnswer: It is something else.
    """
    campaign = to_object(value, "a campaign")
    extra = dict(without(campaign, _KNOWN))
    moments: dict[str, datetime | None] = {}
    for name in ("createdAt", "updatedAt"):
        moments[name] = to_moment(campaign.get(name))
        if moments[name] is None and campaign.get(name) is not None:
            extra[name] = campaign[name]
    assets = campaign.get("assets")
    return Campaign(
        id=to_id(campaign.get("id"), "a campaign"),
        properties=_to_properties(campaign.get("properties")),
        created_at=moments["createdAt"],
        updated_at=moments["updatedAt"],
        business_unit_ids=_to_business_units(campaign.get("businessUnits")),
        assets=None if assets is None else _to_assets(assets),
        extra=extra,
    )


def _to_properties(value: JSON) -> Mapping[str, str]:
    """Properties as text. HubSpot sends strings; anything else is kept as the JSON that it was."""
    properties = {} if value is None else to_object(value, "the properties of a campaign")
    return {
        to_text(name): to_text(text if isinstance(text, str) else json.dumps(text))
        for name, text in properties.items()
        if text is not None and text != ""
    }


def _to_business_units(value: JSON) -> tuple[int, ...]:
    def to_unit(unit: JSON) -> int:
        unit_id = to_id(to_object(unit, "a business unit").get("id"), "a business unit")
        try:
            return int(unit_id)
        except ValueError:
            raise InvalidAnswer(f"HubSpot's answer holds {unit_id[:40]!r} for the id of a business unit.") from None

    return () if value is None else to_list(value, "the business units", to_unit)


def _to_assets(value: JSON) -> Mapping[str, AssetPage]:
    types = to_object(value, "the assets of a campaign")
    return {to_text(name): to_asset_page(page) for name, page in types.items()}


def _to_batch(asked: tuple[str, ...], answer: JSON) -> CampaignBatch:
    batch = to_object(answer, "a batch of campaigns")
    results = to_list(batch.get("results"), "the campaigns", to_campaign)
    errors = batch.get("errors")
    answered = {campaign.id for campaign in results}
    return CampaignBatch(
        results=results,
        missing=tuple(campaign_id for campaign_id in asked if campaign_id not in answered),
        errors=() if errors is None else to_list(errors, "the errors", lambda error: to_object(error, "an error")),
    )
