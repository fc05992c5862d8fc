"""An issued document on the screen and for programs: as it was printed, and what has become of it since."""

from django.utils.translation import gettext as _
from rich.text import Text

from rebill.delivery.models import Dispatch
from rebill.delivery.queries import dispatches_of
from rebill.interfaces.cli.acting import Session
from rebill.interfaces.cli.figures import amount, day, exact, number, period, price
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_facts, print_title, short
from rebill.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceTax


def print_invoice(session: Session, invoice: Invoice) -> None:
    """The whole document."""
    lines, taxes = _lines(invoice), _taxes(invoice)
    word = "Invoice" if invoice.kind == InvoiceKind.INVOICE else "Credit note"
    print_title(f"{word} {invoice.number}: {invoice.customer_number} {invoice.customer_name}")
    print_facts(
        (
            (_("Date"), _("%(day)s, due %(day_2)s") % {"day": day(invoice.issued_on), "day_2": day(invoice.due_on)}),
            (_("Period"), period(invoice.supplied_from, invoice.supplied_before) if invoice.supplied_from else ""),
            (_("Credits"), invoice.credits.number if invoice.credits else ""),
            (_("Because"), invoice.reason),
            (_("Payment reference"), invoice.payment_reference),
            (_("Customer's reference"), invoice.customer_reference),
            (_("Cost centre"), invoice.cost_centre),
        )
    )
    print_columns(
        [
            figure(_("Line")),
            Column(_("What")),
            short(_("Period")),
            figure(_("Quantity")),
            figure(_("Price")),
            figure(_("VAT")),
            figure(_("%(currency)s, excl.") % {"currency": invoice.currency}),
        ],
        [
            (
                f"{line.position}",
                _("%(description)s (corrects %(corrects_number)s)")
                % {"description": line.description, "corrects_number": line.corrects_number}
                if line.corrects_number
                else line.description,
                period(line.starts_on, line.ends_before),
                number(line.prorated_quantity),
                price(line.unit_price),
                f"{number(line.tax_rate)}%",
                amount(line.net_amount),
            )
            for line in lines
        ],
    )
    rows: list[tuple[object, str]] = [("Total excl. VAT", amount(invoice.net_amount))]
    rows += [
        (f"VAT {number(tax.rate)}% ({tax.category}) of {amount(tax.base_amount)}", amount(tax.tax_amount))
        for tax in taxes
    ]
    rows.append((Text(_("Total"), style="bold"), amount(invoice.gross_amount)))
    print_title("")
    print_columns([Column(""), figure(invoice.currency)], rows)
    _print_notes(invoice)
    _print_sendings(session, invoice)


def invoice_facts(session: Session, invoice: Invoice) -> dict[str, object]:
    """The same for programs."""
    return {
        "number": invoice.number,
        "kind": invoice.kind,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "customer": {"number": invoice.customer_number, "name": invoice.customer_name},
        "currency": invoice.currency,
        "net": exact(invoice.net_amount),
        "tax": exact(invoice.tax_amount),
        "gross": exact(invoice.gross_amount),
        "payment_reference": invoice.payment_reference,
        "credits": invoice.credits.number if invoice.credits else None,
        "withdraws": invoice.withdraws,
        "reason": invoice.reason,
        "lines": [_line_facts(line) for line in _lines(invoice)],
        "taxes": [
            {
                "category": tax.category,
                "rate": exact(tax.rate),
                "base": exact(tax.base_amount),
                "tax": exact(tax.tax_amount),
            }
            for tax in _taxes(invoice)
        ],
        "credit_notes": [
            {"number": note.number, "gross": exact(note.gross_amount), "withdraws": note.withdraws}
            for note in _notes(invoice)
        ],
        "dispatches": [dispatch_facts(each) for each in dispatches_of(session.acting, invoice.pk)],
    }


def _lines(invoice: Invoice) -> list[InvoiceLine]:
    return list(invoice.lines.order_by("position"))


def _taxes(invoice: Invoice) -> list[InvoiceTax]:
    return list(invoice.taxes.order_by("id"))


def _notes(invoice: Invoice) -> list[Invoice]:
    return list(invoice.credit_notes.order_by("id"))


def _print_notes(invoice: Invoice) -> None:
    notes = _notes(invoice)
    if notes:
        print_columns(
            [
                short(_("Number")),
                short(_("Date")),
                figure(_("%(currency)s, incl.") % {"currency": invoice.currency}),
                Column(_("Because")),
            ],
            [(note.number, day(note.issued_on), amount(note.gross_amount), note.reason) for note in notes],
            title=_("Withdrawn by") if any(note.withdraws for note in notes) else _("Credited by"),
        )


def _print_sendings(session: Session, invoice: Invoice) -> None:
    sendings = list(dispatches_of(session.acting, invoice.pk))
    if sendings:
        print_columns(
            [
                figure(_("Sending")),
                short(_("Since")),
                short(_("By")),
                Column(_("To")),
                short(_("State")),
                Column(_("What was said")),
            ],
            [
                (
                    f"{each.pk}",
                    day(each.queued_at.date()),
                    each.channel,
                    ", ".join(each.recipients),
                    each.state,
                    each.last_words,
                )
                for each in sendings
            ],
            title=_("Sendings, the newest first"),
        )


def _line_facts(line: InvoiceLine) -> dict[str, object]:
    return {
        "position": line.position,
        "charge": line.charge,
        "kind": line.kind,
        "product": line.product_code,
        "text": line.description,
        "starts_on": line.starts_on.isoformat() if line.starts_on else None,
        "ends_before": line.ends_before.isoformat() if line.ends_before else None,
        "quantity": exact(line.quantity),
        "prorated_quantity": exact(line.prorated_quantity),
        "unit": line.unit,
        "unit_price": exact(line.unit_price),
        "net": exact(line.net_amount),
        "tax_category": line.tax_category,
        "tax_rate": exact(line.tax_rate),
        "ledger_account": line.ledger_account,
        "cost_centre": line.cost_centre,
        "dimensions": line.dimensions,
        "reference": line.reference,
        "corrects": line.corrects_number,
    }


def dispatch_facts(dispatch: Dispatch) -> dict[str, object]:
    """One sending of a document, for programs."""
    return {
        "dispatch": dispatch.pk,
        "channel": dispatch.channel,
        "recipients": dispatch.recipients,
        "state": dispatch.state,
        "attempts": dispatch.attempts_made,
        "words": dispatch.last_words,
    }
