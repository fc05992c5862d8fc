"""The share of a part of a period."""

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.money import ONE_E8, amount_minor
from rebill.rules.periods import Alignment, Period, Schedule
from rebill.rules.proration import PartOutsideWhole, ProrationBase, day_count, elapsed, fraction, prorate_e8
from tests.paths import CORPORA, needs_corpora

ACTUAL, FIXED_30, THIRTY_E_360 = ProrationBase.ACTUAL, ProrationBase.FIXED_30, ProrationBase.THIRTY_E_360

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
schedules = st.builds(Schedule, anchor_on=days, months=st.integers(1, 36), alignment=st.sampled_from(Alignment))
bases = st.sampled_from(ProrationBase)
quantities = st.integers(-(10**14), 10**14)


def period(starts_on: str, ends_before: str) -> Period:
    return Period(date.fromisoformat(starts_on), date.fromisoformat(ends_before))


def billed(price: str, whole: Period, part: Period, base: ProrationBase = ACTUAL) -> Decimal:
    """One unit at `price` for the whole period, in euros, as a charge would have it."""
    prorated_e8 = prorate_e8(ONE_E8, whole, part, base)
    return Decimal(amount_minor(prorated_e8, int(Decimal(price) * 10**6), 2)) / 100


# --- traps ------------------------------------------------------------------------------------------------------------


def test_c002_whole_period_denominator() -> None:
    quarter = period("2024-04-01", "2024-07-01")
    used = period("2024-05-20", "2024-06-21")

    assert fraction(quarter, used, ACTUAL) == (32, 91)
    assert billed("910", quarter, used) == Decimal("320.00")


@pytest.mark.parametrize(
    ("whole", "part", "fixed", "actual"),
    [
        (("2023-05-15", "2023-06-15"), ("2023-05-15", "2023-05-23"), "5.32", "5.15"),
        (("2023-04-23", "2023-05-23"), ("2023-05-15", "2023-05-23"), "5.32", "5.32"),
        (("2023-05-23", "2023-06-23"), ("2023-06-15", "2023-06-23"), "5.32", "5.15"),
        (("2023-05-15", "2023-06-15"), ("2023-05-23", "2023-06-15"), "14.63", "14.80"),
        (("2023-06-15", "2023-07-15"), ("2023-06-23", "2023-07-15"), "14.63", "14.63"),
    ],
)
def test_c004_fixed_30_rule(whole: tuple[str, str], part: tuple[str, str], fixed: str, actual: str) -> None:
    assert billed("19.95", period(*whole), period(*part), FIXED_30) == Decimal(fixed)
    assert billed("19.95", period(*whole), period(*part), ACTUAL) == Decimal(actual)


@pytest.mark.parametrize(("year", "actual_e8"), [(2023, 71_428_571), (2024, 72_413_793)])
@pytest.mark.parametrize("base", [FIXED_30, THIRTY_E_360])
def test_c005_fixed_30_over_february(year: int, actual_e8: int, base: ProrationBase) -> None:
    whole = period(f"{year}-02-15", f"{year}-03-15")
    part = period(f"{year}-02-23", f"{year}-03-15")

    assert fraction(whole, part, base) == (22, 30)
    assert prorate_e8(ONE_E8, whole, part, ACTUAL) == actual_e8


