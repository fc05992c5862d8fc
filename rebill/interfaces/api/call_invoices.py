"""Suppliers' invoices of calls, compared with what the same calls are bought at; rows are sent as imports are."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import Field

from rebill.access.scopes import Area
from rebill.exports.specifications.tables import amount_of
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Exact, Id, Shown
from rebill.rules.comparing import CallSums, InvoiceFinding
from rebill.sources.usage import commands
from rebill.sources.usage.models import CallInvoice
from rebill.sources.usage.queries.invoiced import call_invoice_of, call_invoices_of, compare_invoice, invoiced_amounts

call_invoices = Endpoints(Area.CALLS, "Calls")


class CallInvoiceShown(Shown):
    """A supplier's invoice of calls, without its lines."""

    id: int
    number: str
    deck_code: str | None = Field(description="The deck its calls are bought by; null: from the seller above.")
    currency: str
    starts_on: date
    ends_before: date
    amount: Exact
    imported_at: datetime


class CallSumsShown(Shown):
    """What one side counts. Calls and seconds are null where the invoice does not say them."""

    calls: int | None
    seconds: int | None
    amount: Exact


class InvoicedDestination(Shown):
    """A destination on both sides; null where a side has nothing."""

    destination: str
    finding: InvoiceFinding
    ours: CallSumsShown | None
    theirs: CallSumsShown | None
    difference: Exact = Field(description="How much more the supplier asks.")


class InvoiceComparisonShown(Shown):
    """A supplier's invoice of calls against ours, the largest differences first."""

    invoice: CallInvoiceShown
    ours: CallSumsShown
    theirs: CallSumsShown
    difference: Exact
    without_buy_price: int = Field(description="Calls of ours that have no buy price and add nothing to our amounts.")
    without_owner: int = Field(description="Calls of the same days that have no owner; they are not among ours.")
    deck_sells_nothing: bool = Field(
        description="No deck of the seller is bought by the invoice's deck, so that no call of ours is compared."
    )
    unnamed: list[str] = Field(
        description="Destinations of the invoice by name alone that its deck calls otherwise or does not have."
    )
    destinations: list[InvoicedDestination]


@call_invoices.read("/call-invoices")
def list_call_invoices(request: ApiRequest, paging: Paged) -> Page[CallInvoiceShown]:
    """List suppliers' invoices of calls, the oldest first. They come in as imports of `call-invoices`."""
    return page_of(call_invoices_of(request.acting), paging, _all_shown)


@call_invoices.read("/call-invoices/{call_invoice_id}/comparison")
def compare_call_invoice(request: ApiRequest, call_invoice_id: Id) -> InvoiceComparisonShown:
    """Compare a supplier's invoice of calls with our rated calls of its days, at what they are bought for."""
    found = compare_invoice(acting=request.acting, invoice=call_invoice_of(request.acting, call_invoice_id))
    return InvoiceComparisonShown(
        invoice=_shown(found.invoice, found.theirs.amount_e6),
        ours=_sums(found.ours),
        theirs=_sums(found.theirs),
        difference=amount_of(found.difference_e6),
        without_buy_price=found.unbought,
        without_owner=found.unowned,
        deck_sells_nothing=found.sells_nothing,
        unnamed=list(found.unnamed),
        destinations=[
            InvoicedDestination(
                destination=row.destination,
                finding=row.finding,
                ours=None if row.ours is None else _sums(row.ours),
                theirs=None if row.theirs is None else _sums(row.theirs),
                difference=amount_of(row.difference_e6),
            )
            for row in found.rows
        ],
    )


@call_invoices.write("DELETE", "/call-invoices/{call_invoice_id}")
def remove_call_invoice(request: ApiRequest, call_invoice_id: Id) -> None:
    """Forget a supplier's invoice of calls; nothing depends on it."""
    commands.remove_call_invoice(acting=request.acting, call_invoice_id=call_invoice_id, now=request.now)


def _all_shown(invoices: Sequence[CallInvoice]) -> list[CallInvoiceShown]:
    amounts = invoiced_amounts(invoices)
    return [_shown(each, amounts.get(each.pk, 0)) for each in invoices]


def _shown(invoice: CallInvoice, amount_e6: int) -> CallInvoiceShown:
    return CallInvoiceShown(
        id=invoice.pk,
        number=invoice.number,
        deck_code=invoice.deck.code if invoice.deck else None,
        currency=invoice.currency,
        starts_on=invoice.starts_on,
        ends_before=invoice.ends_before,
        amount=amount_of(amount_e6),
        imported_at=invoice.imported_at,
    )


def _sums(sums: CallSums) -> CallSumsShown:
    return CallSumsShown(calls=sums.calls, seconds=sums.seconds, amount=amount_of(sums.amount_e6))
