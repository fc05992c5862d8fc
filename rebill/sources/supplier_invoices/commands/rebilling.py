"""Passing purchase rows on: which are taken, at which price, under which dimensions; and what was told of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import Numbers, insert_rows, read_rows, update_rows, write_lock
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event
from rebill.kit.states import move_rows
from rebill.parties.commands import name_dimension
from rebill.parties.commands.dimensions import COST_CENTRE
from rebill.parties.entries import text_of
from rebill.parties.models import Customer
from rebill.rules.rebilling import row_of_key
from rebill.sources.supplier_invoices.commands.states import held_invoice, set_purchase_state
from rebill.sources.supplier_invoices.models import (
    PURCHASE_MOVES,
    PurchaseInvoice,
    PurchaseRow,
    PurchaseState,
    RebilledRow,
    Rebilling,
    Target,
)
from rebill.sources.supplier_invoices.queries.headings import dimension_headings, is_heading
from rebill.sources.supplier_invoices.queries.splitting import EndCustomer, Split, SplitRow, Standing, split_invoice
from rebill.sources.supplier_invoices.words import STATE_WORDS

_intro = text_of(Rebilling, "intro")
_closing = text_of(Rebilling, "closing")
_heading = text_of(Rebilling, "named_dimension")


class NotToBeRebilled(Conflict):
    """The purchase invoice is in review or booked, or it is the supplier's commission."""


class HeadingUnknown(Invalid):
    """A dimension is asked for under a heading that no customer's card has."""


