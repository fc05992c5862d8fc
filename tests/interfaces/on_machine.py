"""What a machine of the tests does in a process of its own: `python -m tests.interfaces.on_machine seed|look`."""

import hashlib
import json
import sys

import django

django.setup()


from rebill.kit.models import Event  # noqa: E402
from rebill.parties.models import Customer  # noqa: E402
from rebill.subscriptions.models import Subscription  # noqa: E402
from tests.factories import make_product, make_seller  # noqa: E402


def seed() -> None:
    """A seller and a product in fresh tables."""
    make_product(make_seller("noordwal"), "HOST")


def look() -> None:
    """Counts, and a digest of what the rows say whatever their ids."""
    customers = list(Customer.objects.order_by("number").values_list("number", "name", "city", "invoice_emails"))
    subscriptions = list(
        Subscription.objects.order_by("uuid").values_list(
            "uuid", "customer__number", "product__code", "quantity", "unit_price", "start_on", "sequence"
        )
    )
    found = {
        "customers": len(customers),
        "subscriptions": len(subscriptions),
        "digest": hashlib.sha256(repr((customers, subscriptions)).encode()).hexdigest(),
        "started": Event.objects.filter(verb="started").count(),
        "created": Event.objects.filter(verb="created", subject_type="parties.customer").count(),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    {"seed": seed, "look": look}[sys.argv[1]]()
