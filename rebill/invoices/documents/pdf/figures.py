"""Numbers as people of a language write them: € 1.231,40, 1.231,40 €, 1 231,40 €, €1,231.40; minus is a true minus."""

from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, format_percent

from rebill.rules.money import Money, digits_of, round_half_up

MINUS = "\N{MINUS SIGN}"


@lru_cache(maxsize=32)
def _marks(locale: str) -> dict[int, str]:
    """From the marks of Python's own number format to those of the language."""
    symbols = Locale.parse(locale).number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"], "-": MINUS})


def plain(value: Decimal, *, digits_min: int = 0, locale: str) -> str:
    """All the decimals that the value has, and at least `digits_min`. Nothing is rounded here."""
    digits = max(digits_min, _digits_needed(value))
    # Not babel's format_decimal, which takes 25 µs: a document of 500 lines has 1,500 numbers.
    return f"{value:,.{digits}f}".translate(_marks(locale))


def amount(money: Money, *, locale: str) -> str:
    """Without the sign of the currency, as in a column of amounts."""
    return plain(money.decimal, digits_min=digits_of(money.currency), locale=locale)


def amount_with_currency(money: Money, *, locale: str) -> str:
    return format_currency(money.decimal, money.currency, locale=locale).replace("-", MINUS)


@lru_cache(maxsize=256)
def rate(percent: Decimal, *, locale: str) -> str:
    """21% in Dutch and English, 21 % in German and Finnish."""
    return format_percent(percent / 100, locale=locale, decimal_quantization=False).replace("-", MINUS)


def shown_quantity(quantity: Decimal, *, unit_price: Decimal | None, net: Money) -> Decimal:
    """The quantity with as few decimals as a reader needs to check the line with a calculator.

    16/31 of a month is stored as 0.51612903; four decimals are enough when they give the same amount, to the cent.
    """
    if unit_price is None:
        return quantity
    for digits in range(4, _digits_needed(quantity)):
        rounded = round_half_up(quantity, digits)
        if Money.rounded(rounded * unit_price, net.currency) == net:
            return rounded
    return quantity


def _digits_needed(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
