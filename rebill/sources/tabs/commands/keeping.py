"""Keeping tabs: making them, and changing limits, statuses and flags of one or of many at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import update_rows, write_lock
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.kit.sequences import allot_numbers
from rebill.kit.stamps import Stamp, next_stamp
from rebill.parties.entries import text_of
from rebill.parties.models import Customer
from rebill.parties.queries import open_customer_of, require_not_erased, seller_of
from rebill.rules.money import Money
from rebill.rules.tabs import tab_number, tab_series
from rebill.sources.tabs.models import OPEN_STATES, Tab, TabChange, TabLayout, TabOrder, TabStatus
from rebill.sources.tabs.queries.agreeing import require_terms, rules_of
from rebill.sources.tabs.queries.tabs import change_of

tidy_tab_number = text_of(Tab, "number", required=True)
_description = text_of(Tab, "description")
# As many numbers in a row may be taken already, by hand or by an import, before the scheme is given up.
_TRIES = 10_000
# In minor units.
LIMIT_MAX = 10**14


class TabNumberTaken(Conflict):
    """Another tab of the seller has this number."""


class TabHasOrders(Conflict):
    """A tab with open orders cannot be closed: nobody would bill them."""


class TabTermsUnfit(Invalid):
    """What was said of a tab contradicts itself; `term` names which part."""

    def __init__(self, term: str, why: str) -> None:
        super().__init__(why)
        self.term = term


class ChangeUndone(Conflict):
    """The change was taken back already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabChanges:
    """What is to be different of tabs; None leaves it as it is."""

    limit: Money | None = None
    status: TabStatus | None = None
    may_buy: bool | None = None
    is_shown: bool | None = None
    layout: str | None = None
    description: str | None = None


_CHANGED = tuple(each.name for each in fields(TabChanges))


def open_tab(
    *,
    acting: Acting,
    customer_id: int,
    now: datetime,
    number: str = "",
    description: str = "",
    limit: Money | None = None,
    status: TabStatus = TabStatus.INACTIVE,
    may_buy: bool = False,
    is_shown: bool = False,
    layout: str = "",
) -> Tab:
    """A new tab of the customer, in its currency; without a number the next one of the seller's scheme.

    Needs the data-protection terms accepted. The customer may have any number of tabs.
    """
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        require_terms(acting.seller_id)
        lock_tab_numbers(acting.seller_id)
        customer = open_customer_of(acting, customer_id)
        currency = customer.currency or seller_of(acting).currency
        wanted = (
            tidy_tab_number("number", number) if number.strip() else next_tab_numbers(acting.seller_id, customer, 1)[0]
        )
        if Tab.objects.filter(seller_id=acting.seller_id, number=wanted).exists():
            raise TabNumberTaken(_("Another tab has the number %(number)s.") % {"number": wanted})
        tab = Tab(
            seller_id=acting.seller_id,
            customer=customer,
            number=wanted,
            description=_description("description", description),
            status=status,
            currency=currency,
            may_buy=may_buy,
            is_shown=is_shown,
            layout=_fit_layout(layout),
            created_at=now,
        )
        tab.limit = _fit_limit(limit, currency)
        tab.stamp = next_stamp(Tab)
        tab.save(force_insert=True)
        details = {"number": tab.number, "customer": customer.pk, "limit": str(tab.limit)}
        record_tab_events(acting, [(tab.pk, "opened", details)], now)
    return tab


def change_tabs(*, acting: Acting, tabs: QuerySet[Tab], changes: TabChanges, now: datetime) -> TabChange | None:
    """Changes all of these tabs in the same way at once; None when all was so already.

    The answer takes the whole change back with `undo_tab_change`. A limit in another currency than a tab's, and closing
    a tab with open orders, refuse the whole change. A limit below the balance is kept: nothing more is sold then. Tabs
    of people who were erased are left out; where there are no others, the change is refused.
    """
    require(acting, Permission.KEEP_TABS)
    said = {name: getattr(changes, name) for name in _CHANGED if getattr(changes, name) is not None}
    if "layout" in said:
        said["layout"] = _fit_layout(said["layout"])
    if "description" in said:
        said["description"] = _description("description", said["description"])
    with atomic_write():
        # Not against orders: those only add to the balance, which is no part of this.
        rows = tabs.filter(seller_id=acting.seller_id).order_by("id").select_for_update(of=("self",), no_key=True)
        before: dict[str, dict[str, Any]] = {}
        after: dict[str, dict[str, Any]] = {}
        currencies: dict[str, str] = {}
        for tab in _without_erased(list(rows.select_related("customer"))):
            wanted = {**said, "limit": _fit_limit(changes.limit, tab.currency).minor} if changes.limit else said
            kept = {name: _kept(tab, name) for name in wanted}
            changed = [name for name in wanted if kept[name] != wanted[name]]
            if changed:
                before[str(tab.pk)] = {name: kept[name] for name in changed}
                after[str(tab.pk)] = {name: wanted[name] for name in changed}
                currencies[str(tab.pk)] = tab.currency
        if not after:
            return None
        if said.get("status") == TabStatus.CLOSED:
            _require_no_open_orders(map(int, after))
        _write(after)
        change = TabChange.objects.create(
            seller_id=acting.seller_id, changed_at=now, changed_by=acting.user_id, before=before, after=after
        )
        _record_changes(acting, before, after, currencies, now)
    return change


