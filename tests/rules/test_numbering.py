"""How document numbers are written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.numbering import PatternUnfit, format_number, series_key, validate_pattern

DAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("pattern", "number", "expected"),
    [
        ("{year}-{number:05}", 12, "2026-00012"),
        ("R{yy}{month}{number:04}", 7, "R26030007"),
        ("{number}", 1268, "1268"),
        ("{number:01}", 0, "0"),
        ("{year}/{month}/{day}-{number:03}", 1, "2026/03/09-001"),
        ("INV {number:012}", 5, "INV 000000000005"),
        ("{number:03}", 12345, "12345"),
    ],
)
def test_a_pattern_writes_the_number(pattern: str, number: int, expected: str) -> None:
    validate_pattern(pattern)

    assert format_number(pattern, number=number, day=DAY) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "2026",
        "{year}",
        "{number}{number}",
        "{number.real}",
        "{number.__class__.__mro__}",
        "{number[0]}",
        "{number!r}",
        "{0}",
        "{}",
        "{seller}{number}",
        "{number:5}",
        "{number:05d}",
        "{number:>5}",
        "{number:0999}",
        "{number:00}",
        "{number:{year}}",
        "{year:04}{number}",
        "{number",
        "number}",
        "{{number}}",
        "{number}\n",
        "Ré{number}",
        "{number};DROP",
        "A" * 24 + "{number}",
    ],
)
def test_an_unfit_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternUnfit):
        validate_pattern(pattern)
    with pytest.raises(PatternUnfit):
        format_number(pattern, number=1, day=DAY)


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(PatternUnfit):
        format_number("{number}", number=-1, day=DAY)


@pytest.mark.parametrize("pattern", ["{number}", "{month}-{number}"])
def test_a_series_per_year_needs_the_year_in_its_numbers(pattern: str) -> None:
    validate_pattern(pattern, per_year=False)

    with pytest.raises(PatternUnfit):
        validate_pattern(pattern, per_year=True)


@pytest.mark.parametrize("pattern", ["{year}-{number}", "{yy}{number:04}"])
def test_a_series_per_year_with_its_year_is_accepted(pattern: str) -> None:
    validate_pattern(pattern, per_year=True)


def test_c097_year_change_follows_the_series_rule() -> None:
    """Dated 31 December and issued on 2 January: the series of the document's day, or the one running series."""
    dated_on, issued_on = date(2025, 12, 31), date(2026, 1, 2)

    assert series_key(per_year=True, day=dated_on) == "2025"
    assert series_key(per_year=True, day=issued_on) == "2026"
    assert series_key(per_year=False, day=dated_on) == series_key(per_year=False, day=issued_on) == ""
    assert format_number("{year}-{number:05}", number=900, day=dated_on) == "2025-00900"


patterns = st.sampled_from(
    [
        "{number}",
        "{year}{number}",
        "{number}{month}",
        "R{yy}{month}{number:04}",
        "{number:02}-{day}",
        "{year}.{number:03}",
    ]
)


@given(patterns, st.integers(0, 10**9), st.integers(0, 10**9), st.dates())
def test_two_numbers_of_a_day_are_never_written_alike(pattern: str, one: int, other: int, day: date) -> None:
    written = {format_number(pattern, number=number, day=day) for number in (one, other)}

    assert len(written) == len({one, other})
