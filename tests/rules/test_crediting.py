"""What credit notes take back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.crediting import (
    Credit,
    CreditLine,
    CreditTooLarge,
    InvoicedLine,
    LineRequest,
    NothingLeft,
    UnknownLine,
    credit_amount,
    credit_lines,
    credit_whole,
    what_is_left,
)
from rebill.rules.errors import Invalid
from rebill.rules.money import ONE_E6, ONE_E8, amount_minor
from rebill.rules.tax import TaxCategory, TaxLine, tax_of, tax_totals

S, Z = TaxCategory.S, TaxCategory.Z


def line(position: int, quantity: int, price_e6: int, rate: int = 21) -> InvoicedLine:
    net = amount_minor(quantity * ONE_E8, price_e6, 2)
    return InvoicedLine(position, quantity * ONE_E8, price_e6, net, S if rate else Z, rate * ONE_E6)


def taxed(*lines: InvoicedLine) -> tuple[TaxLine, ...]:
    return tax_totals((each.category, each.rate_e6, each.net_minor) for each in lines)


def credited(lines: list[InvoicedLine], *requests: LineRequest, earlier: tuple[Credit, ...] = ()) -> Credit:
    return credit_lines(lines, taxed(*lines), earlier, requests, digits=2)


# --- traps ------------------------------------------------------------------------------------------------------------


def test_c017_a_line_that_was_credited_is_repaired_only_for_the_rest() -> None:
    """249.95, of which 10.00 was credited: 241.89 is refused, 239.95 is what is left."""
    lines = [line(1, 1, 249_950_000, rate=0)]
    first = credited(lines, LineRequest(1, net_minor=10_00))

    with pytest.raises(CreditTooLarge) as refused:
        credited(lines, LineRequest(1, net_minor=241_89), earlier=(first,))
    assert refused.value.left_minor == 239_95
    assert credit_whole(lines, taxed(*lines), [first], digits=2).net_minor == 239_95


def test_c024_a_credited_part_carries_its_own_vat() -> None:
    """71.43 and 14.29 are 85.72, though the source's comment says 85.71."""
    lines = [line(1, 1, 75_000_000, rate=20)]

    credit = credited(lines, LineRequest(1, net_minor=71_43))

    assert (credit.net_minor, credit.tax_minor, credit.gross_minor) == (71_43, 14_29, 85_72)


def test_c049_last_credit_takes_the_rest() -> None:
    lines = [line(1, 1, 769_000_000, rate=20)]
    taxes = taxed(*lines)

    first = credit_amount(lines, taxes, [], 726_86, digits=2)
    last = credit_amount(lines, taxes, [first], 42_14, digits=2)

    assert (first.tax_minor, first.gross_minor) == (145_37, 872_23)
    assert (last.tax_minor, last.gross_minor) == (8_43, 50_57)
    assert first.tax_minor + last.tax_minor == 153_80
    with pytest.raises(NothingLeft):
        credit_whole(lines, taxes, [first, last], digits=2)


def test_c049_the_rest_is_taken_even_where_rounding_says_otherwise() -> None:
    """Three times 0.03 of 0.09 at 21 %: 0.01 each is a cent too much, and the last credit gives it back."""
    lines = [line(1, 3, 30_000)]
    taxes = taxed(*lines)

    notes: list[Credit] = []
    for _ in range(3):
        notes.append(credit_lines(lines, taxes, notes, [LineRequest(1, quantity_e8=ONE_E8)], digits=2))

    assert [each.net_minor for each in notes] == [3, 3, 3]
    assert [each.tax_minor for each in notes] == [1, 1, 0]


# --- whole ------------------------------------------------------------------------------------------------------------


