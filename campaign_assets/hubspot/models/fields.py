"""Parts of HubSpot's responses as typed values, with every field that we do not know kept.

Shapes only: what was asked is in the endpoint modules, what becomes of a value in `extract`.
Source: HubSpot's API reference, and recorded responses where they say more.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from campaign_assets.hubspot.errors import InvalidResponse
from campaign_assets.hubspot.json_text import JSON
from campaign_assets.plain_text import to_line

T = TypeVar("T")
U = TypeVar("U")

_FRACTION = re.compile(r"[.,][0-9]{6}([0-9]+)")
_GUID_LENGTH = 36
_AROUND = "{ "
_SPELLED_GUID = re.compile(
    r"\s*(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?\s*"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_MESSAGE = 300
_DIGITS = 30
"""No amount of money has more digits before or after its point."""


def to_object(value: JSON, what: str) -> Mapping[str, Any]:
    """A JSON object.

    Raises:
        InvalidResponse: It is something else.
    """
    if not isinstance(value, dict):
        raise InvalidResponse(f"HubSpot's response holds {_kind(value)} where {what} should be.")
    return value


def to_answer(value: JSON, what: str, fields: Collection[str]) -> Mapping[str, Any]:
    """A JSON object that says one of the fields by which it is known: another one answers something else, or nothing.

    Raises:
        InvalidResponse: It has none of them, or null in each, or is no object.
    """
    answer = to_response(value, what)
    if all(answer.get(field) is None for field in fields):
        raise InvalidResponse(f"HubSpot's response holds an object without any field of {what}.")
    return answer


def to_response(value: JSON, what: str) -> Mapping[str, Any]:
    """A whole response, which is a JSON object, and no error that came with the status of a success.

    Raises:
        InvalidResponse: It is something else.
    """
    response = to_object(value, what)
    if response.get("status") == "error":
        said = response.get("message")
        reason = f": {to_line(said, _LONGEST_MESSAGE)}" if isinstance(said, str) else ""
        raise InvalidResponse(f"HubSpot's response is an error where {what} should be{reason}.")
    return response


def to_list(value: JSON, what: str, parse: Callable[[JSON], T]) -> tuple[T, ...]:
    """A JSON array, each element parsed.

    Raises:
        InvalidResponse: It is something else, or an element is not what it should be.
    """
    if not isinstance(value, list):
        raise InvalidResponse(f"HubSpot's response holds {_kind(value)} where {what} should be.")
    return tuple([parse(element) for element in value])


def to_readable(
    value: JSON, what: str, parse: Callable[[JSON], T], key: Callable[[JSON], U]
) -> tuple[tuple[T, ...], tuple[U, ...]]:
    """A JSON array, the elements that are what they should be parsed, and those that are not.

    One that is not costs itself alone, but where there are several and none is, the whole array is something else.

    Args:
        value: The array.
        what: What it should hold.
        parse: Reads an element.
        key: What is kept of an element that cannot be read.

    Raises:
        InvalidResponse: It is something else.
    """
    read: list[T] = []
    unreadable: list[U] = []
    reason = ""
    for element in to_list(value, what, lambda element: element):
        try:
            read.append(parse(element))
        except InvalidResponse as error:
            reason = reason or str(error)
            unreadable.append(key(element))
    if len(unreadable) > 1 and not read:
        raise InvalidResponse(reason)
    return tuple(read), tuple(unreadable)


def to_id(value: JSON, what: str) -> str:
    """An id: a string that is not empty, or a whole number as text.

    Raises:
        InvalidResponse: It is something else.
    """
    if isinstance(value, str) and value:
        return to_text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise InvalidResponse(f"HubSpot's response holds {_kind(value)} where the id of {what} should be.")


def to_campaign_id(value: JSON) -> str:
    """A campaign's id in its one normal form: a GUID means the same in capitals.

    Raises:
        InvalidResponse: It is something else.
    """
    return normalize_campaign_id(to_id(value, "a campaign"))


def normalize_campaign_id(text: str) -> str:
    """A campaign's id in the form in which all ids of campaigns are compared and stored.

    A GUID may be spelled in capitals, in braces, without hyphens, as a URN or between blanks: it is the same one.
    """
    normal = text.lower()
    if len(normal) == _GUID_LENGTH and normal[0] not in _AROUND:
        return normal  # the usual case, for each row of each table
    guid = _SPELLED_GUID.fullmatch(normal)
    return "-".join(guid.groups()) if guid else normal


def to_raw_text(value: JSON) -> str:
    """A value that is not of its type as the text that it was, so that it is not lost."""
    return to_text(value if isinstance(value, str) else json.dumps(value, default=str))


def to_text(value: str) -> str:
    """Text that every file format can hold: half of a surrogate pair is spelled out in hexadecimal."""
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")


def parse_timestamp(value: JSON) -> datetime | None:
    """A time of ISO 8601 text, in UTC; None where it is none.

    So it is without an offset too, as a day alone has none: nobody knows which time is meant. What is finer than a
    microsecond is cut off; `is_exact_timestamp` tells.
    """
    if not isinstance(value, str):
        return None
    try:
        timestamp = datetime.fromisoformat(value)
        return None if timestamp.tzinfo is None else timestamp.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_exact_timestamp(value: JSON) -> bool:
    """Whether a text that is a time says no more of it than a microsecond holds."""
    fraction = _FRACTION.search(value) if isinstance(value, str) else None
    return fraction is None or not fraction[1].strip("0")


def parse_epoch_timestamp(value: JSON) -> datetime | None:
    """A time of milliseconds since 1970, in UTC; None where it is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return _EPOCH + timedelta(milliseconds=value)
    except OverflowError:
        return None


