"""`rebill issue`: approved drafts become numbered documents with their PDFs, queued to be sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.asking import confirm
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.figures import amount, day
from rebill.interfaces.cli.options import YesOption, open_session, read_day
from rebill.interfaces.cli.tables import figure, print_columns, print_line, print_note
from rebill.pipeline import IssuedMonth, Progress, issue
from rebill.rules.money import Money
from rebill.runs.commands import change_invoice_date
from rebill.runs.queries.drafts import DraftFilter, find_drafts, periodic_run_on
from rebill.runs.queries.pages import CurrencySum, sums_of_drafts

STEPS = {"issue": "Numbers given", "render": "PDFs made"}


def issue_command(
    run: Annotated[
        date | None,
        typer.Option("--run", parser=read_day, metavar="DATE", help="Only drafts of the run on this day."),
    ] = None,
    on: Annotated[
        date | None,
        typer.Option(
            "--on",
            parser=read_day,
            metavar="DATE",
            help="The date that stands on the invoices; the run's, else today's, if not said.",
        ),
    ] = None,
    yes: YesOption = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Number and freeze approved drafts, make their PDFs and queue them to be sent. Repeated, it goes on.

    Leaves with 1 when some were sent back to review or a PDF could not be made.
    """
    session = open_session(seller=seller, user=user)
    run_id = periodic_run_on(acting=session.acting, billed_on=run).pk if run else None
    approved = find_drafts(acting=session.acting, wanted=DraftFilter(tab="approved", run_id=run_id))
    sums = sums_of_drafts(approved)
    if sums:
        _ask(session, sums, on, yes=yes)
    if on is not None:
        for each in sorted(set(approved.values_list("run_id", flat=True))):
            change_invoice_date(acting=session.acting, run_id=each, invoice_on=on, now=session.now)
    with steps(is_silent=as_json) as progress:
        month = issue(acting=session.acting, today=session.today, now=session.now, run_id=run_id, progress=progress)
    if as_json:
        output.print_json(month_facts(month))
    else:
        _print_month(month)
    return PARTLY if month.returned or month.problems else DONE


@contextmanager
def steps(*, is_silent: bool) -> Iterator[Progress]:
    """A bar for the step that is under way."""
    with output.progress(STEPS["issue"], is_silent=is_silent) as advance:

        def tell(step: str, done: int, total: int | None) -> None:
            advance(done, total, title=STEPS.get(step, step))

        yield tell


def month_facts(month: IssuedMonth) -> dict[str, object]:
    """What came of it, for programs."""
    return {
        "documents": month.documents,
        "sent_back_to_review": month.returned,
        "pdfs_made": month.rendered,
        "queued": month.queued,
        "problems": [output.problem_facts(problem) for problem in month.problems],
    }


def _ask(session: Session, sums: tuple[CurrencySum, ...], on: date | None, *, yes: bool) -> None:
    number = sum(each.drafts for each in sums)
    totals = ", ".join(f"{amount(Money(each.gross_minor, each.currency))} {each.currency}" for each in sums)
    dated = f"dated {day(on)}" if on else "dated today, or as their run says"
    confirm(
        _("Issue %(number)s invoices of %(name)s?") % {"number": f"{number:,}", "name": session.seller.name},
        (
            _("They come to %(totals)s with VAT.") % {"totals": totals},
            f"They get numbers and are {dated}. After that they can be credited, not changed.",
            _("Their PDFs are made, and they are queued to be sent."),
        ),
        yes=yes,
    )


def _print_month(month: IssuedMonth) -> None:
    if not (month.documents or month.returned or month.rendered or month.queued or month.problems):
        print_line(_("Nothing to issue: no draft is approved, and every document has its PDF."))
        print_note(_("Next: `rebill drafts approve --tab ready`."))
        return
    print_columns(
        [figure(_("Documents issued")), figure(_("PDFs made")), figure(_("Queued to be sent"))],
        [(f"{month.documents:,}", f"{month.rendered:,}", f"{month.queued:,}")],
    )
    if month.returned:
        print_line(
            _("%(returned)s drafts went back to review: they lost their lines or a VAT rate since.")
            % {"returned": f"{month.returned:,}"}
        )
        print_note(_("Next: `rebill drafts list --tab to_check`."))
    output.print_problems(month.problems, title=_("Not made"))
    if month.queued:
        print_note(_("Next: `rebill deliver`."))
