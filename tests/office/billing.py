"""A seller with a month to bill: two clean drafts, one without an address, one that rose; and the worker at hand."""

from datetime import date
from typing import Any

from rebill.interfaces.jobs import deliver_documents
from rebill.interfaces.work.doing import do_work
from rebill.kit.models import Work, WorkState
from rebill.parties.commands import change_seller
from rebill.parties.models import Seller
from rebill.runs.models import Draft, Run
from tests import factories
from tests.factories import NOW
from tests.stories.month import Month

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


class Billing(Month):
    """The month of a seller that is there already."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller
        self.acting = factories.acting_of(seller)
        self.plan = factories.make_plan(seller)
        self.products = {}


def september(seller: Seller) -> Billing:
    """August is invoiced; in September Nauta bought a phone and Bolwerk has no address for invoices."""
    billing = Billing(seller)
    change_seller(acting=billing.acting, now=NOW, email="facturen@waterkant.example")
    nauta = billing.customer("Rederij Nauta", number="710482")
    for customer in (nauta, billing.customer("Bouwbedrijf Terpstra", number="710129")):
        billing.subscribe(customer, "SEAT", price="10.00", start_on=AUGUST)
    billing.bill_on(AUGUST)
    billing.add_line(nauta, "Desk phone T43", price="5.30", on=SEPTEMBER)
    billing.subscribe(
        billing.customer("Autoschade Bolwerk", number="710247", invoice_emails=[]), "SEAT", start_on=SEPTEMBER
    )
    billing.prepare(SEPTEMBER)
    return billing


def run_of(billing: Billing) -> Run:
    """The run of September."""
    return Run.objects.get(seller=billing.seller, billed_on=SEPTEMBER)


def draft_for(billing: Billing, name: str) -> Draft:
    """The September draft of a customer."""
    return Draft.objects.get(seller=billing.seller, billed_on=SEPTEMBER, customer__name=name)


def do_waiting_work() -> list[dict[str, Any]]:
    """Does what was asked for, as a worker does; returns what it came to."""
    waiting = list(Work.objects.filter(state=WorkState.QUEUED).order_by("asked_at"))
    for work in waiting:
        do_work(str(work.id))
    return [Work.objects.get(id=work.id).result for work in waiting]


def deliver(billing: Billing) -> None:
    """Sends what waits to be sent, as the worker's delivery does."""
    deliver_documents(billing.seller.pk)