@pytest.mark.parametrize(
    ("price", "whole", "part", "expected"),
    [
        # A year has 365 or 366 days, counted from where the period starts.
        ("365", ("2023-01-01", "2024-01-01"), ("2023-03-01", "2023-03-02"), "1.00"),
        ("366", ("2024-01-01", "2025-01-01"), ("2024-02-29", "2024-03-01"), "1.00"),
        ("366", ("2023-07-01", "2024-07-01"), ("2023-12-24", "2023-12-25"), "1.00"),
        ("365", ("2024-02-29", "2025-02-28"), ("2024-03-01", "2024-03-02"), "1.00"),
        # Quarters, half-years and three years are divided by their own days too.
        ("90", ("2025-01-01", "2025-04-01"), ("2025-03-31", "2025-04-01"), "1.00"),
        ("92", ("2025-07-01", "2025-10-01"), ("2025-07-01", "2025-08-01"), "31.00"),
        ("181", ("2025-01-01", "2025-07-01"), ("2025-02-01", "2025-03-01"), "28.00"),
        ("1096", ("2023-05-01", "2026-05-01"), ("2024-02-01", "2024-03-01"), "29.00"),
        # Months of 28, 29, 30 and 31 days.
        ("28", ("2023-02-01", "2023-03-01"), ("2023-02-28", "2023-03-01"), "1.00"),
        ("29", ("2024-02-01", "2024-03-01"), ("2024-02-28", "2024-03-01"), "2.00"),
        ("30", ("2025-04-01", "2025-05-01"), ("2025-04-01", "2025-04-02"), "1.00"),
        ("31", ("2025-01-31", "2025-03-03"), ("2025-01-31", "2025-02-01"), "1.00"),
        # Start and end within one period.
        ("31", ("2025-01-01", "2025-02-01"), ("2025-01-10", "2025-01-15"), "5.00"),
    ],
)
def test_c002_the_whole_period_is_the_denominator(
    price: str, whole: tuple[str, str], part: tuple[str, str], expected: str
) -> None:
    assert billed(price, period(*whole), period(*part)) == Decimal(expected)


def test_c014_proration_counts_days_not_hours() -> None:
    """March 2025 has 743 hours in the Netherlands, and 31 days."""
    march = period("2025-03-01", "2025-04-01")

    assert billed("31.00", march, period("2025-03-30", "2025-03-31")) == Decimal("1.00")


def test_c016_half_way_upgrade() -> None:
    april = period("2025-04-01", "2025-05-01")
    rest = period("2025-04-16", "2025-05-01")

    assert billed("10", april, rest) == Decimal("5.00")
    assert billed("20", april, rest) == Decimal("10.00")


def test_c017_upgrade_daily() -> None:
    may = period("2012-05-01", "2012-06-01")
    rest = period("2012-05-02", "2012-06-01")

    assert billed("9.95", may, rest) == Decimal("9.63")
    assert billed("249.95", may, rest) == Decimal("241.89")


def test_c020_seats_with_volume_price() -> None:
    """Half-up gives 17.55; the source truncates to 17.54."""
    month = period("2025-01-01", "2025-02-01")
    rest = period("2025-01-16", "2025-02-01")

    assert fraction(month, rest, ACTUAL) == (16, 31)
    assert billed("34.00", month, rest) == Decimal("17.55")


def test_c024_cancel_on_start_day_owes_nothing() -> None:
    """Lago keeps one day; ours owes nothing for an empty part, so the 75.00 of 21 days are corrected in whole."""
    month = period("2025-02-01", "2025-03-01")

    assert billed("100.00", month, period("2025-02-08", "2025-03-01")) == Decimal("75.00")
    assert billed("100.00", month, period("2025-02-08", "2025-02-08")) == 0


def test_c026_cancel_date_before_billed_through() -> None:
    june = period("2025-06-01", "2025-07-01")

    assert billed("30", june, period("2025-06-11", "2025-07-01")) == Decimal("20.00")


def test_c029_backdated_price_change() -> None:
    june = period("2025-06-01", "2025-07-01")
    rest = period("2025-06-16", "2025-07-01")

    assert billed("10", june, rest) == Decimal("5.00")
    assert billed("20", june, rest) == Decimal("10.00")


def test_c067_true_up_part_period() -> None:
    february = period("2023-02-01", "2023-03-01")
    used = Decimal("8.00")

    assert billed("10.00", february, period("2023-02-04", "2023-03-01")) - used == Decimal("0.93")


def test_c069_bundle_prorated() -> None:
    june = period("2025-06-01", "2025-07-01")

    assert prorate_e8(100 * ONE_E8, june, period("2025-06-16", "2025-07-01"), ACTUAL) == 50 * ONE_E8


def test_c119_both_sides_of_a_tier_share_one_quantity() -> None:
    june = period("2025-06-01", "2025-07-01")
    used = period("2025-06-11", "2025-07-01")

    assert prorate_e8(ONE_E8, june, used, ACTUAL) == 66_666_667
    assert billed("6.00", june, used) == Decimal("4.00")
    assert billed("9.00", june, used) == Decimal("6.00")


