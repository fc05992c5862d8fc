"""Erasing a person who is a customer, once nothing of theirs is open any more."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.charges.queries import open_charges
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.parties.commands import forget_customer, lock_erasable_customer
from rebill.runs.models import Draft, DraftState
from rebill.sources.oneoff.queries import waiting_lines
from rebill.sources.tabs.commands import forget_customer_tabs
from rebill.sources.tabs.models import OPEN_STATES, TabOrder
from rebill.subscriptions.queries import count_subscriptions

_UNISSUED = (DraftState.OPEN, DraftState.HELD, DraftState.APPROVED)


class CustomerHasOpen(Conflict):
    """Something of the customer is still open: it is billed, cancelled or thrown away first."""


def erase_customer(*, acting: Acting, customer_id: int, today: date, now: datetime) -> bool:
    """Forgets who the person is: name, addresses, contacts, tab holders, and what events said of them.

    Issued documents keep what was printed, as the law asks. Refused while anything is open. Returns whether there was
    anything to forget: erased already, nothing happens.
    """
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        customer = lock_erasable_customer(acting=acting, customer_id=customer_id)
        if reason := _why_open(acting, customer_id, today):
            raise CustomerHasOpen(reason)
        forget_customer_tabs(acting=acting, customer=customer, now=now)
        return forget_customer(acting=acting, customer_id=customer_id, now=now)


def _why_open(acting: Acting, customer_id: int, today: date) -> str:
    if Draft.objects.filter(seller_id=acting.seller_id, customer_id=customer_id, state__in=_UNISSUED).exists():
        return _("This customer has drafts: issue them or throw them away first.")
    if count_subscriptions(acting=acting, customer_ids=[customer_id], on=today):
        return _("This customer has subscriptions that have not ended: cancel them first.")
    orders = TabOrder.objects.filter(seller_id=acting.seller_id, tab__customer_id=customer_id, state__in=OPEN_STATES)
    if orders.exists():
        return _("This customer has open orders on a tab: bill or cancel them first.")
    waiting = waiting_lines(acting=acting).filter(customer_id=customer_id)
    if waiting.exists() or open_charges(acting=acting, customer_id=customer_id).exists():
        return _("Lines of this customer wait to be billed: bill or remove them first.")
    return ""
