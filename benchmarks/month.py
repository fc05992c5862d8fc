"""Prepares and issues one month and the next, in a process of its own, and prints the seconds as JSON."""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.management import call_command

from benchmarks.filling import NOW, fill
from rebill.invoices.commands import issue_invoices
from rebill.invoices.models import Invoice
from rebill.runs.commands import approve_drafts, prepare_run
from rebill.runs.models import Draft
from rebill.runs.queries.preview import preview_draft


def seconds(work: Callable[[], Any]) -> float:
    """How long the work took, by the wall."""
    since = time.perf_counter()
    work()
    return time.perf_counter() - since


def main(customers: int) -> None:
    """Measures and prints."""
    call_command("migrate", verbosity=0)
    acting = fill(customers)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    measured: dict[str, float] = {}
    for month, day in (("first", date(2026, 7, 1)), ("second", date(2026, 8, 1))):
        measured[f"{month}_prepare"] = seconds(lambda day=day: prepare_run(acting=acting, billed_on=day, now=NOW))
        measured[f"{month}_again"] = seconds(lambda day=day: prepare_run(acting=acting, billed_on=day, now=NOW))
        measured[f"{month}_approve"] = seconds(
            lambda: approve_drafts(acting=acting, drafts=Draft.objects.all(), now=NOW)
        )
        measured[f"{month}_issue"] = seconds(lambda day=day: issue_invoices(acting=acting, today=day, now=NOW))
    customer_id = Draft.objects.order_by("-id").values_list("customer_id", flat=True)[0]
    previews = sorted(
        seconds(lambda: preview_draft(acting=acting, customer_id=customer_id, billed_on=date(2026, 9, 1)))
        for _ in range(25)
    )
    measured["preview"] = previews[len(previews) // 2]
    measured["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    measured["memory_before_mb"] = before
    if Invoice.objects.count() != 2 * customers:
        raise SystemExit(f"{Invoice.objects.count()} invoices were issued, not {2 * customers}.")
    print(json.dumps(measured))


if __name__ == "__main__":
    main(int(sys.argv[1]))
