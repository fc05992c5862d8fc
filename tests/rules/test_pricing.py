"""Price models, prices for other periods, and multipliers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.money import ONE_E6, ONE_E8, NotAnAmount, amount_minor
from rebill.rules.pricing import (
    Price,
    PricedPart,
    PriceModel,
    PriceUnfit,
    Tier,
    check_price,
    multiply_price,
    price_for_months,
    price_parts,
)

FLAT, PER_UNIT, VOLUME, GRADUATED, PACKAGE = PriceModel


def e8(quantity: str | int) -> int:
    return int(Decimal(quantity) * ONE_E8)


def e6(price: str | int) -> int:
    return int(Decimal(price) * ONE_E6)


def tier(up_to: int | None, price: str | int, flat: str | int = 0, package_size: int = 0) -> Tier:
    return Tier(None if up_to is None else e8(up_to), e6(price), e6(flat), e8(package_size))


def tiered(model: PriceModel, *tiers: Tier, free: int = 0) -> Price:
    return Price(model, 0, None, tiers, free_e8=e8(free))


def package(price: str | int, size: int, free: int = 0) -> Price:
    return Price(PACKAGE, e6(price), None, package_size_e8=e8(size), free_e8=e8(free))


def total(price: Price, quantity: str | int, months: int | None = None) -> Decimal:
    """What the quantity costs, in euros: the sum of its lines."""
    parts = price_parts(price, e8(quantity), months)
    return Decimal(sum(amount_minor(part.quantity_e8, part.price_e6, 2) for part in parts)) / 100


# --- traps ------------------------------------------------------------------------------------------------------------

SEATS = tiered(GRADUATED, tier(5, 10, 100), tier(None, 5, 50))


@pytest.mark.parametrize(("quantity", "expected"), [(3, 130), (8, 215), (5, 150), (6, 205), (0, 100), (1, 110)])
def test_c057_graduated(quantity: int, expected: int) -> None:
    assert total(SEATS, quantity) == expected


@pytest.mark.parametrize(
    ("quantity", "free", "expected"),
    [
        (3, 0, 100),
        (10, 0, 100),
        (11, 0, 200),
        (15, 0, 200),
        (3, 5, 0),
        (5, 5, 0),
        (12, 5, 100),
        (16, 5, 200),
        (0, 0, 0),
    ],
)
def test_c059_package(quantity: int, free: int, expected: int) -> None:
    assert total(package(100, 10, free), quantity) == expected


def test_c060_all_tiers() -> None:
    """Tiers of 10 and 100 units reach up to 10 and up to 110."""
    tiers = tier(10, "1.5"), tier(110, 1), tier(None, "0.5")

    assert total(tiered(GRADUATED, *tiers), 111) == Decimal("115.5")
    assert total(tiered(VOLUME, *tiers), 111) == Decimal("55.5")


@pytest.mark.parametrize(
    ("quantity", "expected"), [(1_000, "10"), (101_000, "101"), (101_001, "51.0"), (300_000, "150.0")]
)
def test_c062_top_tier_boundary(quantity: int, expected: str) -> None:
    """Blocks of 100 in tier 1, of 1,000 in tiers 2 and 3, tier 3 at half the price. Past its bound the last goes on."""
    blocks = tiered(VOLUME, tier(1_000, 1, 0, 100), tier(101_000, 1, 0, 1_000), tier(201_000, "0.5", 0, 1_000))

    assert total(blocks, quantity) == Decimal(expected)


@pytest.mark.parametrize(("quantity", "expected"), [(0, 10), (1, 12), (100, 210), (101, 101), (300, 200)])
def test_a_volume_price_has_the_flat_fee_of_its_tier(quantity: int, expected: int) -> None:
    price = tiered(VOLUME, tier(100, 2, 10), tier(200, 1), tier(None, "0.5", 50))

    assert total(price, quantity) == expected


def test_c020_volume_price_of_seats() -> None:
    seats = tiered(VOLUME, tier(3, 10), tier(None, 8))

    assert total(seats, 3) == 30
    assert total(seats, 8) == 64


def test_c120_multiplier_rounding() -> None:
    price_e6 = multiply_price(e6("3.333"), Decimal("1.25"))

    assert price_e6 == 4_166_250
    assert amount_minor(e8(3), price_e6, 2) == 12_50


@pytest.mark.parametrize(
    ("price", "factor", "expected"),
    [
        ("3.333333", "1.25", 4_166_666),
        ("0.0000006", "1", 0),
        ("0.01", "1.00005", 10_001),
        ("-12.00", "1.2", -14_400_000),
    ],
)
def test_c120_a_multiplied_price_is_rounded_once_to_six_decimals(price: str, factor: str, expected: int) -> None:
    assert multiply_price(e6(price), Decimal(factor)) == expected


@pytest.mark.parametrize(("factor", "refusal"), [(1.25, TypeError), (Decimal("NaN"), NotAnAmount)])
def test_a_multiplier_is_an_exact_number(factor: Decimal, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        multiply_price(1, factor)


# --- parts ------------------------------------------------------------------------------------------------------------


def test_a_flat_price_is_owed_once_whatever_the_quantity() -> None:
    flat = Price(FLAT, e6("49.95"), 1)

    assert price_parts(flat, e8(7), 1) == (PricedPart(0, ONE_E8, e6("49.95")),)
    assert price_parts(flat, 0, 1) == (PricedPart(0, ONE_E8, e6("49.95")),)
    assert price_parts(flat, e8(-7), 1) == (PricedPart(0, -ONE_E8, e6("49.95")),)


def test_a_price_per_unit_is_one_part() -> None:
    assert price_parts(Price(PER_UNIT, e6("2.5"), 1), e8("1.5"), 1) == (PricedPart(0, e8("1.5"), e6("2.5")),)


def test_free_units_are_taken_off_first() -> None:
    price = Price(PER_UNIT, e6(2), 1, free_e8=e8(3))

    assert total(price, 10, 1) == 14
    assert total(price, 2, 1) == 0
    assert total(price, -10, 1) == -14


def test_a_tier_keeps_its_part_number_whatever_the_quantity() -> None:
    few, many = price_parts(SEATS, e8(3), None), price_parts(SEATS, e8(8), None)

    assert few == (PricedPart(0, e8(3), e6(10), "tier:0-5"), PricedPart(1, ONE_E8, e6(100), "flat:0-5"))
    assert many == (
        PricedPart(0, e8(5), e6(10), "tier:0-5"),
        PricedPart(1, ONE_E8, e6(100), "flat:0-5"),
        PricedPart(2, e8(3), e6(5), "tier:5-"),
        PricedPart(3, ONE_E8, e6(50), "flat:5-"),
    )


def test_packages_are_counted_when_started() -> None:
    assert price_parts(package(100, 10), e8(15), None) == (PricedPart(0, e8(2), e6(100), "package:10"),)
    assert price_parts(package(100, 10), e8("10.00000001"), None) == (PricedPart(0, e8(2), e6(100), "package:10"),)


def test_tiers_can_be_sold_in_blocks() -> None:
    """1,000 units in blocks of 100 at 1.00, the rest in blocks of 1,000 at 1.00: 5,325 units are 10 + 5 blocks."""
    blocks = tiered(GRADUATED, tier(1_000, 1, 0, 100), tier(None, 1, 0, 1_000))

    assert [part.quantity_e8 for part in price_parts(blocks, e8(5_325), None)] == [e8(10), e8(5)]


def test_a_fraction_of_a_unit_falls_into_the_tier_it_reaches() -> None:
    graduated = tiered(GRADUATED, tier(5, 10), tier(None, 5))

    assert total(graduated, "5.5") == Decimal("52.5")
    assert total(tiered(VOLUME, tier(5, 10), tier(None, 5)), "5.00000001") == Decimal("25.00")


def test_a_graduated_price_past_its_last_bound_goes_on() -> None:
    assert total(tiered(GRADUATED, tier(5, 10), tier(10, 5)), 12) == 85


# --- prices for other periods -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "price_months", "months", "expected"),
    [
        ("10", 1, 12, "120"),
        ("100", 12, 1, "8.333333"),
        ("200", 12, 1, "16.666667"),
        ("-200", 12, 1, "-16.666667"),
        ("30", 3, 1, "10"),
        ("100", 12, 3, "25"),
        ("100", None, 3, "100"),
        ("100", 12, None, "100"),
    ],
)
def test_a_price_is_brought_to_the_billing_period(
    price: str, price_months: int | None, months: int | None, expected: str
) -> None:
    assert price_for_months(e6(price), price_months, months) == e6(expected)


def test_every_part_of_a_price_is_brought_to_the_billing_period() -> None:
    monthly = Price(GRADUATED, 0, 1, SEATS.tiers)

    assert total(monthly, 8, 12) == 215 * 12


def test_a_yearly_price_billed_monthly_is_rounded_once_per_price() -> None:
    yearly = Price(PER_UNIT, e6(100), 12)

    (part,) = price_parts(yearly, e8(12), 1)

    assert part.price_e6 == 8_333_333
    assert amount_minor(part.quantity_e8, part.price_e6, 2) == 100_00


@pytest.mark.parametrize("months", [0, -1])
def test_a_price_for_no_month_is_refused(months: int) -> None:
    with pytest.raises(PriceUnfit):
        price_parts(Price(PER_UNIT, e6(1), months), ONE_E8, 1)


# --- what cannot be asked ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "price",
    [
        Price(PER_UNIT, 1, 0),
        Price(PER_UNIT, 1, 1, free_e8=-1),
        Price(PER_UNIT, 1, 1, tiers=(Tier(None, 1),)),
        Price(PACKAGE, 1, 1),
        Price(PACKAGE, 1, 1, package_size_e8=-1),
        Price(VOLUME, 0, 1),
        Price(GRADUATED, 0, 1, (Tier(None, 1), Tier(5, 1))),
        Price(GRADUATED, 0, 1, (Tier(5, 1), Tier(5, 1))),
        Price(GRADUATED, 0, 1, (Tier(5, 1), Tier(4, 1), Tier(None, 1))),
        Price(VOLUME, 0, 1, (Tier(0, 1), Tier(None, 1))),
        Price(VOLUME, 0, 1, (Tier(None, 1, package_size_e8=-1),)),
    ],
)
def test_a_price_that_cannot_be_asked_is_refused_when_entered(price: Price) -> None:
    with pytest.raises(PriceUnfit):
        check_price(price)


@pytest.mark.parametrize(
    "price",
    [
        Price(FLAT, 0, None),
        Price(PER_UNIT, -5, 12, free_e8=3),
        Price(PACKAGE, 1, 1, package_size_e8=10),
        Price(VOLUME, 0, 1, (Tier(5, 1), Tier(None, 1, 2, 3))),
        Price(GRADUATED, 0, 1, (Tier(5, 1), Tier(9, 1))),
    ],
)
def test_a_sound_price_is_accepted(price: Price) -> None:
    check_price(price)


@pytest.mark.parametrize("price", [Price(PACKAGE, 1, 1), Price(VOLUME, 1, 1), Price(GRADUATED, 1, 1)])
def test_a_price_without_its_tiers_or_package_is_refused_when_asked(price: Price) -> None:
    with pytest.raises(PriceUnfit):
        price_parts(price, ONE_E8, 1)


# --- properties -------------------------------------------------------------------------------------------------------


@st.composite
def prices(draw: st.DrawFn) -> Price:
    model = draw(st.sampled_from(PriceModel))
    tiers: tuple[Tier, ...] = ()
    if model in (VOLUME, GRADUATED):
        bounds = sorted(draw(st.sets(st.integers(1, 10**12), max_size=4)))
        amounts = st.integers(0, 10**9)
        tiers = tuple(
            Tier(bound, draw(amounts), draw(amounts), draw(st.sampled_from([0, 0, ONE_E8, 10 * ONE_E8])))
            for bound in [*bounds, None]
        )
    return Price(
        model,
        draw(st.integers(0, 10**10)),
        draw(st.sampled_from([None, 1, 12])),
        tiers,
        package_size_e8=draw(st.integers(1, 10**10)) if model is PACKAGE else 0,
        free_e8=draw(st.sampled_from([0, 0, 5 * ONE_E8])),
    )


quantities = st.integers(0, 10**13)
periods = st.sampled_from([None, 1, 3, 12])


@given(prices(), quantities, periods)
def test_negative_quantities_mirror_positive_ones(price: Price, quantity_e8: int, months: int | None) -> None:
    parts = price_parts(price, quantity_e8, months)

    mirrored = price_parts(price, -quantity_e8, months)

    if quantity_e8:
        assert [(each.part, -each.quantity_e8, each.price_e6) for each in mirrored] == [
            (each.part, each.quantity_e8, each.price_e6) for each in parts
        ]


@given(prices(), quantities, periods)
def test_a_price_has_parts_and_each_its_own_number(price: Price, quantity_e8: int, months: int | None) -> None:
    numbers = [part.part for part in price_parts(price, quantity_e8, months)]

    check_price(price)
    assert numbers
    assert len(set(numbers)) == len(numbers)


@given(prices().filter(lambda price: price.model is GRADUATED), quantities)
def test_graduated_units_add_up_to_the_quantity(price: Price, quantity_e8: int) -> None:
    plain = Price(GRADUATED, 0, None, tuple(Tier(each.up_to_e8, each.price_e6) for each in price.tiers))

    parts = price_parts(plain, quantity_e8, None)

    assert sum(part.quantity_e8 for part in parts) == quantity_e8


@given(prices().filter(lambda price: price.model is not VOLUME), quantities, quantities)
def test_more_never_costs_less_unless_the_volume_sets_the_price(price: Price, one: int, other: int) -> None:
    """VOLUME may: a tier reached makes all units cheaper."""
    fewer, more = sorted((one, other))

    def cost(quantity_e8: int) -> int:
        return sum(part.quantity_e8 * part.price_e6 for part in price_parts(price, quantity_e8, None))

    assert cost(fewer) <= cost(more)
