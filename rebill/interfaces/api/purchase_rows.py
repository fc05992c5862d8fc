"""Rows of purchase invoices: whom each is for, what it is, what it is sold for, and mending what nobody knows."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy
from ninja import Query
from pydantic import Field

from rebill.access.acting import Acting
from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Exact, Id, Line, Shown, scaled, with_example
from rebill.kit.errors import Invalid
from rebill.rules.matching.products import product_identity
from rebill.rules.money import Money
from rebill.sources.supplier_invoices import commands
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, RebilledRow
from rebill.sources.supplier_invoices.queries.candidates import nearest_customers
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of, purchase_rows
from rebill.sources.supplier_invoices.queries.splitting import SplitRow, Standing, priced_rows, split_invoice

purchased_rows = Endpoints(Area.PURCHASES, "Rows of purchase invoices")

UNMATCHED_MAX = 100


class LinkUnclear(Invalid):
    """A link names exactly one thing: a customer, a product, or which of both is forgotten."""

    field = "customer_id"
    why = gettext_lazy("Name either a customer or a product.")
    remedy = gettext_lazy("Send one of customer_id, product_id and forgets.")


class PurchaseRowShown(Shown):
    """A row, in the currency of its invoice. `end_name` and `end_number` are whom the supplier names; without a
    customer or a product it is red. `sell` is what the customer is asked, or would be; without VAT like `net`, but
    `gross` is the supplier's price with it."""

    id: int
    position: int
    kind: Literal["row", "remark", "charge", "difference"]
    code: str
    name: str
    quantity: Exact
    unit_price: Exact
    net: Exact
    gross: Exact
    sell_unit_price: Exact
    sell: Exact
    margin: Exact
    price_origin: str = Field(description="A price group's factor, or that it was set by hand; empty: the supplier's.")
    end_name: str
    end_number: str
    customer_id: int | None
    product_id: int | None
    dimensions: dict[str, str] = Field(description="What was written back to it, by heading.")
    is_left_out: bool
    left_out_reason: str
    is_rebilled: bool
    waits_as: Literal["", "invoices", "next_run", "orders"] = Field(
        description="Where it goes once it is passed on and not charged yet; empty else."
    )


class SplitCustomerShown(Shown):
    """The rows of one end customer together, without VAT."""

    name: str
    number: str
    customer_id: int | None
    standing: Literal["billed", "withdrawn", "ready", "held", "excluded"]
    rows: int
    buy: Exact
    sell: Exact


class PurchaseSplitShown(Shown):
    """A purchase invoice split to end customers: bought = rebilled + left_over + excluded."""

    bought: Exact
    rebilled: Exact
    left_over: Exact
    excluded: Exact
    sold: Exact
    customers: list[SplitCustomerShown]


class NearestShown(Shown):
    """A customer that could be meant."""

    customer_id: int
    number: str | None
    name: str


class UnknownCustomerShown(Shown):
    """Somebody whom the supplier names and nobody knows; `row_id` is the first row, by which a link is made."""

    row_id: int
    name: str
    number: str
    rows: int
    buy: Exact
    nearest: list[NearestShown]


class UnknownProductShown(Shown):
    """An article that no product is known for, of customers that wait for it."""

    row_id: int
    code: str
    name: str
    rows: int
    buy: Exact


class UnmatchedShown(Shown):
    """What keeps rows of a purchase invoice back, the first hundred of each kind."""

    customers: list[UnknownCustomerShown]
    products: list[UnknownProductShown]


class RowsChanged(Shown):
    """How many rows follow."""

    rows: int


class PurchaseLink(Body):
    """What the supplier means by what it writes in a row; remembered for its next invoice."""

    model_config = with_example({"row_id": 42, "customer_id": 42})

    row_id: Id
    customer_id: Id | None = None
    product_id: Id | None = None
    forgets: Literal["customer", "product"] | None = Field(None, description="Which link is forgotten instead.")


class RowsAssigned(Body):
    """Rows of this customer, whatever the supplier writes there; not remembered."""

    model_config = with_example({"row_ids": [42], "customer_id": 42})

    row_ids: list[Id] = Field(min_length=1, max_length=1000)
    customer_id: Id


class RowsLeftOut(Body):
    """Rows that are not passed on, and why; without a reason they are taken in again."""

    model_config = with_example({"row_ids": [42], "reason": "Our own licences"})

    row_ids: list[Id] = Field(min_length=1, max_length=1000)
    reason: Line = ""


class RowPrice(Body):
    """The price of one of these rows, whatever the price group says; null takes it back."""

    model_config = with_example({"row_ids": [42], "unit_price": "12.50"})

    row_ids: list[Id] = Field(min_length=1, max_length=1000)
    unit_price: Exact | None


def _show_rows(acting: Acting, purchase: PurchaseInvoice, rows: Sequence[PurchaseRow]) -> list[PurchaseRowShown]:
    priced = priced_rows(acting, purchase, [row.pk for row in rows])
    return [_show_row(row, priced[row.pk], purchase.currency) for row in rows]


def _show_row(row: PurchaseRow, priced: SplitRow, currency: str) -> PurchaseRowShown:
    names = ("id", "position", "kind", "code", "name", "quantity", "unit_price", "end_name", "end_number",
             "customer_id", "product_id", "dimensions")  # fmt: skip
    sums = {"gross": priced.gross_or_made, "sell": priced.sell, "margin": priced.margin}
    passed_on: RebilledRow | None = getattr(row, "rebilled", None)
    return PurchaseRowShown.model_validate(
        {
            **{name: getattr(row, name) for name in names},
            **{name: Money(minor, currency).decimal for name, minor in sums.items()},
            "net": row.net.decimal,
            "sell_unit_price": scaled(priced.sell_price_e6, 6),
            "price_origin": priced.origin,
            "is_left_out": bool(row.excluded_reason),
            "left_out_reason": row.excluded_reason,
            "is_rebilled": passed_on is not None,
            "waits_as": passed_on.waits_as if passed_on is not None and passed_on.told_at is None else "",
        }
    )