@needs_corpora("6_scenarios", "killbill", "TestInvoiceFixedProration.json")
def test_c004_every_item_of_kill_bills_fixed_proration() -> None:
    """Their amounts follow from our grid and FIXED_30, for invoices and for what is taken back alike."""
    scenarios = json.loads((CORPORA / "6_scenarios" / "killbill" / "TestInvoiceFixedProration.json").read_text())

    compared = 0
    for step in (step for scenario in scenarios for step in scenario["steps"]):
        if step.get("op") == "create_account":
            cycle_day = int(step["bill_cycle_day"])
        for item in step.get("items", ()):
            if item["type"] not in ("RECURRING", "REPAIR_ADJ"):
                continue
            part = period(item["start"], item["end"])
            whole = Schedule(date(2023, 1, cycle_day), 1, Alignment.ANNIVERSARY).period_of(part.starts_on)
            assert billed("19.95", whole, part, FIXED_30) == abs(Decimal(item["amount"])), item
            compared += 1

    assert compared == 13


# --- counting days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "day", "actual", "fixed_30", "thirty_e_360"),
    [
        ("2023-01-01", "2023-01-31", 30, 30, 29),
        ("2023-01-01", "2023-02-01", 31, 30, 30),
        ("2023-01-30", "2023-01-31", 1, 1, 0),
        ("2023-01-31", "2023-02-01", 1, 0, 1),
        ("2023-01-31", "2023-02-28", 28, 27, 28),
        ("2023-02-28", "2023-03-01", 1, 3, 3),
        ("2024-02-28", "2024-03-01", 2, 3, 3),
        ("2024-02-29", "2024-03-01", 1, 2, 2),
        ("2023-02-28", "2023-03-31", 31, 33, 32),
        ("2023-03-31", "2023-05-31", 61, 60, 60),
        ("2023-01-15", "2024-01-15", 365, 360, 360),
        ("2023-05-15", "2023-05-15", 0, 0, 0),
    ],
)
def test_days_are_counted_as_the_base_says(start: str, day: str, actual: int, fixed_30: int, thirty_e_360: int) -> None:
    begin, end = date.fromisoformat(start), date.fromisoformat(day)

    assert day_count(begin, end, ACTUAL) == actual
    assert day_count(begin, end, FIXED_30) == fixed_30
    assert day_count(begin, end, THIRTY_E_360) == thirty_e_360


@pytest.mark.parametrize(
    ("whole", "part", "fixed_30", "thirty_e_360"),
    [
        # In a month of 31 days the 31st is free by FIXED_30, the 30th by 30E/360.
        (("2025-01-01", "2025-02-01"), ("2025-01-31", "2025-02-01"), (0, 30), (1, 30)),
        (("2025-01-01", "2025-02-01"), ("2025-01-30", "2025-01-31"), (1, 30), (0, 30)),
        # The last of February bears the days that February lacks.
        (("2025-02-01", "2025-03-01"), ("2025-02-28", "2025-03-01"), (3, 30), (3, 30)),
        (("2024-02-01", "2024-03-01"), ("2024-02-29", "2024-03-01"), (2, 30), (2, 30)),
        # From month end to month end FIXED_30 keeps thirty, 30E/360 counts what its ruler shows.
        (("2025-01-31", "2025-02-28"), ("2025-01-31", "2025-02-14"), (13, 30), (14, 28)),
        (("2025-02-28", "2025-03-31"), ("2025-02-28", "2025-03-15"), (17, 30), (17, 32)),
        # A quarter and a year.
        (("2025-01-01", "2025-04-01"), ("2025-01-01", "2025-02-16"), (45, 90), (45, 90)),
        (("2024-02-29", "2025-02-28"), ("2024-02-29", "2024-08-29"), (180, 360), (180, 359)),
    ],
)
def test_fixed_30_and_30e_360_differ_at_month_ends(
    whole: tuple[str, str], part: tuple[str, str], fixed_30: tuple[int, int], thirty_e_360: tuple[int, int]
) -> None:
    assert fraction(period(*whole), period(*part), FIXED_30) == fixed_30
    assert fraction(period(*whole), period(*part), THIRTY_E_360) == thirty_e_360


