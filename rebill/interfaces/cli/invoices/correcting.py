"""Putting right what was issued: crediting, withdrawing, and sending once more."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.delivery.commands import resend_invoice
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.asking import confirm
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.figures import amount
from rebill.interfaces.cli.figures import number as number_words
from rebill.interfaces.cli.invoices.listing import NumberArgument
from rebill.interfaces.cli.invoices.showing import dispatch_facts, invoice_facts
from rebill.interfaces.cli.issue import steps
from rebill.interfaces.cli.options import ReasonOption, YesOption, open_session, read_number
from rebill.interfaces.cli.tables import print_line, print_note
from rebill.invoices.commands import credit_invoice, withdraw_invoice
from rebill.invoices.models import Invoice
from rebill.invoices.queries.invoices import invoice_numbered
from rebill.kit.errors import Invalid
from rebill.kit.fields import QuantityField
from rebill.pipeline import IssuedMonth, complete_documents
from rebill.rules.crediting import CreditTooLarge, LineRequest
from rebill.rules.money import Money

_QUANTITY = QuantityField()


class LineUnclear(Invalid):
    """A line to credit was not given as POSITION, POSITION=QUANTITY or POSITION=AMOUNT."""


class TooMuch(Invalid):
    """More is credited than is left; the rule's refusal, with the amounts as the invoice has them."""


def credit(
    number: NumberArgument,
    reason: ReasonOption = "",
    line: Annotated[
        list[str] | None,
        typer.Option("--line", metavar="N[=QUANTITY]", help="Line N: all that is left, or a quantity. Repeatable."),
    ] = None,
    line_amount: Annotated[
        list[str] | None, typer.Option("--line-amount", metavar="N=AMOUNT", help="An amount off line N. Repeatable.")
    ] = None,
    net: Annotated[
        Decimal | None,
        typer.Option("--amount", parser=read_number, metavar="AMOUNT", help="An amount off the whole, without VAT."),
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Credit an invoice: some lines, an amount, or (if nothing is said) all that is left of it."""
    session = open_session(seller=seller, user=user)
    invoice = invoice_numbered(acting=session.acting, number=number)
    requests = _requests(invoice, line or [], line_amount or [])
    if requests and net is not None:
        raise LineUnclear(_("Credit lines or an amount off the whole, not both at once."))
    try:
        note = credit_invoice(
            acting=session.acting,
            invoice_id=invoice.pk,
            reason=reason,
            lines=requests or None,
            net_minor=None if net is None else Money.of(net, invoice.currency).minor,
            today=session.today,
            now=session.now,
        )
    except CreditTooLarge as refusal:
        raise TooMuch(_too_much(refusal, invoice)) from None
    return _complete(session, note, f"{invoice.number} was credited by", as_json=as_json)


def withdraw(
    number: NumberArgument,
    reason: ReasonOption = "",
    yes: YesOption = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Take a wrong invoice back: it is credited in full, and what it billed can be billed again."""
    session = open_session(seller=seller, user=user)
    invoice = invoice_numbered(acting=session.acting, number=number)
    confirm(
        _("Withdraw %(number)s of %(customer_name)s?")
        % {"number": invoice.number, "customer_name": invoice.customer_name},
        (
            _("A credit note over %(amount)s %(currency)s is issued. It stays in the books.")
            % {"amount": amount(invoice.gross_amount), "currency": invoice.currency},
            _("What the invoice billed is open again: the next run bills it."),
            _("If the invoice was sent, the customer gets the credit note."),
        ),
        yes=yes,
    )
    note = withdraw_invoice(
        acting=session.acting, invoice_id=invoice.pk, reason=reason, today=session.today, now=session.now
    )
    code = _complete(session, note, f"{invoice.number} was withdrawn by", as_json=as_json)
    if not as_json:
        print_note(_("What it billed is open again: put it right, then `rebill prepare`."))
    return code


def resend(
    number: NumberArgument,
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="ADDRESS", help="Send it here instead. Repeatable.")
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Queue a document to be sent once more, the same bytes."""
    session = open_session(seller=seller, user=user)
    invoice = invoice_numbered(acting=session.acting, number=number)
    dispatch = resend_invoice(acting=session.acting, invoice=invoice, recipients=to, now=session.now)
    if as_json:
        output.print_json({"number": invoice.number, **dispatch_facts(dispatch)})
    else:
        people = ", ".join(dispatch.recipients) or "the printer"
        print_line(_("%(number)s waits to be sent to %(people)s.") % {"number": invoice.number, "people": people})
        print_note(_("Next: `rebill deliver`."))
    return DONE


def _too_much(refusal: CreditTooLarge, invoice: Invoice) -> str:
    left = amount(Money(refusal.left_minor, invoice.currency))
    quantity = f", quantity {number_words(Decimal(refusal.left_e8).scaleb(-8))}" if refusal.left_e8 else ""
    return f"More than nothing and at most {left} {invoice.currency} without VAT{quantity} can be credited."


def _requests(invoice: Invoice, lines: list[str], amounts: list[str]) -> list[LineRequest]:
    """What to credit of which lines, as it was typed. A line that gave something back is credited with a minus."""
    requests = []
    for text in lines:
        position, mark, quantity = text.partition("=")
        e8 = _QUANTITY.scaled(_number(text, quantity)) if mark else None
        requests.append(LineRequest(_position(text, position), quantity_e8=e8))
    for text in amounts:
        position, _mark, value = text.partition("=")
        money = Money.of(_number(text, value), invoice.currency)
        requests.append(LineRequest(_position(text, position), net_minor=money.minor))
    return requests


def _position(text: str, position: str) -> int:
    if not position.isdecimal():
        raise LineUnclear(
            _("%(text)r names no line. Write the number of the line first, such as 2 or 2=1.5.") % {"text": text}
        )
    return int(position)


def _number(text: str, value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise LineUnclear(
            _("%(text)r has no number behind the equals sign. Write it as 2=1.5.") % {"text": text}
        ) from None


def _complete(session: Session, note: Invoice, words: str, *, as_json: bool) -> int:
    """Makes the PDF of the credit note and queues it, then tells."""
    with steps(is_silent=as_json) as progress:
        month = complete_documents(acting=session.acting, now=session.now, progress=progress)
    if as_json:
        output.print_json(invoice_facts(session, note))
    else:
        _print_note(note, words, month)
    return PARTLY if month.problems else DONE


def _print_note(note: Invoice, words: str, month: IssuedMonth) -> None:
    print_line(f"{words} {note.number}, {amount(note.gross_amount)} {note.currency} incl. VAT.")
    output.print_problems(month.problems, title=_("Not made"))
