"""The tax of draft lines and what drafts come to with it; the same for looking at a draft and for issuing it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

from rebill.catalogue.queries.tax_desk import TaxDecision, TaxDesk, TaxParty
from rebill.rules.sums import DocumentTotals, document_totals
from rebill.rules.tax import Included
from rebill.runs.queries.customers import DraftCustomer


class Taxable(Protocol):
    """A line, or lines that are taxed alike summed up."""

    @property
    def rate_class(self) -> str: ...

    @property
    def supply(self) -> str: ...

    @property
    def supplied_on(self) -> date | None: ...

    @property
    def amount_minor(self) -> int: ...

    @property
    def line_count(self) -> int: ...

    @property
    def gross_minor(self) -> int | None: ...

    @property
    def gross_rate_e6(self) -> int | None: ...


class TaxedTotals(NamedTuple):
    """What a draft comes to. `decisions` stand in the order of the lines; None where no rate is known."""

    totals: DocumentTotals
    decisions: tuple[TaxDecision | None, ...]
    line_count: int
    vat_id_missing: bool
    unrated: tuple[str, ...]

    @property
    def net_minor(self) -> int:
        """The sum of the lines."""
        return self.totals.net_minor

    @property
    def gross_minor(self) -> int:
        """The sum of the lines with VAT; lines without a known rate count without."""
        return self.totals.gross_minor


def taxed_totals(desk: TaxDesk, customer: DraftCustomer, lines: Sequence[Taxable], *, default_on: date) -> TaxedTotals:
    """Decides the tax of every line and sums the document up, VAT once per category and rate.

    A line counts with the rate of the last day it is supplied on; a line without a day, with that of `default_on`.
    What was sold with VAT in its price at that very rate comes to what was asked.
    """
    party = TaxParty(customer.country, customer.vat_id, customer.is_organisation)
    decisions = tuple(
        desk.decide(party, line.rate_class, line.supply, line.supplied_on or default_on) for line in lines
    )
    taxed: list[tuple[str, int, int]] = []
    included: dict[tuple[str, int], Included] = {}
    unrated = []
    for line, decision in zip(lines, decisions, strict=True):
        if decision is None:
            unrated.append(f"{customer.country} {line.rate_class}")
            taxed.append(("O", 0, line.amount_minor))
        else:
            taxed.append((decision.code, decision.rate_e6, line.amount_minor))
            asked = gross_asked(line, decision)
            if asked is not None:
                key = (decision.code, decision.rate_e6)
                net, tax = included.get(key, (0, 0))
                included[key] = Included(net + line.amount_minor, tax + asked - line.amount_minor)
    return TaxedTotals(
        totals=document_totals(taxed, included),
        decisions=decisions,
        line_count=sum(line.line_count for line in lines),
        vat_id_missing=any(decision is not None and decision.vat_id_missing for decision in decisions),
        unrated=tuple(sorted(set(unrated))),
    )


def gross_asked(line: Taxable, decision: TaxDecision) -> int | None:
    """What was asked for the line with VAT in its price; None where it had none, or that of another rate."""
    return line.gross_minor if line.gross_rate_e6 and line.gross_rate_e6 == decision.rate_e6 else None
