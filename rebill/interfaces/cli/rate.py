"""`rebill rate`: prices calls, shows what another rating of a month would change, and takes it over or leaves it."""

from datetime import date
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.figures import amount, month
from rebill.interfaces.cli.options import open_session, read_month
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, short
from rebill.kit.errors import Invalid
from rebill.parties.queries import names_of
from rebill.pipeline import rate_calls
from rebill.rules.money import Money
from rebill.sources.usage.commands import leave_rating, take_rating
from rebill.sources.usage.commands.accounts import wanted_minor
from rebill.sources.usage.models import Rating, RatingState
from rebill.sources.usage.queries.chain import currencies_of
from rebill.sources.usage.queries.ratings import (
    Difference,
    Unpriced,
    differences,
    unpriced_in,
    waiting_rating,
    without_owner_of,
)

SHOWN = 20


class DecisionUnclear(Invalid):
    """It is not said which rating is meant, or two things are asked at once."""


def rate_command(
    on: Annotated[
        date | None,
        typer.Option(
            "--month",
            parser=read_month,
            metavar="MONTH",
            help="Such as 2026-10. Every month with calls that are not rated yet, if not said.",
        ),
    ] = None,
    trial: Annotated[bool, typer.Option("--trial", help="Show what would change; nothing counts yet.")] = False,
    take: Annotated[bool, typer.Option("--take", help="Take over the rating of the month that waits.")] = False,
    leave: Annotated[bool, typer.Option("--leave", help="Leave the rating of the month that waits.")] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Price the calls of a month for this seller and all below it. Repeated, it changes nothing.

    A month that was billed and would come to something else is not taken over by itself: see --take and --leave.
    Leaves with 1 when calls have no price or no owner.
    """
    session = open_session(seller=seller, user=user)
    if trial + take + leave > 1 or ((trial or take or leave) and on is None):
        raise DecisionUnclear(_("Say one of --trial, --take and --leave, and the month with --month."))
    if take or leave:
        assert on is not None
        waiting = waiting_rating(acting=session.acting, month=on)
        decide = take_rating if take else leave_rating
        ratings = [decide(acting=session.acting, rating=waiting, now=session.now)]
    else:
        with output.progress(_("Rating calls"), is_silent=as_json) as advance:
            months = [on] if on is not None else None
            ratings = rate_calls(
                acting=session.acting,
                months=months,
                trial=trial,
                now=session.now,
                progress=lambda *said: advance(*said[1:]),
            )
    if as_json:
        output.print_json({"ratings": [rating_facts(session, rating) for rating in ratings]})
    else:
        _print(session, ratings)
    return PARTLY if any(rating.unpriced or rating.unowned for rating in ratings) else DONE


def rating_facts(session: Session, rating: Rating) -> dict[str, Any]:
    """A rating for programs."""
    facts: dict[str, Any] = {
        "id": rating.pk,
        "month": f"{rating.month:%Y-%m}",
        "number": rating.number,
        "state": rating.state,
        "calls": rating.calls,
        "rated": rating.rated,
        "unpriced": rating.unpriced,
        "unowned": rating.unowned,
        "without_price": [
            {"owner": each.owner_id, "calls": each.calls, "prefixes": [head for head, _calls in each.heads]}
            for each in _unpriced(session, rating)
        ],
        "without_owner": [
            {"account": each.account, "trunk": each.trunk, "number": each.number, "calls": each.calls}
            for each in without_owner_of(rating)[:SHOWN]
        ],
    }
    if rating.state == RatingState.WAITING:
        facts["differences"] = [
            {
                "customer": each.buyer_id,
                "end_customer": each.owner_id,
                "before_e6": each.before_e6,
                "after_e6": each.after_e6,
            }
            for each in differences(acting=session.acting, waiting=rating)
        ]
    return facts


def _print(session: Session, ratings: list[Rating]) -> None:
    if not ratings:
        print_line(_("All calls are rated."))
        return
    for rating in ratings:
        said = {"month": month(rating.month), "calls": f"{rating.calls:,}", "rated": f"{rating.rated:,}"}
        print_line(_("%(month)s: %(calls)s calls, %(rated)s of them with a price.") % said)
        _print_unpriced(session, _unpriced(session, rating))
        _print_unowned(rating)
        if rating.state == RatingState.WAITING:
            _print_differences(session, rating, differences(acting=session.acting, waiting=rating))


def _unpriced(session: Session, rating: Rating) -> list[Unpriced]:
    return unpriced_in(rating, seller_id=session.acting.seller_id)


def _print_unpriced(session: Session, found: list[Unpriced]) -> None:
    if not found:
        return
    names = names_of([each.owner_id for each in found])
    print_note(_("Calls without a price:"))
    print_columns(
        [short(_("Customer")), figure(_("Calls")), Column(_("Numbers begin with"))],
        [
            [names[each.owner_id], f"{each.calls:,}", ", ".join(head for head, _calls in each.heads[:8])]
            for each in found[:SHOWN]
        ],
    )


def _print_unowned(rating: Rating) -> None:
    found = list(without_owner_of(rating)[:SHOWN])
    if not found:
        return
    print_note(_("Calls that are nobody's:"))
    print_columns(
        [Column(_("Number")), Column(_("Account")), Column(_("Trunk")), figure(_("Calls"))],
        [[each.number, each.account, each.trunk, f"{each.calls:,}"] for each in found],
    )


def _print_differences(session: Session, rating: Rating, found: list[Difference]) -> None:
    names = names_of([each.owner_id for each in found[:SHOWN]])
    currencies = currencies_of({each.buyer_id for each in found[:SHOWN]})
    words = ngettext(
        "It waits: taken over, it changes the bill of %(number)s customer.",
        "It waits: taken over, it changes the bills of %(number)s customers.",
        len(found),
    )
    print_note(words % {"number": f"{len(found):,}"})
    rows = []
    for each in found[:SHOWN]:
        currency = currencies[each.buyer_id]
        before, after = (Money(wanted_minor(e6, currency), currency) for e6 in (each.before_e6, each.after_e6))
        rows.append([names[each.owner_id], amount(before), amount(after), amount(after - before)])
    print_columns([short(_("Customer")), figure(_("Now")), figure(_("Then")), figure(_("Difference"))], rows)
    print_note(_("Next: `rebill rate --month %(month)s --take`, or `--leave`.") % {"month": f"{rating.month:%Y-%m}"})
