"""Forgetting the person whose tabs they are: holders, descriptions and what tills wrote beside orders."""

from collections.abc import Sequence
from datetime import datetime

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.events import forget_details
from rebill.kit.stamps import next_stamp
from rebill.parties.models import Customer
from rebill.sources.tabs.commands.holders import erase_holder
from rebill.sources.tabs.commands.keeping import lock_tab_numbers
from rebill.sources.tabs.models import Tab, TabChange, TabHolder, TabOrder, TabStatus
from rebill.sources.tabs.queries.holders import held_by_customer, holders_going_with


def forget_customer_tabs(*, acting: Acting, customer: Customer, now: datetime) -> int:
    """Closes the tabs of the customer without what is personal on them; returns how many tabs it has.

    People who hold only these tabs are erased, and so is a holder with the customer's own name or e-mail address.
    Somebody else who holds another customer's tab as well is only parted from these. A change of many tabs at once
    forgets what it changed of these, so that taking it back leaves them out.
    """
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        lock_tab_numbers(acting.seller_id)
        tabs = list(held_by_customer(acting, customer.pk).select_for_update(of=("self",), no_key=True))
        for holder in holders_going_with(acting, customer):
            erase_holder(acting=acting, holder_id=holder.pk, now=now)
        TabHolder.objects.filter(tab__in=tabs).delete()
        # A till may have written the name beside the order, or into why it was cancelled.
        TabOrder.objects.filter(tab__in=tabs).update(reference="", ended_reason="")
        _forget_changes(acting, tabs)
        for tab in tabs:
            forget_details(seller_id=acting.seller_id, subject=tab)
            tab.description, tab.status, tab.may_buy, tab.is_shown = "", TabStatus.CLOSED, False, False
            tab.stamp = next_stamp(Tab)
            tab.save(update_fields=["description", "status", "may_buy", "is_shown", "stamp"])
    return len(tabs)


def _forget_changes(acting: Acting, tabs: Sequence[Tab]) -> None:
    keys = [str(tab.pk) for tab in tabs]
    if not keys:
        return
    told = TabChange.objects.filter(seller_id=acting.seller_id, after__has_any_keys=keys)
    for change in told.order_by("id").select_for_update():
        for kept in (change.before, change.after):
            for key in keys:
                kept.pop(key, None)
        change.save(update_fields=["before", "after"])
