"""Mending drafts: lines added, changed and dropped, texts, and the date of the invoices."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.charges.commands import reopen_charge
from rebill.charges.queries import charge_of
from rebill.interfaces.cli import line_terms as said
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.drafts.choosing import DraftArgument
from rebill.interfaces.cli.drafts.listing import ChargeArgument
from rebill.interfaces.cli.drafts.showing import draft_facts, print_draft
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import day, month
from rebill.interfaces.cli.options import ReasonOption, ReferenceOption, open_session, read_day, read_number
from rebill.interfaces.cli.tables import print_line, print_note
from rebill.kit.errors import Invalid
from rebill.rules.periods import Period
from rebill.rules.tax import RateClass
from rebill.runs.commands import (
    add_draft_line,
    change_draft_line,
    change_draft_texts,
    change_invoice_date,
    drop_draft_line,
    reset_draft_line,
)
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import draft_of, periodic_run_on
from rebill.runs.queries.shown import draft_shown


class NothingToChange(Invalid):
    """A change was asked for without saying which."""


def add_line(
    draft: DraftArgument,
    text: said.TextOption = "",
    price: said.PriceOption = None,
    quantity: said.QuantityOption = Decimal(1),
    product: said.ProductOption = None,
    on: said.SuppliedOption = None,
    credit: said.CreditOption = False,
    reference: ReferenceOption = "",
    cost_centre: said.CostCentreOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Add a line to a draft."""
    session = open_session(seller=seller, user=user)
    customer = draft_of(acting=session.acting, draft_id=draft).customer
    named = said.line_product(session, product)
    terms = said.line_terms(
        session,
        customer,
        named,
        text=text,
        unit_price=price,
        quantity=quantity,
        supplied_on=on,
        reference=reference,
        cost_centre=cost_centre,
    )
    changed = add_draft_line(
        acting=session.acting, draft_id=draft, terms=terms, product=named, is_credit=credit, now=session.now
    )
    return _show(session, changed, as_json=as_json)


def change_line(
    draft: DraftArgument,
    line: ChargeArgument,
    text: Annotated[str | None, typer.Option("--text", metavar="TEXT", help="Another text.")] = None,
    quantity: Annotated[
        Decimal | None, typer.Option("--quantity", parser=read_number, metavar="NUMBER", help="Another quantity.")
    ] = None,
    price: Annotated[
        Decimal | None, typer.Option("--price", parser=read_number, metavar="AMOUNT", help="Another price of one.")
    ] = None,
    first: Annotated[
        date | None,
        typer.Option("--from", parser=read_day, metavar="DATE", help="Another first day, with --last-day."),
    ] = None,
    last: Annotated[
        date | None,
        typer.Option("--last-day", parser=read_day, metavar="DATE", help="Another last day, with --from."),
    ] = None,
    vat: Annotated[RateClass | None, typer.Option("--vat", help="Another VAT rate, on this document.")] = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="TEXT", help="Another ledger account, for this document.")
    ] = None,
    reason: ReasonOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Change a line's text, quantity, price, period, VAT or account on the draft; all but the text ask for a reason."""
    if all(each is None for each in (text, quantity, price, first, last, vat, account)):
        raise NothingToChange(
            _("Say what to change: --text, --quantity, --price, --vat, --account, or --from with --last-day.")
        )
    if (first is None) is not (last is None):
        raise NothingToChange(_("Say both days of the period: --from and --last-day."))
    session = open_session(seller=seller, user=user)
    changed = change_draft_line(
        acting=session.acting,
        draft_id=draft,
        charge_id=line,
        description=text,
        quantity=quantity,
        unit_price=price,
        period=Period(first, last + timedelta(days=1)) if first and last else None,
        rate_class=vat,
        ledger_account=account,
        reason=reason,
        now=session.now,
    )
    return _show(session, changed, as_json=as_json)


def reset_line(
    draft: DraftArgument,
    line: ChargeArgument,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Take every change of a line back."""
    session = open_session(seller=seller, user=user)
    changed = reset_draft_line(acting=session.acting, draft_id=draft, charge_id=line, now=session.now)
    return _show(session, changed, as_json=as_json)


def drop_line(
    draft: DraftArgument,
    line: ChargeArgument,
    reason: ReasonOption = "",
    waive: Annotated[bool, typer.Option("--waive", help="Never bill it; else a later run takes it.")] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Take a line off a draft; a later run bills it, unless it is waived."""
    session = open_session(seller=seller, user=user)
    changed = drop_draft_line(
        acting=session.acting, draft_id=draft, charge_id=line, reason=reason, waive=waive, now=session.now
    )
    return _show(session, changed, as_json=as_json)


def reopen_line(
    line: ChargeArgument,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Let the next run bill a line that was dropped or waived."""
    session = open_session(seller=seller, user=user)
    charge = reopen_charge(
        acting=session.acting, charge=charge_of(acting=session.acting, charge_id=line), now=session.now
    )
    if as_json:
        output.print_json({"charge": charge.pk, "stands": "open"})
    else:
        print_line(_("Line %(charge)s is open again.") % {"charge": charge.pk})
        print_note(_("Next: `rebill prepare` puts it on a draft."))
    return DONE


def change_texts(
    draft: DraftArgument,
    intro: Annotated[str | None, typer.Option("--intro", metavar="TEXT", help="Above the lines.")] = None,
    closing: Annotated[str | None, typer.Option("--closing", metavar="TEXT", help="Below the lines.")] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Change the texts above and below the lines; an empty text takes one away."""
    if intro is None and closing is None:
        raise NothingToChange(_("Say which text to change: --intro or --closing."))
    session = open_session(seller=seller, user=user)
    changed = change_draft_texts(acting=session.acting, draft_id=draft, intro=intro, closing=closing, now=session.now)
    return _show(session, changed, as_json=as_json)


def change_date(
    run: Annotated[date, typer.Option("--run", parser=read_day, metavar="DATE", help="The run on this day.")],
    on: Annotated[
        date | None,
        typer.Option("--on", parser=read_day, metavar="DATE", help="The date; if not said, the day they are issued."),
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Fix the date that will stand on the invoices of a run."""
    session = open_session(seller=seller, user=user)
    found = periodic_run_on(acting=session.acting, billed_on=run)
    dated = change_invoice_date(acting=session.acting, run_id=found.pk, invoice_on=on, now=session.now)
    if as_json:
        output.print_json({"run": run.isoformat(), "invoice_date": on.isoformat() if on else None})
    else:
        words = _("The invoices of the run of %(month)s will carry the day they are issued as their date.")
        if dated.invoice_on:
            words = _("The invoices of the run of %(month)s will carry %(day)s as their date.")
        print_line(words % {"month": month(run), "day": day(dated.invoice_on)})
    return DONE


def _show(session: Session, draft: Draft, *, as_json: bool) -> int:
    """The draft as it is after the change."""
    found, shown = draft_shown(acting=session.acting, draft_id=draft.pk)
    if as_json:
        output.print_json(draft_facts(found, shown))
    else:
        print_draft(shown, found)
    return DONE
