"""Giving documents their numbers: gapless per series, in the transaction that issues them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rebill.kit.sequences import allot_numbers
from rebill.parties.models import NumberSeries, SeriesPurpose
from rebill.parties.queries import first_number, series_for
from rebill.rules.numbering import format_number
from rebill.rules.references import ReferenceKind, ReferenceUnfit, make_reference

# Which payment reference a seller's country knows; everywhere else the creditor reference of ISO 11649.
REFERENCE_OF_COUNTRY = {"FI": ReferenceKind.VIITE, "BE": ReferenceKind.OGM}


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number as it stands on the document, and its place in its sequence."""

    number: str
    sequence_key: str
    sequence_number: int


def number_documents(*, seller_id: int, asked: Sequence[tuple[SeriesPurpose, date]]) -> list[Numbered]:
    """A number for each document asked for, in order; one statement per series. Needs a transaction."""
    series: dict[tuple[SeriesPurpose, date], tuple[NumberSeries, str]] = {}
    counts: dict[str, int] = defaultdict(int)
    starts: dict[str, int] = {}
    for wish in asked:
        if wish not in series:
            series[wish] = series_for(seller_id, *wish)
            starts.setdefault(series[wish][1], first_number(series[wish][0], wish[1]))
        counts[series[wish][1]] += 1
    # In one order for everybody, so that two issuers never wait for each other crosswise.
    numbers = {key: iter(allot_numbers(key=key, count=counts[key], start=starts[key])) for key in sorted(counts)}
    numbered = []
    for wish in asked:
        found, key = series[wish]
        sequence_number = next(numbers[key])
        number = format_number(found.pattern, number=sequence_number, day=wish[1])
        numbered.append(Numbered(number, key, sequence_number))
    return numbered


def payment_reference(number: str, country: str) -> str:
    """The reference a payer gives for this document; empty where the number does not fit the country's kind."""
    try:
        return make_reference(REFERENCE_OF_COUNTRY.get(country, ReferenceKind.RF), number)
    except ReferenceUnfit:
        return ""