class NothingToRebill(Conflict):
    """No customer of the purchase invoice is ready, or all are billed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebillingTerms:
    """How re-billed rows are billed. `due_on` counts for customers without a term of a seller without one.

    `dimensions` are headings of the customer's card; under `named_dimension` the customer's name counts, and is entered
    on cards that have nothing there. With `writes_dimensions` the purchase rows get the same.
    """

    invoice_on: date
    due_on: date | None = None
    intro: str = ""
    closing: str = ""
    target: Target = Target.INVOICES
    dimensions: Sequence[str] = field(default_factory=tuple)
    named_dimension: str = ""
    writes_dimensions: bool = False


def begin_rebilling(
    *, acting: Acting, invoice_id: int, terms: RebillingTerms, now: datetime, rows_max: int | None = None
) -> Rebilling:
    """Takes every customer that is ready, or the first of them up to `rows_max` rows, a customer always whole.

    What is passed on already stays; the caller has taken back what was to be replaced. Nothing is charged by this: the
    source tells it. NothingToRebill when nobody is ready. Customers are held before the invoice, as by everybody who
    throws drafts away; whoever was linked in that very moment waits for the next going.
    """
    require(acting, Permission.REBILL)
    kept = _tidied(terms)
    _require_headings(acting, kept)
    with transaction.atomic():
        hold_rebilling(invoice_id=invoice_id)
        held = _hold_customers(acting, invoice_id)
        invoice = held_invoice(acting, invoice_id)
        require_rebillable(invoice)
        set_purchase_state(acting=acting, invoice=invoice, to=PurchaseState.UNHANDLED, now=now)
        split = split_invoice(acting, invoice)
        ready = [each for each in split.standing(Standing.READY) if each.customer_id in held]
        chosen = _batch(ready, rows_max)
        if not chosen:
            raise NothingToRebill(
                _("No customer of purchase invoice %(number)s is ready.") % {"number": invoice.number}
            )
        rebilling = Rebilling.objects.create(
            invoice=invoice, made_at=now, made_by=acting.user_id, target=kept.target, invoice_on=kept.invoice_on,
            due_on=kept.due_on, intro=kept.intro, closing=kept.closing, dimensions=list(kept.dimensions),
            named_dimension=kept.named_dimension,
        )  # fmt: skip
        dimensions = _dimensions(acting, kept, [each.customer_id for each in chosen if each.customer_id], now)
        _insert(acting, invoice, rebilling, chosen, dimensions)
        if kept.writes_dimensions:
            written = [(row.id, dimensions[end.customer_id or 0]) for end in chosen for row in _unbilled(end)]
            update_rows(PurchaseRow, "id", ("dimensions",), written)
        if _is_all(split, chosen):
            set_purchase_state(acting=acting, invoice=invoice, to=PurchaseState.REBILLED, now=now)
        details = {"customers": len(chosen), "rows": sum(len(_unbilled(each)) for each in chosen)}
        record_event(
            seller_id=acting.seller_id, subject=invoice, verb="passed_on", actor_id=acting.user_id, now=now,
            details={**details, "target": kept.target.value},
        )  # fmt: skip
    return rebilling


def hold_rebilling(*, invoice_id: int) -> None:
    """Until the end of the transaction nobody else passes rows of this purchase invoice on, tells them or takes them
    back. Taken before customers and drafts are held, and by whoever writes a part of a going."""
    write_lock(f"re-billing of {invoice_id}")


def _hold_customers(acting: Acting, invoice_id: int) -> set[int]:
    """Those who may be billed of it, held."""
    rows = PurchaseRow.objects.filter(
        invoice_id=invoice_id, invoice__seller_id=acting.seller_id, customer__isnull=False, rebilled__isnull=True
    )
    ids = set(rows.order_by().values_list("customer_id", flat=True).distinct())
    mine = Customer.objects.filter(seller_id=acting.seller_id, id__among=Numbers(ids)).order_by("id")
    return set(mine.select_for_update(of=("self",)).values_list("id", flat=True))


def require_rebillable(invoice: PurchaseInvoice) -> None:
    """NotToBeRebilled unless rows of it may be passed on."""
    if invoice.is_commission:
        raise NotToBeRebilled(
            _("%(number)s is the supplier's commission; it is not re-billed.") % {"number": invoice.number}
        )
    if invoice.state in (PurchaseState.IN_REVIEW, PurchaseState.BOOKED):
        raise NotToBeRebilled(
            _("Purchase invoice %(number)s is %(state)s; open it again first.")
            % {"number": invoice.number, "state": STATE_WORDS[invoice.state]}
        )


def _tidied(terms: RebillingTerms) -> RebillingTerms:
    heading = _heading("named_dimension", terms.named_dimension.strip())
    if terms.writes_dimensions and not heading and not terms.dimensions:
        raise Invalid(_("Choose a dimension heading; without one there is nothing to write to the purchase rows."))
    return RebillingTerms(
        invoice_on=terms.invoice_on,
        due_on=terms.due_on,
        intro=_intro("intro", terms.intro.strip()),
        closing=_closing("closing", terms.closing.strip()),
        target=Target(terms.target),
        dimensions=tuple(dict.fromkeys(each.strip() for each in terms.dimensions if each.strip())),
        named_dimension=heading,
        writes_dimensions=terms.writes_dimensions,
    )


def _require_headings(acting: Acting, terms: RebillingTerms) -> None:
    """A misspelt heading would bill without the dimension. The one that the names are entered under may be new."""
    for heading in terms.dimensions:
        if heading in (COST_CENTRE, terms.named_dimension) or is_heading(acting, heading):
            continue
        known = ", ".join([COST_CENTRE, *dimension_headings(acting)])
        raise HeadingUnknown(
            _("No customer has a dimension under %(heading)s. Name one of these: %(known)s.")
            % {"heading": heading, "known": known}
        )


def _unbilled(end: EndCustomer) -> list[SplitRow]:
    return [row for row in end.counted if row.rebilled_id is None]


def _batch(ready: Sequence[EndCustomer], rows_max: int | None) -> list[EndCustomer]:
    chosen: list[EndCustomer] = []
    rows = 0
    for end in ready:
        count = len(_unbilled(end))
        if rows_max is not None and chosen and rows + count > rows_max:
            break
        chosen.append(end)
        rows += count
    return chosen


def _is_all(split: Split, chosen: Sequence[EndCustomer]) -> bool:
    """Whether nothing is left over once these are billed."""
    left = sum(row.net != 0 and row.rebilled_id is None and not row.is_excluded for row in split.rows)
    return left == sum(row.net != 0 for end in chosen for row in _unbilled(end))


def _dimensions(
    acting: Acting, terms: RebillingTerms, customer_ids: Collection[int], now: datetime
) -> dict[int, dict[str, str]]:
    """The dimensions of each customer's lines, by heading. The name under the chosen heading overrides the card."""
    if terms.named_dimension:
        name_dimension(acting=acting, heading=terms.named_dimension, customer_ids=customer_ids, now=now)
    found: dict[int, dict[str, str]] = {}
    rows = Customer.objects.filter(seller_id=acting.seller_id, id__among=Numbers(customer_ids)).order_by("id")
    for customer_id, name, cost_centre, card in read_rows(rows, "id", "name", "cost_centre", "dimensions"):
        on_card = {**card, COST_CENTRE: cost_centre}
        lines = {heading: str(on_card[heading]) for heading in terms.dimensions if on_card.get(heading)}
        if terms.named_dimension:
            lines[terms.named_dimension] = name
        found[customer_id] = lines
    return found


def _insert(
    acting: Acting,
    invoice: PurchaseInvoice,
    rebilling: Rebilling,
    chosen: Iterable[EndCustomer],
    dimensions: Mapping[int, dict[str, str]],
) -> None:
    def rows() -> Iterable[tuple[Any, ...]]:
        for end in chosen:
            lines = dimensions[end.customer_id or 0]
            centre = lines.get(COST_CENTRE, "")
            others = {heading: value for heading, value in lines.items() if heading != COST_CENTRE}
            for row in _unbilled(end):
                yield (
                    acting.seller_id, rebilling.pk, row.id, end.customer_id, row.product_id, rebilling.target,
                    row.quantity_e8, row.sell_price_e6, invoice.currency, row.sell, row.origin, centre[:40], others,
                )  # fmt: skip

    insert_rows(
        RebilledRow,
        ("seller_id", "rebilling_id", "row_id", "customer_id", "product_id", "waits_as", "quantity", "unit_price",
         "currency", "amount", "origin", "cost_centre", "dimensions"),
        rows(),
    )  # fmt: skip


# --- orders, and what was told --------------------------------------------------------------------------------------


