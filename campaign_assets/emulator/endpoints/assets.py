"""The assets of one campaign: listing them by type, and the associations themselves."""

import re
from itertools import islice

from campaign_assets.emulator.cursors import write_cursor
from campaign_assets.emulator.endpoints.parameters import campaign_of, metric_days
from campaign_assets.emulator.errors import invalid_request, no_object
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, json_text, text_response

_ASSET_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


def list_assets(portal: Portal, request: ApiRequest) -> ApiResponse:
    """List a campaign's assets of one type; its cursors are the association to go on after."""
    campaign = campaign_of(portal, request)
    members = campaign.assets.get(asset_type(portal, request), {})
    limit, after, dates = request.limit(10), request.position(), metric_days(portal, request)
    rest = [(position, sequence) for position, sequence in members.items() if sequence > after]
    page = list(islice(rest, limit))
    results = portal.writer.write_page([position for position, _ in page], dates, portal.clock.timestamp())
    paging = ""
    if len(rest) > limit:
        paging = f',"paging":{json_text(request.paging(write_cursor(page[-1][1])))}'
    return text_response(200, f'{{"results":{results}{paging}}}')


def add(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Put an asset into a campaign; one it is in already stays.

    Source: what HubSpot does with an asset that the account does not have is not known; the portal's options decide.
    """
    campaign, name = campaign_of(portal, request), asset_type(portal, request)
    asset_id = _asset_id(portal, request, name)
    unknown = portal.options.unknown_assets
    if unknown != "made" and portal.library.find(name, asset_id) is None:
        raise no_object("Asset", asset_id) if unknown == "not-found" else invalid_request(f"Invalid asset: {asset_id}")
    portal.add_association(campaign.id, name, asset_id)
    return ApiResponse(204)


def remove(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Take an asset out of a campaign; the response is the same whether it was in it or not."""
    campaign, name = campaign_of(portal, request), asset_type(portal, request)
    portal.remove_association(campaign.id, name, _asset_id(portal, request, name))
    return ApiResponse(204)


def _asset_id(portal: Portal, request: ApiRequest, name: str) -> str:
    """Give the asset in the path: any that the portal has, else an id of the usual shape."""
    asset_id = request.path_values["asset_id"]
    if portal.library.find(name, asset_id) is None and not _ASSET_ID.fullmatch(asset_id):
        raise invalid_request(f"Invalid asset id: {asset_id}")
    return asset_id


def asset_type(portal: Portal, request: ApiRequest) -> str:
    """Give the asset type in the path.

    Raises:
        ApiError: 400, where the portal has no such type.
    """
    name = request.path_values["asset_type"]
    if name not in portal.library.types:
        raise invalid_request(f"Invalid asset type: {name}. Correct ones are {sorted(portal.library.types)}")
    return name
