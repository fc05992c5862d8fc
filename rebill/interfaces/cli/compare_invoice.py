"""`rebill compare-invoice`: what a supplier's invoice asks for calls against what we know of them."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.exports.specifications.tables import amount_of, duration_of
from rebill.interfaces import formats
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.compare import SHOWN
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.exports.files import file_at
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note
from rebill.interfaces.compared_calls import invoiced_rows, unmatched_words
from rebill.kit.imports.spreadsheet import write_csv
from rebill.rules.comparing import CallSums, InvoiceFinding
from rebill.sources.usage.commands import remove_call_invoice
from rebill.sources.usage.queries.invoiced import (
    InvoiceComparison,
    call_invoice_numbered,
    call_invoices_of,
    compare_invoice,
    invoiced_amounts,
)
from rebill.sources.usage.words import INVOICE_FINDING_WORDS


def compare_invoice_command(
    number: Annotated[str | None, typer.Argument(metavar="[INVOICE]", help="Its number.", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write every destination, as CSV.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Forget the invoice and its lines instead.")] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Compare a supplier's invoice of calls with ours by destination: calls, seconds, amounts; missing and extra.

    It is taken by `rebill import call-invoices FILE --deck CODE --from DAY --set invoice_number=NUMBER`, and never
    billed. Without a number the invoices there are. Leaves with 1 when anything differs.
    """
    session = open_session(seller=seller, user=user)
    if number is None:
        return _list(session, as_json=as_json)
    invoice = call_invoice_numbered(session.acting, number)
    if remove:
        remove_call_invoice(acting=session.acting, call_invoice_id=invoice.pk, now=session.now)
        if as_json:
            output.print_json({"removed": number})
        else:
            print_line(_("%(number)s is removed.") % {"number": number})
        return DONE
    found = compare_invoice(acting=session.acting, invoice=invoice)
    if out is not None:
        with file_at(out) as file:
            write_csv(invoiced_rows(found), to=file)
    if as_json:
        output.print_json(_facts(found))
    else:
        _print(found)
    return DONE if found.counts()[InvoiceFinding.SAME] == len(found.rows) else PARTLY


def _list(session: Session, *, as_json: bool) -> int:
    invoices = list(call_invoices_of(session.acting))
    amounts = invoiced_amounts(invoices)
    if as_json:
        rows = [
            {
                "number": each.number,
                "deck": each.deck.code if each.deck else None,
                "starts_on": each.starts_on.isoformat(),
                "ends_before": each.ends_before.isoformat(),
                "amount": str(amount_of(amounts.get(each.pk, 0))),
                "currency": each.currency,
            }
            for each in invoices
        ]
        output.print_json({"invoices": rows})
        return DONE
    if not invoices:
        print_line(_("No supplier’s invoice of calls was imported yet."))
        return DONE
    print_columns(
        [Column(_("Invoice")), Column(_("Rate deck")), Column(_("From")), Column(_("Before")), figure(_("Amount"))],
        [
            [
                each.number,
                each.deck.code if each.deck else "",
                each.starts_on.isoformat(),
                each.ends_before.isoformat(),
                f"{each.currency} {_amount(amounts.get(each.pk, 0))}",
            ]
            for each in invoices
        ],
    )
    return DONE


def _facts(found: InvoiceComparison) -> dict[str, object]:
    invoice = found.invoice
    return {
        "number": invoice.number,
        "starts_on": invoice.starts_on.isoformat(),
        "ends_before": invoice.ends_before.isoformat(),
        "currency": invoice.currency,
        "ours": _side(found.ours),
        "theirs": _side(found.theirs),
        "difference": str(amount_of(found.difference_e6)),
        "without_buy_price": found.unbought,
        "without_owner": found.unowned,
        "deck_sells_nothing": found.sells_nothing,
        "unnamed": list(found.unnamed),
        "destinations": [
            {
                "destination": each.destination,
                "finding": each.finding.value,
                "ours": None if each.ours is None else _side(each.ours),
                "theirs": None if each.theirs is None else _side(each.theirs),
                "difference": str(amount_of(each.difference_e6)),
            }
            for each in found.rows
        ],
    }


def _side(sums: CallSums) -> dict[str, object]:
    return {"calls": sums.calls, "seconds": sums.seconds, "amount": str(amount_of(sums.amount_e6))}


def _print(found: InvoiceComparison) -> None:
    if not found.rows:
        print_line(_("Neither the invoice nor we have calls in these days."))
        return
    columns = [Column(_("Destination"))]
    columns += [figure(each) for each in (_("Our calls"), _("Our minutes"), _("Our amount"))]
    columns += [figure(each) for each in (_("Their calls"), _("Their minutes"), _("Their amount"), _("Difference"))]
    rows = [[each.destination, *_cells(each.ours), *_cells(each.theirs), _amount(each.difference_e6)]
            for each in found.rows[:SHOWN]]  # fmt: skip
    total = [_("In all"), *_cells(found.ours), *_cells(found.theirs), _amount(found.difference_e6)]
    print_columns(columns, [*rows, total])
    if len(found.rows) > SHOWN:
        left = f"{len(found.rows) - SHOWN:,}"
        print_note(_("%(number)s more destinations: --json lists all.") % {"number": left})
    counts = found.counts()
    print_columns(
        [Column(_("Destinations")), figure(_("Number"))],
        [[str(INVOICE_FINDING_WORDS[each]), f"{counts[each]:,}"] for each in InvoiceFinding],
    )
    for said in unmatched_words(found):
        print_note(said)
    if found.unbought:
        print_note(_("%(number)s of our calls have no buy price.") % {"number": f"{found.unbought:,}"})
    if found.unowned:
        print_note(_("%(number)s calls of these days have no owner; they are not among ours.")
                   % {"number": f"{found.unowned:,}"})  # fmt: skip


def _cells(sums: CallSums | None) -> list[str]:
    if sums is None:
        return [formats.NOTHING] * 3
    calls = formats.NOTHING if sums.calls is None else f"{sums.calls:,}"
    minutes = formats.NOTHING if sums.seconds is None else duration_of(sums.seconds)
    return [calls, minutes, _amount(sums.amount_e6)]


def _amount(amount_e6: int) -> str:
    return str(amount_of(amount_e6))
