"""Looking at issued documents: lists, one with its lines, and the file that was sent."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rich.text import Text

from rebill.delivery.models import Dispatch, DispatchState
from rebill.delivery.queries import newest_dispatches
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.exports.files import write_file
from rebill.interfaces.cli.figures import amount, amount_of, day, exact, page_words
from rebill.interfaces.cli.invoices.showing import invoice_facts, print_invoice
from rebill.interfaces.cli.options import LimitOption, PageOption, open_session, read_month
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, short
from rebill.invoices.models import InvoiceKind
from rebill.invoices.queries.files import document_copy, document_file
from rebill.invoices.queries.invoices import invoice_numbered
from rebill.invoices.queries.pages import InvoiceFilter, InvoicePage, InvoiceRow, invoice_page
from rebill.parties.queries import customer_by_number
from rebill.rules.money import Money

Kind = StrEnum("Kind", {kind.name: kind.value for kind in InvoiceKind})  # type: ignore[misc]

NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="The document's number.", show_default=False)]

# What is said of the newest sending of a document.
SENDING_WORDS = {
    DispatchState.QUEUED: (gettext_noop("waits to be sent"), "yellow"),
    DispatchState.SENDING: (gettext_noop("being sent"), "yellow"),
    DispatchState.ACCEPTED: (gettext_noop("sent"), "green"),
    DispatchState.FAILED: (gettext_noop("not delivered"), "red"),
    DispatchState.UNCLEAR: (gettext_noop("unclear"), "red"),
    DispatchState.BOUNCED: (gettext_noop("came back"), "red"),
    DispatchState.CANCELLED: (gettext_noop("not sent"), "dim"),
}


def list_invoices(
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="Part of a number or a customer.")] = "",
    month: Annotated[
        date | None, typer.Option("--month", parser=read_month, metavar="YYYY-MM", help="Dated in this month.")
    ] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="NUMBER", help="Of this customer.")] = None,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Only invoices, or only credit notes.")] = None,
    limit: LimitOption = 50,
    page: PageOption = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Issued documents, the newest first, a page at a time, and what all that match come to."""
    session = open_session(seller=seller, user=user)
    wanted = InvoiceFilter(
        search=search,
        month=month,
        customer_id=customer_by_number(session.acting, customer).pk if customer else None,
        kind=kind.value if kind else "",
    )
    found = invoice_page(acting=session.acting, wanted=wanted, page=page, page_size=limit)
    sendings = newest_dispatches([row.id for row in found.rows])
    if as_json:
        output.print_json(
            {
                "page": page,
                "matching": found.documents,
                "sums": [
                    {
                        "currency": each.currency,
                        "documents": each.documents,
                        "net": exact(Money(each.net_minor, each.currency)),
                        "gross": exact(Money(each.gross_minor, each.currency)),
                    }
                    for each in found.sums
                ],
                "documents": [_row_facts(row, sendings.get(row.id)) for row in found.rows],
            }
        )
        return DONE
    _print_page(session, found, sendings, page=page, limit=limit)
    return DONE


def show_one_invoice(
    number: NumberArgument,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """One document: lines, VAT, what was credited of it, and every attempt to send it."""
    session = open_session(seller=seller, user=user)
    invoice = invoice_numbered(acting=session.acting, number=number)
    if as_json:
        output.print_json(invoice_facts(session, invoice))
    else:
        print_invoice(session, invoice)
    return DONE


def write_pdf(
    number: NumberArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.", show_default=False)],
    copy: Annotated[bool, typer.Option("--copy", help="Made once more, and marked as a copy.")] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Write the PDF of a document: the very bytes that were sent, unless a copy is asked for."""
    session = open_session(seller=seller, user=user)
    invoice = invoice_numbered(acting=session.acting, number=number)
    read = document_copy if copy else document_file
    content = read(acting=session.acting, invoice=invoice)
    write_file(file, [content])
    if as_json:
        output.print_json({"number": invoice.number, "file": str(file), "bytes": len(content), "copy": copy})
    else:
        print_line(f"{'A copy of ' if copy else ''}{invoice.number} stands in {file}.")
    return DONE


def _print_page(session: Session, found: InvoicePage, sendings: dict[int, Dispatch], *, page: int, limit: int) -> None:
    if not found.documents:
        print_line(_("No documents match."))
        return
    currency = session.seller.currency
    print_columns(
        [
            short(_("Number")),
            short(_("Date")),
            short(_("Due")),
            short(_("Customer")),
            Column(""),
            figure(_("%(currency)s, incl.") % {"currency": currency}),
            Column(_("Status")),
        ],
        [
            (
                row.number,
                day(row.issued_on),
                day(row.due_on) if row.kind == InvoiceKind.INVOICE else "",
                row.customer_number,
                row.customer_name,
                amount_of(Money(row.gross_minor, row.currency), currency),
                _status(row, sendings.get(row.id)),
            )
            for row in found.rows
        ],
    )
    first = (page - 1) * limit + 1
    print_note(page_words(first, len(found.rows), found.documents), apart=True)
    for each in found.sums:
        net, gross = Money(each.net_minor, each.currency), Money(each.gross_minor, each.currency)
        print_note(
            _("All that match: %(amount)s %(currency)s excl. VAT, %(amount_2)s incl. VAT.")
            % {"amount": amount(net), "currency": each.currency, "amount_2": amount(gross)}
        )


def sending_words(state: str) -> Text:
    """What is said of a sending in this state, in its colour."""
    words, style = SENDING_WORDS[DispatchState(state)]
    return Text(_(words), style=style)


def _status(row: InvoiceRow, sending: Dispatch | None) -> Text:
    """What has become of the document: sent or not, and what was taken back."""
    words = sending_words(sending.state) if sending else Text(_("PDF not made"), style="yellow")
    if row.credits:
        words.append_text(Text(", " + _("credits %(number)s") % {"number": row.credits}, style="dim"))
    elif row.is_withdrawn:
        words.append_text(Text(", " + _("withdrawn"), style="red"))
    elif row.credited_minor:
        part = "" if row.credited_minor == row.gross_minor else f" {amount(Money(row.credited_minor, row.currency))}"
        words.append_text(Text(f", {_('credited')}{part}", style="dim"))
    return words


def _row_facts(row: InvoiceRow, sending: Dispatch | None) -> dict[str, object]:
    return {
        "number": row.number,
        "kind": row.kind,
        "issued_on": row.issued_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "customer": {"number": row.customer_number, "name": row.customer_name},
        "currency": row.currency,
        "net": exact(Money(row.net_minor, row.currency)),
        "gross": exact(Money(row.gross_minor, row.currency)),
        "credits": row.credits or None,
        "credited": exact(Money(row.credited_minor, row.currency)),
        "withdrawn": row.is_withdrawn,
        "sending": sending.state if sending else None,
    }
