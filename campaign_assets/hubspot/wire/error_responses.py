"""A response that is an error, as the exception that it is.

What each status means is data in `errors`; here the envelope is read, which may hold anything: secrets that were sent,
control characters, and no end of text.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from campaign_assets.hubspot.errors import ApiError, ErrorResponse, get_rule
from campaign_assets.hubspot.json_text import read_json
from campaign_assets.hubspot.wire.masking import Masker
from campaign_assets.hubspot.wire.request import Request
from campaign_assets.plain_text import to_line

LONGEST_MESSAGE = 2_000
LONGEST_NAME = 100
_MOST_SCOPES = 20
_HUBLET = re.compile(r"[a-z]{2,3}[1-9]\d?")
_NAMED_HUBLET = re.compile(r"exists in Hublet[\s:]+['\"]?([a-z]{2,3}[1-9]\d?)\b", re.IGNORECASE)


def to_error(
    request: Request, status: int, headers: Mapping[str, str], body: bytes | bytearray, masker: Masker
) -> ApiError:
    """The error that a response means; what is missing or of another type than documented counts as not said."""
    parsed = _read_envelope(body, masker)
    envelope = parsed or {}

    def text(name: str, limit: int = LONGEST_NAME) -> str | None:
        value = envelope.get(name)
        return to_line(value, limit) if isinstance(value, str) else None

    response = ErrorResponse(
        status=status,
        request=str(request),
        message=text("message", LONGEST_MESSAGE) or "",
        category=text("category"),
        correlation_id=text("correlationId"),
        policy_name=text("policyName"),
        retry_after=to_seconds(headers.get("Retry-After"), headers.get("Date")),
        required_scopes=_to_scopes(envelope.get("errors")),
        hublet=_find_hublet(envelope),
        body=envelope,
        is_hubspots=parsed is not None,
    )
    return get_rule(response).error(response)


def _read_envelope(body: bytes | bytearray, masker: Masker) -> Mapping[str, Any] | None:
    """The envelope without secrets; after it is parsed, since JSON has many spellings of one text.

    None where the body is no JSON object.
    """
    try:
        parsed = masker.mask_all(read_json(body))
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def to_seconds(retry_after: str | None, date: str | None = None) -> float | None:
    """Seconds of a `Retry-After`, which is a number or a date (RFC 9110); None where it is neither.

    Args:
        retry_after: The header.
        date: The response's `Date`: what a date is counted from, so that our clock need not be right.
    """
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        until = _parse_timestamp(retry_after)
        since = _parse_timestamp(date or "") or datetime.now(UTC)
        return None if until is None else max(0.0, (until - since).total_seconds())
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _parse_timestamp(text: str) -> datetime | None:
    try:
        timestamp = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)


def _to_scopes(errors: Any) -> tuple[str, ...]:
    scopes: list[str] = []
    for error in errors if isinstance(errors, list) else ():
        context = error.get("context") if isinstance(error, dict) else None
        named = context.get("requiredGranularScopes") if isinstance(context, dict) else None
        scopes.extend(s for s in (named if isinstance(named, list) else ()) if isinstance(s, str))
    return tuple(to_line(scope, LONGEST_NAME) for scope in dict.fromkeys(scopes))[:_MOST_SCOPES]


def _find_hublet(envelope: Mapping[str, Any]) -> str | None:
    """The region that a response names as the account's, such as `eu1`.

    Source: recorded responses (`Hub … unknown to this Hublet … exists in Hublet eu1`, and a field `correctHublet`).
    """
    for value in _list_hublets(envelope):
        if isinstance(value, str) and _HUBLET.fullmatch(value.lower()):
            return value.lower()
    message = envelope.get("message")
    named = _NAMED_HUBLET.search(message[:LONGEST_MESSAGE]) if isinstance(message, str) else None
    return named[1].lower() if named else None


def _list_hublets(envelope: Mapping[str, Any]) -> Iterator[Any]:
    """Values of `correctHublet`: beside the message, or in the context, where every value is a list."""
    context = envelope.get("context")
    for place in (envelope, context if isinstance(context, dict) else {}):
        value = place.get("correctHublet")
        yield from value if isinstance(value, list) else [value]
