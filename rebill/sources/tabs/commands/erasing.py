"""Forgetting the person whose tabs they are: holders, descriptions and what tills wrote beside orders."""

from datetime import datetime

from django.db.models import Q

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.events import forget_details
from rebill.kit.stamps import next_stamp
from rebill.parties.models import Customer
from rebill.sources.tabs.commands.holders import erase_holder
from rebill.sources.tabs.models import Holder, HolderKind, Tab, TabHolder, TabOrder, TabStatus


def forget_customer_tabs(*, acting: Acting, customer: Customer, now: datetime) -> int:
    """Closes the tabs of the customer without what is personal on them; returns how many tabs it has.

    People who hold only these tabs are erased, and so is a holder with the customer's own name or e-mail address.
    Somebody else who holds another customer's tab as well is only parted from these.
    """
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        tabs = list(Tab.objects.filter(seller_id=acting.seller_id, customer=customer).order_by("id"))
        named = Q(holdings__tab__in=tabs) | Q(email__in=[email for email in customer.invoice_emails if email])
        people = Holder.objects.filter(named, seller_id=acting.seller_id, kind=HolderKind.PERSON, erased_at=None)
        for holder in people.distinct().order_by("id"):
            elsewhere = TabHolder.objects.filter(holder=holder).exclude(tab__in=tabs).exists()
            is_same = holder.name == customer.name or holder.email in customer.invoice_emails
            if is_same or not elsewhere:
                erase_holder(acting=acting, holder_id=holder.pk, now=now)
        TabHolder.objects.filter(tab__in=tabs).delete()
        TabOrder.objects.filter(tab__in=tabs).update(reference="")
        for tab in tabs:
            forget_details(seller_id=acting.seller_id, subject=tab)
            tab.description, tab.status, tab.may_buy, tab.is_shown = "", TabStatus.CLOSED, False, False
            tab.stamp = next_stamp(Tab)
            tab.save(update_fields=["description", "status", "may_buy", "is_shown", "stamp"])
    return len(tabs)
