"""Reading the lines of a month in blocks, column by column: in bounded memory, whatever the month holds.

Sales are the lines of the seller's own documents. Purchases are those of the seller above to this one: what stands on
them the dealer has on paper. Nothing else of the seller above is read.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.charges.models import Charge
from rebill.exports.lines.layouts import Side
from rebill.invoices.models import Invoice, InvoiceLine
from rebill.kit.bulk import Numbers, chunks, read_all
from rebill.parties.models import Customer, Seller
from rebill.rules.money import digits_of
from rebill.rules.periods import add_months
from rebill.subscriptions.models import Change, Subscription

INVOICES_AT_ONCE = 500
# How much of parties and subscriptions is remembered from block to block.
REMEMBERED = 50_000


class Line(NamedTuple):
    """A line as it is read; quantities of 10⁻⁸, prices and rates of 10⁻⁶, amounts in minor units."""

    invoice_id: int
    position: int
    charge: int | None
    kind: str
    product_code: str
    description: str
    summary_group: int
    starts_on: date | None
    ends_before: date | None
    quantity_e8: int
    prorated_e8: int
    unit: str
    price_e6: int
    currency: str
    net_minor: int
    tax_category: str
    rate_e6: int
    ledger_account: str
    cost_centre: str
    corrects_number: str
    dimensions: dict[str, str]


LINE_COLUMNS = (
    "invoice_id", "position", "charge", "kind", "product_code", "description", "summary_group", "starts_on",
    "ends_before", "quantity", "prorated_quantity", "unit", "unit_price", "currency", "net_amount", "tax_category",
    "tax_rate", "ledger_account", "cost_centre", "corrects_number", "dimensions",
)  # fmt: skip


class Billed(NamedTuple):
    """The document of a line."""

    id: int
    number: str
    issued_on: date
    kind: str
    due_on: date
    payment_reference: str
    customer_reference: str
    customer_id: int


class Told(NamedTuple):
    """The charge of a line."""

    id: int
    end_customer_id: int
    subscription_id: int | None
    sequence: int
    source: str
    key: str
    product_id: int | None


class Party(NamedTuple):
    """A customer, and whether it is a seller itself."""

    id: int
    number: str | None
    name: str
    cost_centre: str
    vat_id: str
    country: str
    city: str
    seller_id: int
    dealer_id: int | None


class Ordered(NamedTuple):
    """A subscription, with its order."""

    id: int
    uuid: object
    start_on: date
    reference: str
    order_number: str | None
    general_reference: str | None
    ordered_on: date | None


NOBODY = Party(0, "", "", "", "", "", "", 0, None)
UNTOLD = Told(0, 0, None, 0, "", "", None)
UNORDERED = Ordered(0, "", date.min, "", None, None, None)


@dataclass(slots=True)
class Block:
    """The lines of some documents, with all that is said of each; one item of every list belongs to one line."""

    lines: list[Line]
    bills: list[Billed]
    told: list[Told]
    end_customers: list[Party]
    dealers: list[Party]
    wholesalers: list[Party]
    orders: list[Ordered]
    references: list[str]


@dataclass(slots=True)
class LineReader:
    """Reads the lines of one side of a seller. Remembers parties and subscriptions from block to block."""

    acting: Acting
    side: Side
    invoices: QuerySet[Invoice] = field(init=False)
    # The seller; what it is as a dealer, nobody if it is none; and the seller above, itself if there is none.
    me: Party = field(init=False)
    own: Party = field(init=False)
    above: Party = field(init=False)
    _parties: dict[int, Party] = field(default_factory=dict)
    _orders: dict[int, Ordered] = field(default_factory=dict)
    _accounts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(self.acting, Permission.EXPORT)
        seller = Seller.objects.select_related("as_customer__seller").get(pk=self.acting.seller_id)
        self.me = self.above = NOBODY._replace(id=seller.pk, number=seller.slug, name=seller.name)
        self.own = NOBODY
        self.invoices = Invoice.objects.filter(seller_id=seller.pk)
        if seller.as_customer is not None:
            above = seller.as_customer.seller
            self.above = NOBODY._replace(id=above.pk, number=above.slug, name=above.name)
            as_customer = seller.as_customer
            self.own = NOBODY._replace(
                id=as_customer.pk, number=as_customer.number or "", name=as_customer.name, dealer_id=seller.pk
            )
        if self.side is Side.PURCHASE:
            self.invoices = Invoice.objects.none()
            if seller.as_customer is not None:
                self.invoices = Invoice.objects.filter(
                    seller_id=seller.as_customer.seller_id, customer_id=seller.as_customer.pk
                )
            # What it is booked on is the dealer's own affair: its product says so, never the wholesaler's.
            resold = Product.objects.filter(seller_id=seller.pk, resells__isnull=False).order_by("id")
            self._accounts = dict(resold.values_list("resells__code", "ledger_account"))

    def count(self, month: date) -> int:
        """How many lines the month has."""
        return InvoiceLine.objects.filter(invoice__in=self._of_month(month)).count()

    def read(self, month: date, *, most: int | None = None) -> Iterator[Block]:
        """The lines of documents dated in the month, as they were issued; of the first documents only, if wanted."""
        ids = self._of_month(month).order_by("id").values_list("id", flat=True)
        for some in chunks(list(ids if most is None else ids[:most]), INVOICES_AT_ONCE):
            yield self._block(some)

    def account_of(self, line: Line) -> str:
        """On which ledger account the seller books the line."""
        return line.ledger_account if self.side is Side.SALES else self._accounts.get(line.product_code, "")

    def _of_month(self, month: date) -> QuerySet[Invoice]:
        first = month.replace(day=1)
        return self.invoices.filter(issued_on__gte=first, issued_on__lt=add_months(first, 1))

    def _block(self, invoice_ids: Sequence[int]) -> Block:
        bills = {
            row[0]: Billed(*row)
            for row in read_all(
                Invoice.objects.filter(id__among=Numbers(invoice_ids)).order_by("id"),
                "id", "number", "issued_on", "kind", "due_on", "payment_reference", "customer_reference",
                "customer_id",
            )
        }  # fmt: skip
        lines = list(
            map(
                Line._make,
                read_all(
                    InvoiceLine.objects.filter(invoice_id__among=Numbers(invoice_ids)).order_by(
                        "invoice_id", "position"
                    ),
                    *LINE_COLUMNS,
                ),
            )
        )
        told = self._told(lines)
        line_bills = [bills[line.invoice_id] for line in lines]
        line_told = [UNTOLD if line.charge is None else told.get(line.charge, UNTOLD) for line in lines]
        ends = [each.end_customer_id or bill.customer_id for each, bill in zip(line_told, line_bills, strict=True)]
        self._learn_parties({*ends, *(bill.customer_id for bill in bills.values())})
        pairs = {(bill.customer_id, end) for bill, end in zip(line_bills, ends, strict=True)}
        chains = {pair: self._chain(*pair) for pair in pairs}
        line_chains = [chains[bill.customer_id, end] for bill, end in zip(line_bills, ends, strict=True)]
        orders, references = self._ordered(line_told)
        return Block(
            lines=lines,
            bills=line_bills,
            told=line_told,
            end_customers=[self._parties[end] for end in ends],
            dealers=[dealer for dealer, _wholesaler in line_chains],
            wholesalers=[wholesaler for _dealer, wholesaler in line_chains],
            orders=orders,
            references=references,
        )

    def _told(self, lines: Sequence[Line]) -> dict[int, Told]:
        ids = [line.charge for line in lines if line.charge is not None]
        rows = read_all(
            Charge.objects.filter(id__among=Numbers(ids)).order_by(),
            "id", "end_customer_id", "subscription_id", "sequence", "source", "key", "product_id",
        )  # fmt: skip
        return {row[0]: Told._make(row) for row in rows}

    def _learn_parties(self, ids: Collection[int]) -> None:
        if len(self._parties) > REMEMBERED:
            self._parties.clear()
        unknown = [each for each in ids if each not in self._parties]
        rows = read_all(
            Customer.objects.filter(id__among=Numbers(unknown)).order_by(),
            "id", "number", "name", "cost_centre", "vat_id", "country", "city", "seller_id", "as_seller__id",
        ) if unknown else []  # fmt: skip
        for row in rows:
            party = Party._make(row)
            if party.seller_id != self.acting.seller_id:
                # Of customers of dealers no more than their lines say: who they are.
                party = party._replace(cost_centre="", vat_id="", country="", city="")
            self._parties[party.id] = party

    def _chain(self, buyer_id: int, end_customer_id: int) -> tuple[Party, Party]:
        """The dealer and the wholesaler of a line: whoever buys from the seller and sells on, and who sells to it."""
        if self.side is Side.PURCHASE:
            return self.own, self.above
        buyer = self._parties[buyer_id]
        if buyer.dealer_id is not None:
            return buyer, self.me
        return self.own, self.above

    def _ordered(self, told: Sequence[Told]) -> tuple[list[Ordered], list[str]]:
        """The order of each line, and the reference of the change that it is about."""
        if len(self._orders) > REMEMBERED:
            self._orders.clear()
        ids = {each.subscription_id for each in told if each.subscription_id is not None}
        unknown = [each for each in ids if each not in self._orders]
        rows = read_all(
            Subscription.objects.filter(id__among=Numbers(unknown)).order_by(),
            "id", "uuid", "start_on", "reference", "order__number", "order__general_reference", "order__ordered_on",
        ) if unknown else []  # fmt: skip
        self._orders |= {row[0]: Ordered._make(row) for row in rows}
        changed = {each.subscription_id for each in told if each.sequence and each.subscription_id is not None}
        changes: dict[tuple[int, int], str] = {}
        if changed:
            found = Change.objects.filter(subscription_id__among=Numbers(changed)).order_by()
            changes = {
                (subscription_id, sequence): reference
                for subscription_id, sequence, reference in found.values_list(
                    "subscription_id", "sequence", "reference"
                )
            }
        orders = [self._orders[each.subscription_id] if each.subscription_id else UNORDERED for each in told]
        references = [changes.get((each.subscription_id or 0, each.sequence), "") for each in told]
        return orders, references


def digits_by_currency(lines: Sequence[Line]) -> dict[str, int]:
    """How many decimals each of the currencies has."""
    return {currency: digits_of(currency) for currency in {line.currency for line in lines}}
