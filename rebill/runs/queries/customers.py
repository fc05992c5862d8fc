"""What drafts need to know of their customers, read for a chunk at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from rebill.charges.queries import BilledDay, horizon_of
from rebill.kit.bulk import Numbers, read_all
from rebill.parties.models import Customer, CustomerKind, CustomerStatus, DeliveryChannel, Seller
from rebill.rules.periods import add_months
from rebill.rules.timeline import ChangeKind
from rebill.runs.models import Draft, DraftState
from rebill.sources.contract import BilledCustomer
from rebill.subscriptions.models import Change, Subscription

# How far back a draft's total is compared.
COMPARED_MONTHS = 6


class DraftCustomer(NamedTuple):
    """A customer as its drafts see it."""

    id: int
    number: str | None
    name: str
    currency: str
    country: str
    vat_id: str
    is_organisation: bool
    has_address: bool
    has_email: bool
    needs_email: bool
    ended: bool
    per_cost_centre: bool


# What `draft_customer` is made of, in its order; whoever reads more of a customer reads it after these.
DRAFT_CUSTOMER_COLUMNS = (
    "id", "number", "name", "currency", "country", "vat_id", "kind", "street", "city", "invoice_emails", "channel",
    "status", "per_cost_centre",
)  # fmt: skip


def draft_customers(*, seller: Seller, customer_ids: Collection[int]) -> dict[int, DraftCustomer]:
    """These customers of the seller, by id."""
    mine = Customer.objects.filter(seller_id=seller.id, id__among=Numbers(customer_ids)).order_by("id")
    return {row[0]: draft_customer(seller, row) for row in read_all(mine, *DRAFT_CUSTOMER_COLUMNS)}


def customers_to_bill(
    *, seller: Seller, billed_on: date, customer_ids: Collection[int], hold: bool
) -> tuple[dict[int, DraftCustomer], dict[int, BilledCustomer]]:
    """These customers of the seller as drafts see them and as sources do, by id; one read for a run on `billed_on`.

    With `hold` their rows are held until the end of the transaction, as `lock_customers` holds them.
    """
    mine = Customer.objects.filter(seller_id=seller.id, id__among=Numbers(customer_ids)).order_by("id")
    besides = ("language", "cost_centre", "invoice_interval_months", "invoice_months")
    day = BilledDay(seller, billed_on)
    drafted: dict[int, DraftCustomer] = {}
    billed: dict[int, BilledCustomer] = {}
    rows = mine.select_for_update(of=("self",)) if hold else mine
    for row in read_all(rows, *DRAFT_CUSTOMER_COLUMNS, *besides):
        customer = drafted[row[0]] = draft_customer(seller, row)
        billed[row[0]] = day.customer(customer.currency, *row[-len(besides) :])
    return drafted, billed


def draft_customer(seller: Seller, row: Sequence[Any]) -> DraftCustomer:
    """One customer, from a row that begins with DRAFT_CUSTOMER_COLUMNS."""
    customer_id, number, name, currency, country, vat_id, kind, street, city, emails, channel, status, per_centre = row[
        : len(DRAFT_CUSTOMER_COLUMNS)
    ]
    return DraftCustomer(
        id=customer_id,
        number=number,
        name=name,
        currency=currency or seller.currency,
        country=country,
        vat_id=vat_id,
        is_organisation=kind == CustomerKind.ORGANISATION,
        has_address=bool(street and city),
        has_email=bool(emails),
        needs_email=channel == DeliveryChannel.EMAIL,
        ended=status == CustomerStatus.ENDED,
        per_cost_centre=bool(per_centre),
    )


def earlier_nets(
    *, customer_ids: Collection[int], billed_on: date, months: int = COMPARED_MONTHS
) -> dict[tuple[int, str], tuple[int, ...]]:
    """The net totals issued in the months before a run, per customer and currency, one per run day, oldest first."""
    since = add_months(billed_on, -months)
    rows = read_all(
        Draft.objects.filter(
            customer_id__among=Numbers(customer_ids),
            state=DraftState.ISSUED,
            billed_on__gte=since,
            billed_on__lt=billed_on,
        ).order_by("customer_id", "billed_on"),
        "customer_id",
        "currency",
        "billed_on",
        "net_amount",
    )
    per_day: dict[tuple[int, str], dict[date, int]] = defaultdict(dict)
    for customer_id, currency, day, net in rows:
        days = per_day[customer_id, currency]
        days[day] = days.get(day, 0) + net
    return {key: tuple(days.values()) for key, days in per_day.items()}


def billed_before(*, customer_ids: Collection[int], billed_on: date) -> set[int]:
    """Those of these customers who were invoiced for a run before this day, however long ago."""
    issued = Draft.objects.filter(customer=OuterRef("id"), billed_on__lt=billed_on, state=DraftState.ISSUED)
    rows = Customer.objects.filter(Exists(issued), id__among=customer_ids)
    return set(rows.order_by().values_list("id", flat=True))


def going_on(*, customer_ids: Collection[int], billed_on: date) -> set[int]:
    """Those of these customers who have no subscription at all, or one that goes on after what a monthly run on this
    day bills: for the others this is the last invoice."""
    after = horizon_of(billed_on, 1, ()).advance_before
    cancelled = Change.objects.filter(
        subscription=OuterRef("id"), kind=ChangeKind.CANCEL, effective_on__lte=after, revoked_by__isnull=True
    )
    mine = Subscription.objects.filter(customer=OuterRef("id"))
    running = mine.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=after)).filter(~Exists(cancelled))
    rows = Customer.objects.filter(~Exists(mine) | Exists(running), id__among=customer_ids)
    return set(rows.order_by().values_list("id", flat=True))
