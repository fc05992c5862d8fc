"""A purchase invoice split to end customers: who is ready to be billed, who is held back and why, and what all of it
comes to. Bought = re-billed at cost + left over + excluded, to the cent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.db.models import QuerySet

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import read_rows
from rebill.rules.money import ONE_E6, amount_minor, digits_of, divide_half_up
from rebill.rules.rebilling import PriceGroups, sell_price_e6
from rebill.sources.supplier_invoices.contract import RowKind
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow
from rebill.sources.supplier_invoices.queries.pricing import read_price_groups

# Where a price of one came from that a person set.
BY_HAND = "set by hand"


class Standing(StrEnum):
    """How far an end customer of a purchase invoice is: billed, waiting for a run because its invoice was withdrawn,
    ready, held back, or nobody's concern."""

    BILLED = "billed"
    WITHDRAWN = "withdrawn"
    READY = "ready"
    HELD = "held"
    EXCLUDED = "excluded"


class SplitRow(NamedTuple):
    """A row with what it is sold for. Amounts in minor units; prices of 10⁻⁶, quantities of 10⁻⁸."""

    id: int
    position: int
    kind: str
    code: str
    name: str
    unit: str
    quantity_e8: int
    price_e6: int
    net: int
    gross: int | None
    vat_rate_e6: int | None
    starts_on: date | None
    ends_before: date | None
    end_identity: str
    end_number: str
    end_name: str
    end_is_doubtful: bool
    customer_id: int | None
    customer_by: str
    product_id: int | None
    product_by: str
    excluded_reason: str
    rebilled_id: int | None
    sell_price_e6: int
    sell: int
    origin: str
    is_set_by_hand: bool
    is_withdrawn: bool

    @property
    def is_excluded(self) -> bool:
        return bool(self.excluded_reason)

    @property
    def lacks_product(self) -> bool:
        """Whether it holds its customer back because nobody knows what it is."""
        return not self.is_excluded and self.product_id is None

    @property
    def margin(self) -> int:
        return self.sell - self.net

    @property
    def gross_or_made(self) -> int:
        """The supplier's amount with VAT, made of its rate where it is not stated."""
        if self.gross is not None:
            return self.gross
        return self.net + divide_half_up(self.net * (self.vat_rate_e6 or 0), 100 * ONE_E6)


@dataclass(slots=True)
class EndCustomer:
    """The rows of one end customer, matched or not. Complete or not at all: one row that lacks something holds all of
    them back."""

    identity: str
    customer_id: int | None
    name: str
    number: str
    rows: list[SplitRow] = field(default_factory=list)

    @property
    def counted(self) -> Iterator[SplitRow]:
        return (row for row in self.rows if not row.is_excluded)

    @property
    def buy(self) -> int:
        return sum(row.net for row in self.counted)

    @property
    def sell(self) -> int:
        return sum(row.sell for row in self.counted)

    @property
    def margin(self) -> int:
        return self.sell - self.buy

    @property
    def standing(self) -> Standing:
        counted = list(self.counted)
        if not counted:
            return Standing.EXCLUDED
        if self.customer_id is None or any(row.product_id is None for row in counted):
            return Standing.HELD
        if all(row.rebilled_id is not None for row in counted):
            return Standing.WITHDRAWN if any(row.is_withdrawn for row in counted) else Standing.BILLED
        return Standing.READY

    @property
    def below_cost(self) -> int:
        """How many rows are sold for less than they cost."""
        return sum(row.sell < row.net for row in self.counted)


class Sums(NamedTuple):
    """What a purchase invoice comes to, without VAT and in minor units. The first is the sum of the three after it."""

    bought: int
    rebilled: int
    left_over: int
    excluded: int
    sold: int

    @property
    def adds_up(self) -> bool:
        return self.bought == self.rebilled + self.left_over + self.excluded

    @property
    def margin(self) -> int:
        """What was earned on what is re-billed."""
        return self.sold - self.rebilled


