"""A partner's month in a process of its own: `python -m tests.stories.on_own VERB WORDS`, several joined by `then`.

Chunks are made small, so that a process that is killed dies in the middle of its work and not before or after it.
"""

import hashlib
import json
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import django

django.setup()

from django.db import connections  # noqa: E402

from benchmarks.filling import NOW, START, fill  # noqa: E402
from rebill.access.acting import Acting, Role  # noqa: E402
from rebill.charges.checks import check_charges  # noqa: E402
from rebill.invoices import checks  # noqa: E402
from rebill.invoices.commands import issue_invoices, issuing, render_documents  # noqa: E402
from rebill.invoices.models import Document, Invoice  # noqa: E402
from rebill.kit.errors import Conflict  # noqa: E402
from rebill.kit.files import check_files  # noqa: E402
from rebill.kit.models import Event  # noqa: E402
from rebill.parties.models import Seller  # noqa: E402
from rebill.rules.periods import add_months  # noqa: E402
from rebill.runs.checks import check_claims, check_drafts  # noqa: E402
from rebill.runs.commands import approve_drafts, discard_drafts, prepare_run, preparing  # noqa: E402
from rebill.runs.models import Draft, DraftState  # noqa: E402

NEXT = add_months(START, 1)
LATER = NOW + timedelta(days=31)


def me() -> Acting:
    return Acting(seller_id=Seller.objects.get().pk, role=Role.OWNER, user_id=None)


def seed(customers: str) -> None:
    """A seller whose customers have three subscriptions each, and nothing billed."""
    fill(int(customers))


def prepare(chunk: str) -> None:
    preparing.CHUNK = int(chunk)
    prepare_run(acting=me(), billed_on=START, now=NOW)


def prepare_next(chunk: str) -> None:
    """The run of the next month."""
    preparing.CHUNK = int(chunk)
    prepare_run(acting=me(), billed_on=NEXT, now=LATER)


def issue_next(chunk: str) -> None:
    issuing.CHUNK = int(chunk)
    issue_invoices(acting=me(), today=NEXT, now=LATER)


def approve() -> None:
    approve_drafts(acting=me(), drafts=Draft.objects.all(), now=NOW)


def issue(chunk: str) -> None:
    issuing.CHUNK = int(chunk)
    issue_invoices(acting=me(), today=START, now=NOW)


def render(workers: str = "1") -> None:
    render_documents(acting=me(), now=NOW, workers=int(workers))


def month(chunk: str) -> None:
    """All of it: what is there already is not made again."""
    prepare(chunk)
    approve()
    issue(chunk)
    render()


def render_on_a_full_disk(bytes_max: str) -> None:
    """No file can grow beyond so many bytes, enough for a template and not for a PDF; says what was refused."""
    Invoice.objects.count()
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(bytes_max), int(bytes_max)))
    try:
        rendered = render_documents(acting=me(), now=NOW, workers=1)
        sys.stdout.write(f"{rendered.documents} {rendered.problems[:1]}")
    except Conflict as refusal:
        sys.stdout.write(type(refusal).__name__)


def issue_at_once(threads: str) -> None:
    """Many issue at the same time, one invoice at a time each, and each on a single connection."""
    issuing.CHUNK, issuing.do_each = 1, map

    def work(_: int) -> None:
        try:
            issue_invoices(acting=me(), today=START, now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(int(threads)) as pool:
        list(pool.map(work, range(int(threads))))


def discard(count: str) -> None:
    """Throws so many open drafts away, one by one."""
    open_ids = list(Draft.objects.filter(state=DraftState.OPEN).order_by("-id").values_list("id", flat=True))
    for draft_id in open_ids[: int(count)]:
        discard_drafts(acting=me(), drafts=Draft.objects.filter(id=draft_id), reason="Thrown away", now=NOW)


def approve_but(count: str) -> None:
    """Approves all drafts but the last so many."""
    last = list(Draft.objects.order_by("-id").values_list("id", flat=True)[: int(count)])
    approve_drafts(acting=me(), drafts=Draft.objects.exclude(id__in=last), now=NOW)


def look() -> None:
    """What there is, and a digest of what every customer was invoiced, whatever the number it got."""
    acting = me()
    states = list(Draft.objects.values_list("state", flat=True))
    rows = Invoice.objects.order_by("customer_number", "net_amount", "tax_amount").values_list(
        "customer_number", "kind", "issued_on", "due_on", "net_amount", "tax_amount", "gross_amount"
    )
    lines = Invoice.objects.order_by("customer_number", "lines__description", "lines__starts_on").values_list(
        "customer_number", "lines__product_code", "lines__starts_on", "lines__ends_before", "lines__prorated_quantity"
    )
    asked = (check_charges, check_claims, check_drafts, checks.check_invoices, checks.check_billing)
    problems = [problem for check in (*asked, checks.check_numbers) for problem in check(acting=acting)]
    found = {
        "drafts": {state: states.count(state) for state in sorted(set(states))},
        "invoices": Invoice.objects.count(),
        "customers": Invoice.objects.values("customer_id").distinct().count(),
        "numbers": sorted(Invoice.objects.values_list("sequence_number", flat=True)),
        "documents": Document.objects.count(),
        "issued_events": Event.objects.filter(verb="issued").count(),
        "digest": hashlib.sha256(repr([list(rows), list(lines)]).encode()).hexdigest(),
        "problems": sorted({problem.what for problem in [*problems, *check_files()]}),
    }
    sys.stdout.write(json.dumps(found))


def issue_with_a_slow_clock(hours: str) -> None:
    """Issues as if it were so many hours earlier; says what was refused."""
    try:
        issue_invoices(acting=me(), today=START, now=NOW - timedelta(hours=int(hours)))
    except Conflict as refusal:
        sys.stdout.write(type(refusal).__name__)


VERBS: dict[str, Callable[..., None]] = {
    verb.__name__: verb
    for verb in (
        seed, prepare, prepare_next, approve, approve_but, issue, issue_next, render, month, render_on_a_full_disk,
        issue_at_once, discard, look, issue_with_a_slow_clock,
    )
}  # fmt: skip

if __name__ == "__main__":
    for order in " ".join(sys.argv[1:]).split(" then "):
        verb, *words = order.split()
        VERBS[verb](*words)