@purchased_rows.read("/purchase-invoices/{purchase_id}/rows")
def list_purchase_rows(
    request: ApiRequest, purchase_id: Id, paging: Annotated[Paging, Query()]
) -> Page[PurchaseRowShown]:
    """List the rows of a purchase invoice, in their order."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    return page_of(
        purchase_rows(purchase), paging, lambda rows: _show_rows(request.acting, purchase, rows), by=("position",)
    )


@purchased_rows.read("/purchase-invoices/{purchase_id}/unmatched")
def list_unmatched(request: ApiRequest, purchase_id: Id) -> UnmatchedShown:
    """Show whom and what nobody knows of a purchase invoice, with the customers that could be meant."""
    split = split_invoice(request.acting, purchase_invoice_of(request.acting, purchase_id))
    currency = split.invoice.currency
    held = split.standing(Standing.HELD)
    unknown = [end for end in held if end.customer_id is None][:UNMATCHED_MAX]
    customers = [
        UnknownCustomerShown(
            row_id=end.rows[0].id, name=end.name, number=end.number, rows=len(list(end.counted)),
            buy=Money(end.buy, currency).decimal,
            nearest=[NearestShown(customer_id=each.pk, number=each.number, name=each.name) for each in near],
        )
        for end, near in zip(unknown, nearest_customers(request.acting, unknown), strict=True)
    ]  # fmt: skip
    articles: dict[str, list[SplitRow]] = {}
    for end in held:
        for row in end.rows:
            if row.lacks_product:
                articles.setdefault(product_identity(row.code, row.name), []).append(row)
    products = [
        UnknownProductShown(
            row_id=rows[0].id, code=rows[0].code, name=rows[0].name, rows=len(rows),
            buy=Money(sum(row.net for row in rows), currency).decimal,
        )
        for rows in list(articles.values())[:UNMATCHED_MAX]
    ]  # fmt: skip
    return UnmatchedShown(customers=customers, products=products)


@purchased_rows.read("/purchase-invoices/{purchase_id}/split")
def get_purchase_split(request: ApiRequest, purchase_id: Id) -> PurchaseSplitShown:
    """Show who gets what of a purchase invoice, and that every cent is somewhere."""
    split = split_invoice(request.acting, purchase_invoice_of(request.acting, purchase_id))
    currency = split.invoice.currency
    sums = {name: Money(minor, currency).decimal for name, minor in split.sums._asdict().items()}
    customers = [
        SplitCustomerShown(
            name=end.name,
            number=end.number,
            customer_id=end.customer_id,
            standing=Standing(end.standing).value,
            rows=len(end.rows),
            buy=Money(end.buy, currency).decimal,
            sell=Money(end.sell, currency).decimal,
        )
        for end in split.customers
    ]
    return PurchaseSplitShown(**sums, customers=customers)


@purchased_rows.write("POST", "/purchase-invoices/{purchase_id}/links")
def link_purchase_row(request: ApiRequest, purchase_id: Id, body: PurchaseLink) -> RowsChanged:
    """Say whom or what the supplier means by what it writes in a row, or forget it."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    if sum(each is not None for each in (body.customer_id, body.product_id, body.forgets)) != 1:
        raise LinkUnclear(f"customer_id: {LinkUnclear.why} {LinkUnclear.remedy}")
    acting, now = request.acting, request.now
    said: dict[str, Any] = {"acting": acting, "invoice_id": purchase.pk, "row_id": body.row_id, "now": now}
    if body.product_id is not None or body.forgets == "product":
        return RowsChanged(rows=commands.link_article(product_id=body.product_id, **said))
    return RowsChanged(rows=commands.link_row_customer(customer_id=body.customer_id, **said))


@purchased_rows.write("POST", "/purchase-invoices/{purchase_id}/assignments")
def assign_purchase_rows(request: ApiRequest, purchase_id: Id, body: RowsAssigned) -> RowsChanged:
    """Give rows to a customer, for what the supplier bills without naming anybody."""
    rows = commands.assign_rows(
        acting=request.acting, invoice_id=purchase_id, row_ids=body.row_ids, customer_id=body.customer_id,
        now=request.now,
    )  # fmt: skip
    return RowsChanged(rows=rows)


@purchased_rows.write("POST", "/purchase-invoices/{purchase_id}/left-out")
def leave_purchase_rows_out(request: ApiRequest, purchase_id: Id, body: RowsLeftOut) -> RowsChanged:
    """Do not pass rows on, or take them in again."""
    rows = commands.leave_rows_out(
        acting=request.acting, invoice_id=purchase_id, row_ids=body.row_ids, reason=body.reason, now=request.now
    )
    return RowsChanged(rows=rows)


@purchased_rows.write("POST", "/purchase-invoices/{purchase_id}/prices")
def price_purchase_rows(request: ApiRequest, purchase_id: Id, body: RowPrice) -> RowsChanged:
    """Set what rows are sold for, or leave it to the price group again."""
    rows = commands.set_row_price(
        acting=request.acting, invoice_id=purchase_id, row_ids=body.row_ids, price=body.unit_price, now=request.now
    )
    return RowsChanged(rows=rows)
