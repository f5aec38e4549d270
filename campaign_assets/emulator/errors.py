"""HubSpot's refusals: every error response of the portal as an exception that carries its envelope.

Belongs here: statuses, categories and messages. Not here: deciding when to refuse.

Source: HubSpot's error handling page; the messages in recorded responses. Where no recording exists the message is in
HubSpot's manner and only status, category and envelope should be relied on.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any


class ApiError(Exception):
    """A refusal: an HTTP status and the fields of its envelope.

    Args:
        status: The HTTP status.
        message: What went wrong, in HubSpot's words.
        category: HubSpot's category, or None where the envelope has none.
        headers: Further headers of the response.
        fields: Further fields of the envelope; None leaves a field out.
    """

    def __init__(
        self,
        status: int,
        message: str,
        /,
        category: str | None = None,
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.fields = {name: value for name, value in fields.items() if value is not None}
        self.headers = headers or {}

    def envelope(self, correlation_id: str) -> dict[str, Any]:
        """Give the body of the response."""
        body: dict[str, Any] = {
            "status": "error",
            "message": self.message,
            "correlationId": correlation_id,
            **self.fields,
        }
        if self.category is not None:
            body["category"] = self.category
        return body

    def batch_error(self) -> dict[str, Any]:
        """Give the error as one entry of a 207's `errors`."""
        category = {} if self.category is None else {"category": self.category}
        return {"status": "error", **category, **self.fields, "message": self.message}


def invalid(message: str, **fields: Any) -> ApiError:
    """400: a parameter or a body HubSpot does not accept."""
    return ApiError(400, message, "VALIDATION_ERROR", **fields)


def invalid_request(reason: str) -> ApiError:
    """400 in the manner of the campaigns service, as recorded in a 207."""
    return invalid(
        f"Invalid request: '{reason}'",
        subCategory="CampaignApiError.INVALID_REQUEST",
        context={"message": [reason]},
    )


def forbidden_properties(names: Iterable[str], correct: Iterable[str]) -> str:
    """Say which properties are wrong, and which there are."""
    return f"Forbidden properties: [{', '.join(names)}]. Correct ones are [{', '.join(sorted(correct))}]"


def cannot_be_read(names: Iterable[str], readable: Iterable[str]) -> ApiError:
    """400: a property was asked for that the portal does not have."""
    return invalid_request(forbidden_properties(names, readable))


def cannot_be_written(names: Iterable[str], writable: Iterable[str]) -> ApiError:
    """400: a property is to be written that is read-only, or that the portal does not have."""
    return invalid(
        forbidden_properties(names, writable),
        subCategory="CampaignApiError.PROPERTY_SET_CONTAINS_VALUES_FORBIDDEN_FOR_WRITE",
    )


def no_date(name: str, value: str) -> ApiError:
    """400: a property that takes a date is given something else, a time for example."""
    return invalid(
        f"Property '{name}' must be a date in format YYYY-MM-DD, but was '{value}'",
        subCategory="CampaignValidationError.INVALID_DATE_PROPERTY",
    )


def no_name() -> ApiError:
    """400: a campaign is to be made without a name; this envelope has no category."""
    return ApiError(400, "Campaign create request must include 'hs_name' property.")


def bad_json(detail: str) -> ApiError:
    """400: a body that is no JSON or of another shape."""
    return invalid(f"Invalid input JSON on line 1, column 1: {detail}")


def unsupported_media_type(given: str, expected: str) -> ApiError:
    """415: a body that is not declared as what the endpoint reads."""
    return ApiError(415, f"Unsupported media type: '{given}'. Use {expected}", "VALIDATION_ERROR")


def no_campaign(campaign_id: str) -> ApiError:
    """404: a campaign that does not exist (any more)."""
    return ApiError(
        404,
        f"Campaign with id '{campaign_id}' was not found",
        "OBJECT_NOT_FOUND",
        subCategory="CampaignApiError.CAMPAIGN_NOT_FOUND",
        context={"campaignGuid": [campaign_id]},
    )


def no_object(kind: str, object_id: str) -> ApiError:
    """404: anything else that does not exist."""
    return ApiError(404, f"{kind} with id '{object_id}' was not found", "OBJECT_NOT_FOUND")


def no_path() -> ApiError:
    """404: a path that HubSpot does not serve."""
    return ApiError(404, "resource not found")


def method_not_allowed(allowed: Iterable[str]) -> ApiError:
    """405: a path that is served, but not with this method."""
    return ApiError(405, "HTTP 405 Method Not Allowed", headers={"Allow": ", ".join(sorted(allowed))})


def url_too_long() -> ApiError:
    """414: more than the web server in front reads."""
    return ApiError(414, "URI Too Long")


def name_taken(name: str) -> ApiError:
    """409: a campaign name that another campaign has."""
    return ApiError(
        409,
        f"Campaign with name '{name}' already exists",
        "CONFLICT",
        subCategory="CampaignApiError.CAMPAIGN_NAME_ALREADY_EXISTS",
    )


def no_credentials() -> ApiError:
    """401: no token, or one that opens nothing."""
    return ApiError(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "INVALID_AUTHENTICATION",
    )


def expired_credentials(expired_at: datetime, seconds_ago: int) -> ApiError:
    """401: an OAuth access token past its time."""
    return ApiError(
        401,
        f"The OAuth token used to make this call expired {seconds_ago} second(s) ago.",
        "EXPIRED_AUTHENTICATION",
        context={"expire time": [f"{expired_at:%Y-%m-%dT%H:%M:%S}.{expired_at.microsecond // 1000:03d}Z"]},
    )


def missing_scopes(required: Iterable[str]) -> ApiError:
    """403: the token may not do this."""
    detail = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(required)},
    }
    return ApiError(
        403,
        "This app hasn't been granted all required scopes to make this call.",
        "MISSING_SCOPES",
        errors=[detail],
    )


def not_in_plan() -> ApiError:
    """403: the portal's subscription has no campaigns."""
    return ApiError(
        403,
        "This portal's subscription does not include access to marketing campaigns.",
        "MISSING_SCOPES",
        errors=[
            {
                "message": "The account lacks one or more of the following scopes.",
                "context": {"requiredScopes": ["campaigns-access"]},
            }
        ],
    )


def too_many_requests(policy: str, retry_after: int | None) -> ApiError:
    """429: the ten-second window or the day is used up; this envelope has no category."""
    limit = {"TEN_SECONDLY_ROLLING": "ten_secondly_rolling", "DAILY": "daily"}[policy]
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
    return ApiError(
        429,
        f"You have reached your {limit} limit.",
        headers=headers,
        errorType="RATE_LIMIT",
        policyName=policy,
    )
