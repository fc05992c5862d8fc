"""Passing purchase invoices on: to drafts, to the next run, or as orders; and what became of it."""

from typing import Annotated, Literal

from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.purchase_rows import RowsChanged
from rebill.interfaces.api.values import Amount, Body, Day, Id, Line, Shown, amount_of, with_example
from rebill.runs.commands import rebill_purchase
from rebill.runs.queries.rebilled import drafts_of_purchase
from rebill.sources.supplier_invoices import commands
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms
from rebill.sources.supplier_invoices.models import Target
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of, waiting_orders

passing = Endpoints(Area.PURCHASES, "Passing purchase invoices on")


class RebilledShown(Shown):
    """What a going came to: the run with the drafts, if there are any; `stayed` rows are approved, issued or waived."""

    run_id: int | None
    customers: int
    rows: int
    drafts: int
    replaced: int
    stayed: int


class PurchaseDraftsShown(Shown):
    """The drafts of a purchase invoice that stand in one state, without VAT."""

    state: Literal["open", "held", "approved", "issued"]
    drafts: int
    net: Amount


class PurchaseOutcomeShown(Shown):
    """What became of a purchase invoice: its drafts, and how many rows wait as orders to be confirmed."""

    drafts: list[PurchaseDraftsShown]
    orders: int


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


@passing.write("POST", "/purchase-invoices/{purchase_id}/rebill")
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


@passing.write("POST", "/purchase-invoices/{purchase_id}/orders")
def confirm_purchase_orders(request: ApiRequest, purchase_id: Id, body: OrdersConfirmed) -> RowsChanged:
    """Put what waits as orders on the customers' next run."""
    rows = commands.confirm_orders(
        acting=request.acting, invoice_id=purchase_id, customer_ids=body.customer_ids, now=request.now
    )
    return RowsChanged(rows=rows)


@passing.read("/purchase-invoices/{purchase_id}/outcome")
def get_purchase_outcome(request: ApiRequest, purchase_id: Id) -> PurchaseOutcomeShown:
    """Show the drafts that were made of a purchase invoice, state by state, and what waits as orders."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    drafts = [
        PurchaseDraftsShown.model_validate({"state": each.state, "drafts": each.drafts, "net": amount_of(each.net)})
        for each in drafts_of_purchase(request.acting, purchase)
    ]
    return PurchaseOutcomeShown(drafts=drafts, orders=waiting_orders(purchase).count())