def test_a_whole_credit_is_the_mirror_of_the_invoice() -> None:
    lines = [line(1, 3, 33_333_333), line(2, 1, 10_000_000, rate=9), line(3, -1, 5_000_000), line(4, 2, 0)]

    credit = credit_whole(lines, taxed(*lines), digits=2)

    assert credit.tax_lines == taxed(*lines)
    assert [(each.position, each.quantity_e8, each.price_e6, each.net_minor) for each in credit.lines] == [
        (each.position, each.quantity_e8, each.price_e6, each.net_minor) for each in lines
    ]


def test_a_whole_credit_keeps_the_vat_of_the_invoice_whatever_it_was() -> None:
    """An invoice taken over from another program may have rounded otherwise."""
    lines = [line(1, 1, 100_000_000)]
    taxes = (replace(taxed(*lines)[0], tax_minor=20_99),)

    assert credit_whole(lines, taxes, digits=2).tax_minor == 20_99


def test_a_whole_credit_after_others_takes_what_they_left() -> None:
    lines = [line(1, 10, 10_000_000), line(2, 1, 50_000_000)]
    first = credited(lines, LineRequest(1, quantity_e8=4 * ONE_E8), LineRequest(2))

    rest = credit_whole(lines, taxed(*lines), [first], digits=2)

    assert rest.lines == (CreditLine(1, 6 * ONE_E8, 10_000_000, 60_00, S, 21 * ONE_E6, 6 * ONE_E8),)
    assert rest.tax_minor + first.tax_minor == taxed(*lines)[0].tax_minor


# --- by line, by quantity, by amount ----------------------------------------------------------------------------------


def test_a_line_is_credited_whole() -> None:
    lines = [line(1, 10, 10_000_000), line(2, 1, 50_000_000)]

    credit = credited(lines, LineRequest(2))

    assert [(each.position, each.net_minor) for each in credit.lines] == [(2, 50_00)]
    assert credit.tax_minor == 10_50


def test_a_quantity_is_credited_at_the_invoiced_price() -> None:
    credit = credited([line(1, 10, 9_990_000)], LineRequest(1, quantity_e8=3 * ONE_E8))

    assert credit.lines == (CreditLine(1, 3 * ONE_E8, 9_990_000, 29_97, S, 21 * ONE_E6, 3 * ONE_E8),)


def test_an_amount_is_credited_as_one_line_and_takes_no_quantity() -> None:
    lines = [line(1, 10, 10_000_000)]

    credit = credited(lines, LineRequest(1, net_minor=12_34))

    assert credit.lines == (CreditLine(1, ONE_E8, 12_340_000, 12_34, S, 21 * ONE_E6, 0),)
    (left,) = what_is_left(lines, [credit])
    assert (left.quantity_e8, left.net_minor, left.reduced_minor) == (10 * ONE_E8, 87_66, 12_34)


def test_after_a_price_reduction_the_rest_is_credited_at_the_reduced_price() -> None:
    lines = [line(1, 10, 10_000_000)]
    first = credited(lines, LineRequest(1, net_minor=20_00))

    rest = credited(lines, LineRequest(1, quantity_e8=10 * ONE_E8), earlier=(first,))

    assert rest.lines == (CreditLine(1, 10 * ONE_E8, 8_000_000, 80_00, S, 21 * ONE_E6, 10 * ONE_E8),)


def test_the_last_of_three_thirds_takes_the_cent() -> None:
    lines = [line(1, 3, 333_333)]
    assert lines[0].net_minor == 1_00

    notes: list[Credit] = []
    for _ in range(3):
        notes.append(credited(lines, LineRequest(1, quantity_e8=ONE_E8), earlier=tuple(notes)))

    assert [each.net_minor for each in notes] == [33, 33, 34]


def test_a_negative_line_is_credited_negative() -> None:
    lines = [line(1, 1, 100_000_000), line(2, -2, 5_000_000)]

    credit = credited(lines, LineRequest(2, quantity_e8=-ONE_E8))

    assert credit.net_minor == -5_00
    with pytest.raises(CreditTooLarge):
        credited(lines, LineRequest(2, quantity_e8=ONE_E8))


