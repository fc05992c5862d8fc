"""Writing what drafts come to, and what must be looked at."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rebill.access.acting import Acting
from rebill.catalogue.queries.tax_desk import TaxDesk
from rebill.kit.bulk import insert_rows, update_rows
from rebill.kit.errors import Problem
from rebill.parties.models import Seller
from rebill.rules.review import (
    NOTABLE_PERCENT,
    Verdict,
    WarningCode,
    average_minor,
    change_percent,
    verdict_of,
    warnings_of,
)
from rebill.runs.commands.tallying import tallied
from rebill.runs.models import Draft, DraftState, DraftWarning, Run
from rebill.runs.queries.customers import DraftCustomer, billed_before, earlier_nets, going_on
from rebill.runs.queries.facts import NOTHING, Noted, facts_of, noted_by
from rebill.runs.queries.lines import TaxedSum, sums_of
from rebill.runs.queries.standing import Figures, TallyKey
from rebill.runs.queries.taxing import taxed_totals

TOTAL_COLUMNS = ("net_amount", "gross_amount", "line_count", "verdict", "change_percent", "is_first", "is_last")
WARNING_COLUMNS = ("draft_id", "code", "subject", "blocking", "details")


class DraftToJudge(NamedTuple):
    """A draft whose lines are to be summed up and looked at."""

    id: int
    customer_id: int
    currency: str
    accepted: list[str]


class DraftTotals(NamedTuple):
    """What a draft comes to, in the order of TOTAL_COLUMNS."""

    net_minor: int
    gross_minor: int
    line_count: int
    verdict: Verdict
    change_percent: int
    is_first: bool
    is_last: bool

    def tally(self, run_id: int, state: DraftState, currency: str) -> tuple[TallyKey, Figures]:
        """How a draft that comes to this is counted."""
        is_changed = abs(self.change_percent) >= NOTABLE_PERCENT
        key = TallyKey(run_id, state.value, self.verdict.value, currency)
        return key, (1, self.net_minor, self.gross_minor, int(is_changed), int(self.is_first), int(self.is_last))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What drafts come to, by draft, and their warnings as rows."""

    totals: dict[int, DraftTotals]
    warnings: list[tuple[Any, ...]]


def judge_drafts(
    *,
    acting: Acting,
    seller: Seller,
    run: Run,
    draft_ids: Collection[int],
    customers: Mapping[int, DraftCustomer],
    problems: Mapping[int, Sequence[Problem]] | None = None,
) -> None:
    """Sums up drafts and writes their warnings anew. `problems` None keeps what sources said."""
    if not draft_ids:
        return
    rows = Draft.objects.filter(id__among=draft_ids).order_by("id")
    drafts = [DraftToJudge(*row) for row in rows.values_list("id", "customer_id", "currency", "accepted")]
    judgement = judge(
        seller=seller,
        run=run,
        drafts=drafts,
        sums=sums_of(seller_id=acting.seller_id, draft_ids=[draft.id for draft in drafts]),
        customers=customers,
        noted=_noted(draft_ids, problems),
    )
    with tallied(draft_ids=[draft.id for draft in drafts]):
        update_rows(
            Draft,
            "id",
            TOTAL_COLUMNS,
            ((draft_id, *totals) for draft_id, totals in judgement.totals.items()),
        )
    DraftWarning.objects.filter(draft_id__among=draft_ids).delete()
    insert_rows(DraftWarning, WARNING_COLUMNS, judgement.warnings)


def judge(
    *,
    seller: Seller,
    run: Run,
    drafts: Sequence[DraftToJudge],
    sums: Mapping[int, Sequence[TaxedSum]],
    customers: Mapping[int, DraftCustomer],
    noted: Mapping[int, Noted],
) -> Judgement:
    """What these drafts come to by the sums of their lines, and what must be looked at. Writes nothing."""
    customer_ids = {draft.customer_id for draft in drafts}
    earlier = earlier_nets(customer_ids=customer_ids, billed_on=run.billed_on)
    known = {customer_id for customer_id, _ in earlier}
    known |= billed_before(customer_ids=customer_ids - known, billed_on=run.billed_on)
    staying = going_on(customer_ids=customer_ids, billed_on=run.billed_on)
    desk = TaxDesk(seller)
    judgement = Judgement({}, [])
    for draft in drafts:
        customer = customers[draft.customer_id]
        judged = taxed_totals(desk, customer, sums.get(draft.id, ()), default_on=run.billed_on)
        nets = earlier.get((customer.id, draft.currency), ())
        said = noted.get(draft.id, NOTHING)
        facts = facts_of(customer, judged, earlier_nets=nets, unpriced=said.unpriced, unusual=said.unusual)
        blocking = []
        for warned in warnings_of(facts):
            blocking.append(warned.blocking and warned.code.value not in draft.accepted)
            judgement.warnings.append((draft.id, warned.code.value, warned.subject, blocking[-1], warned.details))
        judgement.totals[draft.id] = DraftTotals(
            judged.net_minor,
            judged.gross_minor,
            judged.line_count,
            verdict=verdict_of(judged.line_count, blocking),
            change_percent=change_percent(judged.net_minor, average_minor(nets)) or 0,
            is_first=customer.id not in known,
            is_last=customer.ended or customer.id not in staying,
        )
    return judgement


def _noted(draft_ids: Collection[int], problems: Mapping[int, Sequence[Problem]] | None) -> dict[int, Noted]:
    """What sources said, per draft: in this preparation, or as it was said before."""
    if problems is not None:
        return noted_by(problems)
    unpriced: dict[int, list[tuple[str, str]]] = defaultdict(list)
    unusual: dict[int, list[tuple[str, str]]] = defaultdict(list)
    codes = (WarningCode.PRICE_MISSING, WarningCode.UNUSUAL_CALLS)
    rows = DraftWarning.objects.filter(draft_id__among=draft_ids, code__in=codes).order_by("id")
    for draft_id, code, subject, details in rows.values_list("draft_id", "code", "subject", "details"):
        if code == WarningCode.PRICE_MISSING:
            unpriced[draft_id].append((details.get("product", ""), subject))
        else:
            unusual[draft_id].append((details.get("amount", ""), subject))
    return {each: Noted(unpriced.get(each, ()), unusual.get(each, ())) for each in unpriced.keys() | unusual.keys()}
