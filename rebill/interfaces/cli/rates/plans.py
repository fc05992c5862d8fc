"""`rebill rates links`, `link` and `unlink`: which decks a price plan prices calls by."""

from datetime import timedelta
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.catalogue.commands import create_price_plan, end_plan_deck, set_plan_deck
from rebill.catalogue.models import PlanDeck
from rebill.catalogue.queries import default_plan_of, plan_by_code
from rebill.catalogue.queries.decks import PlanDeckUnknown, deck_by_code, holding, plan_decks_of
from rebill.interfaces.cli.figures import day
from rebill.interfaces.cli.options import Asked, BeforeOption, EndOption, FromOption, asked, with_options_of
from rebill.interfaces.cli.rates.showing import DeckArgument
from rebill.interfaces.cli.tables import figure, short

PlanArgument = Annotated[str, typer.Argument(metavar="PLAN", help="The price plan's code.", show_default=False)]
ComponentOption = Annotated[
    int, typer.Option("--component", metavar="N", help="0 is the price of the call itself, others come on top.")
]


@with_options_of(asked)
def links(ask: Asked, plan: PlanArgument) -> int:
    """The decks that a price plan prices calls by, with their days."""
    found = list(plan_decks_of(ask.session.acting, plan_by_code(ask.session.acting, plan).pk))
    return ask.tell_rows(
        "links",
        [_facts(each) for each in found],
        [short(_("Deck")), figure(_("Component")), short(_("From")), short(_("Until before")), short("")],
        [
            (
                each.deck.code,
                str(each.component),
                day(each.valid_from),
                day(each.valid_before),
                "" if each.required else _("not required"),
            )
            for each in found
        ],
    )


@with_options_of(asked)
def link(
    ask: Asked,
    plan: PlanArgument,
    deck: DeckArgument,
    starts: FromOption,
    ends: EndOption = None,
    component: ComponentOption = 0,
    optional: Annotated[
        bool, typer.Option("--optional", help="A call without a rate in it has a price all the same.")
    ] = False,
) -> int:
    """Have a price plan price calls by a deck from a day on; the deck before it in this component ends there.

    The first plan of a seller is made with it.
    """
    acting = ask.session.acting
    deck_id = deck_by_code(acting, deck).pk
    if default_plan_of(acting) is None:
        create_price_plan(acting=acting, code=plan, name=plan, now=ask.session.now)
    made = set_plan_deck(
        acting=acting,
        plan_id=plan_by_code(acting, plan).pk,
        deck_id=deck_id,
        component=component,
        required=False if optional else None,
        valid_from=starts,
        valid_before=ends,
        now=ask.session.now,
    )
    return ask.tell(
        _facts(made),
        _("%(plan)s prices calls by %(deck)s from %(day)s.") % {"plan": plan, "deck": deck, "day": day(starts)},
    )


@with_options_of(asked)
def unlink(
    ask: Asked, plan: PlanArgument, deck: DeckArgument, ends: BeforeOption, component: ComponentOption = 0
) -> int:
    """End the pricing by a deck before a day; calls from then on have no price until another deck is linked."""
    acting = ask.session.acting
    found = plan_decks_of(acting, plan_by_code(acting, plan).pk).filter(
        holding(ends - timedelta(days=1)), deck=deck_by_code(acting, deck), component=component
    )
    held = found.first()
    if held is None:
        raise PlanDeckUnknown(_("There is no such deck of a plan."))
    ended = end_plan_deck(acting=acting, link_id=held.pk, valid_before=ends, now=ask.session.now)
    return ask.tell(
        _facts(ended),
        _("%(plan)s prices calls by %(deck)s until before %(day)s.") % {"plan": plan, "deck": deck, "day": day(ends)},
    )


def _facts(linked: PlanDeck) -> dict[str, object]:
    return {
        "plan": linked.plan.code,
        "deck": linked.deck.code,
        "incoming": linked.incoming,
        "component": linked.component,
        "required": linked.required,
        "from": linked.valid_from,
        "before": linked.valid_before,
    }
