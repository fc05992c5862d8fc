"""How amounts, quantities, days and periods are written on the command line: for people, and exactly for programs."""

from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rebill.rules.money import Money

MINUS = "−"
NOTHING = "–"
# How a day is written, with its year and without, in Babel's letters.
_DAYS = {"en": ("d MMM y", "d MMM"), "nl": ("d MMM y", "d MMM"), "de": ("d.M.y", "d.M."), "fi": ("d.M.y", "d.M.")}


def amount(money: Money) -> str:
    """1,231.40, with a true minus and the currency's own decimals; the currency stands in the heading."""
    return _signed(f"{abs(money.decimal):,}", money.minor < 0)


def amount_of(money: Money, currency: str) -> str:
    """The amount, with its code where it is not in the currency of the heading."""
    return amount(money) if money.currency == currency else f"{amount(money)} {money.currency}"


def difference(money: Money) -> str:
    """+12.00 or −8.21: how much more or less; 0.00 where it is the same."""
    return f"+{amount(money)}" if money.minor > 0 else amount(money)


def percent(value: int | None) -> str:
    """+53% or −20%; a dash where there is nothing to compare with."""
    return NOTHING if value is None else f"{'+' if value > 0 else MINUS if value < 0 else ''}{abs(value):,}%"


def share(part: int, whole: int) -> str:
    """What `part` is of `whole`, in percent with one decimal: +1.8%."""
    if not whole:
        return NOTHING
    tenths = abs(part) * 1000 // abs(whole)
    return f"{MINUS if part < 0 else '+'}{tenths // 10:,}.{tenths % 10}%"


def number(value: Decimal) -> str:
    """A quantity or a rate without needless zeros: 2, 0.5161, −1.0323."""
    text = f"{abs(value):,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _signed(text, value < 0)


def price(value: Decimal) -> str:
    """A unit price with two decimals, and more where it has them: 7.95, 0.0235."""
    whole, _point, decimals = number(value).partition(".")
    return f"{whole}.{decimals:0<2}"


def day(value: date | None) -> str:
    """1 Sep 2026, or as the language writes it."""
    return NOTHING if value is None else _written(value, _DAYS[_language()][0])


def month(value: date) -> str:
    """September 2026."""
    return _written(value, "LLLL y")


def period(starts_on: date | None, ends_before: date | None) -> str:
    """The days up to and including the last one, as short as they can be said: Sep 2026, or 16–31 Aug 2026."""
    if starts_on is None:
        return NOTHING
    if ends_before is None or ends_before <= starts_on + timedelta(days=1):
        return day(starts_on)
    last = ends_before - timedelta(days=1)
    if starts_on.day == ends_before.day == 1:
        first, end = (_written(each, "LLL y") for each in (starts_on, last))
        return first if first == end else f"{first} – {end}"
    if starts_on.year != last.year:
        return f"{day(starts_on)} – {day(last)}"
    without_year = _DAYS[_language()][1]
    if starts_on.month == last.month:
        return f"{_written(starts_on, without_year.partition('M')[0].rstrip())}–{day(last)}"
    return f"{_written(starts_on, without_year)} – {day(last)}"


def page_words(first: int, shown: int, matching: int) -> str:
    """Which of those that match are shown: 51–100 of 1,268."""
    words = {"first": f"{first:,}", "last": f"{first + shown - 1:,}", "matching": f"{matching:,}"}
    if not shown:
        return _("Nothing on this page; %(matching)s match.") % words
    return (_("%(first)s–%(last)s of %(matching)s.") if matching > shown else _("%(matching)s in all.")) % words


def exact(value: Money | Decimal) -> str:
    """The number for programs, exact and without grouping: "187896.99", "0.5161"."""
    if isinstance(value, Money):
        return str(value.decimal)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _written(value: date, pattern: str) -> str:
    return format_date(value, pattern, locale=_language())


def _signed(text: str, is_negative: bool) -> str:
    return f"{MINUS}{text}" if is_negative else text
