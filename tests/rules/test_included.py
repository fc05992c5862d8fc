"""What is included in a month: whole, in part, several bundles together, and whose goes first."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.included import BundleRank, Held, Included, included_in

FIXED, MOBILE, ABROAD = 1, 2, 3
E8 = 10**8


def held(bundle_id=1, rank=BundleRank.PLAN, categories=(FIXED,), seconds=60_000, **other) -> Held:
    said = {"amount_e6": None, "starts_on": date(2026, 1, 1), "ends_before": None, "quantity_e8": E8, **other}
    return Held(bundle_id, rank, frozenset(categories), seconds, **said)


def caps(*bundles: Held, month: int = 9) -> list[tuple[int, int, int | None]]:
    return [(row.category, row.bundle_id, row.cap_s) for row in included_in(bundles, year=2026, month=month)]


def test_a_whole_month_has_it_all_and_its_categories_share_it():
    assert caps(held(categories=(FIXED, MOBILE))) == [(FIXED, 1, 60_000), (MOBILE, 1, 60_000)]


def test_part_of_a_month_has_its_share():
    # 16 of the 30 days of September.
    assert caps(held(starts_on=date(2026, 9, 15))) == [(FIXED, 1, 32_000)]
    assert caps(held(ends_before=date(2026, 9, 1))) == []
    assert caps(held(starts_on=date(2026, 10, 1))) == []


def test_two_thousand_minutes_per_seat_are_shared_by_the_seats():
    seats = [
        held(7, BundleRank.PRODUCT, seconds=120_000, quantity_e8=3 * E8, ends_before=date(2026, 9, 16)),
        held(7, BundleRank.PRODUCT, seconds=120_000, quantity_e8=5 * E8, starts_on=date(2026, 9, 16)),
    ]

    assert caps(*seats) == [(FIXED, 7, 4 * 120_000)]


def test_bundles_of_the_same_categories_add_up():
    assert caps(held(1), held(2, BundleRank.PRODUCT, seconds=6_000)) == [(FIXED, 2, 66_000)]


def test_a_customers_own_bundle_stands_in_the_place_of_its_plans():
    assert caps(held(1), held(2, BundleRank.CUSTOMER, seconds=6_000)) == [(FIXED, 2, 6_000)]


def test_a_category_in_two_bundles_belongs_to_the_first():
    rows = caps(held(1, categories=(FIXED, ABROAD)), held(2, BundleRank.PRODUCT, (FIXED, MOBILE), 6_000))

    assert rows == [(FIXED, 2, 6_000), (MOBILE, 2, 6_000), (ABROAD, 1, 60_000)]


def test_money_is_included_as_time_is():
    [row] = included_in([held(seconds=None, amount_e6=5_000_000, starts_on=date(2026, 9, 21))], year=2026, month=9)

    assert row == Included(FIXED, 1, None, 1_666_667, date(2026, 9, 21), date(2026, 10, 1))


def test_c069_neighbour_what_is_included_is_for_calls_of_the_days_on_which_it_is_had():
    def days(*bundles: Held) -> list[tuple[int, int]]:
        return [(row.starts_on.day, (row.ends_before - row.starts_on).days)
                for row in included_in(bundles, year=2026, month=9)]  # fmt: skip

    from_16th, until_16th = {"starts_on": date(2026, 9, 16)}, {"ends_before": date(2026, 9, 16)}
    assert days(held()) == [(1, 30)]
    assert days(held(**from_16th)) == [(16, 15)]
    assert days(held(**until_16th)) == [(1, 15)]
    assert days(held(**until_16th), held(2, **from_16th)) == [(1, 30)]
    # The customer's own stands in the place of the plan's for the whole month, as it is had from the 16th on.
    assert days(held(), held(2, BundleRank.CUSTOMER, **from_16th)) == [(1, 30)]


@given(st.integers(1, 30), st.integers(0, 10**7), st.integers(1, 20))
def test_a_change_in_the_middle_of_a_month_adds_nothing_and_loses_nothing(day, seconds, pieces):
    change = date(2026, 9, day)
    cut = [
        held(seconds=seconds, quantity_e8=pieces * E8, ends_before=change),
        held(seconds=seconds, quantity_e8=pieces * E8, starts_on=change),
    ]

    assert caps(*cut) == [(FIXED, 1, seconds * pieces)]
