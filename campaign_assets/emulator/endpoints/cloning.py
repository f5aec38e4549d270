"""Copies of campaigns, and the asset types of the account: what only the version 2026-09-beta has.

Source: HubSpot's reference of 2026-09-beta: the request's `name` and `sourceCampaignGuid`, the status with
`campaignGuid` and `status`, and the lists of asset types as `results`. The status of the response to a clone, its shape
and whether a name must be given are not known; here it looks like the copy's status, and a name is made where none is
given.
"""

from collections.abc import Mapping
from typing import Any

from campaign_assets.emulator.endpoints.changing import check_name
from campaign_assets.emulator.endpoints.parameters import campaign_of, checked_id
from campaign_assets.emulator.errors import invalid, invalid_request, no_object
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.properties import CUSTOM_VALUES, LONGEST, WRITABLE, problem_with
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, json_response
from campaign_assets.emulator.state import Campaign


def asset_types(portal: Portal, request: ApiRequest) -> ApiResponse:
    """List the asset types of which the account has any asset."""
    return json_response(200, {"results": sorted(set(portal.library.type_names))})


def cloneable_asset_types(portal: Portal, request: ApiRequest) -> ApiResponse:
    """List the asset types that a copy takes over: all of them."""
    return json_response(200, {"results": sorted(portal.library.types)})


def clone(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Make a campaign with the properties and assets of another, under a name of its own."""
    source = campaign_of(portal, request)
    content = request.json() if request.body.strip() else {}
    if content.get("sourceCampaignGuid", source.id) != source.id:
        raise invalid_request("sourceCampaignGuid must be the campaign in the path")
    copied = {*WRITABLE, *CUSTOM_VALUES}
    properties = {name: value for name, value in source.properties.items() if name in copied}
    made = portal.add_campaign({**properties, "hs_name": _name(portal, source, content)})
    for asset_type, members in source.assets.items():
        for position in members:
            portal.store.associate(made, asset_type, position)
    portal.clones[made.id] = "PENDING"
    return json_response(202, {"campaignGuid": made.id, "status": "PENDING"})


def clone_status(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Tell how far a copy is: at first it is pending, from the second time on complete, or failed if it was deleted."""
    campaign_id = request.path_values["campaign_id"].lower()
    status = portal.clones.get(campaign_id)
    if status is None:
        raise no_object("Clone", checked_id(portal, campaign_id))
    portal.clones[campaign_id] = "COMPLETE"
    if portal.store.get(campaign_id) is None:
        status = "FAILED"
    return json_response(200, {"campaignGuid": campaign_id, "status": status})


def _name(portal: Portal, source: Campaign, content: Mapping[str, Any]) -> str:
    """Give the name asked for, which must be free, or one of HubSpot's making, which is."""
    asked = content.get("name")
    if asked is None:
        return _free_name(portal, source.name)
    if not isinstance(asked, str) or not asked:
        raise invalid("Invalid input JSON: 'name' must be a string")
    problem = problem_with("hs_name", asked)
    if problem is not None:
        raise invalid_request(problem)
    check_name(portal, asked, None)
    return asked


def _free_name(portal: Portal, name: str) -> str:
    count, ending = 1, " (clone)"
    while True:
        candidate = f"{name[: LONGEST['hs_name'] - len(ending)]}{ending}"
        if portal.store.holder_of(candidate) is None:
            return candidate
        count += 1
        ending = f" (clone {count})"
