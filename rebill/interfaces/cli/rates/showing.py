"""`rebill rates decks`, `create`, `show` and `waiting`."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from django.db.models import Q
from django.utils.translation import gettext as _

from rebill.catalogue.commands import create_rate_deck
from rebill.catalogue.deck_fields import DeckTerms
from rebill.catalogue.models import Rate
from rebill.catalogue.queries import product_by_code
from rebill.catalogue.queries.decks import count_rates, deck_by_code, decks_of, rates_on
from rebill.catalogue.queries.rate_imports import waiting_imports_of
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import NOTHING, day, exact, month, page_words
from rebill.interfaces.cli.options import LimitOption, PageOption, SearchOption, open_session, read_day
from rebill.interfaces.cli.rates.diff import amount_e6, import_facts, minutes, print_diff, rate
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, short
from rebill.sources.usage.queries.minutes import DeckUse, deck_use, last_month

DeckArgument = Annotated[str, typer.Argument(metavar="DECK", help="The deck's code.", show_default=False)]


def decks(seller: SellerOption = None, user: UserOption = None, as_json: output.JsonOption = False) -> int:
    """All rate decks, with how many rates hold today and what waits."""
    session = open_session(seller=seller, user=user)
    found = list(decks_of(session.acting).select_related("buy_deck"))
    counts = count_rates([deck.pk for deck in found], session.today)
    waiting_decks = set(waiting_imports_of(session.acting).values_list("deck_id", flat=True))
    if as_json:
        facts = [
            {
                "code": deck.code,
                "name": deck.name,
                "currency": deck.currency,
                "incoming": deck.incoming,
                "bought_by": deck.buy_deck.code if deck.buy_deck else None,
                "rates": counts.get(deck.pk, 0),
                "waiting": deck.pk in waiting_decks,
            }
            for deck in found
        ]
        output.print_json({"decks": facts})
        return DONE
    if not found:
        print_line(_("There is no rate deck yet. Create one with `rebill rates create CODE`."))
        return DONE
    print_columns(
        [
            short(_("Deck")),
            Column(_("Name")),
            short(_("Currency")),
            figure(_("Rates")),
            short(_("Bought by")),
            short(""),
        ],
        [
            (
                deck.code,
                deck.name,
                deck.currency,
                f"{counts.get(deck.pk, 0):,}",
                deck.buy_deck.code if deck.buy_deck else "",
                _("new rates wait") if deck.pk in waiting_decks else "",
            )
            for deck in found
        ],
    )
    return DONE


def create(
    deck: DeckArgument,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What people call it.")] = "",
    product: Annotated[
        str | None, typer.Option("--product", metavar="CODE", help="The product its calls are billed as.")
    ] = None,
    bought_by: Annotated[
        str | None, typer.Option("--bought-by", metavar="DECK", help="The deck the same calls are bought by.")
    ] = None,
    currency: Annotated[str, typer.Option("--currency", metavar="CODE", help="The seller's unless said.")] = "",
    incoming: Annotated[bool, typer.Option("--incoming", help="It prices calls to own service numbers.")] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Create a rate deck, without rates: import them next."""
    session = open_session(seller=seller, user=user)
    terms: DeckTerms = {}
    if name:
        terms["name"] = name
    if product is not None:
        terms["product_id"] = product_by_code(session.acting, product).pk
    if bought_by is not None:
        terms["buy_deck_id"] = deck_by_code(session.acting, bought_by).pk
    made = create_rate_deck(
        acting=session.acting, code=deck, currency=currency, incoming=incoming, now=session.now, **terms
    )
    if as_json:
        output.print_json({"deck": made.code, "currency": made.currency})
        return DONE
    print_line(_("Rate deck %(code)s is there, in %(currency)s.") % {"code": made.code, "currency": made.currency})
    print_note(_("Next: `rebill import rates FILE --deck %(code)s --from DATE`.") % {"code": made.code})
    return DONE


