"""How many orders a second several tills book on the same tabs, each in a process of its own, with no limit exceeded.

    python -m benchmarks.ready benchmarks.tabs [TABS] [TILLS] [SECONDS]

Prints one JSON object. Half of the tabs are small, so that many orders meet a limit; what is refused counts as asked,
not as booked. Each order has two lines.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from time import perf_counter, sleep
from time import time as clock

from django.core.management import call_command
from django.db.models import F, Value

from rebill.access.acting import Acting, Role
from rebill.access.commands import create_user
from rebill.kit.database import atomic_write
from rebill.kit.fields import MoneyField
from rebill.kit.imports.outcomes import ImportRecord
from rebill.parties.commands import create_seller
from rebill.parties.models import Seller
from rebill.sources.tabs.checks import check_tabs
from rebill.sources.tabs.commands import OrderLine, OrderTerms, accept_tab_terms, import_tabs, place_tab_order
from rebill.sources.tabs.commands.taking import LimitExceeded
from rebill.sources.tabs.models import Tab, TabOrder, TabOrderLine
from rebill.sources.tabs.queries.tabs import TabTab, find_tabs
from rebill.sources.tabs.texts import CURRENT

NOW = datetime(2026, 9, 1, 19, 0, tzinfo=UTC)
SMALL, LARGE = Decimal(250), Decimal(1_000_000)


def seed(tabs: int) -> Acting:
    """A seller with so many tabs, every second of them soon full."""
    owner = create_user(acting=None, username="bench", email="bench@noordwal.example", now=NOW)
    seller = create_seller(owner=owner, slug="bench", name="Bench", now=NOW)
    acting = Acting(seller_id=seller.pk, role=Role.OWNER, user_id=owner.pk)
    accept_tab_terms(acting=acting, version=CURRENT, language="en", now=NOW)
    records = [
        ImportRecord(
            number,
            {"company": f"Guest {number}", "number": f"B-{number:04}", "limit": (SMALL, LARGE)[number % 2],
             "may_buy": True},
        )
        for number in range(tabs)
    ]  # fmt: skip
    import_tabs(acting=acting, records=records, now=NOW)
    return acting


def sell(till: str, seconds: str, begins_at: str) -> None:
    """One till: orders on tabs by chance, from a moment on, for so many seconds."""
    seller = Seller.objects.get()
    acting = Acting(seller_id=seller.pk, role=Role.INTEGRATOR)
    tabs = list(Tab.objects.order_by("id").values_list("id", flat=True))
    random = Random(int(till))
    lines = [
        OrderLine(description="Beer", quantity=Decimal(3), unit_price=Decimal("2.80")),
        OrderLine(description="Toast", quantity=Decimal(1), unit_price=Decimal("4.50"), vat_percent=Decimal(9)),
    ]
    sleep(max(float(begins_at) - clock(), 0))
    begun, booked, refused, slowest = perf_counter(), 0, 0, 0.0
    while perf_counter() - begun < float(seconds):
        terms = OrderTerms(key=f"{till}-{booked + refused}", ordered_at=NOW, lines=lines, till=till)
        asked = perf_counter()
        try:
            place_tab_order(acting=acting, tab_id=random.choice(tabs), terms=terms, now=NOW)
            booked += 1
        except LimitExceeded:
            refused += 1
        slowest = max(slowest, perf_counter() - asked)
    told = {"booked": booked, "refused": refused, "seconds": perf_counter() - begun, "slowest": slowest}
    sys.stdout.write(json.dumps(told))


def sell_plainly(till: str, seconds: str, begins_at: str) -> None:
    """The least that an order can be: itself, two lines and the balance, with nothing asked and nothing checked."""
    seller = Seller.objects.get()
    tabs = list(Tab.objects.order_by("id").values_list("id", flat=True))
    random = Random(int(till))
    sleep(max(float(begins_at) - clock(), 0))
    begun, booked, slowest = perf_counter(), 0, 0.0
    while perf_counter() - begun < float(seconds):
        asked, tab_id = perf_counter(), random.choice(tabs)
        with atomic_write():
            order = TabOrder.objects.create(
                seller_id=seller.pk, tab_id=tab_id, key=f"plain-{till}-{booked}", fingerprint="plain", state="booked",
                ordered_at=NOW, ordered_on=NOW.date(), received_at=NOW, currency="EUR", amount=12_90,
                includes_vat=True,
            )  # fmt: skip
            TabOrderLine.objects.bulk_create(
                TabOrderLine(
                    order=order, number=number, description="Beer", quantity=Decimal(1), unit_price=Decimal("6.45"),
                    currency="EUR", amount=6_45, rate_class="standard", vat_rate=Decimal(21), supply="goods",
                )
                for number in (1, 2)
            )  # fmt: skip
            Tab.objects.filter(pk=tab_id).update(balance=F("balance") + Value(12_90, output_field=MoneyField()))
        booked += 1
        slowest = max(slowest, perf_counter() - asked)
    told = {"booked": booked, "refused": 0, "seconds": perf_counter() - begun, "slowest": slowest}
    sys.stdout.write(json.dumps(told))


def _told(what: str, tills: int, seconds: int) -> list[dict[str, float]]:
    """What each of the tills, which begin together, did."""
    begins_at = clock() + 4 + tills * 0.5
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchmarks.ready",
                "benchmarks.tabs",
                what,
                str(till),
                str(seconds),
                str(begins_at),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
            cwd=Path(__file__).resolve().parent.parent,
        )
        for till in range(tills)
    ]
    return [json.loads(process.communicate()[0]) for process in processes]


def main(tabs: int, tills: int, seconds: int) -> None:
    call_command("migrate", verbosity=0)
    acting = seed(tabs)
    told = _told("sell", tills, seconds)
    orders, over, problems = (
        TabOrder.objects.count(),
        find_tabs(acting, part=TabTab.OVER).count(),
        len(check_tabs(acting=acting)),
    )
    plain = _told("plainly", tills, seconds)
    took = max(each["seconds"] for each in told)
    booked, refused = sum(each["booked"] for each in told), sum(each["refused"] for each in told)
    result = {
        "tabs": tabs,
        "tills": tills,
        "seconds": took,
        "booked": booked,
        "refused": refused,
        "booked_per_second": booked / took,
        "asked_per_second": (booked + refused) / took,
        "slowest_ms": max(each["slowest"] for each in told) * 1000,
        "orders": orders,
        "over_limit": over,
        "problems": problems,
        "plain_per_second": sum(each["booked"] for each in plain) / max(each["seconds"] for each in plain),
    }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    if sys.argv[1:2] in (["sell"], ["plainly"]):
        {"sell": sell, "plainly": sell_plainly}[sys.argv[1]](*sys.argv[2:5])
    else:
        asked = [int(each) for each in sys.argv[1:4]]
        main(*asked, *(200, 8, 20)[len(asked) :])
