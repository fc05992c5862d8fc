"""`rebill till`: tills that sell on tabs as fast as they can, for trying out and for seeing that limits hold."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from time import perf_counter
from typing import Annotated
from uuid import uuid4

import typer
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import print_line, print_note
from rebill.kit.errors import Conflict
from rebill.sources.tabs.checks import check_tabs
from rebill.sources.tabs.commands import OrderLine, OrderTerms, place_tab_order, settle_tab_order
from rebill.sources.tabs.commands.taking import LimitExceeded, TabNotForSale
from rebill.sources.tabs.queries.tabs import TabTab, find_tabs, tabs_for_till

# What a bar sells, with VAT in the price.
MENU = (
    ("Bier 0,25 l", "2.80"),
    ("Cola 0,2 l", "2.60"),
    ("Tosti", "4.50"),
    ("Koffie", "2.40"),
    ("Bitterballen", "6.75"),
)
# Of so many orders one is paid at the till after all.
SETTLED_ONE_IN = 20


class NoTabToSellOn(Conflict):
    """There is no active tab that may be bought on."""


def till_command(
    orders: Annotated[int, typer.Option("--orders", min=1, max=1_000_000, help="Over all tills.")] = 100,
    tills: Annotated[int, typer.Option("--tills", min=1, max=64, help="How many tills sell at once.")] = 2,
    seed: Annotated[int, typer.Option("--seed", help="The same number gives the same evening.")] = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Sell on the tabs of a seller as tills would, to try it out: what is sold is really booked."""
    session = open_session(seller=seller, user=user)
    tabs = list(tabs_for_till(session.acting).values_list("pk", flat=True))
    if not tabs:
        raise NoTabToSellOn(_("There is no active tab that may be bought on. Open one, or `rebill demo`."))
    evening = uuid4().hex[:8]
    began = perf_counter()
    with ThreadPoolExecutor(max_workers=tills) as pool:
        shares = [orders // tills + (till < orders % tills) for till in range(tills)]
        sold = [
            pool.submit(_sell, session, tabs, f"{evening}-{till + 1}", share, Random(seed * 1000 + till))
            for till, share in enumerate(shares)
        ]
        told: Counter[str] = sum((each.result() for each in sold), Counter())
    seconds = perf_counter() - began
    over = find_tabs(session.acting, part=TabTab.OVER).count()
    problems = [problem.what for problem in check_tabs(acting=session.acting)]
    facts = {
        "orders": orders, "booked": told["booked"], "settled": told["settled"], "refused": told["refused"],
        "seconds": round(seconds, 2), "per_second": round(orders / seconds), "over_limit": over, "problems": problems,
    }  # fmt: skip
    if as_json:
        output.print_json(facts)
        return DONE
    words = ngettext(
        "%(orders)s order in %(seconds)s s: %(booked)s booked, %(settled)s settled, %(refused)s refused by a limit.",
        "%(orders)s orders in %(seconds)s s: %(booked)s booked, %(settled)s settled, %(refused)s refused by a limit.",
        orders,
    )
    print_line(words % facts)
    print_note(_("Tabs over their limit: %(over)s. Next: `rebill tabs list`.") % {"over": over})
    return DONE


def _sell(session: Session, tabs: list[int], till: str, orders: int, random: Random) -> Counter[str]:
    """One till: so many orders on tabs by chance."""
    told: Counter[str] = Counter()
    try:
        for number in range(orders):
            told[_sell_once(session, random.choice(tabs), f"{till}-{number + 1:06}", random)] += 1
    finally:
        connections.close_all()
    return told


def _sell_once(session: Session, tab_id: int, key: str, random: Random) -> str:
    bought = random.sample(MENU, k=random.randint(1, 3))
    lines = [
        OrderLine(description=name, quantity=Decimal(random.randint(1, 4)), unit_price=Decimal(price))
        for name, price in bought
    ]
    terms = OrderTerms(key=key, ordered_at=session.now, lines=lines, till=key.rpartition("-")[0])
    try:
        place_tab_order(acting=session.acting, tab_id=tab_id, terms=terms, now=session.now)
        if random.randrange(SETTLED_ONE_IN) == 0:
            settle_tab_order(acting=session.acting, key=key, now=session.now)
            return "settled"
    except (LimitExceeded, TabNotForSale):
        return "refused"
    return "booked"
