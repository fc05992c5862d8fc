"""Purchase invoices: taken in, mended and passed on."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import File, Query
from ninja.files import UploadedFile
from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import MULTIPART, ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Day, Exact, Id, Line, Search, Shown, with_example
from rebill.kit.errors import Invalid
from rebill.kit.files import read_file
from rebill.kit.xml import BYTES_MAX
from rebill.rules.money import Money
from rebill.runs.commands import rebill_purchase
from rebill.sources.supplier_invoices import commands
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, PurchaseState, Target
from rebill.sources.supplier_invoices.queries.accounts import open_minor
from rebill.sources.supplier_invoices.queries.purchases import (
    find_purchase_invoices,
    purchase_invoice_of,
    purchase_rows,
)
from rebill.sources.supplier_invoices.queries.splitting import Standing, split_invoice

purchases = Endpoints(Area.PURCHASES, "Purchase invoices")

State = Literal["unhandled", "in_review", "rebilled", "booked"]


class PurchaseFileTooLarge(Invalid):
    """No supplier's invoice is that large."""

    field = "file"
    why = gettext_lazy("The file is too large for a purchase invoice.")
    remedy = gettext_lazy("Send it as it came from the supplier.")


class LinkUnclear(Invalid):
    """A link names exactly one thing: a customer or a product."""

    field = "customer_id"
    why = gettext_lazy("Name either a customer or a product.")
    remedy = gettext_lazy("Send one of customer_id and product_id.")


class PurchaseShown(Shown):
    """A purchase invoice. Amounts are the supplier's, below zero on a credit note; `doubts` are codes of what a person
    should look at."""

    id: int
    supplier_id: int
    supplier: str
    number: str
    kind: Literal["invoice", "credit_note"]
    state: State
    format: str
    issued_on: date
    due_on: date | None
    currency: str
    net: Exact
    vat: Exact
    gross: Exact
    open: Exact = Field(description="What no credit note has paid; payments by bank are not known.")
    is_commission: bool
    doubts: list[str]
    file_sha256: str
    received_at: datetime


class PurchaseRowShown(Shown):
    """A row. `end_name` and `end_number` are whom the supplier names; without a customer or a product it is red."""

    id: int
    position: int
    kind: Literal["row", "remark", "charge", "difference"]
    code: str
    name: str
    quantity: Exact
    unit_price: Exact
    net: Exact
    end_name: str
    end_number: str
    customer_id: int | None
    product_id: int | None
    is_left_out: bool
    is_rebilled: bool


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


class RebilledShown(Shown):
    """What a going came to: the run with the drafts, if there are any; `stayed` rows are approved, issued or waived."""

    run_id: int | None
    customers: int
    rows: int
    drafts: int
    replaced: int
    stayed: int


class RowsChanged(Shown):
    """How many rows follow."""

    rows: int


class PurchaseFilters(Paging):
    """Which purchase invoices."""

    state: State | Literal["", "open"] = ""
    search: Search = Field("", description="In the number or the supplier's name.")


class PurchaseStateWanted(Body):
    """Where the invoice goes."""

    model_config = with_example({"state": "in_review"})

    state: Literal["unhandled", "in_review", "booked"]


class PurchaseLink(Body):
    """What the supplier means by what it writes in a row; remembered for its next invoice."""

    model_config = with_example({"row_id": 42, "customer_id": 42})

    row_id: Id
    customer_id: Id | None = None
    product_id: Id | None = None


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


class RebillWanted(Body):
    """How it is billed. With `goes_on` nothing is replaced and only who is not billed yet is."""

    model_config = with_example({"invoice_on": "2026-11-03", "intro": "Netvisor 10/2026"})

    invoice_on: Day
    due_on: Day | None = Field(None, description="Where neither customer nor seller has a payment term.")
    intro: str = Field("", max_length=500)
    closing: str = Field("", max_length=500)
    target: Literal["invoices", "next_run", "orders"] = "invoices"
    dimensions: list[Line] = Field([], max_length=30, description="Headings of the customer's card, or cost_centre.")
    named_dimension: Line = ""
    writes_dimensions: bool = False
    goes_on: bool = False
    rows_max: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class OrdersConfirmed(Body):
    """Whose orders go on the next run."""

    model_config = with_example({"customer_ids": [42]})

    customer_ids: list[Id] = Field(min_length=1, max_length=1000)


