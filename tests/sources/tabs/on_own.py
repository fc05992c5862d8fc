"""Tills in processes of their own: `python -m tests.sources.tabs.on_own VERB WORDS`.

`seed` makes a bar; `sell` buys on its tabs until nothing fits any more; `bill` runs while they sell; `look` prints how
things stand.
"""

import json
import sys
import time
from decimal import Decimal
from random import Random

import django

django.setup()

from rebill.access.acting import Acting, Role  # noqa: E402
from rebill.charges.models import Charge  # noqa: E402
from rebill.kit.errors import Conflict  # noqa: E402
from rebill.parties.models import Seller  # noqa: E402
from rebill.runs.commands import prepare_run  # noqa: E402
from rebill.sources.tabs.checks import check_tabs  # noqa: E402
from rebill.sources.tabs.commands import OrderLine, OrderTerms, place_tab_order  # noqa: E402
from rebill.sources.tabs.commands.taking import LimitExceeded  # noqa: E402
from rebill.sources.tabs.models import OrderState, Tab, TabOrder  # noqa: E402
from tests.gate import Gate  # noqa: E402
from tests.sources.tabs.bar import EVENING, SEPTEMBER, Bar  # noqa: E402


def acting() -> Acting:
    """Whoever sells for the only seller there is."""
    return Acting(seller_id=Seller.objects.get().pk, role=Role.INTEGRATOR)


def seed(tabs: str, limit: str) -> None:
    bar = Bar()
    for _ in range(int(tabs)):
        bar.tab(limit)


def sell(till: str, orders: str, price: str, gate: str) -> None:
    """So many orders on the tabs in turn, as soon as the gate is open; prints how many fitted."""
    tabs = list(Tab.objects.order_by("id").values_list("id", flat=True))
    random = Random(till)
    Gate(gate).wait()
    fitted = 0
    for number in range(int(orders)):
        line = OrderLine(description="Bier", quantity=Decimal(1), unit_price=Decimal(price))
        terms = OrderTerms(key=f"{till}-{number}", ordered_at=EVENING, lines=[line], till=till)
        try:
            place_tab_order(acting=acting(), tab_id=random.choice(tabs), terms=terms, now=EVENING)
            fitted += 1
        except LimitExceeded:
            continue
    sys.stdout.write(str(fitted))


def bill(times: str, gate: str) -> None:
    """Runs while the tills sell; each run bills what there is."""
    seller = Seller.objects.get()
    owner = Acting(seller_id=seller.pk, role=Role.OWNER)
    Gate(gate).wait()
    for _ in range(int(times)):
        try:
            prepare_run(acting=owner, billed_on=SEPTEMBER, now=EVENING)
        except Conflict as conflict:
            sys.stdout.write(f"conflict {conflict}")
        time.sleep(0.05)


def look() -> None:
    owner = Acting(seller_id=Seller.objects.get().pk, role=Role.OWNER)
    billed = TabOrder.objects.filter(state=OrderState.BILLED)
    told = {
        "balances": [tab.balance.minor for tab in Tab.objects.order_by("id")],
        "limits": [tab.limit.minor for tab in Tab.objects.order_by("id")],
        "orders": TabOrder.objects.count(),
        "billed": billed.count(),
        "charges": Charge.objects.count(),
        "problems": [problem.what for problem in check_tabs(acting=owner)],
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    verb, *words = sys.argv[1:]
    {"seed": seed, "sell": sell, "bill": bill, "look": look}[verb](*words)
