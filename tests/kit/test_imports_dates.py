"""Days as people write them, and the swaps of day and month that must never happen unseen."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.kit.imports.dates import YEAR_MAX, YEAR_MIN, parse_date
from rebill.kit.imports.refusals import CellRefused

DAYS = st.dates(min_value=date(YEAR_MIN, 1, 1), max_value=date(YEAR_MAX, 12, 31))
PATTERNS = {
    "dmy": ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %m %Y"],
    "mdy": ["%m-%d-%Y", "%m/%d/%Y"],
    "ymd": ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"],
}


@pytest.mark.parametrize(
    "text",
    ["2024-01-31", "2024/01/31", "2024.1.31", "20240131", "31-01-2024", "31/1/2024", "31.1.2024", "31.01.24",
     "31 01 2024", "1/31/2024", "31-jan-2024", "31-jan-24", "31 jan. 2024", "31 januari 2024", "31. Januar 2024",
     "31. Jänner 2024", "31. tammikuuta 2024", "31 January 2024", "January 31, 2024", "Jan 31 2024",
     "2024-01-31 00:00:00", "2024-01-31T14:05", "2024-01-31T00:00:00Z", "31-01-2024 9:30", "'31-01-2024",
     " 31-01-2024 "],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text):
    assert parse_date(text) == date(2024, 1, 31)


@pytest.mark.parametrize(
    ("text", "month"),
    [("1 mrt 2024", 3), ("1 maart 2024", 3), ("1. März 2024", 3), ("1. maaliskuuta 2024", 3),
     ("1. marraskuuta 2024", 11), ("1 mei 2024", 5), ("1. Mai 2024", 5), ("1. toukokuuta 2024", 5),
     ("1. Dezember 2024", 12), ("1. joulukuuta 2024", 12), ("1. heinäkuuta 2024", 7), ("1. helmikuuta 2024", 2),
     ("1 okt 2024", 10), ("1. lokakuuta 2024", 10)],
)  # fmt: skip
def test_months_have_names_in_four_languages(text, month):
    assert parse_date(text) == date(2024, month, 1)


@pytest.mark.parametrize("text", ["01-02-2024", "3/4/2024", "31-12-24", "24-01-31", "1/2/24"])
def test_a_day_that_could_be_two_is_refused_until_the_order_is_known(text):
    with pytest.raises(CellRefused, match="may be"):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("01-02-2024", "dmy", date(2024, 2, 1)),
        ("01-02-2024", "mdy", date(2024, 1, 2)),
        ("24-01-31", "ymd", date(2024, 1, 31)),
        ("31-12-24", "dmy", date(2024, 12, 31)),
        ("01-02-68", "dmy", date(2068, 2, 1)),
        ("01-02-69", "dmy", date(1969, 2, 1)),
        ("2024-02-01", "dmy", date(2024, 2, 1)),
        ("2024-02-01", "mdy", date(2024, 2, 1)),
    ],
)
def test_a_known_order_decides(text, order, day):
    assert parse_date(text, date_order=order) == day


def test_a_day_that_does_not_fit_the_known_order_is_not_swapped():
    with pytest.raises(CellRefused, match="order"):
        parse_date("31-01-2024", date_order="mdy")


def test_dots_put_the_day_first():
    assert parse_date("01.02.2024") == date(2024, 2, 1)


@pytest.mark.parametrize(
    "text",
    ["", "x", "31-02-2024", "2023-02-29", "00-00-0000", "0000-00-00", "2024-13-01", "32.1.2024", "1-2", "2024",
     "0202-01-01", "9999-12-31", "1/2-2024", "31-01-202", "1 foo 2024", "12", "99999", "-1", "\u0661-\u0661-2024",
     "2024-01-31T14:05+02:00"],
)  # fmt: skip
def test_what_is_no_day_is_refused_with_a_remedy(text):
    with pytest.raises(CellRefused) as refused:
        parse_date(text)

    assert refused.value.remedy


def test_serial_numbers_count_from_the_epoch_of_the_workbook():
    assert parse_date("45291") == date(2023, 12, 31)
    assert parse_date("45291", from_1904=True) == date(2028, 1, 1)
    assert parse_date("43830") == date(1899, 12, 30) + timedelta(days=43830)


@given(day=DAYS, order_and_pattern=st.sampled_from([(o, p) for o, patterns in PATTERNS.items() for p in patterns]))
def test_what_is_written_in_a_known_order_is_read_back(day, order_and_pattern):
    order, pattern = order_and_pattern

    assert parse_date(day.strftime(pattern), date_order=order) == day


@given(day=DAYS, pattern=st.sampled_from([pattern for patterns in PATTERNS.values() for pattern in patterns]))
def test_without_a_known_order_a_day_is_read_rightly_or_refused(day, pattern):
    try:
        read = parse_date(day.strftime(pattern))
    except CellRefused:
        return
    assert read == day


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_refused(text):
    try:
        day = parse_date(text)
    except CellRefused:
        return
    assert YEAR_MIN <= day.year <= YEAR_MAX
