"""The one update that takes of a tab's limit, under the condition that it fits: no two tills exceed it together."""

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Exists, F, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from rebill.kit.errors import Conflict
from rebill.kit.fields import MoneyField
from rebill.kit.stamps import Stamp
from rebill.rules.money import Money
from rebill.sources.tabs.models import EarlyStep, Tab, TabOrder, TabStatus


class LimitExceeded(Conflict):
    """The order does not fit into what is left of the limit."""


class TabNotForSale(Conflict):
    """The tab is not active, or buying on name is not allowed on it."""


def fits_and_nothing_waits(order: TabOrder) -> bool:
    """Raises the balance by a new order where it may be bought and nothing that came before it waits for it.

    Both are conditions of the one update, so that the many orders for which nothing waits are not asked about twice.
    """
    minor = order.amount.minor
    waits = EarlyStep.objects.filter(seller_id=order.seller_id, key=order.key).order_by()
    rows = Tab.objects.filter(~Exists(waits), pk=order.tab_id)
    fitting = rows if order.refunds_id is not None else _for_sale(rows, minor)
    return bool(fitting.update(**_raised(minor, order.ordered_at)))


def take_of_limit(
    tab_id: int, minor: int, at: datetime, *, is_late: bool, is_new: bool = True, buys: bool = False
) -> dict[str, Any]:
    """Raises the balance if that may be; returns what an order that came late is marked with.

    What comes to zero or less fits any limit; who `buys` needs a tab for sale all the same, empty bottles or not.
    """
    rows = Tab.objects.filter(pk=tab_id)
    raised = _raised(minor, at if is_new else None)
    if minor <= 0 and not buys:
        rows.update(**raised)
        return {}
    if _for_sale(rows, minor).update(**raised):
        return {}
    if is_late:
        rows.update(**raised)
        standing = rows.get()
        is_over = minor > 0 and standing.balance.minor > standing.limit.minor
        return {"over_limit": is_over, "not_allowed": not _is_for_sale(standing)}
    standing = rows.get()
    if not _is_for_sale(standing):
        raise TabNotForSale(
            _("Nothing can be bought on tab %(number)s now: it is not active, or buying on name is not allowed.")
            % {"number": standing.number}
        )
    left = Money(standing.limit.minor - standing.balance.minor, standing.currency)
    raise LimitExceeded(
        _("%(amount)s does not fit on tab %(number)s: %(left)s is left of its limit of %(limit)s.")
        % {
            "amount": Money(minor, standing.currency),
            "number": standing.number,
            "left": left,
            "limit": standing.limit,
        }
    )


def money_value(minor: int) -> Value:
    """An amount that a column of money is raised or compared by."""
    return Value(minor, output_field=MoneyField())


def _for_sale(rows: QuerySet[Tab], minor: int) -> QuerySet[Tab]:
    for_sale = rows.filter(status=TabStatus.ACTIVE, may_buy=True)
    return for_sale.filter(balance__lte=F("limit") - money_value(minor)) if minor > 0 else for_sale


def _raised(minor: int, bought_at: datetime | None) -> dict[str, Any]:
    raised: dict[str, Any] = {"balance": F("balance") + money_value(minor), "stamp": Stamp(Tab)}
    if bought_at is not None and minor > 0:
        # What comes late may be older than what is known.
        bought = Value(bought_at, output_field=DateTimeField())
        raised["last_bought_at"] = Greatest(Coalesce(F("last_bought_at"), bought), bought)
    return raised


def _is_for_sale(tab: Tab) -> bool:
    return tab.status == TabStatus.ACTIVE and tab.may_buy