class CreditSettled(Body):
    """The credit note of the same supplier that pays part of the invoice."""

    model_config = with_example({"credit_id": 42})

    credit_id: Id


def show_purchase(purchase: PurchaseInvoice) -> PurchaseShown:
    """The invoice as an answer says it."""
    names = ("id", "supplier_id", "number", "kind", "state", "format", "issued_on", "due_on", "currency",
             "is_commission", "received_at")  # fmt: skip
    said = {name: getattr(purchase, name) for name in names}
    return PurchaseShown.model_validate(
        {
            **said,
            "supplier": purchase.supplier.name,
            **{name: getattr(purchase, name).decimal for name in ("net", "vat", "gross")},
            "open": Money(open_minor(purchase), purchase.currency).decimal,
            "doubts": [code for code, _value in purchase.doubts],
            "file_sha256": purchase.file_id,
        }
    )


def _show_row(row: PurchaseRow) -> PurchaseRowShown:
    names = ("id", "position", "kind", "code", "name", "quantity", "unit_price", "end_name", "end_number",
             "customer_id", "product_id")  # fmt: skip
    return PurchaseRowShown.model_validate(
        {
            **{name: getattr(row, name) for name in names},
            "net": row.net.decimal,
            "is_left_out": bool(row.excluded_reason),
            "is_rebilled": hasattr(row, "rebilled"),
        }
    )


@purchases.read("/purchase-invoices")
def list_purchase_invoices(request: ApiRequest, filters: Annotated[PurchaseFilters, Query()]) -> Page[PurchaseShown]:
    """List purchase invoices, the latest received first."""
    found = find_purchase_invoices(acting=request.acting, tab=filters.state, search=filters.search)
    return page_of(found, filters, each(show_purchase), by=("-id",))


@purchases.write(
    "POST", "/purchase-invoices", status=HTTPStatus.CREATED, at="/purchase-invoices/{id}", media_type=MULTIPART
)
def take_in_purchase_invoice(request: ApiRequest, file: Annotated[UploadedFile, File()]) -> PurchaseShown:
    """Take a supplier's invoice in: Finvoice, UBL, CII, or Factur-X as PDF. The same again is refused."""
    if file.size is not None and file.size > BYTES_MAX:
        raise PurchaseFileTooLarge(f"file: {PurchaseFileTooLarge.why} {PurchaseFileTooLarge.remedy}")
    purchase = commands.take_purchase_invoice(
        acting=request.acting, content=file.read(), file_name=file.name or _("invoice"), now=request.now
    )
    return show_purchase(purchase)


@purchases.read("/purchase-invoices/{purchase_id}")
def get_purchase_invoice(request: ApiRequest, purchase_id: Id) -> PurchaseShown:
    """Show one purchase invoice."""
    return show_purchase(purchase_invoice_of(request.acting, purchase_id))


@purchases.read("/purchase-invoices/{purchase_id}/original", media_type="application/octet-stream")
def get_purchase_original(request: ApiRequest, purchase_id: Id) -> HttpResponse:
    """Download the file as it came."""
    headers = {"Content-Type": "application/octet-stream", "Content-Disposition": 'attachment; filename="original"'}
    return HttpResponse(read_file(purchase_invoice_of(request.acting, purchase_id).file_id), headers=headers)


@purchases.read("/purchase-invoices/{purchase_id}/rows")
def list_purchase_rows(
    request: ApiRequest, purchase_id: Id, paging: Annotated[Paging, Query()]
) -> Page[PurchaseRowShown]:
    """List the rows of a purchase invoice, in their order."""
    rows = purchase_rows(purchase_invoice_of(request.acting, purchase_id))
    return page_of(rows, paging, each(_show_row), by=("position",))


@purchases.read("/purchase-invoices/{purchase_id}/split")
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


@purchases.write("POST", "/purchase-invoices/{purchase_id}/read-again")
def read_purchase_again(request: ApiRequest, purchase_id: Id) -> PurchaseShown:
    """Find customers and products of every row anew."""
    return show_purchase(commands.renew_matches(acting=request.acting, invoice_id=purchase_id, now=request.now))


