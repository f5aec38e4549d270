"""Amounts and counts as their columns hold them: exactly, or not at all. Rounding money would be losing it."""

from decimal import Decimal, localcontext

from campaign_assets.tables import MONEY

_DIGITS_AFTER_ZERO = 99
"""An amount that begins so far behind its point is no money, and needs no comparison of endless digits."""


def fit_amount(amount: Decimal) -> Decimal | None:
    """An amount as a column of money holds it; None where it holds only another one."""
    _, digits, exponent = amount.as_tuple()
    amount = amount if any(digits) else Decimal(0)  # 0e9999999 is nothing, too
    whole_digits = amount.adjusted() + 1
    if whole_digits > MONEY.precision - MONEY.scale or not isinstance(exponent, int):
        return None
    if whole_digits <= -_DIGITS_AFTER_ZERO:
        return None
    with localcontext(prec=3 * MONEY.precision):
        fitting = amount.quantize(Decimal(1).scaleb(-MONEY.scale), context=None)
        return fitting if fitting == amount else None


def fit_count(count: int) -> int | None:
    """A whole number as a column holds it, in 64 bits; None where it is larger."""
    return count if -(2**63) <= count < 2**63 else None
