"""One API request on its way through the steps HubSpot takes it through.

Belongs here: the order of the steps (length, credentials, limits, faults, scopes, answer) and the headers of
an answer. Not here: HTTP (`application`), what an endpoint answers (`endpoints`).
"""

from campaign_assets.emulator.auth import Caller
from campaign_assets.emulator.errors import ApiError, not_in_plan, url_too_long
from campaign_assets.emulator.faults import Fault
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import Answer, ApiRequest, json_answer
from campaign_assets.emulator.routes import endpoint_for

LONGEST_URL = 8192
JSON_TYPE = "application/json;charset=utf-8"
_HTML = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    b"<body><h1>Checking your browser before accessing api.hubapi.com</h1></body></html>"
)
_REPLACES_ANSWER = ("status", "html", "reset", "hang", "body")


class Visit:
    """One request's way through the portal.

    Attributes:
        caller: Who asks, once that is known.
        fault: The failure this request meets, if any.
    """

    def __init__(self, portal: Portal, correlation_id: str) -> None:
        self.portal = portal
        self.correlation_id = correlation_id
        self.caller: Caller | None = None
        self.fault: Fault | None = None

    def answer(self, request: ApiRequest) -> Answer:
        """Give HubSpot's answer, which may be a refusal."""
        try:
            return self._served(request)
        except ApiError as error:
            return self.refused(error)

    def _served(self, request: ApiRequest) -> Answer:
        if len(request.path) + len(request.query_string) > LONGEST_URL:
            raise url_too_long()
        if request.endpoint == "oauth_token":
            self.fault = self.portal.faults.strike(request)
            return endpoint_for(request.method, request.path)[0].answer(self.portal, request)
        self.caller = self.portal.gate.identify(request.headers)
        self.portal.limits.admit(self.caller)
        self.fault = self.portal.faults.strike(request)
        if self.fault is not None and self.fault.kind in _REPLACES_ANSWER and not self.fault.after_effect:
            return Answer(500)
        endpoint, _ = endpoint_for(request.method, request.path)
        self.caller.require(endpoint.scopes)
        if endpoint.scopes and not self.portal.options.campaigns_in_plan:
            raise not_in_plan()
        return endpoint.answer(self.portal, request)

    def refused(self, error: ApiError) -> Answer:
        """Put a refusal into its envelope."""
        answer = json_answer(error.status, error.envelope(self.correlation_id))
        return Answer(answer.status, answer.body, error.headers)

    def headers(self, answer: Answer) -> dict[str, str]:
        """Give the headers of an answer."""
        headers = {"X-HubSpot-Correlation-Id": self.correlation_id}
        if answer.body:
            headers["Content-Type"] = JSON_TYPE
        if self.caller is not None:
            headers |= self.portal.limits.headers(self.caller)
        return {**headers, **answer.headers}


def failing_answer(fault: Fault, visit: Visit, answer: Answer) -> Answer:
    """Give what a fault makes of an answer."""
    if fault.kind == "status":
        error = ApiError(fault.status, fault.message, fault.category)
        fields = {**error.envelope(visit.correlation_id), **fault.envelope}
        kept = {name: value for name, value in fields.items() if value is not None}
        return json_answer(fault.status, kept, fault.headers)
    if fault.kind == "html":
        return Answer(fault.status, _HTML, {"Content-Type": "text/html; charset=utf-8", **fault.headers})
    if fault.kind == "cut_json":
        return Answer(answer.status, answer.body[: len(answer.body) // 2], {**answer.headers, **fault.headers})
    if fault.kind == "body":
        return Answer(fault.status, fault.body, {"Content-Type": JSON_TYPE, **fault.headers})
    return answer
