"""`rebill prepare`: the drafts of a month, a manual invoice, or a look ahead; and what a run came to."""

from datetime import date
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.drafts.showing import draft_facts, print_draft
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import day, month
from rebill.interfaces.cli.options import open_session, read_day
from rebill.interfaces.cli.run_summary import print_run, run_facts
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note
from rebill.kit.errors import Invalid
from rebill.parties.queries import customer_by_number
from rebill.pipeline import prepare, prepare_chain
from rebill.runs.commands import prepare_manual_run
from rebill.runs.queries.drafts import DraftFilter, find_drafts, run_of
from rebill.runs.queries.preview import Preview, preview_draft
from rebill.runs.queries.shown import draft_shown


class CustomerMissing(Invalid):
    """A look ahead was asked for nobody."""


def prepare_command(
    on: Annotated[
        date | None,
        typer.Option(
            "--on",
            parser=read_day,
            metavar="DATE",
            help="The day of the run: fees in advance from it, usage and fees in arrears until it. "
            "The first of this month if not said; today for one customer.",
        ),
    ] = None,
    customer: Annotated[
        str | None,
        typer.Option("--customer", metavar="NUMBER", help="Only this customer, now, whatever its interval."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show the customer's next draft on that day; write nothing.")
    ] = False,
    chain: Annotated[
        bool, typer.Option("--chain", help="The run of every dealer below the seller too, from the top down.")
    ] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Make the drafts of a run; repeated, it adds what has come since and makes nothing twice."""
    session = open_session(seller=seller, user=user)
    if preview:
        if customer is None:
            raise CustomerMissing(_("Say with --customer whose next draft you want to see."))
        return _show_preview(session, customer, on or session.today, as_json=as_json)
    if customer is not None:
        return _prepare_customer(session, customer, on or session.today, as_json=as_json)
    if chain:
        return _prepare_chain(session, on or session.today.replace(day=1), as_json=as_json)
    return _prepare_run(session, on or session.today.replace(day=1), as_json=as_json)


def _prepare_run(session: Session, billed_on: date, *, as_json: bool) -> int:
    with output.progress(_("%(month)s run") % {"month": month(billed_on)}, is_silent=as_json) as advance:
        prepared = prepare(
            acting=session.acting,
            billed_on=billed_on,
            now=session.now,
            progress=lambda step, done, total: advance(done, total),
        )
    run = run_of(acting=session.acting, run_id=prepared.run_id)
    if as_json:
        output.print_json(
            {
                **run_facts(session, run),
                "customers_looked_at": prepared.customers,
                "new_charges": prepared.charges,
                "new_drafts": prepared.drafts,
                "approved_by_themselves": prepared.auto_approved,
            }
        )
        return DONE
    print_run(session, run)
    new = _("Nothing new: everything that is owed stands on a draft or an invoice.")
    if prepared.charges:
        new = _("%(customers)s customers looked at, %(charges)s new charges, %(drafts)s new drafts.") % {
            "customers": f"{prepared.customers:,}",
            "charges": f"{prepared.charges:,}",
            "drafts": f"{prepared.drafts:,}",
        }
    print_note(new)
    if prepared.auto_approved:
        words = ngettext(
            "%(number)s draft without warnings approved itself.",
            "%(number)s drafts without warnings approved themselves.",
            prepared.auto_approved,
        )
        print_note(words % {"number": f"{prepared.auto_approved:,}"})
    return DONE


def _prepare_chain(session: Session, billed_on: date, *, as_json: bool) -> int:
    with output.progress(_("%(month)s run") % {"month": month(billed_on)}, is_silent=as_json) as advance:
        links = prepare_chain(
            acting=session.acting,
            billed_on=billed_on,
            now=session.now,
            progress=lambda step, done, total: advance(done, total),
        )
    if as_json:
        rows = [
            {
                "seller": link.seller.slug,
                "run": link.prepared.run_id,
                "customers_looked_at": link.prepared.customers,
                "new_charges": link.prepared.charges,
                "new_drafts": link.prepared.drafts,
            }
            for link in links
        ]
        output.print_json({"on": billed_on.isoformat(), "sellers": rows})
        return DONE
    print_columns(
        [Column(_("Seller")), figure(_("Customers")), figure(_("Charges")), figure(_("Drafts"))],
        [
            (
                link.seller.name,
                f"{link.prepared.customers:,}",
                f"{link.prepared.charges:,}",
                f"{link.prepared.drafts:,}",
            )
            for link in links
        ],
    )
    return DONE


def _prepare_customer(session: Session, number: str, billed_on: date, *, as_json: bool) -> int:
    customer = customer_by_number(session.acting, number)
    prepared = prepare_manual_run(acting=session.acting, customer_id=customer.pk, billed_on=billed_on, now=session.now)
    drafts = find_drafts(acting=session.acting, wanted=DraftFilter(run_id=prepared.run_id))
    found = [draft_shown(acting=session.acting, draft_id=draft.pk) for draft in drafts]
    if as_json:
        output.print_json({"run": prepared.run_id, "drafts": [draft_facts(draft, shown) for draft, shown in found]})
        return DONE
    for draft, shown in found:
        print_draft(shown, draft)
    ids = " ".join(str(draft.pk) for draft, _ in found)
    print_note(_("Next: `rebill drafts approve %(ids)s`, then `rebill issue`.") % {"ids": ids})
    return DONE


def _show_preview(session: Session, number: str, billed_on: date, *, as_json: bool) -> int:
    customer = customer_by_number(session.acting, number)
    preview = preview_draft(acting=session.acting, customer_id=customer.pk, billed_on=billed_on)
    if as_json:
        output.print_json(
            {
                "customer": {"number": customer.number or "", "name": customer.name},
                "on": billed_on.isoformat(),
                "is_turn": preview.is_turn,
                "drafts": [draft_facts(None, shown) for shown in preview.drafts],
            }
        )
        return DONE
    for shown in preview.drafts:
        print_draft(shown)
    if not preview.drafts:
        print_line(
            _("%(name)s owes nothing on %(day)s that no draft or invoice holds yet.")
            % {"name": customer.name, "day": day(billed_on)}
        )
    _explain_turn(preview)
    print_note(_("Nothing was written."))
    return DONE


def _explain_turn(preview: Preview) -> None:
    if not preview.is_turn:
        print_note(
            _(
                "A run on %(day)s passes this customer by, because of its invoice interval; this is what "
                "a manual invoice would be."
            )
            % {"day": day(preview.billed_on)}
        )
