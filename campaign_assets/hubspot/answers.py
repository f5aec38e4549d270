"""Parts of HubSpot's answers as typed values, with every field that we do not know kept.

Shapes only: what was asked is in the endpoint modules, what becomes of a value in `extract`.
Source: HubSpot's API reference, and recorded answers where they say more.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from campaign_assets.hubspot.errors import InvalidAnswer

T = TypeVar("T")
JSON = Any


def to_object(value: JSON, what: str) -> Mapping[str, Any]:
    """A JSON object.

    Raises:
        InvalidAnswer: It is something else.
    """
    if not isinstance(value, dict):
        raise InvalidAnswer(f"HubSpot's answer holds {_kind(value)} where {what} should be.")
    return value


def to_list(value: JSON, what: str, parse: Callable[[JSON], T]) -> tuple[T, ...]:
    """A JSON array, each element parsed.

    Raises:
        InvalidAnswer: It is something else, or an element is not what it should be.
    """
    if not isinstance(value, list):
        raise InvalidAnswer(f"HubSpot's answer holds {_kind(value)} where {what} should be.")
    return tuple([parse(element) for element in value])


def to_id(value: JSON, what: str) -> str:
    """An id: a string that is not empty, or a whole number as text.

    Raises:
        InvalidAnswer: It is something else.
    """
    if isinstance(value, str) and value:
        return to_text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise InvalidAnswer(f"HubSpot's answer holds {_kind(value)} where the id of {what} should be.")


def to_text(value: str) -> str:
    """Text that every file format can hold: half of a surrogate pair is spelled out in hexadecimal."""
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")


def to_moment(value: JSON) -> datetime | None:
    """A moment of ISO 8601 text, in UTC; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def to_cursor(answer: Mapping[str, Any]) -> str | None:
    """The cursor of the next page, as it came; None on the last page. HubSpot's own link is never followed.

    Raises:
        InvalidAnswer: There is a next page, but no cursor to it.
    """
    paging = answer.get("paging")
    next_page = to_object(paging, "paging").get("next") if paging is not None else None
    if next_page is None:
        return None
    cursor = to_object(next_page, "paging.next").get("after")
    if not isinstance(cursor, str) or not cursor:
        raise InvalidAnswer("HubSpot's answer has a next page, but no cursor to it.")
    return cursor


def without(answer: Mapping[str, Any], known: frozenset[str]) -> Mapping[str, Any]:
    """The fields of an answer that we do not know."""
    return {name: value for name, value in answer.items() if name not in known} if answer.keys() - known else {}


def _kind(value: JSON) -> str:
    kinds = {type(None): "nothing", str: "text", dict: "an object", list: "a list", bool: "true or false"}
    return kinds.get(type(value), "a number")
