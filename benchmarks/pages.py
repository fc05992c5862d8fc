"""Asks the pages of a big office and lists of the API, again and again, and prints what each took as JSON.

    python -m benchmarks.ready benchmarks.pages fill CUSTOMERS MONTHS
    python -m benchmarks.ready benchmarks.pages ask REQUESTS [BEGINNING OF A TITLE]
    python -m benchmarks.ready benchmarks.pages approve

The seconds are those of a request through Django's test client, from the address to the last byte of the answer; the
CPU is that of this process and, where it can be read, of the server of PostgreSQL.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from django.core.management import call_command
from django.core.paginator import Paginator
from django.db import close_old_connections, connection
from django.db.models import Q, QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.filling import NOW, name_of
from benchmarks.volume import fill_volume
from rebill.access.acting import Acting, Role
from rebill.access.models import User
from rebill.access.scopes import ALL_SCOPES
from rebill.delivery.models import Dispatch, DispatchState
from rebill.interfaces.work.choosing import chosen_drafts
from rebill.invoices.models import Invoice
from rebill.kit.database import is_postgresql
from rebill.kit.models import Work
from rebill.parties.commands import create_token
from rebill.parties.models import Customer, Seller
from rebill.runs.commands import approve_drafts
from rebill.runs.models import Draft, DraftState, Run, RunKind

Addresses = list[tuple[str, str]]


class Asked(NamedTuple):
    """What is asked: how it is called, its address, and the token it is asked with, if any."""

    title: str
    address: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a page took: the medians, the slowest of all, its queries and its weight before it is compressed."""

    title: str
    milliseconds: float
    cpu_milliseconds: float
    slowest: float
    queries: int
    kilobytes: float


def measure(title: str, work: Callable[[], tuple[int, float]], requests: int) -> Measured:
    """Does it so many times, after one time that fills the caches and one that counts the queries."""
    work()
    with CaptureQueriesContext(connection) as captured:
        weight, _ = work()
    queries = len(captured)
    walls, cpus = [], []
    for _ in range(requests):
        wall, cpu = time.perf_counter(), time.process_time()
        _, server = work()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu + server) * 1000)
    return Measured(title, median(walls), median(cpus), max(walls), queries, weight / 1000)


def ask(client: Client, asked: Asked, requests: int) -> Measured:
    """Asks for a page or a list of the API so many times."""
    headers = {"Authorization": f"Bearer {asked.token}"} if asked.token else {}

    def answer() -> tuple[int, float]:
        response = client.get(asked.address, headers=headers)
        if response.status_code != 200:
            raise SystemExit(f"{asked.address} answers {response.status_code}.")
        return len(response.content), _end_of_request()

    return measure(asked.title, answer, requests)


def plainly(title: str, rows: QuerySet[Any], requests: int) -> Measured:
    """What Django's paginator asks of a table: all rows counted and fifty of them read, without making a page."""

    def read() -> tuple[int, float]:
        list(Paginator(rows, 50).page(1).object_list)
        return 0, _end_of_request()

    return measure(title, read, requests)


def _end_of_request() -> float:
    """Ends the connection as every request does; the seconds that the server of PostgreSQL spent on it."""
    server = _server_seconds()
    close_old_connections()
    return server


def _server_seconds() -> float:
    """What the process of this connection has spent so far, where it is one of this machine."""
    if not is_postgresql() or connection.connection is None:
        return 0.0
    process = Path("/proc") / str(connection.connection.info.backend_pid)
    try:
        is_server = (process / "comm").read_text().startswith("postgres")
        return int((process / "schedstat").read_text().split()[0]) / 1e9 if is_server else 0.0
    except (OSError, IndexError):
        return 0.0


class Words(NamedTuple):
    """Words that find one thing, few, and very many."""

    number: str
    document: str
    rare: str
    common: str
    another: str
    customer_id: int


