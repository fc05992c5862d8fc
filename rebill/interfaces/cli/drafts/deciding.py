"""Deciding about drafts, one or many: approve, hold back, throw away, look at again."""

from collections.abc import Mapping
from typing import Annotated

import typer
from django.db.models import QuerySet

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.drafts.choosing import (
    DraftArgument,
    DraftsArgument,
    RunOption,
    TabOption,
    Warned,
    WarningOption,
    chosen_drafts,
)
from rebill.interfaces.cli.drafts.showing import draft_facts, print_draft
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.figures import amount
from rebill.interfaces.cli.options import ReasonOption, SearchOption, open_session
from rebill.interfaces.cli.tables import print_line, print_note
from rebill.rules.money import Money
from rebill.runs.commands import (
    accept_warning,
    approve_drafts,
    discard_drafts,
    hold_drafts,
    release_drafts,
    reopen_drafts,
    review_drafts,
)
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import draft_of
from rebill.runs.queries.pages import sums_of_drafts
from rebill.runs.queries.shown import draft_shown


def approve(
    drafts: DraftsArgument = None,
    run: RunOption = None,
    tab: TabOption = None,
    search: SearchOption = "",
    warning: WarningOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Approve drafts, so that they can be issued: those named, or all that match.

    Leaves with 1 when some of them stay back: they cannot be sent as they are, or were not open.
    """
    session = open_session(seller=seller, user=user)
    chosen = _fixed(chosen_drafts(session.acting, drafts, run=run, tab=tab, search=search, warning=warning))
    told = approve_drafts(acting=session.acting, drafts=chosen, now=session.now)
    counts = {
        "approved": told.approved,
        "wait_for_a_second": told.waiting,
        "cannot_be_sent": told.blocked,
        "not_open": told.not_open,
    }
    stays = told.blocked or told.not_open
    if as_json:
        output.print_json(counts)
        return PARTLY if stays else DONE
    sums = ", ".join(
        f"{amount(Money(each.net_minor, each.currency))} {each.currency}"
        for each in sums_of_drafts(chosen.filter(state="approved"))
    )
    print_line(f"{told.approved:,} drafts approved{f', {sums} excl. VAT' if told.approved else ''}.")
    _print_stays(
        {
            "wait for a second person's approval": told.waiting,
            "cannot be sent as they are, or are empty: `rebill drafts list --tab blocked`": told.blocked,
            "were not open": told.not_open,
        }
    )
    if told.approved:
        print_note("Next: `rebill issue`.")
    return PARTLY if stays else DONE


def reopen(
    drafts: DraftsArgument = None,
    run: RunOption = None,
    tab: TabOption = None,
    search: SearchOption = "",
    warning: WarningOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Take approvals back, as long as nothing was issued."""
    session = open_session(seller=seller, user=user)
    chosen = _fixed(chosen_drafts(session.acting, drafts, run=run, tab=tab, search=search, warning=warning))
    asked = chosen.count()
    return _told("reopened", asked, reopen_drafts(acting=session.acting, drafts=chosen, now=session.now), as_json)


def hold(
    drafts: DraftsArgument = None,
    reason: ReasonOption = "",
    run: RunOption = None,
    tab: TabOption = None,
    search: SearchOption = "",
    warning: WarningOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Hold drafts back until they are released."""
    session = open_session(seller=seller, user=user)
    chosen = _fixed(chosen_drafts(session.acting, drafts, run=run, tab=tab, search=search, warning=warning))
    asked = chosen.count()
    held = hold_drafts(acting=session.acting, drafts=chosen, reason=reason, now=session.now)
    return _told("held back", asked, held, as_json)


def release(
    drafts: DraftsArgument = None,
    run: RunOption = None,
    tab: TabOption = None,
    search: SearchOption = "",
    warning: WarningOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Put held drafts back among the open ones."""
    session = open_session(seller=seller, user=user)
    chosen = _fixed(chosen_drafts(session.acting, drafts, run=run, tab=tab, search=search, warning=warning))
    asked = chosen.count()
    return _told("released", asked, release_drafts(acting=session.acting, drafts=chosen, now=session.now), as_json)


def discard(
    drafts: DraftsArgument = None,
    reason: ReasonOption = "",
    keep_lines: Annotated[
        bool,
        typer.Option(
            "--keep-lines", help="Bill the lines as they are later; else they are made anew from today's prices."
        ),
    ] = False,
    run: RunOption = None,
    tab: TabOption = None,
    search: SearchOption = "",
    warning: WarningOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Throw drafts away; `rebill prepare` makes them again from prices and subscriptions as they are then."""
    session = open_session(seller=seller, user=user)
    chosen = _fixed(chosen_drafts(session.acting, drafts, run=run, tab=tab, search=search, warning=warning))
    asked = chosen.count()
    thrown = discard_drafts(acting=session.acting, drafts=chosen, reason=reason, retell=not keep_lines, now=session.now)
    return _told("thrown away", asked, thrown, as_json)


def review(
    drafts: DraftsArgument = None,
    run: RunOption = None,
    tab: TabOption = None,
    search: SearchOption = "",
    warning: WarningOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Look at drafts again after their customers were mended: warnings and VAT are decided anew."""
    session = open_session(seller=seller, user=user)
    chosen = _fixed(chosen_drafts(session.acting, drafts, run=run, tab=tab, search=search, warning=warning))
    asked = chosen.count()
    return _told("looked at again", asked, review_drafts(acting=session.acting, drafts=chosen), as_json)


def accept(
    draft: DraftArgument,
    warning: Annotated[
        Warned, typer.Option("--warning", metavar="CODE", help="Which; only missing_vat_id can be accepted.")
    ],
    reason: ReasonOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Take responsibility for a missing VAT id, so that the draft goes out with VAT."""
    session = open_session(seller=seller, user=user)
    found = draft_of(acting=session.acting, draft_id=draft)
    accept_warning(acting=session.acting, draft=found, code=warning.value, reason=reason, now=session.now)
    found, shown = draft_shown(acting=session.acting, draft_id=draft)
    if as_json:
        output.print_json(draft_facts(found, shown))
    else:
        print_draft(shown, found)
    return DONE


def _fixed(chosen: QuerySet[Draft]) -> QuerySet[Draft]:
    """The same drafts whatever becomes of them: what is approved no longer matches `--tab ready`."""
    return Draft.objects.filter(id__among=list(chosen.order_by().values_list("id", flat=True))).order_by("id")


def _told(verb: str, asked: int, done: int, as_json: bool) -> int:
    if as_json:
        output.print_json({verb.replace(" ", "_"): done, "left_as_they_are": asked - done})
    else:
        print_line(f"{done:,} drafts {verb}.")
        _print_stays({"were left as they are, because of where they stand": asked - done})
    return DONE if done == asked else PARTLY


def _print_stays(stays: Mapping[str, int]) -> None:
    for why, number in stays.items():
        if number:
            print_line(f"{number:,} {why}.")
