"""Which numbers documents would get if they were issued now; another transaction may take them first."""

from dataclasses import dataclass
from datetime import date

from rebill.access.acting import Acting, Permission, require
from rebill.kit.sequences import peek_number
from rebill.parties.models import SeriesPurpose
from rebill.parties.queries import first_number, series_for
from rebill.rules.numbering import format_number


@dataclass(frozen=True, slots=True)
class ExpectedNumbers:
    """The first and the last of so many documents of one purpose."""

    purpose: SeriesPurpose
    documents: int
    first: str
    last: str


def expected_numbers(*, acting: Acting, invoices: int, credit_notes: int, day: date) -> list[ExpectedNumbers]:
    """The numbers that so many invoices and credit notes of this day would get, where there are any."""
    require(acting, Permission.READ)
    taken: dict[str, int] = {}
    found = []
    for purpose, documents in ((SeriesPurpose.INVOICE, invoices), (SeriesPurpose.CREDIT_NOTE, credit_notes)):
        if not documents:
            continue
        series, key = series_for(acting.seller_id, purpose, day)
        if key not in taken:
            taken[key] = peek_number(key) or first_number(series, day)
        first, last = taken[key], taken[key] + documents - 1
        taken[key] = last + 1
        found.append(
            ExpectedNumbers(
                purpose,
                documents,
                format_number(series.pattern, number=first, day=day),
                format_number(series.pattern, number=last, day=day),
            )
        )
    return found
