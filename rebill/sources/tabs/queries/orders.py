"""Reads of orders: one by the till's key, those of a tab, and how they stand."""

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import NotFound
from rebill.sources.tabs.models import EarlyStep, OrderState, Tab, TabOrder


class TabOrderUnknown(NotFound):
    """The acting seller has no order under this key."""


def tab_orders_of(acting: Acting, *, tab: Tab | None = None) -> QuerySet[TabOrder]:
    """The seller's orders, or those of one tab, the latest first, with their lines."""
    require(acting, Permission.READ)
    rows = TabOrder.objects.filter(seller_id=acting.seller_id)
    if tab is not None:
        rows = rows.filter(tab_id=tab.pk)
    return rows.select_related("tab", "holder").prefetch_related("lines__product").order_by("-ordered_at", "-id")


def tab_order_of(acting: Acting, key: str) -> TabOrder:
    """The seller's order under the till's key."""
    order = tab_orders_of(acting).filter(key=key).first()
    if order is None:
        raise TabOrderUnknown(_("There is no order %(named)s.") % {"named": key})
    return order


def early_steps_of(acting: Acting, key: str) -> QuerySet[EarlyStep]:
    """What was told of the order under this key and waits for it."""
    require(acting, Permission.SELL_ON_TABS)
    return EarlyStep.objects.filter(seller_id=acting.seller_id, key=key).order_by("id")


def order_sums(tab: Tab) -> dict[OrderState, tuple[int, int]]:
    """How many orders of the tab stand in each state, and what they come to in minor units; one read."""
    rows = TabOrder.objects.filter(tab_id=tab.pk).order_by()
    counted = rows.values_list("state").annotate(orders=Count("id"), amount=Sum("amount"))
    found = {OrderState(state): (orders, amount) for state, orders, amount in counted}
    return {state: found.get(state, (0, 0)) for state in OrderState}