def to_day(value: JSON) -> date | None:
    """A calendar day of text such as `2025-03-31`; None where it is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def to_optional_text(value: JSON) -> str | None:
    """Text, or None where HubSpot says none; a value of another type is kept as the JSON that it was."""
    return None if value is None else to_raw_text(value)


def to_count(value: JSON, what: str) -> int | None:
    """A whole number that is not negative; None where HubSpot says none, which is not zero.

    Raises:
        InvalidResponse: It is something else.
    """
    if value is None:
        return None
    if isinstance(value, Decimal | float):  # 12.0 is what some serializers make of 12
        amount = read_amount(value)
        value = int(amount) if amount is not None and amount == amount.to_integral_value() else value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidResponse(f"HubSpot's response holds {_kind(value)} where {what} should be.")
    return value


def to_amount(value: JSON, what: str) -> Decimal | None:
    """An amount of money, exact; None where HubSpot says none, which is not zero.

    Raises:
        InvalidResponse: It is something else, or of endless length.
    """
    if value is None:
        return None
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        amount = read_amount(value)
        if amount is not None:
            return amount
    raise InvalidResponse(f"HubSpot's response holds {_kind(value)} where {what} should be.")


def read_amount(value: str | int | float | Decimal) -> Decimal | None:
    """A number as an exact amount; None where it is none, or longer than any money."""
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return None
    _, digits, exponent = amount.as_tuple()
    fits = isinstance(exponent, int) and -_DIGITS <= exponent <= _DIGITS and len(digits) <= 2 * _DIGITS
    return amount if fits else None


def to_cursor(response: Mapping[str, Any]) -> str | None:
    """The cursor of the next page, as it came; None on the last page. HubSpot's own link is never followed.

    Raises:
        InvalidResponse: There is a next page, but no cursor to it.
    """
    paging = response.get("paging")
    next_page = to_object(paging, "paging").get("next") if paging is not None else None
    if next_page is None:
        return None
    cursor = to_object(next_page, "paging.next").get("after")
    if not isinstance(cursor, str) or not cursor or cursor != to_text(cursor):
        raise InvalidResponse("HubSpot's response has a next page, but no cursor to it.")
    return cursor


def without(response: Mapping[str, Any], known: frozenset[str]) -> Mapping[str, Any]:
    """The fields of a response that we do not know."""
    return {name: value for name, value in response.items() if name not in known} if response.keys() - known else {}


def _kind(value: JSON) -> str:
    kinds = {type(None): "nothing", str: "text", dict: "an object", list: "a list", bool: "true or false"}
    return kinds.get(type(value), "a number")
