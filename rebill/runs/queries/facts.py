"""What a draft is judged by: the same for a draft that is written and for one that is only looked at ahead."""

from collections.abc import Sequence

from rebill.rules.review import DraftFacts
from rebill.runs.queries.customers import DraftCustomer
from rebill.runs.queries.taxing import TaxedTotals


def facts_of(
    customer: DraftCustomer,
    judged: TaxedTotals,
    *,
    earlier_nets: tuple[int, ...],
    unpriced: Sequence[tuple[str, str]],
) -> DraftFacts:
    """The facts of one draft. `earlier_nets` are the customer's totals of earlier runs, `unpriced` what has no price,
    as (product, subscription).
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
    )
