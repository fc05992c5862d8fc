"""The VAT of a document, its sums, and discounts over several rates."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.money import ONE_E6, ONE_E8, divide_half_up
from rebill.rules.sums import DocumentTotals, SumLine, document_totals, line_nets
from rebill.rules.tabs import net_shares
from rebill.rules.tax import (
    DiscountTooLarge,
    Included,
    TaxCategory,
    TaxLine,
    WrongRate,
    spread_discount,
    tax_of,
    tax_totals,
)

S, Z, E, AE, K, G, O = TaxCategory  # noqa: E741 - the letters are the codes


def standard(rate: str | int, *nets: int) -> list[tuple[str, int, int]]:
    return [("S", int(Decimal(rate) * ONE_E6), net) for net in nets]


def tax(lines: list[tuple[str, int, int]]) -> int:
    return sum(line.tax_minor for line in tax_totals(lines))


def sold_with_vat(rate_e6: int, *grosses: int) -> DocumentTotals:
    nets = net_shares(grosses, rate_e6)
    included = {("S", rate_e6): Included(sum(nets), sum(grosses) - sum(nets))}
    return document_totals([("S", rate_e6, net) for net in nets], included)


# --- prices with VAT in them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gross", "rate", "net", "vat"), [(52_50, 12, 46_88, 5_62), (10_00, 21, 8_26, 1_74), (3, 21, 2, 1)]
)
def test_c042_a_document_of_prices_with_vat_comes_to_what_was_asked(gross: int, rate: int, net: int, vat: int) -> None:
    totals = sold_with_vat(rate * ONE_E6, gross)

    assert (totals.net_minor, totals.tax_minor, totals.gross_minor) == (net, vat, gross)


@given(st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=60), st.sampled_from([9, 14, 19, 21, 25.5]))
def test_any_prices_with_vat_come_to_what_was_asked_and_are_no_cent_off_their_rate(grosses, rate) -> None:
    rate_e6 = int(rate * ONE_E6)

    totals = sold_with_vat(rate_e6, *grosses)

    assert totals.gross_minor == sum(grosses)
    assert abs(totals.tax_minor - tax_of(totals.net_minor, rate_e6)) <= 1


def test_what_is_priced_without_vat_has_it_added_beside_it() -> None:
    included = {("S", 21 * ONE_E6): Included(8_26, 1_74)}

    totals = document_totals([*standard(21, 8_26, 50_00), *standard(9, 1_00)], included)

    assert [line.tax_minor for line in totals.tax_lines] == [1_74 + 10_50, 9]


# --- traps ------------------------------------------------------------------------------------------------------------


def test_c034_vat_on_usage_and_true_up() -> None:
    totals = document_totals(standard(20, 8_00, 93))

    assert totals.tax_minor == 1_79
    assert totals.gross_minor == 10_72


def test_c036_vat_per_line_versus_document() -> None:
    nets = 25_06, 25_61, 25_63

    assert tax(standard(15, *nets)) == 11_45
    assert sum(tax_of(net, 15 * ONE_E6) for net in nets) == 11_44


def test_c037_many_lines() -> None:
    nets = [241_67] * 50

    assert tax(standard(20, *nets)) == 2_416_70
    assert sum(tax_of(net, 20 * ONE_E6) for net in nets) == 2_416_50


def test_c039_br_co_17() -> None:
    nets = line_nets([SumLine(2 * ONE_E8, 348_110_000, S, 25 * ONE_E6)] * 2, digits=2)

    assert nets == [696_22, 696_22]
    assert tax(standard(25, *nets)) == 348_11


def test_c040_br_co_10() -> None:
    """1,000 and 800, each divided by 1.3."""
    nets = [divide_half_up(amount * 10, 13) for amount in (1_000_00, 800_00)]

    totals = document_totals(standard(21, *nets))

    assert nets == [769_23, 615_38]
    assert totals.net_minor == 1_384_61


def test_c047_rounded_net_then_vat() -> None:
    """160.00 × 29/30 is 154.67; its VAT is rounded from there, so the total is a cent above exact maths."""
    net = divide_half_up(160_00 * 29, 30)

    totals = document_totals(standard(25, net))

    assert (totals.net_minor, totals.tax_minor, totals.gross_minor) == (154_67, 38_67, 193_34)


def test_c050_discount_spread_over_rates() -> None:
    nets, rates = [100_00, 50_00, 30_00, 20_00], [10, 0, 20, 20]

    shares = spread_discount(10_00, nets)
    left = [net - share for net, share in zip(nets, shares, strict=True)]

    assert shares == [5_00, 2_50, 1_50, 1_00]
    assert [tax_of(net, rate * ONE_E6) for net, rate in zip(left, rates, strict=True)] == [9_50, 0, 5_70, 3_80]
    lines = [("S" if rate else "Z", rate * ONE_E6, net) for net, rate in zip(left, rates, strict=True)]
    assert document_totals(lines).gross_minor == 209_00


# --- VAT lines --------------------------------------------------------------------------------------------------------


def test_vat_lines_stand_in_the_order_of_documents() -> None:
    lines = [
        ("O", 0, 1),
        ("AE", 0, 2),
        ("S", 9 * ONE_E6, 300),
        ("Z", 0, 4),
        ("S", 21 * ONE_E6, 500),
        ("S", 9 * ONE_E6, 100),
    ]

    assert tax_totals(lines) == (
        TaxLine(S, 21 * ONE_E6, 500, 105),
        TaxLine(S, 9 * ONE_E6, 400, 36),
        TaxLine(Z, 0, 4, 0),
        TaxLine(AE, 0, 2, 0),
        TaxLine(O, 0, 1, 0),
    )


def test_a_document_without_lines_has_no_vat() -> None:
    assert tax_totals([]) == ()
    assert document_totals([]) == DocumentTotals(0, 0, ())


def test_lines_that_cancel_out_keep_their_vat_line() -> None:
    assert tax_totals(standard(21, 100, -100)) == (TaxLine(S, 21 * ONE_E6, 0, 0),)


@pytest.mark.parametrize("line", [("S", 0, 100), ("S", -1, 100), ("Z", 21 * ONE_E6, 100), ("AE", 1, 100), ("O", 1, 1)])
def test_a_rate_its_category_cannot_have_is_refused(line: tuple[str, int, int]) -> None:
    with pytest.raises(WrongRate):
        tax_totals([line])


@pytest.mark.parametrize(
    ("rate", "net", "expected"),
    [("21", 50, 11), ("5.5", 1_00, 6), ("25.5", 2_00, 51), ("21", -50, -11), ("8.1", 12_35, 1_00)],
)
def test_vat_is_rounded_half_up(rate: str, net: int, expected: int) -> None:
    assert tax(standard(rate, net)) == expected


groups = st.sampled_from([("S", 21 * ONE_E6), ("S", 9 * ONE_E6), ("S", 5_500_000), ("Z", 0), ("AE", 0), ("E", 0)])
documents = st.lists(st.tuples(groups, st.integers(-(10**9), 10**9)), max_size=30).map(
    lambda lines: [(category, rate_e6, net) for (category, rate_e6), net in lines]
)


@given(documents)
def test_vat_is_rounded_once_per_category_and_rate(lines: list[tuple[str, int, int]]) -> None:
    totals = document_totals(lines)

    assert totals.net_minor == sum(net for _, _, net in lines)
    assert totals.gross_minor == totals.net_minor + totals.tax_minor
    assert {(line.category.value, line.rate_e6) for line in totals.tax_lines} == {line[:2] for line in lines}
    for line in totals.tax_lines:
        assert abs(line.tax_minor - Fraction(line.base_minor * line.rate_e6, ONE_E8)) <= Fraction(1, 2)


@given(documents, st.randoms())
def test_the_order_of_lines_changes_nothing(lines: list[tuple[str, int, int]], chance: object) -> None:
    shuffled = sorted(lines, key=lambda _: chance.random())  # type: ignore[attr-defined]

    assert tax_totals(shuffled) == tax_totals(lines)


@given(documents)
def test_a_credit_note_has_the_mirrored_vat(lines: list[tuple[str, int, int]]) -> None:
    mirrored = document_totals([(category, rate_e6, -net) for category, rate_e6, net in lines])

    assert mirrored.gross_minor == -document_totals(lines).gross_minor


# --- discounts --------------------------------------------------------------------------------------------------------


def test_a_discount_on_a_credit_is_the_mirror() -> None:
    assert spread_discount(-10_00, [-100_00, -50_00, -30_00, -20_00]) == [-5_00, -2_50, -1_50, -1_00]


def test_no_discount_is_no_share() -> None:
    assert spread_discount(0, [100, 0]) == [0, 0]
    assert spread_discount(0, []) == []


@pytest.mark.parametrize(
    ("discount", "nets"), [(101, [50, 50]), (-1, [100]), (1, []), (1, [0, 0]), (10, [100, -20]), (1, [-100])]
)
def test_a_discount_that_does_not_fit_is_refused(discount: int, nets: list[int]) -> None:
    with pytest.raises(DiscountTooLarge):
        spread_discount(discount, nets)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any), st.data())
def test_shares_of_a_discount_add_up_and_never_exceed_their_line(nets: list[int], data: st.DataObject) -> None:
    discount = data.draw(st.integers(1, sum(nets)))

    shares = spread_discount(discount, nets)

    assert sum(shares) == discount
    assert all(0 <= share <= net for share, net in zip(shares, nets, strict=True))
