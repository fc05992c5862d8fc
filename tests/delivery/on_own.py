"""What a process of its own does to deliver: `python -m tests.delivery.on_own VERB WORDS`."""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta

import django

django.setup()


from rebill.delivery.checks import check_dispatches  # noqa: E402
from rebill.delivery.commands import deliver_queued, make_print_batch, printing, queue_dispatches  # noqa: E402
from rebill.delivery.models import Attempt, Dispatch, PrintBatch  # noqa: E402
from rebill.parties.models import Seller  # noqa: E402
from tests.delivery.factories import NOW, acting_of, make_customer, make_invoice, make_seller  # noqa: E402


def seed(documents: str, channel: str = "email") -> None:
    """A seller with issued documents, each for a customer of its own."""
    seller = make_seller()
    for number in range(int(documents)):
        customer = make_customer(
            seller,
            f"Klant {number}",
            channel=channel,
            street=f"Dorpsstraat {number}",
            invoice_emails=[f"{number}@customer.example"],
        )
        make_invoice(customer)


def queue() -> None:
    queue_dispatches(acting=acting_of(Seller.objects.get()), now=NOW)


def deliver(minutes: str = "0") -> None:
    """Queue and send until nothing is due."""
    acting, now = acting_of(Seller.objects.get()), NOW + timedelta(minutes=int(minutes))
    queue_dispatches(acting=acting, now=now)
    while deliver_queued(acting=acting, now=now, limit=7).attempted:
        continue


def print_letters() -> None:
    """Bind everything that waits, five letters at a time."""
    acting = acting_of(Seller.objects.get())
    queue_dispatches(acting=acting, now=NOW)
    while make_print_batch(acting=acting, now=NOW, letters_max=5):
        continue


def print_letters_and_die(moment: str) -> None:
    """Be killed while binding: when the file is stored, or just before all of it is committed."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(printing, {"stored": "_accept", "accepted": "record_event"}[moment], die)
    print_letters()


def look() -> None:
    """How the dispatches stand, and whether everything is as it must be."""
    acting = acting_of(Seller.objects.get())
    states = list(Dispatch.objects.order_by("id").values_list("state", flat=True))
    problems = check_dispatches(acting=acting, now=NOW + timedelta(days=1))
    found = {
        "states": {state: states.count(state) for state in sorted(set(states))},
        "accepted_attempts": Attempt.objects.filter(outcome="accepted").count(),
        "batches": PrintBatch.objects.count(),
        "letters": sum(PrintBatch.objects.order_by("id").values_list("letters", flat=True)),
        "problems": sorted({problem.what for problem in problems}),
    }
    sys.stdout.write(json.dumps(found))


VERBS: dict[str, Callable[..., None]] = {
    verb.__name__: verb for verb in (seed, queue, deliver, print_letters, print_letters_and_die, look)
}

if __name__ == "__main__":
    VERBS[sys.argv[1]](*sys.argv[2:])
