"""Which customers a run has to look at."""

from datetime import date, timedelta

from rebill.charges.queries import buyers_with_open_charges, horizon_of
from rebill.kit.bulk import read_rows
from rebill.parties.models import Customer, Seller
from rebill.rules.periods import is_invoice_month, next_invoice_on
from rebill.rules.recurring import Horizon
from rebill.sources.contract import Outlook
from rebill.sources.registry import sources

# No customer waits longer between two invoices, so what is supplied later than this is in no horizon yet.
_HORIZON_MAX = timedelta(days=732)


def run_taking(*, customer: Customer, supplied_on: date, today: date) -> date:
    """The day of the first run, today's or later, that bills the customer for what is supplied once on a day."""
    interval, months = customer.invoice_interval_months, customer.invoice_months
    turns = frozenset(months) or None
    start = max(today, supplied_on - _HORIZON_MAX) - timedelta(days=1)
    turn = next_invoice_on(start, interval, turns)
    once = Outlook(customer.pk, advance_on=supplied_on, arrears_on=supplied_on)
    while not once.reached(horizon_of(turn, interval, months)):
        turn = next_invoice_on(turn, interval, turns)
    return turn


def customers_due(*, seller: Seller, billed_on: date) -> list[int]:
    """The ids of the customers whose turn it is on this day and who may owe something new, in order of number.

    Three reads, whatever the number of customers: the outlooks of the sources, the open charges, the customers.
    """
    outlooks: dict[int, list[Outlook]] = {}
    for source in sources():
        for outlook in source.outlooks(seller_id=seller.id, customer_ids=None):
            outlooks.setdefault(outlook.customer_id, []).append(outlook)
    waiting = buyers_with_open_charges(seller_id=seller.id, billed_on=billed_on)
    horizons: dict[tuple[int, tuple[int, ...]], Horizon | None] = {}
    found = []
    rows = read_rows(
        Customer.objects.filter(seller_id=seller.id).order_by("number", "id"),
        "id",
        "invoice_interval_months",
        "invoice_months",
    )
    for customer_id, interval, months in rows:
        key = (interval, tuple(months))
        if key not in horizons:
            turn = is_invoice_month(billed_on, interval, frozenset(months) or None)
            horizons[key] = horizon_of(billed_on, interval, months) if turn else None
        horizon = horizons[key]
        if horizon is None:
            continue
        if customer_id in waiting or any(each.reached(horizon) for each in outlooks.get(customer_id, ())):
            found.append(customer_id)
    return found