def test_an_amount_off_the_whole_invoice_is_shared_over_its_lines() -> None:
    lines = [line(1, 1, 100_000_000), line(2, 1, 50_000_000, rate=9), line(3, 1, 50_000_000, rate=0)]

    credit = credit_amount(lines, taxed(*lines), [], 10_00, digits=2)

    assert [(each.position, each.net_minor) for each in credit.lines] == [(1, 5_00), (2, 2_50), (3, 2_50)]
    assert credit.tax_minor == 1_05 + 23


def test_currencies_without_cents_are_credited_alike() -> None:
    yen = InvoicedLine(1, ONE_E8, 1_500 * ONE_E6, 1_500, S, 10 * ONE_E6)

    credit = credit_lines([yen], taxed(yen), [], [LineRequest(1, net_minor=500)], digits=0)

    assert (credit.lines[0].price_e6, credit.net_minor, credit.tax_minor) == (500 * ONE_E6, 500, 50)


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        LineRequest(1, quantity_e8=11 * ONE_E8),
        LineRequest(1, quantity_e8=0),
        LineRequest(1, quantity_e8=-ONE_E8),
        LineRequest(1, net_minor=100_01),
        LineRequest(1, net_minor=0),
        LineRequest(1, net_minor=-1),
    ],
)
def test_more_than_is_left_is_refused_and_says_what_is_left(request_: LineRequest) -> None:
    with pytest.raises(CreditTooLarge) as refused:
        credited([line(1, 10, 10_000_000)], request_)

    assert refused.value.left_minor == 100_00
    assert refused.value.left_e8 == 10 * ONE_E8


def test_a_quantity_worth_more_than_the_reduced_line_is_refused() -> None:
    lines = [line(1, 10, 10_000_000)]
    first = credited(lines, LineRequest(1, net_minor=80_00))

    with pytest.raises(CreditTooLarge) as refused:
        credited(lines, LineRequest(1, quantity_e8=5 * ONE_E8), earlier=(first,))

    assert refused.value.left_minor == 20_00


def test_a_line_credited_before_cannot_be_credited_again() -> None:
    lines = [line(1, 1, 10_000_000), line(2, 1, 10_000_000)]
    first = credited(lines, LineRequest(1))

    with pytest.raises(CreditTooLarge):
        credited(lines, LineRequest(1), earlier=(first,))


def test_an_unknown_line_is_refused() -> None:
    lines = [line(1, 1, 10_000_000)]
    stray = Credit((CreditLine(9, ONE_E8, 1, 1, S, 21 * ONE_E6, ONE_E8),), ())

    with pytest.raises(UnknownLine):
        credited(lines, LineRequest(2))
    with pytest.raises(UnknownLine):
        credited(lines, LineRequest(1), LineRequest(1))
    with pytest.raises(UnknownLine):
        credited(lines, LineRequest(1), earlier=(stray,))
    with pytest.raises(UnknownLine):
        credit_lines(lines, (), [], [LineRequest(1)], digits=2)


def test_quantity_and_amount_are_not_asked_together() -> None:
    with pytest.raises(Invalid):
        credited([line(1, 2, 10_000_000)], LineRequest(1, quantity_e8=ONE_E8, net_minor=5_00))


def test_nothing_is_not_credited() -> None:
    lines = [line(1, 1, 10_000_000)]

    with pytest.raises(NothingLeft):
        credited(lines)
    with pytest.raises(NothingLeft):
        credit_whole([], (), digits=2)
    with pytest.raises(NothingLeft):
        credit_amount([line(1, 1, 0)], taxed(line(1, 1, 0)), [], 1, digits=2)


@pytest.mark.parametrize("amount", [0, -1, 10_01])
def test_an_amount_beyond_the_invoice_is_refused(amount: int) -> None:
    lines = [line(1, 1, 10_000_000)]

    with pytest.raises(CreditTooLarge):
        credit_amount(lines, taxed(*lines), [], amount, digits=2)


