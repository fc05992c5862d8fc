"""What a process of its own does around the timetable: `python -m tests.interfaces.on_schedule VERB WORDS`."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import django

django.setup()

from django_q.models import Failure, OrmQ, Schedule  # noqa: E402

from rebill.delivery.models import Dispatch  # noqa: E402
from rebill.exports.models import Export  # noqa: E402
from rebill.interfaces.cli.worker import worker_command  # noqa: E402
from rebill.parties.commands import change_seller  # noqa: E402
from rebill.parties.models import Customer  # noqa: E402
from rebill.runs.models import Draft, Run  # noqa: E402
from rebill.subscriptions.commands import StartTerms, start_subscription  # noqa: E402
from tests.delivery.factories import make_invoice  # noqa: E402
from tests.factories import acting_of, make_customer, make_priced_product, make_seller  # noqa: E402

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def seed(time_zone: str, customers: str, documents: str) -> None:
    """A seller with customers since long ago, each with a subscription; some have an issued invoice to be sent."""
    seller = make_seller("noordwal", time_zone=time_zone)
    acting = acting_of(seller)
    change_seller(
        acting=acting, email="billing@noordwal.example", export_emails=["boekhouding@noordwal.example"], now=LONG_AGO
    )
    product = make_priced_product(seller)
    for number in range(int(customers)):
        customer = make_customer(seller, invoice_emails=[f"{number}@customer.example"], now=LONG_AGO)
        terms = StartTerms(start_on=date(2020, 1, 1), quantity=Decimal(1))
        start_subscription(acting=acting, customer=customer, product=product, terms=terms, now=LONG_AGO)
    for customer in Customer.objects.order_by("id")[: int(documents)]:
        make_invoice(customer)


def work() -> None:
    """`rebill worker`."""
    worker_command()


def look() -> None:
    """What there is, and what waits in the queue."""
    states = list(Dispatch.objects.order_by("id").values_list("state", flat=True))
    found = {
        "runs": Run.objects.count(),
        "prepared": Run.objects.filter(prepared_at__isnull=False).count(),
        "drafts": Draft.objects.count(),
        "exports": Export.objects.count(),
        "mailed": Export.objects.filter(mailed_at__isnull=False).count(),
        "mailing": Export.objects.filter(mail_started_at__isnull=False, mailed_at__isnull=True).count(),
        "states": {state: states.count(state) for state in sorted(set(states))},
        "schedules": Schedule.objects.count(),
        "queued": sorted(str(task.name()) for task in OrmQ.objects.order_by("id")),
        "failed": [str(failure.result)[-300:] for failure in Failure.objects.order_by("stopped")],
    }
    sys.stdout.write(json.dumps(found))


VERBS: dict[str, Callable[..., None]] = {verb.__name__: verb for verb in (seed, work, look)}

if __name__ == "__main__":
    VERBS[sys.argv[1]](*sys.argv[2:])
