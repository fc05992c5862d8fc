"""How figures and days are written on the command line."""

from datetime import date
from decimal import Decimal

import pytest
import typer
from django.utils import translation

from rebill.interfaces.cli import figures
from rebill.interfaces.cli.options import read_day, read_number
from rebill.rules.money import Money


@pytest.mark.parametrize(
    ("money", "shown", "difference", "exact"),
    [
        (Money(123140, "EUR"), "1,231.40", "+1,231.40", "1231.40"),
        (Money(-821, "EUR"), "−8.21", "−8.21", "-8.21"),
        (Money(0, "EUR"), "0.00", "0.00", "0.00"),
        (Money(1250, "JPY"), "1,250", "+1,250", "1250"),
    ],
)
def test_amounts(money, shown, difference, exact):
    assert figures.amount(money) == shown
    assert figures.difference(money) == difference
    assert figures.exact(money) == exact


def test_an_amount_of_another_currency_says_so():
    assert figures.amount_of(Money(100, "USD"), "EUR") == "1.00 USD"
    assert figures.amount_of(Money(100, "EUR"), "EUR") == "1.00"


@pytest.mark.parametrize(
    ("value", "number", "price"),
    [("2.00000000", "2", "2.00"), ("-1.03225806", "−1.03225806", "−1.03225806"), ("0.0235", "0.0235", "0.0235"),
     ("1250.5", "1,250.5", "1,250.50"), ("0", "0", "0.00")],
)  # fmt: skip
def test_quantities_and_prices(value, number, price):
    assert figures.number(Decimal(value)) == number
    assert figures.price(Decimal(value)) == price


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("nl", ["1 sep 2026", "september 2026", "sep 2026", "16–31 aug 2026", "16 aug – 2 sep 2026"]),
        ("de", ["1.9.2026", "September 2026", "Sep 2026", "16.–31.8.2026", "16.8. – 2.9.2026"]),
        ("fi", ["1.9.2026", "syyskuu 2026", "syys 2026", "16.–31.8.2026", "16.8. – 2.9.2026"]),
    ],
)
def test_days_are_written_as_the_language_does(language, shown):
    first, middle = date(2026, 9, 1), date(2026, 8, 16)
    with translation.override(language):
        assert [
            figures.day(first),
            figures.month(first),
            figures.period(first, date(2026, 10, 1)),
            figures.period(middle, first),
            figures.period(middle, date(2026, 9, 3)),
        ] == shown


@pytest.mark.parametrize(
    ("starts_on", "ends_before", "shown"),
    [
        (date(2026, 9, 1), date(2026, 10, 1), "Sep 2026"),
        (date(2026, 9, 1), date(2027, 9, 1), "Sep 2026 – Aug 2027"),
        (date(2026, 8, 16), date(2026, 9, 1), "16–31 Aug 2026"),
        (date(2026, 8, 16), date(2026, 9, 3), "16 Aug – 2 Sep 2026"),
        (date(2026, 8, 16), date(2027, 8, 16), "16 Aug 2026 – 15 Aug 2027"),
        (date(2026, 8, 24), date(2026, 8, 24), "24 Aug 2026"),
        (date(2026, 8, 24), None, "24 Aug 2026"),
        (None, None, "–"),
    ],
)
def test_periods_end_with_their_last_day(starts_on, ends_before, shown):
    assert figures.period(starts_on, ends_before) == shown


def test_shares_and_percents():
    assert figures.share(335147, 18454552) == "+1.8%"
    assert figures.share(-5, 100) == "−5.0%"
    assert figures.share(5, 0) == "–"
    assert [figures.percent(each) for each in (618, -20, 0, None)] == ["+618%", "−20%", "0%", "–"]


def test_pages_say_what_they_show():
    assert figures.page_words(51, 50, 1268) == "51–100 of 1,268."
    assert figures.page_words(1, 3, 3) == "3 in all."
    assert figures.page_words(101, 0, 3) == "Nothing on this page; 3 match."


def test_days_and_numbers_are_read_exactly_or_refused():
    assert read_day("2026-09-01") == date(2026, 9, 1)
    assert read_number("1250.50") == Decimal("1250.50")
    for refused in ("1-9-2026", "tomorrow"):
        with pytest.raises(typer.BadParameter):
            read_day(refused)
    for refused in ("12,50", "NaN", "twelve", "Infinity"):
        with pytest.raises(typer.BadParameter):
            read_number(refused)
