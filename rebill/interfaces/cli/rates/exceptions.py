"""`rebill rates exceptions`, `set-exception` and `end-exception`: what one customer's calls cost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.catalogue.commands import create_rate_deck, end_rate, set_rate
from rebill.catalogue.deck_fields import DeckTerms, RateTerms
from rebill.catalogue.models import Rate, RateDeck
from rebill.catalogue.queries import product_by_code
from rebill.catalogue.queries.decks import RateUnknown, holding, own_decks_of, rates_of_decks, rates_of_prefix
from rebill.interfaces.cli.figures import day, exact
from rebill.interfaces.cli.options import (
    Asked,
    BeforeOption,
    EndOption,
    FromOption,
    LimitOption,
    PageOption,
    asked,
    read_day,
    read_number,
    with_options_of,
)
from rebill.interfaces.cli.rates.diff import rate
from rebill.interfaces.cli.tables import Column, figure, short
from rebill.kit.database import atomic_write
from rebill.parties.models import Customer
from rebill.parties.queries import customer_by_number

CustomerArgument = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's number.", show_default=False)]
PrefixArgument = Annotated[
    str, typer.Argument(metavar="PREFIX", help='Digits with the country code, "=112", or "onnet".', show_default=False)
]
IncomingOption = Annotated[bool, typer.Option("--incoming", help="Of calls to own service numbers.")]


def _price(name: str, words: str) -> typer.models.OptionInfo:
    return typer.Option(name, parser=read_number, metavar="N", help=words)  # type: ignore[no-any-return]


@with_options_of(asked)
def exceptions(
    ask: Asked,
    customer: Annotated[
        str | None, typer.Argument(metavar="[CUSTOMER]", help="Of this customer only.", show_default=False)
    ] = None,
    on: Annotated[
        date | None, typer.Option("--on", parser=read_day, metavar="DATE", help="As of this day; today unless said.")
    ] = None,
    limit: LimitOption = 50,
    page: PageOption = 1,
) -> int:
    """The rates that customers have of their own on a day, by customer and prefix."""
    decks = own_decks_of(ask.session.acting)
    if customer is not None:
        decks = decks.filter(customer=customer_by_number(ask.session.acting, customer))
    found = list(rates_of_decks(decks, on or ask.session.today)[(page - 1) * limit : page * limit])
    return ask.tell_rows(
        "exceptions",
        [_facts(each) for each in found],
        [short(_("Customer")), short(_("Prefix")), Column(_("Destination")), figure(_("Per minute")),
         figure(_("Per call")), short(_("From")), short(_("Until before"))],
        [
            (_number(each.deck), each.prefix, each.destination, rate(each.minute), rate(each.setup),
             day(each.valid_from), day(each.valid_before))
            for each in found
        ],
    )  # fmt: skip


@with_options_of(asked)
def set_exception(
    ask: Asked,
    customer: CustomerArgument,
    prefix: PrefixArgument,
    starts: FromOption,
    ends: EndOption = None,
    minute: Annotated[Decimal | None, _price("--minute", "A minute.")] = None,
    setup: Annotated[Decimal | None, _price("--setup", "A call.")] = None,
    destination: Annotated[str | None, typer.Option("--destination", metavar="TEXT", help="What it is called.")] = None,
    product: Annotated[
        str | None,
        typer.Option("--product", metavar="CODE", help="What the customer's first exceptions are billed as."),
    ] = None,
    incoming: IncomingOption = False,
) -> int:
    """Say what calls of the customer to a prefix cost from a day on; it wins over the plan where the prefix is as long.

    What is not said stays as in the customer's rate before it. The customer's deck is made with its first exception.
    """
    acting, now = ask.session.acting, ask.session.now
    named = customer_by_number(acting, customer)
    terms: RateTerms = {}
    if minute is not None:
        terms["minute"] = minute
    if setup is not None:
        terms["setup"] = setup
    if destination is not None:
        terms["destination"] = destination
    with atomic_write():
        deck = own_decks_of(acting).filter(customer=named, incoming=incoming).first()
        if deck is None:
            deck = _begin(ask, named, product, incoming=incoming)
        made = set_rate(
            acting=acting, deck_id=deck.pk, prefix=prefix, valid_from=starts, valid_before=ends, now=now, **terms
        )
    said = {"name": named.name, "prefix": made.prefix, "price": rate(made.minute), "day": day(starts)}
    return ask.tell(_facts(made), _("%(name)s calls %(prefix)s at %(price)s a minute from %(day)s.") % said)


@with_options_of(asked)
def end_exception(
    ask: Asked,
    customer: CustomerArgument,
    prefix: PrefixArgument,
    ends: BeforeOption,
    incoming: IncomingOption = False,
) -> int:
    """End a customer's rate before a day; from then on its plan says what calls to the prefix cost."""
    acting = ask.session.acting
    named = customer_by_number(acting, customer)
    deck = own_decks_of(acting).filter(customer=named, incoming=incoming).first()
    held = None
    if deck is not None:
        held = rates_of_prefix(acting, deck.pk, prefix).filter(holding(ends - timedelta(days=1))).first()
    if held is None:
        raise RateUnknown(
            _("%(name)s has no rate of its own for %(prefix)s before %(day)s.")
            % {"name": named.name, "prefix": prefix, "day": day(ends)}
        )
    ended = end_rate(acting=acting, rate_id=held.pk, valid_before=ends, now=ask.session.now)
    said = {"name": named.name, "prefix": ended.prefix, "day": day(ends)}
    return ask.tell(_facts(ended), _("%(name)s calls %(prefix)s at its own rate until before %(day)s.") % said)


def _begin(ask: Asked, customer: Customer, product: str | None, *, incoming: bool) -> RateDeck:
    """The deck of a customer that has no exceptions yet."""
    acting = ask.session.acting
    terms: DeckTerms = {"name": customer.name}
    if product is not None:
        terms["product_id"] = product_by_code(acting, product).pk
    code = f"own-{customer.number or customer.pk}{'-in' if incoming else ''}"
    return create_rate_deck(
        acting=acting, code=code, customer_id=customer.pk, incoming=incoming, now=ask.session.now, **terms
    )


def _number(deck: RateDeck) -> str:
    return "" if deck.customer is None else deck.customer.number or deck.customer.name


def _facts(held: Rate) -> dict[str, object]:
    return {
        "customer": held.deck.customer.number if held.deck.customer else None,
        "deck": held.deck.code,
        "incoming": held.deck.incoming,
        "prefix": held.prefix,
        "destination": held.destination,
        "minute": exact(held.minute),
        "setup": exact(held.setup),
        "from": held.valid_from,
        "before": held.valid_before,
    }
