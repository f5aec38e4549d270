"""One API request on its way through the steps HubSpot takes it through.

Belongs here: the order of the steps (length, credentials, limits, faults, scopes, response) and the headers of
a response. Not here: HTTP (`application`), what an endpoint answers (`endpoints`), what a fault makes of a response
(`failing`).
"""

from campaign_assets.emulator.auth import Caller
from campaign_assets.emulator.errors import ApiError, not_in_plan, url_too_long
from campaign_assets.emulator.faults import Fault, FaultHit
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, json_response
from campaign_assets.emulator.routes import endpoint_for

LONGEST_URL = 8192
JSON_TYPE = "application/json;charset=utf-8"
_REPLACES_ANSWER = ("status", "html", "reset", "refuse", "hang", "header_drip", "huge", "bomb", "double_bomb", "body")


class RequestHandler:
    """One request's way through the portal.

    Attributes:
        caller: Who asks, once that is known.
        hit: The failure this request meets, if any.
    """

    def __init__(self, portal: Portal, correlation_id: str) -> None:
        self.portal = portal
        self.correlation_id = correlation_id
        self.caller: Caller | None = None
        self.hit: FaultHit | None = None
        self._counted: dict[str, str] = {}

    def response(self, request: ApiRequest) -> ApiResponse:
        """Give HubSpot's response, which may be a refusal."""
        try:
            return self._served(request)
        except ApiError as error:
            return self.refused(error)

    def _served(self, request: ApiRequest) -> ApiResponse:
        if len(request.path) + len(request.query_string) > LONGEST_URL:
            raise url_too_long()
        if request.endpoint == "oauth_token":
            self.hit = self.portal.faults.find_hit(request)
            return endpoint_for(request.method, request.path)[0].response(self.portal, request)
        self.caller = self.portal.authenticator.identify(request.headers)
        try:
            self.portal.limits.admit(self.caller)
        finally:
            self._counted = self.portal.limits.headers(self.caller)
        self.hit = self.portal.faults.find_hit(request)
        if self.hit is not None:
            if _replaces(self.hit.fault):
                return ApiResponse(200)
            if self.hit.fault.kind == "lose_campaign":
                _lose_campaign(self.portal, self.hit, request)
        endpoint, _ = endpoint_for(request.method, request.path)
        self.caller.require(endpoint.scopes)
        if endpoint.scopes and not self.portal.options.campaigns_in_plan:
            raise not_in_plan()
        return endpoint.response(self.portal, request)

    def refused(self, error: ApiError) -> ApiResponse:
        """Put a refusal into its envelope."""
        response = json_response(error.status, error.envelope(self.correlation_id))
        return ApiResponse(response.status, response.body, error.headers)

    def headers(self, response: ApiResponse) -> dict[str, str]:
        """Give the headers of a response."""
        headers = {"X-HubSpot-Correlation-Id": self.correlation_id}
        if response.body:
            headers["Content-Type"] = JSON_TYPE
        if self.caller is not None:
            headers |= self.portal.limit_headers.tell(self.caller, self._counted)
        return {**headers, **response.headers}


def _replaces(fault: Fault) -> bool:
    return fault.kind in _REPLACES_ANSWER and not fault.after_effect


def _lose_campaign(portal: Portal, hit: FaultHit, request: ApiRequest) -> None:
    """Delete one of the campaigns that a batch asks for."""
    asked = [entry.get("id") for entry in request.inputs()]
    there = [campaign_id for campaign_id in asked if isinstance(campaign_id, str) and portal.store.get(campaign_id)]
    if there:
        portal.delete_campaign(hit.random.choice(there))