def confirm_orders(*, acting: Acting, invoice_id: int, customer_ids: Collection[int], now: datetime) -> int:
    """Puts what waits as orders of these customers on their next run; returns how many rows."""
    require(acting, Permission.REBILL)
    with transaction.atomic():
        invoice = held_invoice(acting, invoice_id)
        waiting = RebilledRow.objects.filter(
            row__invoice=invoice, waits_as=Target.ORDERS, told_at__isnull=True, customer_id__in=list(customer_ids)
        )
        confirmed = waiting.update(waits_as=Target.NEXT_RUN)
        record_event(
            seller_id=acting.seller_id, subject=invoice, verb="orders_confirmed", actor_id=acting.user_id, now=now,
            details={"rows": confirmed},
        )  # fmt: skip
    return confirmed


def withdraw_rebilled(*, acting: Acting, invoice_id: int) -> int:
    """Takes back what was passed on and is no charge yet; returns how many rows. Charges are taken back by those who
    bill them, who come here by `forget_rebilled`."""
    require(acting, Permission.REBILL)
    with transaction.atomic():
        hold_rebilling(invoice_id=invoice_id)
        waiting = RebilledRow.objects.filter(
            seller_id=acting.seller_id, row__invoice_id=invoice_id, told_at__isnull=True
        )
        _hold_waiting(acting, waiting)
        held_invoice(acting, invoice_id)
        withdrawn, _kinds = waiting.delete()
    return withdrawn


def remember_rebilled(*, rows: Sequence[tuple[object, ...]], now: datetime) -> None:
    """Keeps that these rows became charges, each named by its id, so that no run tells them again."""
    update_rows(RebilledRow, "id", ("told_at",), ((row_id, now) for (row_id,) in rows))


def forget_rebilled(*, seller_id: int, keys: Collection[str]) -> None:
    """Un-remembers that these were told. What had drafts of its own is left over again; the rest waits for a run."""
    row_ids = [row_of_key(key) for key in keys]
    rows = RebilledRow.objects.filter(seller_id=seller_id, row_id__among=Numbers(row_ids))
    left_over = rows.filter(waits_as=Target.INVOICES)
    invoice_ids = set(left_over.order_by().values_list("row__invoice_id", flat=True))
    left_over.delete()
    rows.update(told_at=None)
    _open_again(invoice_ids)


def take_back_rebilled(*, seller_id: int, keys: Collection[str]) -> None:
    """Un-remembers what stood on a withdrawn invoice. It waits for the next run as it was, until it is re-billed anew
    or something else is said of its row."""
    row_ids = Numbers([row_of_key(key) for key in keys])
    mine = PurchaseRow.objects.filter(invoice__seller_id=seller_id, id__among=row_ids)
    mine.update(withdrawals=F("withdrawals") + 1)
    passed_on = RebilledRow.objects.filter(seller_id=seller_id, row_id__among=row_ids)
    passed_on.update(told_at=None, waits_as=Target.NEXT_RUN, withdrawn=True)


def open_withdrawn(*, acting: Acting, invoice_id: int, meant: Q) -> None:
    """Those of these rows whose invoice was withdrawn, and that no run has told again, are left over: what is said of
    them now counts when they are re-billed. Called before the invoice is held."""
    hold_withdrawn(acting=acting, invoice_id=invoice_id, meant=meant)
    leave_over_withdrawn(acting=acting, invoice_id=invoice_id, meant=meant)


def hold_withdrawn(*, acting: Acting, invoice_id: int, meant: Q) -> None:
    """No run tells those of these rows again whose invoice was withdrawn. Called before the invoice is held."""
    hold_rebilling(invoice_id=invoice_id)
    _hold_waiting(acting, _withdrawn(acting, invoice_id, meant))


def leave_over_withdrawn(*, acting: Acting, invoice_id: int, meant: Q) -> None:
    """Those of these rows whose invoice was withdrawn are left over; the caller holds them."""
    opened, _kinds = _withdrawn(acting, invoice_id, meant).delete()
    if opened:
        _open_again([invoice_id])


def _withdrawn(acting: Acting, invoice_id: int, meant: Q) -> QuerySet[RebilledRow]:
    return RebilledRow.objects.filter(
        seller_id=acting.seller_id, withdrawn=True, told_at__isnull=True,
        row__in=PurchaseRow.objects.filter(meant, invoice_id=invoice_id),
    )  # fmt: skip


def _hold_waiting(acting: Acting, waiting: QuerySet[RebilledRow]) -> None:
    """Whom these rows are passed on to, held: no run tells what is about to be taken back."""
    ids = set(waiting.order_by().values_list("customer_id", flat=True).distinct())
    mine = Customer.objects.filter(seller_id=acting.seller_id, id__among=Numbers(ids)).order_by("id")
    list(mine.select_for_update(of=("self",)).values_list("id", flat=True))


def _open_again(invoice_ids: Collection[int]) -> None:
    done = PurchaseInvoice.objects.filter(pk__among=Numbers(invoice_ids), state=PurchaseState.REBILLED)
    move_rows(done, to=PurchaseState.UNHANDLED, moves=PURCHASE_MOVES)
