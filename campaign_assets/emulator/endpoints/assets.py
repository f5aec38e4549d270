"""The assets of one campaign: listing them by type, and the associations themselves."""

from itertools import islice

from campaign_assets.emulator.cursors import write_cursor
from campaign_assets.emulator.endpoints.campaigns import find
from campaign_assets.emulator.errors import invalid_request
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import UNPAIRED, ApiRequest, ApiResponse


def list_assets(portal: Portal, request: ApiRequest) -> ApiResponse:
    """List a campaign's assets of one type; its cursors are the association to go on after."""
    campaign = portal.store.get(request.path_values["campaign_id"]) or find(portal, request.campaign_id)
    members = campaign.assets.get(asset_type(portal, request), {})
    limit, after, dates = request.limit(10), request.position(), request.dates()
    rest = [(position, sequence) for position, sequence in members.items() if sequence > after]
    page = list(islice(rest, limit))
    results = portal.writer.write_page([position for position, _ in page], dates, portal.clock.timestamp())
    paging = ""
    if len(rest) > limit:
        cursor = write_cursor(page[-1][1])
        paging = f',"paging":{{"next":{{"after":"{cursor}","link":"{request.next_link(cursor)}"}}}}'
    return ApiResponse(200, f'{{"results":{results}{paging}}}'.encode("utf-8", UNPAIRED))


def add(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Put an asset into a campaign; one it is in already stays, one the portal does not know is made."""
    campaign = find(portal, request.campaign_id)
    portal.add_association(campaign.id, asset_type(portal, request), request.path_values["asset_id"])
    return ApiResponse(204)


def remove(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Take an asset out of a campaign; the response is the same whether it was in it or not."""
    campaign = find(portal, request.campaign_id)
    portal.remove_association(campaign.id, asset_type(portal, request), request.path_values["asset_id"])
    return ApiResponse(204)


def asset_type(portal: Portal, request: ApiRequest) -> str:
    """Give the asset type in the path.

    Raises:
        ApiError: 400, where the portal has no such type.
    """
    name = request.path_values["asset_type"]
    if name not in portal.library.types:
        raise invalid_request(f"Invalid asset type: {name}. Correct ones are {sorted(portal.library.types)}")
    return name