def undo_tab_change(*, acting: Acting, change_id: int, now: datetime) -> int:
    """Takes a change of many tabs back at once; returns how many tabs are as before.

    What somebody has changed again since stays as it is now.
    """
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        change = change_of(acting, change_id, lock=True)
        if change.undone_at is not None:
            raise ChangeUndone(_("This change was taken back already."))
        rows = Tab.objects.filter(seller_id=acting.seller_id, id__among=[int(each) for each in change.after])
        back: dict[str, dict[str, Any]] = {}
        currencies: dict[str, str] = {}
        for tab in rows.order_by("id").select_for_update(of=("self",), no_key=True):
            after, before = change.after[str(tab.pk)], change.before[str(tab.pk)]
            unmoved = {name: before[name] for name, value in after.items() if _kept(tab, name) == value}
            if unmoved:
                back[str(tab.pk)] = unmoved
                currencies[str(tab.pk)] = tab.currency
        closing = [int(each) for each, columns in back.items() if columns.get("status") == TabStatus.CLOSED]
        _require_no_open_orders(closing)
        _write(back)
        change.undone_at = now
        change.save(update_fields=["undone_at"])
        _record_changes(acting, change.after, back, currencies, now)
    return len(back)


def next_tab_numbers(seller_id: int, customer: Customer, count: int) -> list[str]:
    """The next free numbers of the seller's scheme for the customer. The tab numbers must be locked."""
    series = tab_series(rules_of(seller_id).scheme, customer=customer.number or str(customer.pk))
    free: list[str] = []
    for _try in range(_TRIES):
        wanted = count - len(free)
        if not wanted:
            return free
        numbers = [
            tab_number(series, number=number)
            for number in allot_numbers(key=f"tabs {seller_id} {series}", count=wanted)
        ]
        taken = set(
            Tab.objects.filter(seller_id=seller_id, number__in=numbers).order_by().values_list("number", flat=True)
        )
        free += [number for number in numbers if number not in taken]
    raise TabNumberTaken(_("The numbers after %(number)s are all taken. Choose another scheme.") % {"number": series})


def lock_tab_numbers(seller_id: int) -> None:
    """Numbers of one seller's tabs are given one transaction after the other, so none is given twice."""
    write_lock(f"tab numbers of seller {seller_id}")


def record_tab_events(acting: Acting, told: Iterable[tuple[int, str, Mapping[str, Any]]], now: datetime) -> None:
    """Records events of tabs, given as (tab, verb, details)."""
    kind = subject_type_of(Tab)
    record_events(
        EventRow(acting.seller_id, kind, tab_id, verb, acting.user_id, now, dict(details))
        for tab_id, verb, details in told
    )


def _record_changes(
    acting: Acting,
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    currencies: Mapping[str, str],
    now: datetime,
) -> None:
    """Records what changed of each tab; a limit as people read it, with its currency."""

    def told(tab_id: str, name: str, value: Any) -> Any:
        return str(Money(value, currencies[tab_id])) if name == "limit" else value

    record_tab_events(
        acting,
        (
            (
                int(tab_id),
                "changed",
                {name: [told(tab_id, name, each) for each in (before[tab_id][name], value)]
                 for name, value in columns.items()},
            )
            for tab_id, columns in after.items()
        ),
        now,
    )  # fmt: skip


def _without_erased(tabs: Sequence[Tab]) -> list[Tab]:
    standing = [tab for tab in tabs if tab.customer.erased_at is None]
    if tabs and not standing:
        require_not_erased(tabs[0].customer)
    return standing


def _write(columns_of: Mapping[str, Mapping[str, Any]]) -> None:
    """Writes the columns by tab: one statement for all tabs in which the same columns change."""
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for tab_id, columns in columns_of.items():
        alike.setdefault(tuple(columns), []).append((int(tab_id), *columns.values()))
    for names, rows in alike.items():
        update_rows(Tab, "id", names, rows)
    Tab.objects.filter(id__among=[int(each) for each in columns_of]).update(stamp=Stamp(Tab))


def _kept(tab: Tab, name: str) -> Any:
    value = getattr(tab, name)
    return value.minor if isinstance(value, Money) else value


def _fit_limit(limit: Money | None, currency: str) -> Money:
    if limit is None:
        return Money(0, currency)
    if limit.currency != currency:
        raise TabTermsUnfit("limit", _("The limit of a tab is in its currency, %(currency)s.") % {"currency": currency})
    if not 0 <= limit.minor <= LIMIT_MAX:
        raise TabTermsUnfit("limit", _("The limit is zero or more, and no more than can be kept."))
    return limit


def _fit_layout(layout: str) -> str:
    if layout and layout not in TabLayout.values:
        known = ", ".join(TabLayout.values)
        raise TabTermsUnfit("layout", _("The layout is one of: %(known)s.") % {"known": known})
    return str(layout)


def _require_no_open_orders(tab_ids: Iterable[int]) -> None:
    open_orders = TabOrder.objects.filter(tab_id__among=list(tab_ids), state__in=OPEN_STATES)
    found = open_orders.select_related("tab").order_by("tab__number").first()
    if found is not None:
        raise TabHasOrders(
            _("Tab %(number)s has open orders. Bill them first, then close it.") % {"number": found.tab.number}
        )
