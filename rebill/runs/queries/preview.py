"""What a customer's next draft will be on a later day, by the rules of a run and without writing anything."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.queries.tax_desk import TaxDesk
from rebill.charges.models import Charge
from rebill.charges.queries import open_charges_of, told_rows, waived_with
from rebill.kit.bulk import read_all
from rebill.kit.errors import Problem
from rebill.parties.models import Seller
from rebill.parties.queries import customer_of, seller_of
from rebill.rules.periods import is_invoice_month
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import Told
from rebill.rules.review import warnings_of
from rebill.runs.queries.customers import DraftCustomer, customers_to_bill, earlier_nets
from rebill.runs.queries.facts import facts_of, noted_in
from rebill.runs.queries.lines import DraftLine
from rebill.runs.queries.shown import ShownDraft, show_draft, show_warning, shown_lines
from rebill.runs.queries.taxing import taxed_totals
from rebill.sources.contract import Asked, BilledCustomer, Claim
from rebill.sources.registry import sources

GroupKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run on `billed_on` would put on new drafts of the customer: one for each currency, and for each cost
    centre where the customer asks for it. `is_turn` says whether a run on this day takes the customer at all.
    """

    billed_on: date
    is_turn: bool
    drafts: tuple[ShownDraft, ...]


def preview_draft(*, acting: Acting, customer_id: int, billed_on: date) -> Preview:
    """Everything the customer would be billed on that day that no draft holds yet: its open charges, and what the
    sources are owed, computed as a run computes it. Runs before that day that were not made count as not made."""
    require(acting, Permission.READ)
    seller = seller_of(acting)
    customer = customer_of(acting, customer_id)
    drafted, billed = customers_to_bill(seller=seller, billed_on=billed_on, customer_ids=[customer.pk], hold=False)
    view = drafted[customer.pk]
    groups, problems = _lines(seller, view, billed, billed_on)
    nets = earlier_nets(customer_ids=[customer.pk], billed_on=billed_on)
    desk = TaxDesk(seller)
    drafts = []
    for (currency, cost_centre), lines in sorted(groups.items()):
        lines.sort(key=lambda line: line.summary_group)
        taxed = taxed_totals(desk, view, lines, default_on=billed_on)
        earlier = nets.get((customer.pk, currency), ())
        # A run names what has no price on the draft in the customer's own currency.
        is_own = (currency, cost_centre) == (view.currency, "")
        noted = noted_in(problems if is_own else ())
        facts = facts_of(view, taxed, earlier_nets=earlier, unpriced=noted.unpriced, unusual=noted.unusual)
        warned = warnings_of(facts)
        drafts.append(
            show_draft(
                customer=view,
                billed_on=billed_on,
                currency=currency,
                cost_centre=cost_centre,
                lines=shown_lines(seller, customer.language or seller.language, lines, taxed),
                taxed=taxed,
                warnings=[show_warning(each.code, each.subject, each.blocking, each.details) for each in warned],
                nets=earlier,
            )
        )
    turn = is_invoice_month(billed_on, customer.invoice_interval_months, frozenset(customer.invoice_months) or None)
    return Preview(billed_on=billed_on, is_turn=turn, drafts=tuple(drafts))


def _lines(
    seller: Seller, customer: DraftCustomer, billed: Mapping[int, BilledCustomer], billed_on: date
) -> tuple[dict[GroupKey, list[DraftLine]], list[Problem]]:
    """The lines of each draft in the order in which a run would tell them, and what could not be told."""
    asked = Asked(
        seller_id=seller.pk,
        base=ProrationBase(seller.proration_base),
        customers=billed,
    )
    groups: dict[GroupKey, list[DraftLine]] = defaultdict(list)
    problems: list[Problem] = []

    def place(line: DraftLine) -> None:
        groups[line.currency, line.cost_centre if customer.per_cost_centre else ""].append(line)

    for line in _open_lines(seller, customer, billed_on):
        place(line)
    for source in sources():
        batch = source.due(asked=asked, told=_told_reader(seller.pk, source.name))
        waived = waived_with(batch.claims)
        for claim in batch.claims:
            if claim.key not in waived:
                place(_claimed(claim))
        problems.extend(problem for _, problem in batch.problems)
    if problems and not groups.get((customer.currency, "")):
        groups[customer.currency, ""] = []
    return groups, problems


def _told_reader(seller_id: int, source: str) -> Callable[[Mapping[int, date]], Mapping[int, Sequence[Told]]]:
    def read(since: Mapping[int, date]) -> Mapping[int, Sequence[Told]]:
        return told_rows(seller_id=seller_id, source=source, since=since)

    return read


def _open_lines(seller: Seller, customer: DraftCustomer, billed_on: date) -> list[DraftLine]:
    waiting = open_charges_of(seller_id=seller.pk, billed_on=billed_on, customer_ids=[customer.id])
    if not waiting:
        return []
    rows = read_all(
        Charge.objects.filter(id__among=[charge.id for charge in waiting]).order_by("id"),
        "id", "buyer_id", "kind", "product_id", "description", "starts_on", "ends_before", "quantity",
        "prorated_quantity", "unit_price", "currency", "amount", "rate_class", "supply", "ledger_account",
        "summary_group", "cost_centre", "reference", "corrects_id", "dimensions", "gross_amount", "gross_rate",
    )  # fmt: skip
    return [DraftLine._make((row[0], 0, *row[1:], False)) for row in rows]


def _claimed(claim: Claim) -> DraftLine:
    """The claim as the line it would become."""
    return DraftLine(
        charge_id=0,
        draft_id=0,
        buyer_id=claim.customer_id,
        kind=claim.kind.value,
        product_id=claim.product_id,
        description=claim.description,
        starts_on=claim.starts_on,
        ends_before=claim.ends_before,
        quantity_e8=claim.quantity_e8,
        prorated_e8=claim.prorated_e8,
        price_e6=claim.price_e6,
        currency=claim.currency,
        amount_minor=claim.amount_minor,
        rate_class=claim.rate_class,
        supply=claim.supply,
        ledger_account=claim.ledger_account,
        summary_group=claim.summary_group,
        cost_centre=claim.cost_centre,
        reference=claim.reference,
        corrects_id=claim.corrects_id,
        dimensions=claim.dimensions or {},
        gross_minor=claim.gross_minor,
        gross_rate_e6=claim.gross_rate_e6,
        edited=False,
    )
