"""Figures in words: numbers, amounts, days and changes as the page shows them. Nothing here is HTML."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

_TIMES = 10


def to_number(value: float | Decimal | None) -> str:
    """A whole number with its thousands apart; a dash where there is none."""
    return "–" if value is None else f"{value:,.0f}".replace("-", "−")


def to_amount(value: float | Decimal | None, currency: str | None = "", decimals: int = 0) -> str:
    """An amount of money with its currency; a dash where there is none."""
    if value is None:
        return "–"
    text = f"{value:,.{decimals}f}".replace("-", "−")
    return f"{text} {currency}".rstrip() if currency else text


def to_change(now: float | None, before: float | None) -> str:
    """How a figure moved against the period before: in percent, or how many times it is that where it is ten times.

    Empty where there is nothing to compare with.
    """
    if before is None or now is None:
        return ""
    if not before:
        return "new" if now else "±0 %"
    if now >= _TIMES * before > 0:
        return f"× {now / before:,.0f}"
    percent = round(100 * (now - before) / before)
    return f"{'+' if percent > 0 else '−' if percent < 0 else '±'}{abs(percent):,} %"


def to_day(day: date | None) -> str:
    """A day such as 9 March 2026."""
    return "–" if day is None else f"{day.day} {day:%B %Y}"


def to_short_day(day: date) -> str:
    """A day such as 9 Mar."""
    return f"{day.day} {day:%b}"


def to_days(days: Sequence[date], shown: int = 3) -> str:
    """Several days: the first few of them, and how many more."""
    named = ", ".join(to_short_day(day) for day in days[:shown])
    return f"{named} and {len(days) - shown} more" if len(days) > shown else named