@dataclass(frozen=True, slots=True)
class Split:
    """The whole invoice: its end customers in the order of their first rows, and the rows that are for nobody."""

    invoice: PurchaseInvoice
    customers: Sequence[EndCustomer]
    others: Sequence[SplitRow]

    def standing(self, *wanted: Standing) -> list[EndCustomer]:
        """The end customers that stand so far."""
        return [each for each in self.customers if each.standing in wanted]

    @property
    def rows(self) -> Iterator[SplitRow]:
        for each in self.customers:
            yield from each.rows
        yield from self.others

    @property
    def sums(self) -> Sums:
        rows = list(self.rows)
        rebilled = [row for row in rows if row.rebilled_id is not None]
        excluded = [row for row in rows if row.rebilled_id is None and row.is_excluded]
        left = [row for row in rows if row.rebilled_id is None and not row.is_excluded]
        return Sums(
            bought=self.invoice.net.minor,
            rebilled=sum(row.net for row in rebilled),
            left_over=sum(row.net for row in left),
            excluded=sum(row.net for row in excluded),
            sold=sum(row.sell for row in rebilled),
        )


def split_invoice(acting: Acting, invoice: PurchaseInvoice) -> Split:
    """The purchase invoice split to end customers; three reads, however many rows."""
    require(acting, Permission.READ)
    groups = read_price_groups(seller_id=acting.seller_id)
    customers: dict[str, EndCustomer] = {}
    others: list[SplitRow] = []
    for row in _rows(invoice, groups):
        if row.kind != RowKind.ROW.value or not (row.end_identity or row.customer_id):
            others.append(row)
            continue
        identity = row.end_identity if row.customer_id is None else f"customer:{row.customer_id}"
        end = customers.get(identity)
        if end is None:
            end = customers[identity] = EndCustomer(identity, row.customer_id, row.end_name, row.end_number)
        end.rows.append(row)
    return Split(invoice, list(customers.values()), others)


def priced_rows(acting: Acting, invoice: PurchaseInvoice, row_ids: Sequence[int]) -> dict[int, SplitRow]:
    """Some rows of the purchase invoice with what they are sold for, by id; two reads."""
    require(acting, Permission.READ)
    chosen = PurchaseRow.objects.filter(pk__in=row_ids)
    return {row.id: row for row in _rows(invoice, read_price_groups(seller_id=acting.seller_id), chosen)}


_COLUMNS = (
    "id", "position", "kind", "code", "name", "unit", "quantity", "unit_price", "net", "gross", "vat_rate", "starts_on",
    "ends_before", "end_identity", "end_number", "end_name", "end_is_doubtful", "customer_id", "customer_by",
    "product_id", "product_by", "excluded_reason", "rebilled__id", "rebilled__unit_price", "rebilled__amount",
    "rebilled__origin", "rebilled__withdrawn", "rebilled__told_at", "sell_price",
)  # fmt: skip


def _rows(
    invoice: PurchaseInvoice, groups: PriceGroups, chosen: QuerySet[PurchaseRow] | None = None
) -> Iterator[SplitRow]:
    """The rows of the invoice, or of it those that are `chosen`, in their order."""
    digits = digits_of(invoice.currency)
    rows = (PurchaseRow.objects.all() if chosen is None else chosen).filter(invoice=invoice).order_by("position")
    for row in read_rows(rows, *_COLUMNS):
        *stated, rebilled_id, told_price, told_amount, told_origin, withdrawn, told_at, by_hand = row
        quantity, price, net, customer_id, product_id = stated[6], stated[7], stated[8], stated[17], stated[19]
        if rebilled_id is not None:
            is_withdrawn = bool(withdrawn) and told_at is None
            said = (rebilled_id, told_price, told_amount, told_origin, by_hand is not None, is_withdrawn)
            yield SplitRow._make((*stated, *said))
            continue
        origin = ""
        asked = price
        if by_hand is not None:
            asked, origin = by_hand, BY_HAND
        elif customer_id is not None and product_id is not None:
            factor = groups.factor(customer_id=customer_id, product_id=product_id, on=invoice.issued_on)
            if factor is not None:
                asked = sell_price_e6(price, factor.factor_e6)
                origin = f"× {Decimal(factor.factor_e6).scaleb(-6).normalize():f}"
        # At the supplier's price a row comes to the supplier's amount, whatever its quantity says.
        sell = net if asked == price else amount_minor(quantity, asked, digits)
        yield SplitRow._make((*stated, None, asked, sell, origin, by_hand is not None, False))
