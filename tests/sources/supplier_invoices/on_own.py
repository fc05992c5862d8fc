"""Reviewers in processes of their own: `python -m tests.sources.supplier_invoices.on_own VERB WORDS`.

`seed` makes a firm with customers and a purchase invoice; `take`, `rebill` and `issue` are done as soon as the gate is
open; `look` prints how things stand.
"""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.db.models import Count, Sum  # noqa: E402

from benchmarks.rebilling import finvoice, y_tunnus  # noqa: E402
from rebill.access.acting import Acting, Role  # noqa: E402
from rebill.charges.models import Charge  # noqa: E402
from rebill.invoices.commands import issue_invoices  # noqa: E402
from rebill.invoices.models import InvoiceLine  # noqa: E402
from rebill.kit.errors import Conflict  # noqa: E402
from rebill.parties.models import Seller  # noqa: E402
from rebill.runs.checks import check_claims, check_drafts  # noqa: E402
from rebill.runs.commands import approve_drafts, prepare_run, rebill_purchase, rebilling  # noqa: E402
from rebill.runs.models import Draft, DraftState  # noqa: E402
from rebill.sources.supplier_invoices.checks import check_purchases  # noqa: E402
from rebill.sources.supplier_invoices.commands import take_purchase_invoice  # noqa: E402
from rebill.sources.supplier_invoices.commands.rebilling import NothingToRebill, RebillingTerms  # noqa: E402
from rebill.sources.supplier_invoices.commands.taking import TakenAlready  # noqa: E402
from rebill.sources.supplier_invoices.models import PurchaseInvoice, RebilledRow, Target  # noqa: E402
from rebill.sources.supplier_invoices.queries.splitting import split_invoice  # noqa: E402
from tests.factories import NOW  # noqa: E402
from tests.gate import Gate  # noqa: E402
from tests.sources.supplier_invoices.books import BILLED_ON, Firm  # noqa: E402

NUMBER = "900123"
LATER = NOW + timedelta(days=70)


def me() -> Acting:
    return Acting(seller_id=Seller.objects.get().pk, role=Role.OWNER, user_id=None)


def seed(rows: str, customers: str) -> None:
    firm = Firm()
    for number in range(int(customers)):
        firm.customer((y_tunnus(number), f"Asiakas {number}"))
    for code in range(40):
        if f"NV-{code}" != firm.product.code:
            firm.sells(f"NV-{code}")
    _file(rows, customers)


def _file(rows: str, customers: str) -> None:
    take_purchase_invoice(acting=me(), content=finvoice(NUMBER, int(rows), int(customers)), file_name="a.xml", now=NOW)


def take(times: str, gate: str) -> None:
    """The same new invoices as everybody else takes; prints how many were new."""
    _wait(gate)
    new = 0
    for number in range(int(times)):
        try:
            take_purchase_invoice(acting=me(), content=finvoice(f"T{number}", 5, 5), file_name="t.xml", now=NOW)
        except TakenAlready:
            continue
        new += 1
    sys.stdout.write(str(new))


def rebill(chunk: str, goes_on: str, gate: str = "", target: str = "invoices", times: str = "1") -> None:
    """Passes the invoice on; what is billed already is left or replaced."""
    rebilling.CHUNK = int(chunk)
    _wait(gate)
    terms = RebillingTerms(invoice_on=BILLED_ON, target=Target(target))
    for _time in range(int(times)):
        try:
            rebill_purchase(acting=me(), purchase_id=_purchase().pk, terms=terms, now=NOW, goes_on=goes_on == "on")
        except NothingToRebill:
            continue


def issue(times: str, gate: str) -> None:
    """Approves and issues whatever is there, and bills what waits for the next run, over and over."""
    _wait(gate)
    for _time in range(int(times)):
        try:
            prepare_run(acting=me(), billed_on=BILLED_ON, now=LATER)
            approve_drafts(acting=me(), drafts=Draft.objects.filter(state=DraftState.OPEN), now=LATER)
            issue_invoices(acting=me(), today=BILLED_ON, now=LATER)
        except Conflict:
            continue


def look() -> None:
    """How often each row is billed at most, what is billed, and what the checks say."""
    sums = split_invoice(me(), _purchase()).sums
    per_charge = InvoiceLine.objects.values("charge").annotate(times=Count("id"))
    told = {
        "invoices": PurchaseInvoice.objects.count(),
        "bought": sums.bought,
        "rebilled": sums.rebilled,
        "left_over": sums.left_over,
        "charges": Charge.objects.filter(source="supplier_invoices").count(),
        "told_rows": RebilledRow.objects.filter(told_at__isnull=False).count(),
        "untold_rows": RebilledRow.objects.filter(told_at__isnull=True).count(),
        "charged": Charge.objects.aggregate(sum=Sum("amount"))["sum"] or 0,
        "drafted": sum(draft.net_amount.minor for draft in Draft.objects.exclude(state=DraftState.DISCARDED)),
        "lines_of_a_charge": max((row["times"] for row in per_charge), default=0),
        "lines_without_a_charge": InvoiceLine.objects.exclude(charge__in=Charge.objects.values("id")).count(),
        "problems": [
            str(each)
            for check in (check_purchases, check_drafts, check_claims)
            for each in check(acting=me())
        ],
    }  # fmt: skip
    sys.stdout.write(json.dumps(told))


def _purchase() -> PurchaseInvoice:
    return PurchaseInvoice.objects.get(number=NUMBER)


def _wait(gate: str) -> None:
    if gate not in ("", "-"):
        Gate(gate).wait()


if __name__ == "__main__":
    {each.__name__: each for each in (seed, take, rebill, issue, look)}[sys.argv[1]](*sys.argv[2:])
