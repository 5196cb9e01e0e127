"""Money as integers in minor units of the platform currency; decimals only at the edges."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NewType

import moneyed
import moneyed.l10n
from django.conf import settings
from django.utils.translation import get_language, gettext

from manyhands.core.errors import InvalidInput

Minor = NewType("Minor", int)

# One assignment never moves more than this: a slip of the keyboard is refused, not paid.
AMOUNT_MINOR_MAX = 100_000_00


def currency() -> moneyed.Currency:
    return moneyed.get_currency(settings.CURRENCY)


def minor_per_unit() -> int:
    return int(currency().sub_unit)


def parse(raw: str, *, field: str, minimum_minor: int = 1, maximum_minor: int = AMOUNT_MINOR_MAX) -> Minor:
    """Read an amount such as ``0.05`` exactly.

    Raises InvalidInput naming the field: not a number, finer than the smallest coin (``0.001``),
    under the minimum (negative, zero), over the maximum.
    """
    cleaned = raw.strip().lstrip("$").strip()
    try:
        amount = Decimal(cleaned)
    except InvalidOperation:
        raise InvalidInput({field: gettext("Enter an amount of money, such as 0.05.")}) from None
    if not amount.is_finite():
        raise InvalidInput({field: gettext("Enter an amount of money, such as 0.05.")})
    # What is out of bounds anyway is not multiplied: 1e999999999 would overflow.
    minor = amount * minor_per_unit() if -maximum_minor <= amount <= maximum_minor else amount
    if minor < minimum_minor:
        raise InvalidInput(
            {field: gettext("The smallest amount is %(amount)s.") % {"amount": show(minimum_minor)}}
        )
    if minor > maximum_minor:
        raise InvalidInput(
            {field: gettext("The largest amount is %(amount)s.") % {"amount": show(maximum_minor)}}
        )
    if minor != minor.to_integral_value():
        raise InvalidInput(
            {field: gettext("Amounts are exact to %(amount)s: use no finer fractions.") % {"amount": show(1)}}
        )
    return Minor(int(minor))


def as_decimal(minor: int) -> Decimal:
    return Decimal(minor) / minor_per_unit()


def plain(minor: int) -> str:
    """Digits only, two decimals for most currencies: ``0.05``. For files and the wire."""
    digits = len(str(minor_per_unit())) - 1
    return f"{as_decimal(minor):.{digits}f}"


def show(minor: int) -> str:
    """For people, in their language: ``$0.05``."""
    return _show(minor, (get_language() or "en").replace("-", "_"), settings.CURRENCY)


@lru_cache(maxsize=10_000)
def _show(minor: int, locale: str, _currency: str) -> str:
    """Few amounts recur in a page of many, and writing one is slow."""
    return moneyed.l10n.format_money(moneyed.Money(as_decimal(minor), currency()), locale=locale)


def share_half_up(amount_minor: int, percent: Decimal) -> Minor:
    """``percent`` of the amount, half a unit rounded up."""
    exact = Decimal(amount_minor) * percent / 100
    return Minor(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))