@purchases.write("PUT", "/purchase-invoices/{purchase_id}/state")
def put_purchase_state(request: ApiRequest, purchase_id: Id, body: PurchaseStateWanted) -> PurchaseShown:
    """Put a purchase invoice into review, book it, or open it again."""
    to = PurchaseState(body.state)
    moved = commands.move_purchase_invoice(acting=request.acting, invoice_id=purchase_id, to=to, now=request.now)
    return show_purchase(moved)


@purchases.write("POST", "/purchase-invoices/{purchase_id}/links")
def link_purchase_row(request: ApiRequest, purchase_id: Id, body: PurchaseLink) -> RowsChanged:
    """Say whom or what the supplier means by what it writes in a row."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    if (body.customer_id is None) == (body.product_id is None):
        raise LinkUnclear(f"customer_id: {LinkUnclear.why} {LinkUnclear.remedy}")
    if body.product_id is not None:
        rows = commands.link_article(
            acting=request.acting, invoice_id=purchase.pk, row_id=body.row_id, product_id=body.product_id,
            now=request.now,
        )  # fmt: skip
        return RowsChanged(rows=rows)
    row = purchase.rows.filter(pk=body.row_id).first()
    assert body.customer_id is not None
    if row is None or not row.end_identity:
        rows = commands.assign_rows(
            acting=request.acting, invoice_id=purchase.pk, row_ids=[body.row_id], customer_id=body.customer_id,
            now=request.now,
        )  # fmt: skip
    else:
        rows = commands.link_end_customer(
            acting=request.acting, invoice_id=purchase.pk, identity=row.end_identity, customer_id=body.customer_id,
            now=request.now,
        )  # fmt: skip
    return RowsChanged(rows=rows)


@purchases.write("POST", "/purchase-invoices/{purchase_id}/left-out")
def leave_purchase_rows_out(request: ApiRequest, purchase_id: Id, body: RowsLeftOut) -> RowsChanged:
    """Do not pass rows on, or take them in again."""
    rows = commands.leave_rows_out(
        acting=request.acting, invoice_id=purchase_id, row_ids=body.row_ids, reason=body.reason, now=request.now
    )
    return RowsChanged(rows=rows)


@purchases.write("POST", "/purchase-invoices/{purchase_id}/prices")
def price_purchase_rows(request: ApiRequest, purchase_id: Id, body: RowPrice) -> RowsChanged:
    """Set what rows are sold for, or leave it to the price group again."""
    rows = commands.set_row_price(
        acting=request.acting, invoice_id=purchase_id, row_ids=body.row_ids, price=body.unit_price, now=request.now
    )
    return RowsChanged(rows=rows)


@purchases.write("POST", "/purchase-invoices/{purchase_id}/rebill")
def rebill_purchase_invoice(request: ApiRequest, purchase_id: Id, body: RebillWanted) -> RebilledShown:
    """Pass a purchase invoice on to every customer that is ready; repeated, earlier drafts of it are replaced."""
    terms = RebillingTerms(
        invoice_on=body.invoice_on,
        due_on=body.due_on,
        intro=body.intro,
        closing=body.closing,
        target=Target(body.target),
        dimensions=tuple(body.dimensions),
        named_dimension=body.named_dimension,
        writes_dimensions=body.writes_dimensions,
    )
    told = rebill_purchase(
        acting=request.acting, purchase_id=purchase_id, terms=terms, now=request.now, goes_on=body.goes_on,
        rows_max=body.rows_max,
    )  # fmt: skip
    return RebilledShown(**{name: getattr(told, name) for name in RebilledShown.model_fields})


@purchases.write("POST", "/purchase-invoices/{purchase_id}/orders")
def confirm_purchase_orders(request: ApiRequest, purchase_id: Id, body: OrdersConfirmed) -> RowsChanged:
    """Put what waits as orders on the customers' next run."""
    rows = commands.confirm_orders(
        acting=request.acting, invoice_id=purchase_id, customer_ids=body.customer_ids, now=request.now
    )
    return RowsChanged(rows=rows)


@purchases.write("POST", "/purchase-invoices/{purchase_id}/settlements")
def settle_purchase_invoice(request: ApiRequest, purchase_id: Id, body: CreditSettled) -> PurchaseShown:
    """Set a credit note of the supplier against the invoice."""
    commands.settle_credit(acting=request.acting, credit_id=body.credit_id, invoice_id=purchase_id, now=request.now)
    return show_purchase(purchase_invoice_of(request.acting, purchase_id))
