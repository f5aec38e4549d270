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

MOST_MEMORY = 256 * 1024 * 1024
"""Bytes of memory that the values of a text may take, by `estimate_memory`: fifty campaigns with every type full take
half of that."""
_BYTES_PER_SIGN = {b"{": 160, b"[": 72, b",": 112, b":": 64}
"""Measured with CPython 3.11 to 3.13: an object, a list, a further value in one of them, a name with its value."""
_DENSEST = 100
"""No byte of a text takes more."""


class TooMuchMemory(ValueError):
    """A text would expand to more than any response should hold."""


def read_json(text: bytes | bytearray, *, exact: bool = False) -> JSON:
    """The value that a JSON text holds.

    Args:
        text: The text, in UTF-8.
        exact: Whether numbers with a fraction become `Decimal` instead of `float`.

    Raises:
        TooMuchMemory: Its values take more memory than those of any response should; it was not parsed.
        ValueError: It is no JSON; what it holds is not repeated in the message.
    """
    if len(text) * _DENSEST > MOST_MEMORY and estimate_memory(text) > MOST_MEMORY:
        raise TooMuchMemory(f"its values would take more than {MOST_MEMORY:,} bytes of memory")
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


def estimate_memory(text: bytes | bytearray) -> int:
    """How many bytes of memory the values of a JSON text take, by what their signs cost: hardly ever fewer.

    A character takes a byte where all are ASCII, else up to four; the text stands in memory as a whole once more.
    """
    per_byte = 2 if text.isascii() else 8
    return len(text) * per_byte + sum(cost * text.count(sign) for sign, cost in _BYTES_PER_SIGN.items())


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
