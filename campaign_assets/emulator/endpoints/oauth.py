"""The token endpoint: an access token for a refresh token.

Source: HubSpot's OAuth guide; every version answers `token_use`, the newer ones `hub_id` as well.
"""

from urllib.parse import parse_qsl

from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, json_response


def token(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Sell an access token; the request is a form, as OAuth has it."""
    request.require_type("application/x-www-form-urlencoded")
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    bought = {**portal.authenticator.refresh(form), "token_use": "access_token"}
    if not request.path.startswith("/oauth/v1/"):
        bought["hub_id"] = portal.options.portal_id
    return json_response(200, bought)
