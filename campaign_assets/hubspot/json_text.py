"""JSON as it goes over the wire: whole numbers exact however they are written, money exact in both directions.

A number that Python cannot hold, and NaN, which is no JSON but is sent by some, are read as the text that they are: one
bad value must not cost the response that it stands in. Text to values and back only; what the values mean is the
business of `models` and the endpoint modules.
"""

import json
import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

JSON = Any

_EXACT = 2.0**53
"""Below it a double holds every whole number."""
_TOO_MANY_DIGITS = "integer string conversion"
_LONGEST_NUMBER = 4000
"""Digits of a whole number that Python converts at once: more are no number that anybody counts."""

MOST_VALUES = 4_000_000
"""Values that a text may hold: each takes up to a hundred bytes of memory, however short it is written, and fifty
campaigns with every type full hold a quarter of that."""


class TooManyValues(ValueError):
    """A text would expand to more than any response should hold."""


def read_json(text: bytes | bytearray, *, exact: bool = False) -> JSON:
    """The value that a JSON text holds.

    Args:
        text: The text, in UTF-8.
        exact: Whether numbers with a fraction become `Decimal` instead of `float`.

    Raises:
        TooManyValues: It holds more values than any response should; it was not parsed.
        ValueError: It is no JSON; what it holds is not repeated in the message.
    """
    if len(text) > MOST_VALUES and count_values(text) > MOST_VALUES:
        raise TooManyValues(f"it holds more than {MOST_VALUES:,} values")
    parse_float: Callable[[str], Any] = _to_decimal if exact else to_exact_number
    try:
        return _load(text, parse_float)
    except RecursionError:
        reason = "it is nested too deeply"
    except UnicodeDecodeError as error:
        reason = f"{error.reason} at byte {error.start}"
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at character {error.pos}"
    except ValueError as error:
        reason = str(error)
    # Raised here and not above: the parser's own errors carry the whole text along.
    raise ValueError(reason)


def to_exact_number(text: str) -> int | float | str:
    """A number with a fraction or an exponent, in JSON's spelling.

    A whole number past what a double holds exactly stays whole; one that is endless stays text.
    """
    number = float(text)
    if abs(number) < _EXACT:
        return number
    if not math.isfinite(number):
        return text
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else number


def _load(text: bytes | bytearray, parse_float: Callable[[str], Any]) -> JSON:
    try:
        return json.loads(text, parse_float=parse_float, parse_constant=str)
    except ValueError as error:
        if _TOO_MANY_DIGITS not in str(error):
            raise
    return json.loads(text, parse_float=parse_float, parse_constant=str, parse_int=_to_whole_number)


def _to_whole_number(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_NUMBER else text


def count_values(text: bytes | bytearray) -> int:
    """How many values a JSON text holds, the names of fields among them: never fewer than it does."""
    return 1 + sum(map(text.count, (b",", b":", b"[", b"{")))


def write_json(value: JSON) -> str:
    """A value as JSON text; a `Decimal` becomes a number with all of its digits.

    Raises:
        ValueError: A number is not finite.
        TypeError: A value has no JSON.
    """
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{write_json(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(write_json, value)) + "]"
    if isinstance(value, Decimal):
        return _to_number(value)
    return json.dumps(value, allow_nan=False)


def _to_number(amount: Decimal) -> str:
    if not amount.is_finite():
        raise ValueError(f"{amount} is no JSON")
    exponent = amount.as_tuple().exponent
    # Plain digits are what people expect of money; a number with a thousand zeros is not money.
    return format(amount, "f") if isinstance(exponent, int) and abs(exponent) <= 100 else str(amount)


def _to_decimal(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
