"""`rebill check`: asks every stage whether its books are in order."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.text import Text

from rebill.interfaces.checking import CHECKS as SELLER_CHECKS
from rebill.interfaces.checking import Check
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import Column, print_columns, print_line, print_note, short
from rebill.kit.errors import Problem
from rebill.kit.files import check_files

SHOWN = 20


# What is not one seller's: the files of the whole installation.
CHECKS: Mapping[Promise, Check] = {
    **SELLER_CHECKS,
    gettext_lazy("Kept files are unchanged"): lambda acting, now: check_files(),
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
    with output.progress(_("Checking"), is_silent=is_silent) as advance:
        for position, (question, check) in enumerate(CHECKS.items()):
            advance(position, len(CHECKS), title=str(question))
            yield str(question), check(session.acting, session.now)
        advance(len(CHECKS), len(CHECKS), title=_("Checked"))


def _print(found: Mapping[str, list[Problem]]) -> None:
    for question, problems in found.items():
        number = Text(f"  {len(problems):,}" if problems else "", style="bold")
        print_line(Text.assemble(_mark(problems), "  ", question, number))
    for question, problems in found.items():
        if problems:
            print_columns(
                [short(_("Where")), Column(_("Why")), Column(_("How to mend it"))],
                [(problem.where, problem.why, problem.remedy) for problem in problems[:SHOWN]],
                title=question,
            )
            if len(problems) > SHOWN:
                print_note(_("… and %(shown)s more; --json shows all.") % {"shown": f"{len(problems) - SHOWN:,}"})
    listed = [problem for problems in found.values() for problem in problems]
    blocking = sum(problem.blocking for problem in listed)
    counts = {"checks": len(found), "blocking": f"{blocking:,}", "others": f"{len(listed) - blocking:,}"}
    words = (
        _("%(checks)s checks: %(blocking)s problems, %(others)s to look at.")
        if listed
        else _("%(checks)s checks: all in order.")
    )
    print_note(words % counts, apart=True)


def _mark(problems: Sequence[Problem]) -> Text:
    """A cross for what does not agree, an exclamation mark for what only asks for a look."""
    if any(problem.blocking for problem in problems):
        return Text("✗", style="bold red")
    return Text("!", style="bold yellow") if problems else Text("✓", style="green")
