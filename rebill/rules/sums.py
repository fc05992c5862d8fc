"""The sums of a document: line nets rounded once, totals from the rounded lines, VAT once per category and rate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rebill.rules.money import amount_minor
from rebill.rules.tax import NOTHING_INCLUDED, Included, TaxCategory, TaxLine, tax_totals


@dataclass(frozen=True, slots=True)
class SumLine:
    """What a line brings to the sums: quantity, unit price, category and rate."""

    quantity_e8: int
    price_e6: int
    category: TaxCategory
    rate_e6: int


class DocumentTotals(NamedTuple):
    """The totals in the currency's minor unit: net + tax = gross, always."""

    net_minor: int
    tax_minor: int
    tax_lines: tuple[TaxLine, ...]

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


def line_nets(lines: Iterable[SumLine], digits: int) -> list[int]:
    """The net amount of each line, rounded once."""
    return [amount_minor(line.quantity_e8, line.price_e6, digits) for line in lines]


def document_totals(
    lines: Iterable[tuple[str, int, int]], included: Mapping[tuple[str, int], Included] = NOTHING_INCLUDED
) -> DocumentTotals:
    """The totals of a document from its lines' (category, rate, rounded net amount).

    The net total is the sum of the rounded lines (EN 16931 BR-CO-10), so a reader who adds up the lines finds it.
    `included` is as in `tax_totals`.
    """
    tax_lines = tax_totals(lines, included)
    net = tax = 0
    for line in tax_lines:
        net += line.base_minor
        tax += line.tax_minor
    return DocumentTotals(net, tax, tax_lines)