# --- properties -------------------------------------------------------------------------------------------------------

positive_lines = st.builds(
    line,
    position=st.just(0),
    quantity=st.integers(1, 50),
    price_e6=st.integers(0, 10**9),
    rate=st.sampled_from([0, 9, 21]),
)
any_lines = st.builds(
    line,
    position=st.just(0),
    quantity=st.integers(-50, 50).filter(bool),
    price_e6=st.integers(0, 10**9),
    rate=st.sampled_from([0, 9, 21]),
)


def numbered(lines: list[InvoicedLine]) -> list[InvoicedLine]:
    return [replace(each, position=place) for place, each in enumerate(lines, 1)]


def draw_notes(
    data: st.DataObject, lines: list[InvoicedLine], tax_lines: tuple[TaxLine, ...] | None = None
) -> list[Credit]:
    """Any credit notes a clerk might ask for, one after another; what is refused is left out."""
    tax_lines = taxed(*lines) if tax_lines is None else tax_lines
    notes: list[Credit] = []
    for _ in range(data.draw(st.integers(0, 6))):
        left = data.draw(st.sampled_from(what_is_left(lines, notes)))
        part = data.draw(st.integers(1, 100))
        request = data.draw(
            st.sampled_from(
                [
                    LineRequest(left.line.position),
                    LineRequest(left.line.position, quantity_e8=left.quantity_e8 * part // 100),
                    LineRequest(left.line.position, net_minor=left.net_minor * part // 100),
                ]
            )
        )
        try:
            notes.append(credit_lines(lines, tax_lines, notes, [request], digits=2))
        except Invalid:
            continue
    return notes


@given(st.lists(any_lines, min_size=1, max_size=6).map(numbered), st.data())
def test_all_credits_together_are_the_invoice_to_the_cent(lines: list[InvoicedLine], data: st.DataObject) -> None:
    notes = draw_notes(data, lines)

    if any(left.is_open for left in what_is_left(lines, notes)):
        notes.append(credit_whole(lines, taxed(*lines), notes, digits=2))

    invoiced = taxed(*lines)
    assert sum(credit.net_minor for credit in notes) == sum(each.net_minor for each in lines)
    assert sum(credit.tax_minor for credit in notes) == sum(each.tax_minor for each in invoiced)
    assert all(not left.net_minor for left in what_is_left(lines, notes))


@given(st.lists(positive_lines, min_size=1, max_size=6).map(numbered), st.data())
def test_credits_never_exceed_the_invoice(lines: list[InvoicedLine], data: st.DataObject) -> None:
    notes = draw_notes(data, lines)

    invoiced = {(each.category, each.rate_e6): each for each in taxed(*lines)}
    for key, group in invoiced.items():
        taken = [each for credit in notes for each in credit.tax_lines if (each.category, each.rate_e6) == key]
        assert all(each.tax_minor >= 0 for each in taken)
        assert sum(each.tax_minor for each in taken) <= group.tax_minor
        assert sum(each.base_minor for each in taken) <= group.base_minor
    assert all(left.net_minor >= 0 and left.quantity_e8 >= 0 for left in what_is_left(lines, notes))


@given(st.lists(any_lines, min_size=1, max_size=6).map(numbered), st.data())
def test_every_credit_can_be_checked_on_paper(lines: list[InvoicedLine], data: st.DataObject) -> None:
    for credit in draw_notes(data, lines):
        assert credit.net_minor == sum(each.net_minor for each in credit.lines)
        for each in credit.lines:
            assert amount_minor(each.quantity_e8, each.price_e6, 2) == each.net_minor
        for tax in credit.tax_lines:
            assert abs(tax.tax_minor - tax_of(tax.base_minor, tax.rate_e6)) <= 2
