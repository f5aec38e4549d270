"""What can go wrong between us and HubSpot, as one tree, and what each response's status means.

    HubSpotError
    ├── ConfigurationError      a setting is missing or wrong
    ├── InvalidRequest          an argument that HubSpot would refuse; nothing was sent
    ├── ConnectionFailed        no response came: refused, reset, timed out, cut short
    ├── InvalidResponse         a response came that is not what the API promises
    │   ├── ResponseTooLarge    it is larger than any response should be
    │   ├── RepeatedCursor      a page pointed back to one that was already read
    │   └── EndlessPages        pages follow pages, but bring nothing new
    ├── DailyReserveReached     only the reserve of the day's requests is left; nothing was sent
    ├── HubSpotUnavailable      nothing but failures for a while; nothing more is sent
    ├── BatchInterrupted        some batches of a write were answered before one failed
    └── ApiError                HubSpot answered with an error
        ├── BadRequest          400, 405, 409, 414, 415: the request is wrong
        │   └── ForbiddenProperties     400: a property that the account does not have
        ├── Unauthorized        401: the token is wrong
        │   └── TokenExpired    401: the token was right once
        ├── Forbidden           403: the account's plan or the app does not allow it
        │   └── MissingScopes   403: names the scopes
        ├── NotFound            404
        ├── Locked              423
        ├── RateLimited         429: too many requests in ten seconds
        │   └── DailyLimitReached       429: no request succeeds before the account's midnight
        ├── AccountMoving       477: the account is being moved, for up to a day
        ├── WrongRegion         488: the account is in another region, at another address
        ├── AccountRefused      403, or one that the API does not document, to several requests in a row
        └── ServerFailed        5xx and all else

Which failure is worth another try is data here (`RULES`); the trying is `retry`'s.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaign_assets.hubspot.base_url import BASE_URL
from campaign_assets.plain_text import to_line

LONGEST_SENTENCE = 600
"""Characters that an error shows of HubSpot's own sentence."""


class HubSpotError(Exception):
    """Any failure of a call to HubSpot. The message is one sentence and holds no secret."""

    stops_run: bool = False
    """Whether every further request would fail the same way, so that going on makes no sense."""


class ConfigurationError(HubSpotError):
    """A setting is missing or wrong: the address, a token, the credentials of OAuth."""

    stops_run = True


class InvalidRequest(HubSpotError, ValueError):
    """An argument that HubSpot would refuse; nothing was sent."""


