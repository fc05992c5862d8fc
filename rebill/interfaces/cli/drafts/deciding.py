"""Deciding about drafts, one or many: approve, hold back, throw away, look at again."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.drafts.choosing import (
    ChosenDrafts,
    DraftArgument,
    Warned,
    choose,
)
from rebill.interfaces.cli.drafts.showing import draft_facts, print_draft
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.figures import amount
from rebill.interfaces.cli.options import ReasonOption, open_session, with_options_of
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
from rebill.runs.queries.drafts import draft_of
from rebill.runs.queries.pages import sums_of_drafts
from rebill.runs.queries.shown import draft_shown


@with_options_of(choose)
def approve(chosen: ChosenDrafts, as_json: output.JsonOption = False) -> int:
    """Approve drafts, so that they can be issued: those named, or all that match.

    Leaves with 1 when some of them stay back: they cannot be sent as they are, or were not open.
    """
    told = approve_drafts(acting=chosen.acting, drafts=chosen.drafts, now=chosen.now)
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
        for each in sums_of_drafts(chosen.drafts.filter(state="approved"))
    )
    words = {"number": f"{told.approved:,}", "sums": sums}
    if told.approved:
        said = ngettext(
            "%(number)s draft approved, %(sums)s excl. VAT.",
            "%(number)s drafts approved, %(sums)s excl. VAT.",
            told.approved,
        )
    else:
        said = _("No draft approved.")
    print_line(said % words)
    _print_stays(
        (_("%(number)s wait for a second person's approval."), told.waiting),
        (
            _("%(number)s cannot be sent as they are, or are empty: `rebill drafts list --tab blocked`."),
            told.blocked,
        ),
        (_("%(number)s were not open."), told.not_open),
    )
    if told.approved:
        print_note(_("Next: `rebill issue`."))
    return PARTLY if stays else DONE


@with_options_of(choose)
def reopen(chosen: ChosenDrafts, as_json: output.JsonOption = False) -> int:
    """Take approvals back, and first ones of two, as long as nothing was issued."""
    reopened = reopen_drafts(acting=chosen.acting, drafts=chosen.drafts, now=chosen.now)
    words = ngettext("%(number)s draft reopened.", "%(number)s drafts reopened.", reopened)
    return _told(chosen, "reopened", words, reopened, as_json)


@with_options_of(choose)
def hold(chosen: ChosenDrafts, reason: ReasonOption = "", as_json: output.JsonOption = False) -> int:
    """Hold drafts back until they are released."""
    held = hold_drafts(acting=chosen.acting, drafts=chosen.drafts, reason=reason, now=chosen.now)
    words = ngettext("%(number)s draft held back.", "%(number)s drafts held back.", held)
    return _told(chosen, "held_back", words, held, as_json)


@with_options_of(choose)
def release(chosen: ChosenDrafts, as_json: output.JsonOption = False) -> int:
    """Put held drafts back among the open ones."""
    released = release_drafts(acting=chosen.acting, drafts=chosen.drafts, now=chosen.now)
    words = ngettext("%(number)s draft released.", "%(number)s drafts released.", released)
    return _told(chosen, "released", words, released, as_json)


@with_options_of(choose)
def discard(
    chosen: ChosenDrafts,
    reason: ReasonOption = "",
    keep_lines: Annotated[
        bool,
        typer.Option(
            "--keep-lines", help="Bill the lines as they are later; else they are made anew from today's prices."
        ),
    ] = False,
    as_json: output.JsonOption = False,
) -> int:
    """Throw drafts away; `rebill prepare` makes them again from prices and subscriptions as they are then."""
    thrown = discard_drafts(
        acting=chosen.acting, drafts=chosen.drafts, reason=reason, retell=not keep_lines, now=chosen.now
    )
    words = ngettext("%(number)s draft thrown away.", "%(number)s drafts thrown away.", thrown)
    return _told(chosen, "thrown_away", words, thrown, as_json)


@with_options_of(choose)
def review(chosen: ChosenDrafts, as_json: output.JsonOption = False) -> int:
    """Look at drafts again after their customers were mended: warnings and VAT are decided anew."""
    reviewed = review_drafts(acting=chosen.acting, drafts=chosen.drafts)
    words = ngettext("%(number)s draft looked at again.", "%(number)s drafts looked at again.", reviewed)
    return _told(chosen, "looked_at_again", words, reviewed, as_json)


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


def _told(chosen: ChosenDrafts, name: str, words: str, done: int, as_json: bool) -> int:
    asked = chosen.drafts.count()
    if as_json:
        output.print_json({name: done, "left_as_they_are": asked - done})
    else:
        print_line(words % {"number": f"{done:,}"})
        _print_stays((_("%(number)s were left as they are, because of where they stand."), asked - done))
    return DONE if done == asked else PARTLY


def _print_stays(*stays: tuple[str, int]) -> None:
    for why, number in stays:
        if number:
            print_line(why % {"number": f"{number:,}"})
