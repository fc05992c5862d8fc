"""A rating in a process of its own: `python -m tests.usage.on_own KILLED`, killed while calls are rated or when they
are written, or not at all. It prints what counts in the end."""

import json
import os
import signal
import sys

import django

django.setup()

from rebill.parties.models import Seller  # noqa: E402
from rebill.sources.usage.checks.ratings import check_accounts, check_ratings  # noqa: E402
from rebill.sources.usage.commands import rating as rating_commands  # noqa: E402
from rebill.sources.usage.models import Rating, UsageAccount  # noqa: E402
from tests.factories import make_customer, make_seller  # noqa: E402
from tests.usage.world import OCTOBER, Made, Partner  # noqa: E402


def die(*_given: object) -> None:
    """Nothing after this runs: no `finally`, no exit handler."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(killed: str) -> None:
    seller = Seller.objects.first()
    if seller is None:
        seller = make_seller()
        partner = Partner(seller=seller)
        partner.rate("316", "0.06")
        partner.give_number(make_customer(seller), "31201234567")
        partner.take([Made("31201234567", "31612345678", f"2026-10-{day:02}T09:00", 60) for day in range(1, 21)])
    partner = Partner(seller=seller)
    if killed == "taken":
        rating_commands.renew_accounts = lambda **_given: die()
    partner.rate_month(OCTOBER, **({"progress": lambda *_given: die()} if killed == "rating" else {}))
    told = {
        "states": sorted(Rating.objects.values_list("state", flat=True)),
        "amounts": list(UsageAccount.objects.values_list("amount_e6", flat=True)),
        "problems": [each.what for check in (check_ratings, check_accounts) for each in check(acting=partner.acting)],
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
