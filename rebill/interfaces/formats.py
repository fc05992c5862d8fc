"""How amounts, numbers, days and periods are written on pages, in the reader's language: €1,231.40 or € 1.231,40.

The minus is a true one, an amount has its currency's decimals, 0.00 is a number and a dash is nothing.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol
from django.utils.translation import get_language

from rebill.rules.money import Money, digits_of

MINUS = "−"
NOTHING = "–"
_HARD_SPACE = "\u00a0"
_DECIMALS_MAX = 6

# Days as people write them; CLDR's own short forms are longer than a row has room for.
_DAY = {"en": "d MMM", "nl": "d MMM", "de": "d. MMM", "fi": "d.M."}
_DAY_OF_YEAR = {"en": "d MMM y", "nl": "d MMM y", "de": "d. MMM y", "fi": "d.M.y"}
_LONG_DAY = {"en": "EEEE d MMMM y", "nl": "EEEE d MMMM y", "de": "EEEE, d. MMMM y", "fi": "EEEE d. MMMM y"}
_SYMBOL_LAST = {"de", "fi"}


def language() -> str:
    """The reader's language, one of ours."""
    return (get_language() or "en")[:2]


def number(value: int | Decimal, *, decimals: int | None = None) -> str:
    """1,268 or 0.5161: as many decimals as it has, or exactly `decimals`."""
    # Babel would read a pattern and a locale for every number of a page; what it says of them is looked up once.
    written = f"{Decimal(value).copy_abs():,.{_DECIMALS_MAX if decimals is None else decimals}f}"
    if decimals is None:
        written = written.rstrip("0").removesuffix(".")
    return _signed(written.translate(_separators(language())), value < 0)


@lru_cache
def _separators(locale: str) -> dict[int, str]:
    """What stands for Python's comma and point in a language."""
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})


def scaled(value: int, places: int) -> Decimal:
    """A number that is kept as a whole one of 10^-places, without needless zeros."""
    return Decimal(value).scaleb(-places).normalize()


def amount(money: Money) -> str:
    """1,231.40: the cell of a table, whose heading has the currency."""
    return number(money.decimal, decimals=digits_of(money.currency))


def amount_of(money: Money, currency: str) -> str:
    """As `amount`, with its code before it where it is not in the currency of the heading."""
    return amount(money) if money.currency == currency else f"{money.currency}{_HARD_SPACE}{amount(money)}"


def money(value: Money) -> str:
    """€1,231.40, as it stands in a sentence."""
    symbol = sign(value.currency)
    digits = number(abs(value.decimal), decimals=digits_of(value.currency))
    if language() in _SYMBOL_LAST:
        written = f"{digits}{_HARD_SPACE}{symbol}"
    elif language() == "nl" or symbol.isalpha():
        written = f"{symbol}{_HARD_SPACE}{digits}"
    else:
        written = f"{symbol}{digits}"
    return _signed(written, value.minor < 0)


def sign(currency: str) -> str:
    """€, or the code where a currency has no sign of its own: for headings."""
    return _symbol(currency, language())


@lru_cache(maxsize=1_000)
def _symbol(currency: str, locale: str) -> str:
    return get_currency_symbol(currency, locale=locale)


def difference(value: Money) -> str:
    """+12.00 or −8.21: how much more or less."""
    return f"+{amount(value)}" if value.minor > 0 else amount(value)


def percent(value: int | None) -> str:
    """+53% or −20%; a dash where there is nothing to compare with."""
    if value is None:
        return NOTHING
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    return f"{sign}{number(abs(value))}{_percent_sign()}"


def rate(value_e6: int) -> str:
    """21% or 5.5%: a rate of VAT, given in 10⁻⁶ of a percent."""
    return percentage(Decimal(value_e6).scaleb(-6))


def percentage(value: Decimal) -> str:
    """21% or 5.5%: a rate of VAT, given in percent."""
    return f"{number(value)}{_percent_sign()}"


def share(part: int, whole: int) -> str:
    """What `part` is of `whole`, in percent with one decimal: +1.8%."""
    if not whole:
        return NOTHING
    tenths = Decimal(abs(part) * 1000 // abs(whole)) / 10
    return f"{MINUS if part < 0 else '+'}{number(tenths, decimals=1)}{_percent_sign()}"


def price(value: Decimal) -> str:
    """A unit price with two decimals, and more where it has them: 7.95, 0.0235."""
    exponent = value.normalize().as_tuple().exponent
    return number(value, decimals=max(2, -exponent if isinstance(exponent, int) else 2))


def call_amount(value: Decimal) -> str:
    """What calls cost, with the four decimals to which each is rounded: 0.0290."""
    return number(value, decimals=4)


def day(value: date | None, today: date | None = None) -> str:
    """2 Sep, with the year when it is not that of `today`."""
    if value is None:
        return NOTHING
    patterns = _DAY if today is not None and today.year == value.year else _DAY_OF_YEAR
    return _date(value, patterns[language()])


def long_day(value: date) -> str:
    """Wednesday 2 September 2026."""
    return _date(value, _LONG_DAY[language()])


def month(value: date) -> str:
    """September 2026."""
    return _date(value, "LLLL y")


def short_month(value: date) -> str:
    """Sep: under a column of a chart."""
    return _date(value, "LLL").rstrip(".")


def moment(value: datetime | None, zone: str, today: date) -> str:
    """1 Sep, 06:12, in the seller's own time."""
    if value is None:
        return NOTHING
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), today)}, {local:%H:%M}"


def second_of(value: datetime) -> str:
    """2026-09-02 08:12:30 by the clock of its own time zone, where a template would go by that of the server."""
    return f"{value:%Y-%m-%d %H:%M:%S}"


def period(starts_on: date | None, ends_before: date | None, today: date) -> str:
    """September for a whole month, 16–31 Aug for a part of one; the end given is the first day after it."""
    if starts_on is None or ends_before is None:
        return day(starts_on, today) if starts_on else ""
    last_on = ends_before - timedelta(days=1)
    if last_on <= starts_on:
        return day(starts_on, today)
    is_one_month = (last_on.year, last_on.month) == (starts_on.year, starts_on.month)
    if is_one_month and starts_on.day == 1 and ends_before.day == 1:
        return _date(starts_on, "LLLL" if starts_on.year == today.year else "LLLL y")
    if is_one_month:
        first = f"{starts_on.day}." if language() in {"de", "fi"} else str(starts_on.day)
        return f"{first}–{day(last_on, today)}"
    return f"{day(starts_on, today)} – {day(last_on, today)}"


def _date(value: date, pattern: str) -> str:
    return _written_date(value, pattern, language())


@lru_cache(maxsize=10_000)
def _written_date(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale=locale)


def _signed(text: str, is_negative: bool) -> str:
    return f"{MINUS}{text}" if is_negative else text


def _percent_sign() -> str:
    return f"{_HARD_SPACE}%" if language() in {"de", "fi"} else "%"
