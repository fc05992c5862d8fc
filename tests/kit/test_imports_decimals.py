"""Numbers as people in four languages write them."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from rebill.kit.imports.decimals import parse_decimal, shown_decimal_mark
from rebill.kit.imports.refusals import CellRefused

HABITS = {"nl": ",", "de": ",", "fi": ",", "en": ".", "de_CH": ".", "fr": ","}


@pytest.mark.parametrize("text", ["1.234,56", "1 234,56", "1\u00a0234,56", "1\u202f234,56", "1\u2009234,56"])
def test_c055_dutch_and_finnish_numbers(text):
    assert parse_decimal(text) == Decimal("1234.56")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1\u2019234.56", "1234.56"),
        ("12.345.678,9", "12345678.9"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1 234 567", "1234567"),
        ("1234.567", "1234.567"),
        ("0.125", "0.125"),
        ("0,000", "0.000"),
        ("12,5", "12.5"),
        (",5", "0.5"),
        (".5", "0.5"),
        ("00042", "42"),
        ("1.500,-", "1500.00"),
        ("350,--", "350.00"),
        ("12.-", "12.00"),
        ("-12,50", "-12.50"),
        ("12,50-", "-12.50"),
        ("\u221212,50", "-12.50"),
        ("(12.50)", "-12.50"),
        ("+5", "5"),
        ("-0", "0"),
        ("  7  ", "7"),
        ("'7", "7"),
        ("9.95", "9.95"),
        ("0.00000001", "0.00000001"),
    ],
)
def test_a_number_is_read_exactly(text, number):
    assert str(parse_decimal(text)) == str(Decimal(number))


@pytest.mark.parametrize(
    "text",
    ["", "abc", "5,", "5.", ",", "-", "--5", "-5-", "(5", "(-5)", "1.2.3", "1.23.456", "1.234 567", "1,234.567,8",
     "01.234,5", "1..5", "12,34,567", "NaN", "Infinity", "0x10", "1_000", "\u0661\u0662", "\uff11\uff12", "½", "5%",
     "1 2", "9" * 80, "=1+1"],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_a_remedy(text):
    with pytest.raises(CellRefused) as refused:
        parse_decimal(text)

    assert refused.value.value == text
    assert refused.value.remedy


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345", "999,999", "-1.234"])
def test_a_number_that_could_be_two_is_refused_until_the_mark_is_known(text):
    with pytest.raises(CellRefused, match="may mean"):
        parse_decimal(text)

    assert parse_decimal(text, decimal_mark=".") != parse_decimal(text, decimal_mark=",")


def test_a_known_mark_refuses_the_other_habit():
    with pytest.raises(CellRefused, match="decimal mark"):
        parse_decimal("1,234.56", decimal_mark=",")
    with pytest.raises(CellRefused, match="decimal mark"):
        parse_decimal("9.95", decimal_mark=",")


@pytest.mark.parametrize("text", ["1E+05", "1,2E+05", "3.1e-7"])
def test_a_number_that_a_spreadsheet_shortened_is_refused(text):
    with pytest.raises(CellRefused, match="shortened"):
        parse_decimal(text)


@pytest.mark.parametrize("text", ["€ 1.234,56", "1.234,56 €", "EUR 1.234,56", "1.234,56EUR", "€1.234,56"])
def test_the_currency_of_the_column_may_stand_beside_the_amount(text):
    assert parse_decimal(text, currency="EUR") == Decimal("1234.56")


@pytest.mark.parametrize("text", ["-€ 5,00", "€ -5,00", "€-5,00", "€ 5,00-", "(€ 5,00)", "5,00- EUR", "5,00 EUR-"])
def test_a_minus_may_stand_on_any_side_of_the_currency(text):
    assert parse_decimal(text, currency="EUR") == Decimal("-5.00")


@pytest.mark.parametrize(("text", "currency"), [("$ 5.00", "EUR"), ("5,00 CHF", "EUR"), ("€ 5,00", None)])
def test_another_currency_is_never_taken_for_ours(text, currency):
    with pytest.raises(CellRefused, match="currency"):
        parse_decimal(text, currency=currency)


@given(
    number=st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=6),
    language=st.sampled_from(sorted(HABITS)),
)
def test_what_a_language_writes_is_read_back_to_the_last_digit(number, language):
    written = format_decimal(number, format="#,##0.00####", locale=language)

    assert parse_decimal(written, decimal_mark=HABITS[language]) == number


@given(
    number=st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=6),
    language=st.sampled_from(sorted(HABITS)),
)
def test_without_a_known_mark_a_number_is_read_rightly_or_refused(number, language):
    written = format_decimal(number, format="#,##0.######", locale=language)

    try:
        read = parse_decimal(written)
    except CellRefused:
        return
    assert read == number


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_refused(text):
    try:
        number = parse_decimal(text)
    except CellRefused:
        return
    assert number.is_finite()


@pytest.mark.parametrize(
    ("text", "mark"),
    [("1.234,56", ","), ("1,5", ","), ("1.5", "."), ("1.234.567", ","), ("€ 9,95", ","), ("5,5 %", ","),
     ("1.500,-", ","), ("1.234", None), ("1 234", None), ("12", None), ("a,b", None), ("1.2.3", None),
     ("a@b.nl", None)],
)  # fmt: skip
def test_a_number_shows_its_decimal_mark_only_when_it_proves_one(text, mark):
    assert shown_decimal_mark(text) == mark