def test_a_whole_of_no_counted_day_is_still_a_whole() -> None:
    """30 to 31 January has no day by 30E/360; nothing may be divided by it."""
    whole = period("2025-01-30", "2025-01-31")

    assert elapsed(whole, whole.ends_before, THIRTY_E_360) == (1, 1)
    assert prorate_e8(5, whole, whole, THIRTY_E_360) == 5


# --- parts and wholes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [("2025-05-31", "2025-06-10"), ("2025-06-20", "2025-07-02"), ("2025-08-01", "2025-08-02")],
)
def test_a_part_that_sticks_out_is_refused(part: tuple[str, str]) -> None:
    june = period("2025-06-01", "2025-07-01")

    with pytest.raises(PartOutsideWhole):
        prorate_e8(ONE_E8, june, period(*part), ACTUAL)
    with pytest.raises(PartOutsideWhole):
        fraction(june, period(*part), ACTUAL)


def test_the_whole_is_the_quantity_itself() -> None:
    june = period("2025-06-01", "2025-07-01")

    assert prorate_e8(123_456_789, june, june, ACTUAL) == 123_456_789
    assert fraction(june, june, ACTUAL) == (30, 30)


@given(schedules, days, bases, quantities, st.lists(st.integers(0, 1200), max_size=12))
def test_parts_of_a_period_add_up_to_the_whole(
    schedule: Schedule, day: date, base: ProrationBase, quantity_e8: int, cuts: list[int]
) -> None:
    whole = schedule.period_of(day)
    borders = sorted({whole.starts_on, whole.ends_before, *(_day_inside(whole, cut) for cut in cuts)})

    parts = [Period(*borders[place : place + 2]) for place in range(len(borders) - 1)]

    assert sum(prorate_e8(quantity_e8, whole, part, base) for part in parts) == quantity_e8
    assert sum(fraction(whole, part, base)[0] for part in parts) == fraction(whole, whole, base)[0]


@given(schedules, days, bases, st.integers(0, 1200), st.integers(0, 1200))
def test_time_never_runs_backwards(schedule: Schedule, day: date, base: ProrationBase, one: int, other: int) -> None:
    whole = schedule.period_of(day)
    first, last = sorted((_day_inside(whole, one), _day_inside(whole, other)))

    earlier, denominator = elapsed(whole, first, base)
    later, _ = elapsed(whole, last, base)

    assert 0 <= earlier <= later <= denominator


@given(schedules, days, bases, quantities, st.integers(0, 1200), st.integers(0, 1200))
def test_a_part_is_its_exact_share_to_the_last_digit(
    schedule: Schedule, day: date, base: ProrationBase, quantity_e8: int, one: int, other: int
) -> None:
    whole = schedule.period_of(day)
    part = Period(*sorted((_day_inside(whole, one), _day_inside(whole, other))))

    exact = quantity_e8 * Fraction(*fraction(whole, part, base))

    assert abs(prorate_e8(quantity_e8, whole, part, base) - exact) <= 1


@given(schedules, days, bases, quantities, st.integers(0, 1200))
def test_a_negative_quantity_is_the_mirror(
    schedule: Schedule, day: date, base: ProrationBase, quantity_e8: int, cut: int
) -> None:
    whole = schedule.period_of(day)
    part = Period(whole.starts_on, _day_inside(whole, cut))

    assert prorate_e8(-quantity_e8, whole, part, base) == -prorate_e8(quantity_e8, whole, part, base)


@given(schedules, days)
def test_fixed_30_has_thirty_days_a_month(schedule: Schedule, day: date) -> None:
    whole = schedule.period_of(day)

    assert fraction(whole, whole, FIXED_30) == (30 * schedule.months, 30 * schedule.months)


def _day_inside(whole: Period, cut: int) -> date:
    return whole.starts_on + timedelta(days=cut % (whole.days + 1))
