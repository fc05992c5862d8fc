"""One cell becomes the value of one kind of field, or is refused."""

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.kit.imports.cells import FaultyCell, Percentage
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.refusals import CellRefused
from rebill.kit.imports.values import (
    Choice,
    Reading,
    parse_bool,
    parse_choice,
    parse_date,
    parse_decimal,
    parse_email,
    parse_int,
    parse_list,
    parse_percent,
    parse_text,
)

CELLS = st.one_of(
    st.text(max_size=30),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.builds(Percentage, st.decimals(allow_nan=False, allow_infinity=False)),
    st.just(FaultyCell("x", "It is broken.", "Mend it.")),
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Ada  Lovelace ", "Ada Lovelace"),
        ("Ada\u00a0Lovelace", "Ada Lovelace"),
        ("Ma\u0308kela\u0308", "Mäkelä"),
        ("one \r\n two", "one\ntwo"),
        ("'t Hoen", "'t Hoen"),
        ('="00042"', "00042"),
        ("'+31 6 12345678", "+31 6 12345678"),
        ("+31 6 12345678", "+31 6 12345678"),
        ("@work", "@work"),
        ("-", "-"),
        (Decimal("42"), "42"),
        (Decimal("1E+3"), "1000"),
        (date(2024, 1, 31), "2024-01-31"),
        (datetime.fromisoformat("2024-01-31 14:05"), "2024-01-31 14:05:00"),
        (True, "true"),
        (Percentage(Decimal("5.50")), "5.50%"),
    ],
)
def test_a_text_is_what_a_person_reads(cell, text):
    assert parse_text(cell) == text


@pytest.mark.parametrize("cell", ["=1+1", "  =HYPERLINK(1)", "'=1+1", '="a"&"b"'])
def test_a_formula_is_no_text(cell):
    with pytest.raises(CellRefused, match="formula"):
        parse_text(cell)


@pytest.mark.parametrize("cell", ["a\x00b", "a\x07", "\x9f"])
def test_unprintable_characters_are_refused(cell):
    with pytest.raises(CellRefused, match="unprintable"):
        parse_text(cell)


def test_a_text_that_is_too_long_is_refused_with_both_lengths():
    with pytest.raises(CellRefused, match="5 characters; 4 fit"):
        parse_text("12345", length_max=4)


@pytest.mark.parametrize("word", ["ja", "Ja", "JA ", "j", "x", "X", "1", "yes", "y", "true", "waar", "kyllä", "KYLLÄ",
                                  "k", "wahr", True, Decimal(1)])  # fmt: skip
def test_yes_is_understood_in_four_languages(word):
    assert parse_bool(word) is True


@pytest.mark.parametrize(
    "word", ["nee", "nein", "ei", "no", "n", "0", "false", "onwaar", "falsch", "epätosi", False, Decimal(0)]
)
def test_no_is_understood_in_four_languages(word):
    assert parse_bool(word) is False


@pytest.mark.parametrize("word", ["perhaps", "2", "-", "=1", Decimal("0.5"), date(2024, 1, 1)])
def test_what_is_neither_yes_nor_no_is_refused(word):
    with pytest.raises(CellRefused):
        parse_bool(word)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("12", 12), ("12,00", 12), ("1.234.567", 1234567), ("-3", -3), (Decimal("5"), 5), (Decimal("5.00"), 5)],
)
def test_a_whole_number_is_read(cell, number):
    assert parse_int(cell) == number


@pytest.mark.parametrize("cell", ["1,5", "1.234", "x", Decimal("0.5"), True, date(2024, 1, 1), Percentage(Decimal(5))])
def test_what_is_no_whole_number_is_refused(cell):
    with pytest.raises(CellRefused):
        parse_int(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("21", "21"),
        ("21%", "21"),
        ("21 %", "21"),
        ("5,5 %", "5.5"),
        (Percentage(Decimal("21")), "21"),
        (Decimal("21"), "21"),
    ],
)
def test_per_cent_is_the_number_that_people_say(cell, number):
    assert parse_percent(cell) == Decimal(number)


def test_a_percentage_is_no_plain_number():
    with pytest.raises(CellRefused, match="21%"):
        parse_decimal(Percentage(Decimal(21)))


def test_a_number_of_a_workbook_needs_no_decimal_mark():
    assert parse_decimal(Decimal("1.234"), reading=Reading(decimal_mark=",")) == Decimal("1.234")


@pytest.mark.parametrize(
    "cell",
    [date(2024, 1, 31), datetime.fromisoformat("2024-01-31 23:59"), Decimal("45322"), Decimal("45322.9"), "31-01-2024"],
)
def test_a_day_is_read_from_every_kind_of_cell(cell):
    assert parse_date(cell) == date(2024, 1, 31)


@pytest.mark.parametrize(
    "cell", [Decimal("5"), Decimal("20240131"), True, "x", FaultyCell("x", "It is broken.", "Mend it.")]
)
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(CellRefused):
        parse_date(cell)


HULLS = (Choice("steel", ("staal", "Stahl")), Choice("wood", ("hout",)), Choice("A+"), Choice("A"))


@pytest.mark.parametrize(
    ("cell", "value"),
    [("steel", "steel"), ("STAAL ", "steel"), ("Hout", "wood"), ("hoüt", "wood"), ("a+", "A+"), ("a", "A")],
)
def test_a_choice_is_found_by_any_of_its_words(cell, value):
    assert parse_choice(cell, choices=HULLS) == value


def test_an_unknown_choice_is_refused_with_the_allowed_ones_and_the_nearest():
    with pytest.raises(CellRefused, match=r"Perhaps steel was meant. Allowed: steel, wood, A\+, A."):
        parse_choice("stel", choices=HULLS)


def test_an_address_is_checked_by_its_form():
    assert parse_email(" mailto:ada@example.org") == "ada@example.org"
    with pytest.raises(CellRefused, match="not an e-mail"):
        parse_email("ada@")


def test_a_list_keeps_its_order_and_each_part_once():
    assert parse_list("b; a,b|c\nd;;") == ("b", "a", "c", "d")
    with pytest.raises(CellRefused, match="not an e-mail"):
        parse_list("ada@example.org; bo", parse_one=parse_email)


def test_a_field_may_refuse_values_of_its_own():
    def positive(value):
        if value <= 0:
            raise CellRefused(why="It must be above zero.", remedy="Correct it.", value=str(value))

    field = FieldSpec("price", "Price", FieldKind.DECIMAL, check=positive)

    assert field.parse("1,50", Reading()) == Decimal("1.50")
    with pytest.raises(CellRefused, match="above zero"):
        field.parse("-1", Reading())


@given(cell=CELLS, kind=st.sampled_from(sorted(FieldKind)))
def test_any_cell_is_a_value_or_refused(cell, kind):
    field = FieldSpec("field", "Field", kind, choices=HULLS)

    with suppress(CellRefused):
        assert field.parse(cell, Reading()) is not None
