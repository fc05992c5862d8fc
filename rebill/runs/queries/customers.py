"""What drafts need to know of their customers, read for a chunk at once."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from rebill.kit.bulk import read_rows
from rebill.parties.models import Customer, CustomerKind, CustomerStatus, DeliveryChannel, Seller
from rebill.rules.periods import add_months
from rebill.runs.models import Draft, DraftState

# How far back a draft's total is compared.
COMPARED_MONTHS = 6


@dataclass(frozen=True, slots=True)
class DraftCustomer:
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


def draft_customers(*, seller: Seller, customer_ids: Collection[int]) -> dict[int, DraftCustomer]:
    """These customers of the seller, by id."""
    rows = read_rows(
        Customer.objects.filter(seller_id=seller.id, id__among=customer_ids).order_by("id"),
        "id", "number", "name", "currency", "country", "vat_id", "kind", "street", "city", "invoice_emails", "channel",
        "status", "per_cost_centre",
    )  # fmt: skip
    return {
        row[0]: DraftCustomer(
            id=row[0],
            number=row[1],
            name=row[2],
            currency=row[3] or seller.currency,
            country=row[4],
            vat_id=row[5],
            is_organisation=row[6] == CustomerKind.ORGANISATION,
            has_address=bool(row[7] and row[8]),
            has_email=bool(row[9]),
            needs_email=row[10] == DeliveryChannel.EMAIL,
            ended=row[11] == CustomerStatus.ENDED,
            per_cost_centre=bool(row[12]),
        )
        for row in rows
    }


def earlier_nets(
    *, customer_ids: Collection[int], billed_on: date, months: int = COMPARED_MONTHS
) -> dict[tuple[int, str], tuple[int, ...]]:
    """The net totals issued in the months before a run, per customer and currency, one per run day, oldest first."""
    since = add_months(billed_on, -months)
    rows = read_rows(
        Draft.objects.filter(
            customer_id__among=customer_ids, state=DraftState.ISSUED, billed_on__gte=since, billed_on__lt=billed_on
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