class ConnectionFailed(HubSpotError):
    """No whole response came: the connection was refused, reset, cut short, or timed out.

    Attributes:
        sent: Whether HubSpot may have seen the request, and acted on it.
    """

    def __init__(self, message: str, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class DailyReserveReached(HubSpotError):
    """Only the reserve of the day's requests is left: stopped before HubSpot says no."""

    stops_run = True


class HubSpotUnavailable(HubSpotError):
    """Nothing but failures for a while, and not one success: HubSpot, or the way to it, is down."""

    stops_run = True


class InvalidResponse(HubSpotError):
    """A response came, but it is not what the API promises."""


class ResponseTooLarge(InvalidResponse):
    """A response is larger than any should be; asking again would only bring it again."""


class RepeatedCursor(InvalidResponse):
    """A page pointed back to one that was already read: following it would never end."""


class EndlessPages(InvalidResponse):
    """Pages follow pages, but bring nothing new, or more than there is: following them might never end."""


class BatchInterrupted(HubSpotError):
    """A write of several batches failed after the first ones were answered.

    Attributes:
        error: Why it failed.
        done: What HubSpot answered before: a `CampaignBatch`.
        remaining: Inputs that were not answered. Where `error` leaves it open whether HubSpot acted, as a lost response
            does, the first fifty of them may be written.
    """

    def __init__(self, error: HubSpotError, done: Any, remaining: tuple[Any, ...], answered: int) -> None:
        super().__init__(error, done, remaining, answered)
        self.error = error
        self.done = done
        self.remaining = remaining
        self.stops_run = error.stops_run
        self._answered = answered

    def __str__(self) -> str:
        return f"{self._answered} inputs were answered and {len(self.remaining)} were not: {self.error}"


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """What HubSpot said of an error. Every field may be missing.

    Attributes:
        status: Status code of the response.
        request: Method and path of the request, without its query.
        message: HubSpot's own sentence.
        category: Such as `VALIDATION_ERROR`; None where the response holds none.
        correlation_id: What HubSpot's support asks for.
        policy_name: Which limit a 429 speaks of.
        retry_after: Seconds that HubSpot asks to wait, or None.
        required_scopes: Scopes of which one is missing.
        hublet: The region that the account is in, such as `eu1`, where the response names one.
        body: The whole envelope, as parsed, without secrets; its texts are as long and as odd as they came.
        is_hubspots: Whether the body is a JSON object, as all of HubSpot's own are: a web page comes from on the way.
    """

    status: int
    request: str
    message: str = ""
    category: str | None = None
    correlation_id: str | None = None
    policy_name: str | None = None
    retry_after: float | None = None
    required_scopes: tuple[str, ...] = ()
    hublet: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    is_hubspots: bool = True


class ApiError(HubSpotError):
    """HubSpot answered with an error.

    Attributes:
        response: What HubSpot said.
    """

    default_advice = ""

    def __init__(self, response: ErrorResponse) -> None:
        self.response = response
        super().__init__(self._sentence())

    def __reduce__(self) -> tuple[type["ApiError"], tuple[ErrorResponse]]:
        return type(self), (self.response,)

    @property
    def advice(self) -> str:
        """What to do about it, as the end of the message."""
        return self.default_advice

    @property
    def status(self) -> int:
        """Status code of the response."""
        return self.response.status

    @property
    def category(self) -> str | None:
        """HubSpot's category, such as `VALIDATION_ERROR`."""
        return self.response.category

    @property
    def message(self) -> str:
        """HubSpot's own sentence."""
        return self.response.message

    @property
    def correlation_id(self) -> str | None:
        """What HubSpot's support asks for."""
        return self.response.correlation_id

    @property
    def retry_after(self) -> float | None:
        """Seconds that HubSpot asks to wait, or None."""
        return self.response.retry_after

    def _sentence(self) -> str:
        response = self.response
        parts = [f"HubSpot answered {response.status} to {response.request}"]
        if response.message:
            parts.append(f": {to_line(response.message.rstrip('.'), LONGEST_SENTENCE)}")
        parts.append(".")
        if self.advice:
            parts.append(f" {self.advice}")
        if response.correlation_id:
            parts.append(f" (correlation id {to_line(response.correlation_id, 100)})")
        return "".join(parts)


class BadRequest(ApiError):
    """400, 405, 409, 414, 415: the request is wrong and stays wrong however often it is sent."""


class ForbiddenProperties(BadRequest):
    """400: a campaign property was asked for that the account does not have, or written that HubSpot writes itself."""

    stops_run = True

    @property
    def names(self) -> tuple[str, ...]:
        """The properties in question; none where HubSpot does not name them."""
        return _split_names(_FORBIDDEN, self._sentence_of_hubspot)

    @property
    def correct_names(self) -> tuple[str, ...]:
        """The properties that there are, as far as HubSpot names them."""
        return _split_names(_CORRECT, self._sentence_of_hubspot)

    @property
    def _sentence_of_hubspot(self) -> str:
        """The message as it came: it lists every property of the account, which is more than a message may show."""
        whole = self.response.body.get("message")
        return whole if isinstance(whole, str) else self.message

    @property
    def advice(self) -> str:
        """What to do about a write; of a read, HubSpot's own sentence lists what can be asked for."""
        method, _, path = self.response.request.partition(" ")
        if method != "GET" and not path.endswith("/batch/read"):
            return "Write only properties that the account has and that HubSpot lets others write."
        return ""


class Unauthorized(ApiError):
    """401: HubSpot does not accept the token."""

    default_advice = "Set HUBSPOT_ACCESS_TOKEN (with OAuth: HUBSPOT_REFRESH_TOKEN) to a valid token of this account."
    stops_run = True


class TokenExpired(Unauthorized):
    """401: the token was valid once."""

    default_advice = "Set HUBSPOT_ACCESS_TOKEN (with OAuth: HUBSPOT_REFRESH_TOKEN) to a fresh token."


class Forbidden(ApiError):
    """403: the account's plan or the app does not allow the request."""

    default_advice = "Check that the account's plan includes campaigns and that the app may read them."


class MissingScopes(Forbidden):
    """403: the token lacks a scope."""

    stops_run = True

    @property
    def advice(self) -> str:
        """Names the scopes."""
        return f"Grant the app the scope {' or '.join(self.required_scopes)}." if self.required_scopes else ""

    @property
    def required_scopes(self) -> tuple[str, ...]:
        """The scopes of which one is missing."""
        return self.response.required_scopes


class NotFound(ApiError):
    """404: there is no such thing, or not any more."""


class Locked(ApiError):
    """423: somebody else is changing it; worth another try after two seconds."""


class RateLimited(ApiError):
    """429: more requests in ten seconds than the account allows; worth another try soon."""


class DailyLimitReached(RateLimited):
    """429: the day's requests are used up; none succeeds before midnight in the account's time zone."""

    default_advice = "No request succeeds before midnight in the account's time zone: run again after it."
    stops_run = True


class AccountMoving(ApiError):
    """477: HubSpot is moving the account to another data centre, for up to 24 hours."""

    stops_run = True

    @property
    def advice(self) -> str:
        """Says when to come back."""
        if self.retry_after is None:
            return "HubSpot is moving the account: run again later."
        return f"HubSpot is moving the account: run again in {self.retry_after:.0f} seconds."


class WrongRegion(ApiError):
    """488: the account is in another of HubSpot's regions, and is never found at this address."""

    stops_run = True

    @property
    def advice(self) -> str:
        """Names the address."""
        hublet = self.response.hublet
        address = BASE_URL if hublet == "na1" else f"https://api-{hublet or 'eu1'}.hubapi.com"
        where = f"to {address}" if hublet else f"to the account's region, such as {address}"
        return f"Set HUBSPOT_BASE_URL {where}, or HUBSPOT_ACCESS_TOKEN to a token of the region that you ask."


class AccountRefused(ApiError):
    """A refusal of which nobody knows whose fault it is, to several different requests in a row: not the requests'."""

    stops_run = True

    @property
    def advice(self) -> str:
        """Says where to look."""
        where = "look in HubSpot whether the account is suspended, unpaid or blocked, and run again."
        if self.status == 403:
            where = Forbidden.default_advice[0].lower() + Forbidden.default_advice[1:]
        return f"HubSpot answers so to every request, whatever is asked: {where}"


class ServerFailed(ApiError):
    """5xx, and any status that the API does not document."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an error's status means.

    Attributes:
        error: The class that is raised.
        retry: Whether the same request may succeed a moment later.
        safe: Whether HubSpot surely did nothing, so that even a write may be sent again.
    """

    error: type[ApiError]
    retry: bool = False
    safe: bool = False


RULES: Mapping[int, Rule] = {
    400: Rule(BadRequest),
    401: Rule(Unauthorized),
    403: Rule(Forbidden),
    404: Rule(NotFound),
    405: Rule(BadRequest),
    409: Rule(BadRequest),
    414: Rule(BadRequest),
    415: Rule(BadRequest),
    423: Rule(Locked, retry=True, safe=True),
    429: Rule(RateLimited, retry=True, safe=True),
    477: Rule(AccountMoving),
    488: Rule(WrongRegion),
    500: Rule(ServerFailed, retry=True),
    502: Rule(ServerFailed, retry=True),
    503: Rule(ServerFailed, retry=True),
    504: Rule(ServerFailed, retry=True),
    521: Rule(ServerFailed, retry=True),
    523: Rule(ServerFailed, retry=True),
    524: Rule(ServerFailed, retry=True),
}
"""Status to meaning. Source: HubSpot's guide to error handling."""


def get_rule(response: ErrorResponse) -> Rule:
    """What an error response means: by its status, and by what it says where one status means two things."""
    if response.status == 429 and (response.policy_name or "").upper() == "DAILY":
        return Rule(DailyLimitReached)
    if response.status == 401 and response.category == "EXPIRED_AUTHENTICATION":
        return Rule(TokenExpired)
    if response.status == 403 and (response.category == "MISSING_SCOPES" or response.required_scopes):
        return Rule(MissingScopes)
    if response.status == 400 and "forbidden properties" in response.message.lower():
        return Rule(ForbiddenProperties)
    if response.status in RULES:
        return RULES[response.status]
    return Rule(BadRequest) if 400 <= response.status < 500 else Rule(ServerFailed, retry=response.status >= 500)


_FORBIDDEN = re.compile(r"forbidden properties: ?\[([^\]]*)", re.IGNORECASE)
_CORRECT = re.compile(r"correct ones are:? ?\[([^\]]*)", re.IGNORECASE)


def _split_names(pattern: re.Pattern[str], message: str) -> tuple[str, ...]:
    found = pattern.search(message)  # a long list may be cut before its bracket
    return tuple(name.strip() for name in found[1].split(",") if name.strip()) if found else ()


def is_anybodys_refusal(error: HubSpotError) -> bool:
    """Whether nobody knows of what an error is a refusal: of the request, of an app's rights, or of the account.

    So it is with a status that the API does not document, and with a 403 that names no scope.
    """
    if not isinstance(error, ApiError):
        return False
    return type(error) is Forbidden or (400 <= error.status < 500 and error.status not in RULES)
