"""Reading campaigns: search, and one with its assets. A change is not here (`changing`), a batch neither."""

from collections.abc import Callable
from typing import Any

from campaign_assets.emulator.asset_text import LinkParts
from campaign_assets.emulator.campaign_text import campaign_fields
from campaign_assets.emulator.cursors import write_cursor
from campaign_assets.emulator.endpoints.parameters import campaign_of, metric_days, property_names
from campaign_assets.emulator.errors import invalid_request
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, DateRange, json_text, text_response
from campaign_assets.emulator.state import Campaign

_SORT_KEYS: dict[str, Callable[[Campaign], Any]] = {
    "hs_name": lambda campaign: (campaign.name.casefold(), campaign.id),
    "createdAt": lambda campaign: (campaign.created_at, campaign.id),
    "updatedAt": lambda campaign: (campaign.updated_at, campaign.id),
}


def search(portal: Portal, request: ApiRequest) -> ApiResponse:
    """List campaigns, by a part of the name if one is given; its cursors are offsets."""
    limit, offset = request.limit(50), request.position()
    names = property_names(portal, request)
    found = _sorted(_named(portal, request.text("name")), request.text("sort") or "hs_name")
    page = found[offset : offset + limit]
    today = portal.clock.today()
    results = ",".join("{" + campaign_fields(campaign, names, today) + "}" for campaign in page)
    paging = ""
    if offset + limit < len(found):
        paging = f',"paging":{json_text(request.paging(write_cursor(offset + limit)))}'
    return text_response(200, f'{{"total":{len(found)},"results":[{results}]{paging}}}')


def _named(portal: Portal, part: str | None) -> list[Campaign]:
    if part is None:
        return list(portal.searchable.campaigns())
    wanted = part.casefold()
    return [campaign for campaign in portal.searchable.campaigns() if wanted in campaign.name.casefold()]


def _sorted(campaigns: list[Campaign], order: str) -> list[Campaign]:
    key = _SORT_KEYS.get(order.removeprefix("-"))
    if key is None:
        raise invalid_request(f"Invalid sort property: '{order}'. Correct ones are {sorted(_SORT_KEYS)}")
    return sorted(campaigns, key=key, reverse=order.startswith("-"))


def get(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Give one campaign with its assets."""
    campaign, names = campaign_of(portal, request), property_names(portal, request)
    return text_response(200, with_assets(portal, request, [campaign], names, metric_days(portal, request))[0])


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
