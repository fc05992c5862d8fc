"""Erasing a person who is a customer, once nothing of theirs is open any more."""

from datetime import date, datetime

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.parties.commands import forget_customer, lock_erasable_customer
from rebill.runs.queries.erasing import Hindered, hindrances_of
from rebill.sources.supplier_invoices.commands import forget_customer_links
from rebill.sources.tabs.commands import forget_customer_tabs
from rebill.sources.usage.commands import forget_endpoints


class CustomerHasOpen(Conflict):
    """Something of the customer is still open: it is billed, cancelled or thrown away first."""

    def __init__(self, hindered: list[Hindered]) -> None:
        super().__init__(" ".join(each.words for each in hindered))
        self.hindrances = [each.by.value for each in hindered]


def erase_customer(*, acting: Acting, customer_id: int, today: date, now: datetime) -> bool:
    """Forgets who the person is: name, addresses, contacts, tab holders, and what events said of them.

    Issued documents keep what was printed, as the law asks. Refused while anything is open. Returns whether there was
    anything to forget: erased already, nothing happens.
    """
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        customer = lock_erasable_customer(acting=acting, customer_id=customer_id)
        if customer.erased_at is not None:
            return False
        if hindered := hindrances_of(acting=acting, customer_id=customer_id, today=today):
            raise CustomerHasOpen(hindered)
        forget_customer_tabs(acting=acting, customer=customer, now=now)
        forget_endpoints(acting=acting, customer=customer, today=today, now=now)
        forget_customer_links(acting=acting, customer=customer)
        forget_customer(acting=acting, customer_id=customer.pk, now=now)
    return True
