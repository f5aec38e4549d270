"""Reading campaigns: search, and one with its assets. A change is not here (`changing`), a batch neither."""

from collections.abc import Callable
from typing import Any

from campaign_assets.emulator.asset_text import LinkParts
from campaign_assets.emulator.campaign_text import campaign_fields
from campaign_assets.emulator.cursors import write_cursor
from campaign_assets.emulator.errors import invalid_request, no_campaign
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import UNPAIRED, ApiRequest, ApiResponse, DateRange
from campaign_assets.emulator.state import Campaign

_SORT_KEYS: dict[str, Callable[[Campaign], Any]] = {
    "hs_name": lambda campaign: (campaign.name.casefold(), campaign.id),
    "createdAt": lambda campaign: (campaign.created_at, campaign.id),
    "updatedAt": lambda campaign: (campaign.updated_at, campaign.id),
}


def search(portal: Portal, request: ApiRequest) -> ApiResponse:
    """List campaigns, by a part of the name if one is given; its cursors are offsets."""
    limit, offset = request.limit(50), request.position()
    names = request.property_names() or ["hs_name"]
    found = _sorted(_named(portal, request.text("name")), request.text("sort") or "hs_name")
    page = found[offset : offset + limit]
    today = portal.clock.today()
    results = ",".join("{" + campaign_fields(campaign, names, today) + "}" for campaign in page)
    paging = ""
    if offset + limit < len(found):
        cursor = write_cursor(offset + limit)
        paging = f',"paging":{{"next":{{"after":"{cursor}","link":"{request.next_link(cursor)}"}}}}'
    return ApiResponse(200, f'{{"total":{len(found)},"results":[{results}]{paging}}}'.encode("utf-8", UNPAIRED))


def _named(portal: Portal, part: str | None) -> list[Campaign]:
    if part is None:
        return list(portal.store)
    wanted = part.casefold()
    return [campaign for campaign in portal.store if wanted in campaign.name.casefold()]


def _sorted(campaigns: list[Campaign], order: str) -> list[Campaign]:
    key = _SORT_KEYS.get(order.removeprefix("-"))
    if key is None:
        raise invalid_request(f"Invalid sort property: '{order}'. Correct ones are {sorted(_SORT_KEYS)}")
    return sorted(campaigns, key=key, reverse=order.startswith("-"))


def get(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Give one campaign with its assets."""
    campaign = find(portal, request.campaign_id)
    names = request.property_names() or ["hs_name"]
    found = with_assets(portal, request, [campaign], names, request.dates())[0]
    return ApiResponse(200, found.encode("utf-8", UNPAIRED))


def with_assets(
    portal: Portal, request: ApiRequest, campaigns: list[Campaign], names: list[str], dates: DateRange | None
) -> list[str]:
    """Write campaigns with their assets, and the assets' metrics where days are given."""
    query = f"&startDate={request.text('startDate')}&endDate={request.text('endDate')}" if dates else ""
    links = LinkParts(request.base_url + request.path_values["campaigns_path"], query)
    assets = portal.writer.write_all(campaigns, dates, portal.clock.timestamp(), links)
    today = portal.clock.today()
    return [
        f'{{{campaign_fields(campaign, names, today)},"assets":{text}}}'
        for campaign, text in zip(campaigns, assets, strict=True)
    ]


def find(portal: Portal, campaign_id: str) -> Campaign:
    """Find a campaign by its GUID.

    Raises:
        ApiError: 404, where there is none.
    """
    campaign = portal.store.get(campaign_id)
    if campaign is None:
        raise no_campaign(campaign_id)
    return campaign
