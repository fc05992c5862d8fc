"""What a draft is judged by: the same for a draft that is written and for one that is only looked at ahead."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rebill.kit.errors import Problem
from rebill.rules.review import DraftFacts
from rebill.runs.queries.customers import DraftCustomer
from rebill.runs.queries.taxing import TaxedTotals


class Noted(NamedTuple):
    """What sources said of a draft: what has no price, as (product, subscription), and days of calls that stand out, as
    (amount, day)."""

    unpriced: Sequence[tuple[str, str]] = ()
    unusual: Sequence[tuple[str, str]] = ()


NOTHING = Noted()


def noted_by(problems: Mapping[int, Sequence[Problem]]) -> dict[int, Noted]:
    """What sources said, per draft: what blocks has no price, what only warns stands out."""
    return {draft_id: noted_in(of_draft) for draft_id, of_draft in problems.items()}


def noted_in(problems: Iterable[Problem]) -> Noted:
    """What sources said of one draft."""
    said: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for problem in problems:
        said[problem.blocking].add((problem.value, problem.where))
    return Noted(sorted(said[True]), sorted(said[False]))


def facts_of(
    customer: DraftCustomer,
    judged: TaxedTotals,
    *,
    earlier_nets: tuple[int, ...],
    unpriced: Sequence[tuple[str, str]],
    unusual: Sequence[tuple[str, str]] = (),
) -> DraftFacts:
    """The facts of one draft. `earlier_nets` are the customer's totals of earlier runs, `unpriced` what has no price,
    as (product, subscription), `unusual` the days whose calls stand out, as (amount, day).
    """
    return DraftFacts(
        net_minor=judged.net_minor,
        line_count=judged.line_count,
        earlier_nets=earlier_nets,
        has_address=customer.has_address,
        needs_email=customer.needs_email,
        has_email=customer.has_email,
        customer_ended=customer.ended,
        vat_id_missing=judged.vat_id_missing,
        vat_id=customer.vat_id,
        unpriced=unpriced,
        unrated=judged.unrated,
        unusual=unusual,
    )
