"""Amounts and days as UX.md writes them, in four languages."""

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from rebill.interfaces import formats
from rebill.rules.money import Money

TODAY = date(2026, 9, 2)


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "€1,231.40"), ("nl", "€ 1.231,40"), ("de", "1.231,40 €"), ("fi", "1 231,40 €")],
)
def test_money_in_a_sentence(language, written):
    with translation.override(language):
        assert formats.money(Money(123140, "EUR")).replace("\u00a0", " ") == written
        assert formats.money(Money(-123140, "EUR")).replace("\u00a0", " ") == f"−{written}"


def test_a_cell_has_a_true_minus_and_the_currencys_decimals():
    assert formats.amount(Money(-821, "EUR")) == "−8.21"
    assert formats.amount(Money(0, "EUR")) == "0.00"
    assert formats.amount(Money(1500, "JPY")) == "1,500"
    assert formats.amount_of(Money(12000, "CHF"), "EUR").replace("\u00a0", " ") == "CHF 120.00"


@pytest.mark.parametrize(
    ("language", "written"), [("en", "2 Sep"), ("nl", "2 sep"), ("de", "2. Sept."), ("fi", "2.9.")]
)
def test_a_day_of_this_year_has_no_year(language, written):
    with translation.override(language):
        assert formats.day(TODAY, TODAY) == written
        assert "2025" in formats.day(date(2025, 9, 2), TODAY)


@pytest.mark.parametrize(
    ("starts_on", "ends_before", "written"),
    [
        (date(2026, 9, 1), date(2026, 10, 1), "September"),
        (date(2025, 9, 1), date(2025, 10, 1), "September 2025"),
        (date(2026, 8, 16), date(2026, 9, 1), "16–31 Aug"),
        (date(2026, 8, 24), date(2026, 8, 25), "24 Aug"),
        (date(2026, 8, 24), date(2026, 8, 24), "24 Aug"),
        (date(2026, 7, 16), date(2026, 9, 1), "16 Jul – 31 Aug"),
        (None, None, ""),
    ],
)
def test_a_period_in_words(starts_on, ends_before, written):
    assert formats.period(starts_on, ends_before, TODAY) == written


def test_prices_keep_what_they_have():
    assert formats.price(Decimal("7.950000")) == "7.95"
    assert formats.price(Decimal("0.0235")) == "0.0235"
    assert formats.price(Decimal("12")) == "12.00"
    assert formats.share(18, 1000) == "+1.8%"
    assert formats.percent(-20) == "−20%"
    assert formats.percent(None) == "–"


@pytest.mark.parametrize("language", ["en", "nl", "de", "fi"])
@given(value=st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False, places=8))
def test_numbers_are_written_as_babel_writes_them(language, value):
    with translation.override(language):
        for decimals, pattern in ((None, "#,##0.######"), (0, "#,##0"), (2, "#,##0.00"), (4, "#,##0.0000")):
            expected = format_decimal(abs(value), format=pattern, locale=language)

            written = formats.number(value, decimals=decimals)

            assert written.removeprefix("−") == expected
            assert written.startswith("−") is (value < 0)
