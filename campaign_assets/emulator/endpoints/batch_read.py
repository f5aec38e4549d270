"""Reading many campaigns in one request.

Source: HubSpot's Marketing Campaigns API: the response is unordered, and duplicates are collapsed. Whether each missing
campaign has an entry among the errors is not known; by default it has, without its id.
"""

from typing import Any

from campaign_assets.emulator.endpoints.campaigns import with_assets
from campaign_assets.emulator.endpoints.changing import batch_response
from campaign_assets.emulator.endpoints.parameters import find_campaign, metric_days, property_names
from campaign_assets.emulator.errors import ApiError
from campaign_assets.emulator.hashing import stable_int
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, input_id
from campaign_assets.emulator.state import Campaign


def batch_read(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Give up to 50 campaigns with their assets, each once and in no particular order."""
    inputs, dates = request.inputs(), metric_days(portal, request)
    names = property_names(portal, request)
    campaigns: dict[str, Campaign] = {}
    errors: list[ApiError] = []
    for text in dict.fromkeys(input_id(entry) for entry in inputs):
        try:
            campaign = find_campaign(portal, text)
        except ApiError as error:
            if error.status != 404 or not portal.options.silent_missing:
                errors.append(error)
        else:
            campaigns[campaign.id] = campaign
    shuffled = sorted(campaigns.values(), key=lambda campaign: stable_int(portal.options.seed, campaign.id))
    texts = with_assets(portal, request, shuffled, names, dates)
    return batch_response(portal, 200, texts, [_reading_error(error) for error in errors])


def _reading_error(error: ApiError) -> dict[str, Any]:
    """Give an error as a batch read lists it: a campaign that is gone is not named."""
    entry = error.batch_error()
    if error.status == 404:
        entry.pop("context", None)
        entry["message"] = "One or more of the requested campaigns could not be found"
    return entry
