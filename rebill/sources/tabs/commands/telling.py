"""What the source of tabs remembers: which orders were billed, and how to put exactly those back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, OuterRef, Subquery, Sum
from django.utils.translation import gettext as _

from rebill.kit.bulk import insert_rows, read_all, update_rows
from rebill.kit.errors import Conflict
from rebill.kit.stamps import Stamp
from rebill.kit.states import move_rows
from rebill.sources.tabs.models import ORDER_MOVES, OrderState, Tab, TabOrder, TabTelling


class OrdersMoved(Conflict):
    """Orders were cancelled or settled while they were billed; the customer was not locked."""


class ToldTab(NamedTuple):
    """One tab that was billed: the number of the telling, how many charges it came to, and of which orders."""

    tab_id: int
    number: int
    lines: int
    order_ids: tuple[int, ...]


def remember_tab_tellings(*, told: Sequence[ToldTab], now: datetime) -> None:
    """Moves these orders from booked to billed and lowers the balances by what they come to.

    In the transaction that keeps the charges, with the customers locked.
    """
    if not told:
        return
    insert_rows(
        TabTelling,
        ("tab_id", "number", "lines", "told_at"),
        ((each.tab_id, each.number, each.lines, now) for each in told),
    )
    ids = _telling_ids([(each.tab_id, each.number) for each in told])
    update_rows(Tab, "id", ("tellings_made",), ((each.tab_id, each.number) for each in told))
    order_ids = [order_id for each in told for order_id in each.order_ids]
    latest = TabTelling.objects.filter(tab_id=OuterRef("tab_id")).order_by("-number").values("id")[:1]
    moved = move_rows(
        TabOrder.objects.filter(id__among=order_ids),
        to=OrderState.BILLED,
        moves=ORDER_MOVES,
        telling_id=Subquery(latest),
        ended_at=now,
    )
    if moved != len(order_ids):
        raise OrdersMoved(_("Orders changed while they were billed. Do it again."))
    _change_balances(set(ids.values()), sign=-1)


def forget_tab_tellings(*, keys: Collection[tuple[int, int]]) -> None:
    """Puts the orders of these tellings back, each given as (tab, number): booked again, and in the balance again."""
    ids = set(_telling_ids(keys).values())
    if not ids:
        return
    _change_balances(ids, sign=1)
    move_rows(
        TabOrder.objects.filter(telling_id__among=ids),
        to=OrderState.BOOKED,
        moves=ORDER_MOVES,
        telling=None,
        ended_at=None,
    )
    TabTelling.objects.filter(id__among=ids).delete()


def _telling_ids(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    wanted = set(keys)
    rows = TabTelling.objects.filter(tab_id__among=[tab_id for tab_id, _number in wanted]).order_by("id")
    return {(row[1], row[2]): row[0] for row in read_all(rows, "id", "tab_id", "number") if (row[1], row[2]) in wanted}


def _change_balances(telling_ids: Collection[int], *, sign: int) -> None:
    """One statement for all tabs: each by what its orders of these tellings come to."""
    of_tab = TabOrder.objects.filter(tab_id=OuterRef("pk"), telling_id__among=telling_ids).order_by()
    total = Subquery(of_tab.values("tab_id").annotate(total=Sum("amount")).values("total"))
    tabs = TabTelling.objects.filter(id__among=telling_ids).order_by().values("tab_id")
    Tab.objects.filter(id__in=tabs).update(
        balance=F("balance") + total if sign > 0 else F("balance") - total, stamp=Stamp(Tab)
    )