def words_to_find() -> Words:
    """Of a customer somewhere in the middle."""
    customers = Customer.objects.order_by("id")
    some_id = customers.values_list("id", flat=True)[customers.count() // 3]
    common, another, *_, rare, _form = name_of(some_id).split()
    document = Invoice.objects.order_by("-id").values_list("number", flat=True)[77]
    return Words(str(customers.values_list("number", flat=True)[99]), document, rare, common, another, some_id)


def pages(run: Run) -> Addresses:
    """Every list of the office."""
    words = words_to_find()
    slug = Seller.objects.get().slug
    return [(title, f"/s/{slug}/{address}") for title, address in (*_of_runs(run, words), *_others(words))]


def _of_runs(run: Run, words: Words) -> Addresses:
    review = f"runs/{run.pk}/"
    return [
        ("Today", ""),
        ("Runs", "runs/"),
        ("Review", review),
        *((f"Review, tab {tab}", f"{review}?tab={tab}") for tab in ("ready", "to_check", "changed", "first", "held")),
        ("Review, a warning", f"{review}?tab=to_check&warning=no_email"),
        ("Review, letters", f"{review}?channel=print"),
        ("Review, mails", f"{review}?channel=email"),
        *((f"Review, by {sort}", f"{review}?sort={sort}") for sort in ("customer", "-change", "amount", "-amount")),
        ("Review, page 200", f"{review}?page=200"),
        ("Review, a customer's number", f"{review}?q={words.number}"),
        ("Review, a rare word", f"{review}?q={words.rare}"),
        ("Review, a common word", f"{review}?q={words.common}"),
        ("Review, two common words", f"{review}?q={words.common}+{words.another}"),
        ("Review, a product", f"{review}?q=P1"),
        ("Review, no such word", f"{review}?q=zebra"),
        ("Review, mails counted", f"{review}counted/?channel=email"),
        ("Review, a common word counted", f"{review}counted/?q={words.common}"),
        *(
            (f"Question, {what}, {which}", f"{review}{what}/?all=1&{query}")
            for what in ("approve", "hold")
            for which, query in (("all", "tab=all"), ("letters", "channel=print"), ("a word", f"q={words.common}"))
        ),
    ]


def _others(words: Words) -> Addresses:
    return [
        ("Invoices", "invoices/"),
        ("Invoices, all", "invoices/?tab=all"),
        ("Invoices, credit notes", "invoices/?tab=credit_notes"),
        ("Invoices, withdrawn", "invoices/?tab=withdrawn"),
        ("Invoices, not sent", "invoices/?tab=not_sent"),
        ("Invoices, a month", "invoices/?tab=all&month=2026-03"),
        ("Invoices, a customer", f"invoices/?customer={words.customer_id}"),
        ("Invoices, page 100", "invoices/?tab=all&page=100"),
        ("Invoices, a number", f"invoices/?q={words.document}"),
        ("Invoices, a rare word", f"invoices/?q={words.rare}"),
        ("Invoices, a common word", f"invoices/?q={words.common}"),
        ("Invoices, no such word", "invoices/?q=zebra"),
        ("Deliveries", "deliveries/"),
        ("Deliveries, waiting", "deliveries/waiting/"),
        ("Deliveries, letters", "deliveries/letters/"),
        ("Customers", "customers/"),
        *((f"Customers, tab {tab}", f"customers/?tab={tab}") for tab in ("ended", "no_email", "all")),
        *((f"Customers, by {sort}", f"customers/?sort={sort}") for sort in ("name", "new")),
        ("Customers, a number", f"customers/?q={words.number}"),
        ("Customers, a rare word", f"customers/?q={words.rare}"),
        ("Customers, a common word", f"customers/?q={words.common}"),
        ("Customers, no such word", "customers/?q=zebra"),
        ("Subscriptions", "subscriptions/"),
        *((f"Subscriptions, {tab}", f"subscriptions/?tab={tab}") for tab in ("upcoming", "paused", "ended", "all")),
        ("Subscriptions, a customer's number", f"subscriptions/?q={words.number}"),
        ("Subscriptions, a rare word", f"subscriptions/?q={words.rare}"),
        ("Subscriptions, a common word", f"subscriptions/?q={words.common}"),
        ("Subscriptions, a common word and a product", f"subscriptions/?q={words.common}+P1"),
        ("Subscriptions, a product, paused", "subscriptions/?tab=paused&q=P1"),
        ("Subscriptions, no such word", "subscriptions/?q=zebra"),
        ("Products", "products/"),
        ("Interim lines", "lines/"),
        ("Interim lines, a word", f"lines/?q={words.common}"),
        ("Exports", "exports/"),
        ("Imports", "imports/"),
        ("Search, a customer's number", f"search/?q={words.number}"),
        ("Search, a document's number", f"search/?q={words.document}"),
        ("Search, a rare word", f"search/?q={words.rare}"),
        ("Search, a common word", f"search/?q={words.common}"),
        ("Search, no such word", "search/?q=zebra"),
        ("What happened", "settings/history/"),
    ]


def lists(run: Run) -> Addresses:
    """Lists of the API."""
    number = Customer.objects.order_by("-id").values_list("number", flat=True)[0]
    word = name_of(2).split()[0]
    found: Addresses = [
        ("API, runs", "runs"),
        ("API, drafts", f"drafts?run_id={run.pk}"),
        ("API, drafts to check", f"drafts?run_id={run.pk}&tab=to_check"),
        ("API, drafts, a number", f"drafts?run_id={run.pk}&search={number}"),
        ("API, invoices", "invoices"),
        ("API, invoices, a number", f"invoices?search={number}"),
        ("API, invoices, a common word", f"invoices?search={word}"),
        ("API, dispatches", "dispatches"),
        ("API, dispatches that failed", "dispatches?state=failed"),
        ("API, dispatches to look at", "dispatches?to_look_at=true"),
        ("API, customers", "customers"),
        ("API, customers, a common word", f"customers?search={word}"),
        ("API, subscriptions", "subscriptions"),
        ("API, subscriptions, a common word", f"subscriptions?search={word}"),
        ("API, lines", "lines"),
        ("API, charges", "charges"),
        ("API, events", "events"),
    ]
    return [(title, f"/api/v1/{address}") for title, address in found]


def plain_lists(run: Run) -> list[tuple[str, QuerySet[Any]]]:
    """The same questions as Django puts them where nobody thought of a million rows: `icontains`, COUNT and LIMIT."""
    number = Customer.objects.order_by("-id").values_list("number", flat=True)[0]
    word = name_of(2).split()[0]
    invoices, drafts = Invoice.objects.order_by("-issued_on", "-id"), Draft.objects.filter(run=run)

    def says(words: str, *columns: str) -> Q:
        return reduce(or_, (Q(**{f"{column}__icontains": words}) for column in columns))

    of_invoice, of_customer = ("number", "customer_name", "customer_number"), ("customer__name", "customer__number")
    return [
        ("Plainly, invoices, all", invoices),
        ("Plainly, invoices, a number", invoices.filter(says(str(number), *of_invoice))),
        ("Plainly, invoices, a common word", invoices.filter(says(word, *of_invoice))),
        ("Plainly, a run's drafts", drafts.select_related("customer").order_by("-change_percent")),
        (
            "Plainly, a run's drafts, a common word",
            drafts.select_related("customer").filter(says(word, *of_customer)).order_by("-change_percent"),
        ),
        ("Plainly, deliveries that failed", Dispatch.objects.filter(state=DispatchState.FAILED).order_by("-id")),
    ]


def _reviewed() -> Run:
    """The latest run, whose drafts are looked through."""
    return Run.objects.filter(kind=RunKind.PERIODIC).order_by("-billed_on")[0]


def _signed_in() -> tuple[Client, str]:
    """A client of the user, and the secret of a token."""
    user = User.objects.get()
    acting = Acting(seller_id=Seller.objects.get().pk, role=Role.OWNER, user_id=user.pk)
    _, secret = create_token(acting=acting, name="bench", scopes=ALL_SCOPES, now=NOW)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client, secret


def asked_of_all(requests: int, only: str = "") -> list[dict[str, Any]]:
    """Every page and list whose title begins so, so many times each."""
    client, secret = _signed_in()
    run = _reviewed()
    wanted = [*(Asked(*each) for each in pages(run)), *(Asked(*each, secret) for each in lists(run))]
    measured = [ask(client, each, requests) for each in wanted if each.title.startswith(only)]
    plain = [plainly(title, rows, requests) for title, rows in plain_lists(run) if title.startswith(only)]
    return [asdict(each) for each in (*measured, *plain)]


def approve() -> dict[str, float]:
    """Approves the drafts of the run from its page: what the requests took, and approving itself. What comes after it,
    numbers and documents, is measured with the month."""
    client, _ = _signed_in()
    run = _reviewed()
    address = f"/s/{Seller.objects.get().slug}/runs/{run.pk}/approve/"
    measured = {"dialog": _seconds(lambda: client.get(f"{address}?all=1&tab=all"))}
    measured["request"] = _seconds(lambda: client.post(address, {"all": "1", "tab": "all"}))
    work = Work.objects.get(kind="approve")
    acting = Acting(seller_id=work.seller_id, role=Role.OWNER, user_id=work.actor_id)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    chosen = chosen_drafts(acting, work.request)
    measured["approving"] = _seconds(lambda: approve_drafts(acting=acting, drafts=chosen, now=NOW))
    measured["drafts"] = Draft.objects.filter(run=run, state=DraftState.APPROVED).count()
    measured["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 - before
    return measured


def _seconds(work: Callable[[], Any]) -> float:
    since = time.perf_counter()
    work()
    return time.perf_counter() - since


def main(mode: str, *numbers: str) -> None:
    """Does one of the things that this module is for, and prints what came of it."""
    if mode == "fill":
        call_command("migrate", verbosity=0)
        customers, months = map(int, numbers)
        print(json.dumps({"seconds": _seconds(lambda: fill_volume(customers=customers, months=months))}))
    elif mode == "ask":
        print(json.dumps(asked_of_all(int(numbers[0]), *numbers[1:])))
    else:
        print(json.dumps(approve()))


if __name__ == "__main__":
    main(*sys.argv[1:])
