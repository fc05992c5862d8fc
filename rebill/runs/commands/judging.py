"""Writing what drafts come to, and what must be looked at."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from rebill.access.acting import Acting
from rebill.catalogue.queries.tax_desk import TaxDesk
from rebill.kit.bulk import insert_rows, update_rows
from rebill.kit.errors import Problem
from rebill.parties.models import Seller
from rebill.rules.review import WarningCode, warnings_of
from rebill.runs.models import Draft, DraftWarning, Run
from rebill.runs.queries.customers import DraftCustomer, earlier_nets
from rebill.runs.queries.facts import facts_of
from rebill.runs.queries.lines import sums_of
from rebill.runs.queries.taxing import taxed_totals

WARNING_COLUMNS = ("draft_id", "code", "subject", "blocking", "details")


def judge_drafts(
    *,
    acting: Acting,
    seller: Seller,
    run: Run,
    draft_ids: Collection[int],
    customers: Mapping[int, DraftCustomer],
    problems: Mapping[int, Sequence[Problem]] | None = None,
) -> None:
    """Sums up drafts and writes their warnings anew. `problems` None keeps the warnings that name a missing price."""
    if not draft_ids:
        return
    drafts = list(
        Draft.objects.filter(id__among=draft_ids)
        .order_by("id")
        .values_list("id", "customer_id", "currency", "accepted")
    )
    sums = sums_of(seller_id=acting.seller_id, draft_ids=draft_ids)
    earlier = earlier_nets(customer_ids={draft[1] for draft in drafts}, billed_on=run.billed_on)
    unpriced = _unpriced(draft_ids, problems)
    desk = TaxDesk(seller)
    totals, warnings = [], []
    for draft_id, customer_id, currency, accepted in drafts:
        customer = customers[customer_id]
        judged = taxed_totals(desk, customer, sums.get(draft_id, []), default_on=run.billed_on)
        totals.append((draft_id, judged.net_minor, judged.gross_minor, judged.line_count))
        facts = facts_of(
            customer,
            judged,
            earlier_nets=earlier.get((customer.id, currency), ()),
            unpriced=unpriced.get(draft_id, ()),
        )
        for warned in warnings_of(facts):
            blocking = warned.blocking and warned.code.value not in accepted
            warnings.append((draft_id, warned.code.value, warned.subject, blocking, warned.details))
    update_rows(Draft, "id", ("net_amount", "gross_amount", "line_count"), totals)
    DraftWarning.objects.filter(draft_id__among=draft_ids).delete()
    insert_rows(DraftWarning, WARNING_COLUMNS, warnings)


def _unpriced(
    draft_ids: Collection[int], problems: Mapping[int, Sequence[Problem]] | None
) -> dict[int, list[tuple[str, str]]]:
    """What has no price, per draft, as (product, subscription): from this preparation, or as it was said before."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    if problems is None:
        rows = DraftWarning.objects.filter(draft_id__among=draft_ids, code=WarningCode.PRICE_MISSING).order_by("id")
        for draft_id, subject, details in rows.values_list("draft_id", "subject", "details"):
            found[draft_id].append((details.get("product", ""), subject))
        return found
    for draft_id, of_draft in problems.items():
        found[draft_id] = sorted({(problem.value, problem.where) for problem in of_draft})
    return found
