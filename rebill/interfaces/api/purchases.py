"""Purchase invoices: taken in, read, put where they stand, and paid in part by credit notes."""

from collections.abc import Sequence
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
from rebill.interfaces.api.cursors import Page, Paging, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Exact, Id, Search, Shown, with_example
from rebill.kit.errors import Invalid
from rebill.kit.files import read_file
from rebill.kit.xml import BYTES_MAX
from rebill.rules.money import Money
from rebill.sources.supplier_invoices import commands
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseState, Settlement
from rebill.sources.supplier_invoices.queries.accounts import open_minors, settlements_of
from rebill.sources.supplier_invoices.queries.purchases import find_purchase_invoices, purchase_invoice_of

purchases = Endpoints(Area.PURCHASES, "Purchase invoices")

State = Literal["unhandled", "in_review", "rebilled", "booked"]


class PurchaseFileTooLarge(Invalid):
    """No supplier's invoice is that large."""

    field = "file"
    why = gettext_lazy("The file is too large for a purchase invoice.")
    remedy = gettext_lazy("Send it as it came from the supplier.")


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
    open: Exact = Field(
        description="What no credit note has paid; of a credit note what is left of it. Payments by bank are not known."
    )
    is_commission: bool
    doubts: list[str]
    file_sha256: str
    received_at: datetime


class PurchaseFilters(Paging):
    """Which purchase invoices."""

    state: State | Literal["", "open"] = ""
    search: Search = Field("", description="In the number or the supplier's name.")


class PurchaseStateWanted(Body):
    """Where the invoice goes."""

    model_config = with_example({"state": "in_review"})

    state: Literal["unhandled", "in_review", "booked"]


class CreditSettled(Body):
    """The credit note of the same supplier that pays part of the invoice."""

    model_config = with_example({"credit_id": 42})

    credit_id: Id


class SettlementShown(Shown):
    """A credit note that is set against an invoice of the same supplier, and how much of it."""

    credit_id: int
    credit_number: str
    invoice_id: int
    invoice_number: str
    currency: str
    amount: Exact
    settled_at: datetime


class SettlementsShown(Shown):
    """The credit notes set against an invoice, or the invoices that a credit note pays."""

    items: list[SettlementShown]


def show_purchase(purchase: PurchaseInvoice) -> PurchaseShown:
    """The invoice as an answer says it."""
    return show_purchases([purchase])[0]


def show_purchases(purchases: Sequence[PurchaseInvoice]) -> list[PurchaseShown]:
    """Several of them; two reads more, however many."""
    still_open = open_minors(purchases)
    return [_show(purchase, still_open[purchase.pk]) for purchase in purchases]


def _show(purchase: PurchaseInvoice, still_open: int) -> PurchaseShown:
    names = ("id", "supplier_id", "number", "kind", "state", "format", "issued_on", "due_on", "currency",
             "is_commission", "received_at")  # fmt: skip
    said = {name: getattr(purchase, name) for name in names}
    return PurchaseShown.model_validate(
        {
            **said,
            "supplier": purchase.supplier.name,
            **{name: getattr(purchase, name).decimal for name in ("net", "vat", "gross")},
            "open": Money(still_open, purchase.currency).decimal,
            "doubts": [code for code, _value in purchase.doubts],
            "file_sha256": purchase.file_id,
        }
    )


@purchases.read("/purchase-invoices")
def list_purchase_invoices(request: ApiRequest, filters: Annotated[PurchaseFilters, Query()]) -> Page[PurchaseShown]:
    """List purchase invoices, the latest received first."""
    found = find_purchase_invoices(acting=request.acting, tab=filters.state, search=filters.search)
    return page_of(found, filters, show_purchases, by=("-id",))


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


@purchases.write("POST", "/purchase-invoices/{purchase_id}/settlements")
def settle_purchase_invoice(request: ApiRequest, purchase_id: Id, body: CreditSettled) -> PurchaseShown:
    """Set a credit note of the supplier against the invoice."""
    commands.settle_credit(acting=request.acting, credit_id=body.credit_id, invoice_id=purchase_id, now=request.now)
    return show_purchase(purchase_invoice_of(request.acting, purchase_id))


@purchases.read("/purchase-invoices/{purchase_id}/settlements")
def list_settlements(request: ApiRequest, purchase_id: Id) -> SettlementsShown:
    """Show which credit notes are set against a purchase invoice, or what a credit note is set against."""
    found = settlements_of(purchase_invoice_of(request.acting, purchase_id))
    return SettlementsShown(items=[_show_settlement(each) for each in found])


@purchases.write("DELETE", "/purchase-invoices/{purchase_id}/settlements/{credit_id}")
def undo_settlement(request: ApiRequest, purchase_id: Id, credit_id: Id) -> PurchaseShown:
    """Take a credit note off the invoice that it is set against; both are open again."""
    commands.undo_settlement(acting=request.acting, credit_id=credit_id, invoice_id=purchase_id, now=request.now)
    return show_purchase(purchase_invoice_of(request.acting, purchase_id))


def _show_settlement(settlement: Settlement) -> SettlementShown:
    return SettlementShown(
        credit_id=settlement.credit_id,
        credit_number=settlement.credit.number,
        invoice_id=settlement.invoice_id,
        invoice_number=settlement.invoice.number,
        currency=settlement.currency,
        amount=settlement.amount.decimal,
        settled_at=settlement.settled_at,
    )
