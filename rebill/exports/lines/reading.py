"""Reading the lines of a month in blocks, column by column: in bounded memory, whatever the month holds.

Sales are the lines of the seller's own documents. Purchases are those of the seller above to this one: what stands on
them the dealer has on paper. Nothing else of the seller above is read.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import polars as pl
from django.db.models import QuerySet

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.charges.models import Charge
from rebill.exports.lines.layouts import Side
from rebill.invoices.models import Invoice, InvoiceLine
from rebill.kit.bulk import Numbers, chunks
from rebill.kit.bulk.frames import read_frame
from rebill.parties.models import Customer, Seller
from rebill.rules.periods import add_months
from rebill.subscriptions.models import Change, Subscription

INVOICES_AT_ONCE = 10_000
LINES_AT_ONCE = 50_000
# How much of parties and subscriptions is remembered from block to block.
REMEMBERED = 100_000

Columns = Mapping[str, str]

# What is read of each table: the name in the block, and the field. Quantities are of 10⁻⁸, prices and rates of 10⁻⁶,
# amounts in minor units. A join needs the names that stand in KEYS, whatever is asked for.
LINE: Columns = MappingProxyType({
    "invoice_id": "invoice_id", "position": "position", "charge": "charge", "kind": "kind",
    "product_code": "product_code", "description": "description", "summary_group": "summary_group",
    "starts_on": "starts_on", "ends_before": "ends_before", "quantity_e8": "quantity",
    "prorated_e8": "prorated_quantity", "unit": "unit", "price_e6": "unit_price", "currency": "currency",
    "net_minor": "net_amount", "tax_category": "tax_category", "rate_e6": "tax_rate",
    "ledger_account": "ledger_account", "cost_centre": "cost_centre", "corrects_number": "corrects_number",
    "dimensions": "dimensions",
})  # fmt: skip
BILL: Columns = MappingProxyType({
    "invoice_id": "id", "number": "number", "issued_on": "issued_on", "bill_kind": "kind", "due_on": "due_on",
    "payment_reference": "payment_reference", "customer_reference": "customer_reference", "buyer_id": "customer_id",
})  # fmt: skip
TOLD: Columns = MappingProxyType({
    "charge": "id", "end_customer_id": "end_customer_id", "subscription_id": "subscription_id",
    "sequence": "sequence", "source": "source", "key": "key",
})  # fmt: skip
PARTY: Columns = MappingProxyType({
    "id": "id", "number": "number", "name": "name", "cost_centre": "cost_centre", "vat_id": "vat_id",
    "country": "country", "city": "city", "seller_id": "seller_id", "dealer_id": "as_seller__id",
})  # fmt: skip
ORDERED: Columns = MappingProxyType({
    "subscription_id": "id", "uuid": "uuid", "start_on": "start_on", "subscription_reference": "reference",
    "order_number": "order__number", "general_reference": "order__general_reference",
    "ordered_on": "order__ordered_on",
})  # fmt: skip
CHANGED: Columns = MappingProxyType(
    {"subscription_id": "subscription_id", "sequence": "sequence", "reference": "reference"}
)
# Of customers of dealers no more is shown than their lines say: who they are.
PRIVATE = ("cost_centre", "vat_id", "country", "city")

_WHO = ("id", "number", "name")
END_CUSTOMER = tuple(f"end_customer_{name}" for name in (*_WHO, *PRIVATE))
DEALER = tuple(f"dealer_{name}" for name in _WHO)
WHOLESALER = tuple(f"wholesaler_{name}" for name in _WHO)
# Every column that a block can have.
NAMES = frozenset((*LINE, *BILL, *TOLD, *ORDERED, "reference", *END_CUSTOMER, *DEALER, *WHOLESALER))


@dataclass(frozen=True, slots=True)
class Who:
    """A link of the chain as a file names it; nobody without an id."""

    id: int | None = None
    number: str = ""
    name: str = ""

    def columns(self, prefix: str) -> list[pl.Expr]:
        """The same in every row."""
        return [
            pl.lit(self.id, dtype=pl.Int64).alias(f"{prefix}_id"),
            pl.lit(self.number).alias(f"{prefix}_number"),
            pl.lit(self.name).alias(f"{prefix}_name"),
        ]


@dataclass(slots=True)
class Known:
    """Rows of a table that were read, so that a block reads only those that it is the first to name."""

    key: str
    read: Callable[[list[int]], pl.DataFrame]
    frame: pl.DataFrame | None = None

    def of(self, ids: pl.Series) -> pl.DataFrame:
        """The rows of these ids, and more."""
        wanted = ids.drop_nulls().unique()
        if self.frame is None or self.frame.height > REMEMBERED:
            self.frame = self.read(wanted.to_list())
            return self.frame
        unknown = wanted.filter(~wanted.is_in(self.frame[self.key].implode()))
        if len(unknown):
            self.frame = pl.concat([self.frame, self.read(unknown.to_list())])
        return self.frame


@dataclass(slots=True)
class LineReader:
    """Reads the lines of one side of a seller. Remembers parties and subscriptions from block to block."""

    acting: Acting
    side: Side
    invoices: QuerySet[Invoice] = field(init=False)
    # The seller; what it is as a dealer, nobody if it is none; and the seller above, itself if there is none.
    me: Who = field(init=False)
    own: Who = field(init=False)
    above: Who = field(init=False)
    # On which account the seller books what it buys, by the code that the seller above gave the product.
    accounts: dict[str, str] = field(default_factory=dict)
    _parties: Known = field(init=False)
    _orders: Known = field(init=False)

    def __post_init__(self) -> None:
        require(self.acting, Permission.EXPORT)
        seller = Seller.objects.select_related("as_customer__seller").get(pk=self.acting.seller_id)
        self.me = self.above = Who(seller.pk, seller.slug, seller.name)
        self.own = Who()
        self.invoices = Invoice.objects.filter(seller_id=seller.pk)
        if seller.as_customer is not None:
            above, as_customer = seller.as_customer.seller, seller.as_customer
            self.above = Who(above.pk, above.slug, above.name)
            self.own = Who(as_customer.pk, as_customer.number or "", as_customer.name)
        if self.side is Side.PURCHASE:
            self.invoices = Invoice.objects.none()
            if seller.as_customer is not None:
                self.invoices = Invoice.objects.filter(
                    seller_id=seller.as_customer.seller_id, customer_id=seller.as_customer.pk
                )
            # What it is booked on is the dealer's own affair: its product says so, never the wholesaler's.
            resold = Product.objects.filter(seller_id=seller.pk, resells__isnull=False).order_by("id")
            self.accounts = dict(resold.values_list("resells__code", "ledger_account"))
        self._parties = Known("id", self._read_parties)
        self._orders = Known("subscription_id", _read_orders)

    def count(self, month: date) -> int:
        """How many lines the month has."""
        return InvoiceLine.objects.filter(invoice__in=self._of_month(month)).count()

    def read(self, month: date, *, most: int | None = None, names: Collection[str] = NAMES) -> Iterator[pl.DataFrame]:
        """The lines of documents dated in the month, as they were issued; of the first documents only, if wanted.

        A block has a row for each line, and at least the columns that are asked for of NAMES. LINES_AT_ONCE bound it,
        unless a single document has more.
        """
        ids = self._of_month(month).order_by("id").values_list("id", flat=True)
        for some in chunks(list(ids if most is None else ids[:most]), INVOICES_AT_ONCE):
            for part in _of_lines_at_once(some):
                block = self._block(part, frozenset(names))
                if block.height:
                    yield block

    def _of_month(self, month: date) -> QuerySet[Invoice]:
        first = month.replace(day=1)
        return self.invoices.filter(issued_on__gte=first, issued_on__lt=add_months(first, 1))

    def _block(self, invoice_ids: Sequence[int], names: frozenset[str]) -> pl.DataFrame:
        among = Numbers(invoice_ids)
        lines = InvoiceLine.objects.filter(invoice_id__among=among).order_by("invoice_id", "position")
        block = read_frame(lines, **_chosen(LINE, names, "invoice_id", "charge"))
        bills = Invoice.objects.filter(id__among=among).order_by()
        bill = read_frame(bills, **_chosen(BILL, names, "invoice_id", "buyer_id"))
        block = block.join(bill, on="invoice_id", how="left", maintain_order="left")
        chain = names.intersection((*END_CUSTOMER, *DEALER, *WHOLESALER))
        ordered = names.intersection((*ORDERED, "reference"))
        if chain or ordered or names.intersection(TOLD):
            told = Charge.objects.filter(id__among=Numbers(block["charge"].drop_nulls().to_list())).order_by()
            told_of = read_frame(
                told, **_chosen(TOLD, names, "charge", "end_customer_id", "subscription_id", "sequence")
            )
            block = block.join(told_of, on="charge", how="left", maintain_order="left")
            block = block.with_columns(pl.coalesce("end_customer_id", "buyer_id").alias("end_customer_id"))
        if chain:
            block = self._with_chain(block)
        if ordered:
            block = self._with_orders(block)
        return block

    def _with_chain(self, block: pl.DataFrame) -> pl.DataFrame:
        """The end customer, and whoever buys from the seller and sells on, and who sells to it."""
        parties = self._parties.of(pl.concat([block["end_customer_id"], block["buyer_id"]]))
        ends = parties.select(
            pl.col("id").alias("end_customer_id"),
            *(pl.col(name).alias(f"end_customer_{name}") for name in ("number", "name", *PRIVATE)),
        )
        block = block.join(ends, on="end_customer_id", how="left", maintain_order="left")
        if self.side is Side.PURCHASE:
            return block.with_columns(*self.own.columns("dealer"), *self.above.columns("wholesaler"))
        dealers = parties.filter(pl.col("dealer_id").is_not_null())
        resellers = dealers.select(
            pl.col("id").alias("buyer_id"), *(pl.col(name).alias(f"dealer_{name}") for name in _WHO)
        )
        block = block.join(resellers, on="buyer_id", how="left", maintain_order="left")
        resold = pl.col("dealer_id").is_not_null()
        mine, above = self.me.columns("wholesaler"), self.above.columns("wholesaler")
        return block.with_columns(
            *(pl.coalesce(own.meta.output_name(), own) for own in self.own.columns("dealer")),
            *(pl.when(resold).then(me).otherwise(them) for me, them in zip(mine, above, strict=True)),
        )

    def _read_parties(self, ids: list[int]) -> pl.DataFrame:
        found = read_frame(Customer.objects.filter(id__among=Numbers(ids)).order_by(), **PARTY)
        mine = pl.col("seller_id") == self.acting.seller_id
        return found.with_columns(
            pl.when(mine).then(pl.col(name)).otherwise(pl.lit("")).alias(name) for name in PRIVATE
        )

    def _with_orders(self, block: pl.DataFrame) -> pl.DataFrame:
        """The subscription of each line, its order, and the reference of the change that it is about."""
        orders = self._orders.of(block["subscription_id"])
        block = block.join(orders, on="subscription_id", how="left", maintain_order="left")
        changed = block.filter(pl.col("sequence") != 0)["subscription_id"].drop_nulls().unique().to_list()
        if not changed:
            return block.with_columns(reference=pl.lit(""))
        found = read_frame(Change.objects.filter(subscription_id__among=Numbers(changed)).order_by(), **CHANGED)
        return block.join(found, on=["subscription_id", "sequence"], how="left", maintain_order="left")


def _read_orders(ids: list[int]) -> pl.DataFrame:
    return read_frame(Subscription.objects.filter(id__among=Numbers(ids)).order_by(), **ORDERED)


def _chosen(columns: Columns, names: Collection[str], *keys: str) -> Columns:
    """The columns that are asked for, and those that blocks are joined by."""
    return {name: column for name, column in columns.items() if name in keys or name in names}


def _of_lines_at_once(invoice_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The documents in parts that have no more than LINES_AT_ONCE together, or are one document."""
    lines = InvoiceLine.objects.filter(invoice_id__among=Numbers(invoice_ids)).count()
    if lines <= LINES_AT_ONCE or len(invoice_ids) == 1:
        yield invoice_ids
        return
    for part in chunks(invoice_ids, max(len(invoice_ids) * LINES_AT_ONCE // (lines + lines // 10), 1)):
        yield from _of_lines_at_once(part)
