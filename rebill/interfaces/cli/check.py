"""`rebill check`: asks every stage whether its books are in order."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date

from rich.text import Text

from rebill.catalogue.checks import check_catalogue
from rebill.charges.checks import check_charges
from rebill.charges.queries import told_until
from rebill.delivery.checks import check_dispatches
from rebill.exports.checks import check_exports
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import Column, print_columns, print_line, print_note, short
from rebill.invoices.checks import check_billing, check_credits, check_documents, check_invoices, check_numbers
from rebill.kit.errors import Problem
from rebill.kit.files import check_files
from rebill.parties.checks import check_parties
from rebill.runs.checks import check_claims, check_drafts
from rebill.sources.oneoff.checks import check_interim_lines
from rebill.sources.recurring.checks import check_marks
from rebill.sources.recurring.source import RecurringSource
from rebill.subscriptions.checks import check_changes, check_subscriptions

SHOWN = 20


def _check_marks(session: Session) -> list[Problem]:
    def reached(subscription_ids: Collection[int]) -> Mapping[int, date | None]:
        return told_until(
            seller_id=session.acting.seller_id, source=RecurringSource.name, subscription_ids=subscription_ids
        )

    return check_marks(acting=session.acting, told_until=reached)


# What each check asks, in the order of the stages.
CHECKS: Mapping[str, Callable[[Session], list[Problem]]] = {
    "The seller can issue, and ids have their check digits": lambda each: check_parties(acting=each.acting),
    "Products have names, and one price a day": lambda each: check_catalogue(acting=each.acting),
    "Subscriptions name what is their own": lambda each: check_subscriptions(acting=each.acting),
    "Changes say what their kind must say": lambda each: check_changes(acting=each.acting),
    "What was told of each subscription is remembered": _check_marks,
    "Interim lines are what they were entered as": lambda each: check_interim_lines(acting=each.acting),
    "Charges come to quantity times price": lambda each: check_charges(acting=each.acting),
    "Every charge stands on one draft at most": lambda each: check_claims(acting=each.acting),
    "Drafts come to what their lines come to": lambda each: check_drafts(acting=each.acting),
    "Documents come to their lines and VAT": lambda each: check_invoices(acting=each.acting),
    "Every issued draft is one document": lambda each: check_billing(acting=each.acting),
    "Nothing is credited twice": lambda each: check_credits(acting=each.acting),
    "Numbers have no gaps": lambda each: check_numbers(acting=each.acting),
    "Every document has its PDF": lambda each: check_documents(acting=each.acting),
    "Every document was decided about once": lambda each: check_dispatches(acting=each.acting, now=each.now),
    "Exports add up to their documents": lambda each: check_exports(acting=each.acting, now=each.now),
    "Kept files are unchanged": lambda each: check_files(),
}


def check_command(
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Compare everything that is stored with all it must agree with; nothing is changed.

    Leaves with 1 when anything does not agree. What only asks for a look is listed and changes nothing.
    """
    session = open_session(seller=seller, user=user)
    found = dict(_ask(session, is_silent=as_json))
    problems = [problem for listed in found.values() for problem in listed]
    if as_json:
        output.print_json(
            {
                "checks": len(found),
                "blocking": sum(problem.blocking for problem in problems),
                "problems": [output.problem_facts(problem) for problem in problems],
            }
        )
    else:
        _print(found)
    return PARTLY if any(problem.blocking for problem in problems) else DONE


def _ask(session: Session, *, is_silent: bool) -> Iterator[tuple[str, list[Problem]]]:
    with output.progress("Checking", is_silent=is_silent) as advance:
        for position, (question, check) in enumerate(CHECKS.items()):
            advance(position, len(CHECKS), title=question)
            yield question, check(session)
        advance(len(CHECKS), len(CHECKS), title="Checked")


def _print(found: Mapping[str, list[Problem]]) -> None:
    for question, problems in found.items():
        number = Text(f"  {len(problems):,}" if problems else "", style="bold")
        print_line(Text.assemble(_mark(problems), "  ", question, number))
    for question, problems in found.items():
        if problems:
            print_columns(
                [short("Where"), Column("Why"), Column("How to mend it")],
                [(problem.where, problem.why, problem.remedy) for problem in problems[:SHOWN]],
                title=question,
            )
            if len(problems) > SHOWN:
                print_note(f"… and {len(problems) - SHOWN:,} more; --json shows all.")
    listed = [problem for problems in found.values() for problem in problems]
    blocking = sum(problem.blocking for problem in listed)
    told = f"{blocking:,} problems, {len(listed) - blocking:,} to look at" if listed else "all in order"
    print_note(f"{len(found)} checks: {told}.", apart=True)


def _mark(problems: Sequence[Problem]) -> Text:
    """A cross for what does not agree, an exclamation mark for what only asks for a look."""
    if any(problem.blocking for problem in problems):
        return Text("✗", style="bold red")
    return Text("!", style="bold yellow") if problems else Text("✓", style="green")
