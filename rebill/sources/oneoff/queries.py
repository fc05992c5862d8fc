"""Reads of interim lines: those that wait, one by its uuid, and when customers owe them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import Numbers, read_all, read_rows
from rebill.kit.errors import NotFound
from rebill.parties.entries import LANGUAGES
from rebill.rules.money import Money, amount_minor, digits_of
from rebill.rules.reconcile import ChargeKind
from rebill.sources.contract import Outlook
from rebill.sources.oneoff.models import InterimLine


class LineNotFound(NotFound):
    """The seller has no interim line with this uuid."""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An interim line that was not told yet, as integers: the quantity of 10⁻⁸, the price of 10⁻⁶."""

    id: int
    customer_id: int
    uuid: UUID
    kind: str
    product_id: int | None
    description: str
    supplied_on: date
    quantity_e8: int
    price_e6: int
    currency: str
    rate_class: str
    supply: str
    ledger_account: str
    summary_group: int
    cost_centre: str
    reference: str


def line_of(*, acting: Acting, uuid: UUID) -> InterimLine:
    """The seller's interim line with this uuid."""
    require(acting, Permission.READ)
    rows = InterimLine.objects.filter(seller_id=acting.seller_id, uuid=uuid)
    line = rows.select_related("customer", "product").first()
    if line is None:
        raise LineNotFound(_("There is no interim line %(named)s.") % {"named": uuid})
    return line


def waiting_lines(*, acting: Acting) -> QuerySet[InterimLine]:
    """The seller's interim lines that no run has billed yet, to be filtered further."""
    require(acting, Permission.READ)
    rows = InterimLine.objects.filter(seller_id=acting.seller_id, told_at__isnull=True)
    return rows.select_related("customer", "product")


def line_amount(line: InterimLine) -> Money:
    """What the line comes to without VAT, below zero for a credit; rounded as the charge it becomes."""
    quantity_e8, price_e6 = int(line.quantity.scaleb(8)), int(line.unit_price.scaleb(6))
    return Money(amount_minor(quantity_e8, price_e6, digits_of(line.currency)), line.currency)


@dataclass(frozen=True, slots=True)
class LineCounts:
    """How many lines wait, and how many of them give something back."""

    all: int
    credits: int

    @property
    def charges(self) -> int:
        """Those that ask for money."""
        return self.all - self.credits


def find_waiting_lines(*, acting: Acting, search: str = "") -> QuerySet[InterimLine]:
    """The waiting lines that match, the latest first: each word stands in the customer's name, begins its number or the
    product's code, or stands in what the line says, its reference or the product's name."""
    found = waiting_lines(acting=acting)
    for word in search.split():
        matches = (
            Q(customer__name__icontains=word)
            | Q(customer__number__istartswith=word)
            | Q(description__icontains=word)
            | Q(reference__icontains=word)
            | Q(product__code__istartswith=word)
        )
        for language in LANGUAGES:
            matches |= Q(**{f"product__names__{language}__icontains": word})
        found = found.filter(matches)
    return found.order_by("-id")


def count_lines(lines: QuerySet[InterimLine]) -> LineCounts:
    """How many these are; one read."""
    counts = lines.order_by().aggregate(all=Count("id"), credits=Count("id", filter=Q(kind=ChargeKind.CREDIT)))
    return LineCounts(counts["all"], counts["credits"])


def outlooks(*, seller_id: int, customer_ids: Collection[int] | None) -> Iterator[Outlook]:
    """The first day on which each customer owes a line that waits: one grouped read over the lines not told.

    A line is owed when its day is past, or lies in the days that are billed ahead.
    """
    rows = InterimLine.objects.filter(seller_id=seller_id, told_at__isnull=True)
    if customer_ids is not None:
        rows = rows.filter(customer_id__among=Numbers(customer_ids))
    grouped = rows.values("customer_id").annotate(first_on=Min("supplied_on")).order_by("customer_id")
    for customer_id, first_on in read_rows(grouped, "customer_id", "first_on"):
        yield Outlook(customer_id=customer_id, advance_on=first_on, arrears_on=first_on)


def lines_not_told(*, seller_id: int, customer_ids: Collection[int]) -> Iterator[WaitingLine]:
    """Every line of these customers that waits, by customer and in the order they were added."""
    rows = InterimLine.objects.filter(
        seller_id=seller_id, customer_id__among=Numbers(customer_ids), told_at__isnull=True
    )
    for row in read_all(
        rows.order_by("customer_id", "id"),
        "id",
        "customer_id",
        "uuid",
        "kind",
        "product_id",
        "description",
        "supplied_on",
        "quantity",
        "unit_price",
        "currency",
        "rate_class",
        "supply",
        "ledger_account",
        "summary_group",
        "cost_centre",
        "reference",
    ):
        yield WaitingLine(*row)
