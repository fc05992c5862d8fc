"""What credit notes take back of lines that were sold with VAT in their prices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.crediting import Credit, InvoicedLine, LineRequest, credit_lines, credit_whole, what_is_left
from rebill.rules.money import ONE_E6, ONE_E8
from rebill.rules.tabs import net_shares
from rebill.rules.tax import Included, TaxCategory, TaxLine, tax_totals
from tests.rules.test_crediting import draw_notes, line, numbered, positive_lines

S, Z = TaxCategory.S, TaxCategory.Z


def at_the_till(position: int, gross_minor: int, rate: int = 21) -> InvoicedLine:
    """One piece at a price with VAT in it."""
    net = net_shares([gross_minor], rate * ONE_E6)[0]
    return InvoicedLine(position, ONE_E8, net * 10**4, net, S if rate else Z, rate * ONE_E6, gross_minor)


def taxed_as_asked(*lines: InvoicedLine) -> tuple[TaxLine, ...]:
    """The VAT of the invoice, of what was asked with VAT as it was asked."""
    included: dict[tuple[str, int], Included] = {}
    for each in lines:
        if each.gross_minor is not None:
            net, tax = included.get((each.category, each.rate_e6), Included(0, 0))
            asked = Included(net + each.net_minor, tax + each.gross_minor - each.net_minor)
            included[each.category, each.rate_e6] = asked
    return tax_totals(((each.category, each.rate_e6, each.net_minor) for each in lines), included)


@pytest.mark.parametrize("parts", [[4_13, 4_13], [3_00, 5_26], [1, 8_25], [2_75, 2_75, 2_76], [1_00] * 8 + [26]])
def test_parts_of_a_line_give_back_what_was_asked_for_it(parts: list[int]) -> None:
    lines = [at_the_till(1, 10_00), at_the_till(2, 10_00), line(3, 1, 50_000_000)]
    tax_lines = taxed_as_asked(*lines)
    notes: list[Credit] = []

    for part in parts:
        notes.append(credit_lines(lines, tax_lines, notes, [LineRequest(1, net_minor=part)], digits=2))

    assert sum(note.gross_minor for note in notes) == 10_00
    rest = credit_lines(lines, tax_lines, notes, [LineRequest(2)], digits=2)
    assert rest.gross_minor == 10_00


till_lines = st.builds(
    at_the_till, position=st.just(0), gross_minor=st.integers(1, 20_000), rate=st.sampled_from([0, 9, 21])
)
mixed_lines = st.lists(st.one_of(till_lines, positive_lines), min_size=1, max_size=6).map(numbered)


@given(mixed_lines, st.data())
def test_part_credits_of_prices_with_vat_sum_to_the_invoice(lines: list[InvoicedLine], data: st.DataObject) -> None:
    tax_lines = taxed_as_asked(*lines)
    notes = draw_notes(data, lines, tax_lines)
    asked = [each.gross_minor for each in lines if each.gross_minor is not None]

    if any(left.is_open for left in what_is_left(lines, notes)):
        notes.append(credit_whole(lines, tax_lines, notes, digits=2))

    for key, group in {(each.category, each.rate_e6): each for each in tax_lines}.items():
        taken = [each for credit in notes for each in credit.tax_lines if (each.category, each.rate_e6) == key]
        assert (sum(each.base_minor for each in taken), sum(each.tax_minor for each in taken)) == (
            group.base_minor, group.tax_minor,
        )  # fmt: skip
        assert all(each.tax_minor >= 0 for each in taken)
    if len(asked) == len(lines):
        assert sum(note.gross_minor for note in notes) == sum(asked)
