"""A response that is an error, as the exception that it is.

What each status means is data in `errors`; here the envelope is read, which may hold anything.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from campaign_assets.hubspot.errors import ApiError, ErrorResponse, get_rule
from campaign_assets.hubspot.json_text import read_json
from campaign_assets.hubspot.wire.request import Request


def to_error(request: Request, status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
    """The error that a response means; what is missing or of another type than documented counts as not said."""
    try:
        parsed = read_json(_without_secrets(request, body))
    except ValueError:
        parsed = None
    envelope: Mapping[str, Any] = parsed if isinstance(parsed, dict) else {}

    def text(name: str) -> str | None:
        value = envelope.get(name)
        return value if isinstance(value, str) else None

    response = ErrorResponse(
        status=status,
        request=str(request),
        message=text("message") or "",
        category=text("category"),
        correlation_id=text("correlationId"),
        policy_name=text("policyName"),
        retry_after=to_seconds(headers.get("Retry-After"), headers.get("Date")),
        required_scopes=_to_scopes(envelope.get("errors")),
        body=envelope,
    )
    return get_rule(response).error(response)


def _without_secrets(request: Request, body: bytes) -> bytes:
    """A refusal may repeat what it refuses."""
    for name, value in (request.form or {}).items():
        if name != "grant_type" and len(value) > 5:
            body = body.replace(value.encode(), b"...")
    return body


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
    return tuple(dict.fromkeys(scopes))