def show(
    deck: DeckArgument,
    on: Annotated[
        date | None, typer.Option("--on", parser=read_day, metavar="DATE", help="As of this day; today unless said.")
    ] = None,
    search: SearchOption = "",
    limit: LimitOption = 50,
    page: PageOption = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Show the rates of a deck that hold on a day; --search finds beginnings of prefixes and destinations.

    Beside each stand the minutes of last month and what they came to, once that month is rated.
    """
    session = open_session(seller=seller, user=user)
    named = deck_by_code(session.acting, deck)
    found = rates_on(session.acting, named.pk, on or session.today)
    if search:
        found = found.filter(Q(prefix__startswith=search) | Q(destination__icontains=search))
    matching = found.count()
    rows = list(found[(page - 1) * limit : page * limit])
    use = deck_use(acting=session.acting, deck=named, month=last_month(session.today))
    if as_json:
        facts = [_rate_facts(row, use) for row in rows]
        used = None if use is None else use.month
        output.print_json({"deck": deck, "page": page, "matching": matching, "month": used, "rates": facts})
        return DONE
    print_columns(
        [
            short(_("Prefix")),
            Column(_("Destination")),
            figure(_("Per minute")),
            figure(_("Per call")),
            short(_("Steps")),
            *([] if use is None else [figure(_("Minutes")), figure(_("Amount"))]),
            short(_("From")),
            short(_("Until before")),
        ],
        [
            (
                row.prefix,
                row.destination,
                rate(row.minute),
                rate(row.setup),
                f"{row.first_seconds}/{row.next_seconds}",
                *_use_cells(row, use),
                day(row.valid_from),
                day(row.valid_before),
            )
            for row in rows
        ],
    )
    print_note(page_words((page - 1) * limit + 1, len(rows), matching), apart=True)
    if use is not None:
        print_note(_("Minutes and amounts are those of %(month)s.") % {"month": month(use.month)})
    return DONE


def _use_cells(row: Rate, use: DeckUse | None) -> list[str]:
    if use is None:
        return []
    made = use.by_prefix.get(row.prefix)
    return [minutes(row.prefix, use), NOTHING if made is None else amount_e6(made.amount_e6)]


def _rate_facts(row: Rate, use: DeckUse | None) -> dict[str, object]:
    made = None if use is None else use.by_prefix.get(row.prefix)
    return {
        "prefix": row.prefix,
        "destination": row.destination,
        "category": row.category,
        "minute": exact(row.minute),
        "setup": exact(row.setup),
        "first_seconds": row.first_seconds,
        "next_seconds": row.next_seconds,
        "from": row.valid_from,
        "before": row.valid_before,
        "calls": None if made is None else made.calls,
        "seconds": None if made is None else made.seconds,
        "amount": None if made is None else exact(Decimal(made.amount_e6).scaleb(-6)),
    }


def waiting(
    deck: Annotated[str | None, typer.Argument(metavar="[DECK]", help="Of this deck only.", show_default=False)] = None,
    only: Annotated[
        str, typer.Option("--only", metavar="KIND", help="up, down, other, new, gone, or low: a margin below 10 %.")
    ] = "",
    limit: LimitOption = 50,
    page: PageOption = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Show imported rates that wait, and what they change."""
    session = open_session(seller=seller, user=user)
    named = None if deck is None else deck_by_code(session.acting, deck)
    found = list(waiting_imports_of(session.acting, named))
    uses = [deck_use(acting=session.acting, deck=each.deck, month=last_month(session.today)) for each in found]
    if as_json:
        output.print_json({"waiting": [import_facts(each, use) for each, use in zip(found, uses, strict=True)]})
        return DONE
    if not found:
        print_line(_("No rates wait."))
    for each, use in zip(found, uses, strict=True):
        print_line(
            _("%(deck)s from %(day)s: %(lines)s lines read, %(same)s the same.")
            % {
                "deck": each.deck.code,
                "day": day(each.starts_on),
                "lines": f"{each.lines:,}",
                "same": f"{each.unchanged:,}",
            }
        )
        print_diff(each, use, tab=only, limit=limit, page=page)
    return DONE
