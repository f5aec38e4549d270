"""Reading many campaigns in one request.

Source: HubSpot's Marketing Campaigns API: the response is unordered, duplicates are collapsed, and a batch that asks
for no properties is answered an empty properties map (where search and get give the name).
"""

from typing import Any

from campaign_assets.emulator.endpoints.campaigns import find, with_assets
from campaign_assets.emulator.endpoints.changing import batch_response
from campaign_assets.emulator.errors import ApiError
from campaign_assets.emulator.hashing import stable_int
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, checked_guid, input_id
from campaign_assets.emulator.state import Campaign


def batch_read(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Give up to 50 campaigns with their assets, each once and in no particular order."""
    inputs, dates = request.inputs(), request.dates()
    names = request.property_names() or []
    campaigns: dict[str, Campaign] = {}
    errors: dict[str, ApiError] = {}
    for text in dict.fromkeys(input_id(entry) for entry in inputs):
        try:
            campaign = portal.store.get(text) or find(portal, checked_guid(text))
        except ApiError as error:
            errors[text] = error
        else:
            campaigns[campaign.id] = campaign
    shuffled = sorted(campaigns.values(), key=lambda campaign: stable_int(portal.options.seed, campaign.id))
    texts = with_assets(portal, request, shuffled, names, dates)
    return batch_response(portal, 200, texts, [_reading_error(error) for error in errors.values()])


def _reading_error(error: ApiError) -> dict[str, Any]:
    """Give an error as a batch read lists it: a campaign that is gone is not named."""
    entry = error.batch_error()
    if error.status == 404:
        entry.pop("context", None)
        entry["message"] = "One or more of the requested campaigns could not be found"
    return entry
