"""Tabs from a file, in bulk: with the customers and holders that are missing, and nothing made twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Refused, reason_of
from rebill.kit.imports.outcomes import ImportRecord, Outcome, accepted, rejected, unchanged
from rebill.kit.stamps import next_stamp
from rebill.parties.commands import create_customers
from rebill.parties.entries import EntryRefused
from rebill.parties.models import Customer, CustomerKind, Seller
from rebill.parties.queries import seller_of
from rebill.rules.money import Money
from rebill.sources.tabs.commands.keeping import (
    LIMIT_MAX,
    lock_tab_numbers,
    next_tab_numbers,
    record_tab_events,
    tidy_tab_number,
)
from rebill.sources.tabs.models import Holder, HolderKind, Tab, TabHolder, TabStatus
from rebill.sources.tabs.queries.agreeing import require_terms

_FLAGS = ("may_buy", "is_shown")
_ACCOUNTS_MAX = 100


class RowRefused(Exception):
    """One line cannot be taken: of which field, why, and what to do."""

    def __init__(self, column: str, why: str, remedy: str) -> None:
        super().__init__(why)
        self.column, self.why, self.remedy = column, why, remedy


@dataclass(eq=False, slots=True)
class _Owner:
    """A customer that stands or will: `said` is what a new one is made of."""

    customer: Customer | None
    currency: str
    said: dict[str, Any]
    tabs: list[Tab] = field(default_factory=list)


@dataclass(slots=True)
class _Wish:
    """A tab to be made: its owner, its number (empty: by the scheme), and who will hold it."""

    owner: _Owner
    tab: Tab
    person: dict[str, str]


@dataclass(slots=True)
class _Chunk:
    """What the records speak of, and what is to be written for them."""

    seller: Seller
    by_number: dict[str, _Owner]
    by_name: dict[str, list[_Owner]]
    tabs: dict[str, Tab]
    held: set[tuple[int, str]]
    erased: set[str]
    new: list[_Wish] = field(default_factory=list)
    changed: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    holders: list[tuple[Tab, dict[str, str]]] = field(default_factory=list)


def import_tabs(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Opens and changes tabs, all in one transaction; one outcome for each record, in their order.

    Fields: first_name, last_name, company, email, customer_number, number, description, accounts, limit, status,
    may_buy, is_shown. A number that is known changes that tab; a customer is found by its number, else by its exact
    name, else made. `accounts` is how many tabs the customer is to have, 1 unless said. New tabs are active.
    """
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        require_terms(acting.seller_id)
        lock_tab_numbers(acting.seller_id)
        chunk = _read(acting, records)
        outcomes = [_outcome(record, chunk) for record in records]
        _write(acting, chunk, now)
    return outcomes


def named(record: ImportRecord) -> str:
    """Whom the record is about: the company, or the person."""
    person = f"{record.text('first_name')} {record.text('last_name')}"
    return " ".join((record.text("company").strip() or person).split())


def _read(acting: Acting, records: Sequence[ImportRecord]) -> _Chunk:
    seller = seller_of(acting)
    names = {named(record).lower() for record in records} - {""}
    numbers = {record.text("customer_number").strip() for record in records} - {""}
    tab_numbers = {" ".join(record.text("number").split()) for record in records} - {""}
    mine = Customer.objects.filter(seller_id=seller.pk)
    found = {
        *mine.filter(number__in=numbers),
        *mine.annotate(lower_name=Lower("name")).filter(lower_name__in=names),
    }
    tabs = {tab.number: tab for tab in Tab.objects.filter(seller_id=seller.pk, number__in=tab_numbers)}
    owners = {each.pk: _Owner(each, each.currency or seller.currency, {}) for each in sorted(found, key=_by_id)}
    for tab in Tab.objects.filter(customer_id__in=owners).order_by("id"):
        owners[tab.customer_id].tabs.append(tabs.setdefault(tab.number, tab))
    by_name: dict[str, list[_Owner]] = defaultdict(list)
    for owner in owners.values():
        if owner.customer is not None:
            by_name[owner.customer.name.lower()].append(owner)
    by_number = {each.customer.number: each for each in owners.values() if each.customer and each.customer.number}
    holdings = TabHolder.objects.filter(tab__in=list(tabs.values())).select_related("holder")
    held = {(holding.tab_id, holding.holder.name.lower()) for holding in holdings}
    erased = Tab.objects.filter(seller_id=seller.pk, number__in=tab_numbers, customer__erased_at__isnull=False)
    closed = set(erased.order_by().values_list("number", flat=True))
    return _Chunk(seller, by_number, by_name, tabs, held, closed)


def _by_id(customer: Customer) -> int:
    return customer.pk


def _outcome(record: ImportRecord, chunk: _Chunk) -> Outcome:
    try:
        is_new = _take(record, chunk)
    except RowRefused as refused:
        return rejected(
            record,
            what=f"tab.{refused.column}",
            why=refused.why,
            remedy=refused.remedy,
            column=refused.column,
            value=record.values.get(refused.column, ""),
        )
    return accepted(record) if is_new else unchanged(record)


def _take(record: ImportRecord, chunk: _Chunk) -> bool:
    """Whether the record says anything new."""
    number = _number(record)
    known = chunk.tabs.get(number) if number else None
    if number in chunk.erased:
        raise _erased("number")
    if known is not None:
        _require_same_owner(record, known, chunk)
        return _change(record, known, chunk)
    owner = _owner(record, chunk)
    accounts = record.whole("accounts")
    wanted = 1 if accounts is None else accounts
    if not 1 <= wanted <= _ACCOUNTS_MAX:
        why = _("A line opens 1 to %(most)s tabs.") % {"most": _ACCOUNTS_MAX}
        raise RowRefused("accounts", why, _("Correct the number."))
    standing = [] if number else owner.tabs[:wanted]
    # The limit is read first: what it is refused for leaves nothing behind.
    _limit(record, owner.currency)
    is_new = sum(_change(record, tab, chunk) for tab in standing) > 0
    for position in range(len(standing), wanted):
        _open(record, owner, number if position == 0 else "", chunk)
        is_new = True
    return is_new


def _open(record: ImportRecord, owner: _Owner, number: str, chunk: _Chunk) -> None:
    tab = Tab(
        seller_id=chunk.seller.pk,
        number=number,
        description=" ".join(record.text("description").split())[:200],
        status=TabStatus(record.text("status") or TabStatus.ACTIVE),
        currency=owner.currency,
        **{name: bool(record.flag(name)) for name in _FLAGS},
    )
    tab.limit = _limit(record, owner.currency) or Money(0, owner.currency)
    owner.tabs.append(tab)
    if number:
        chunk.tabs[number] = tab
    chunk.new.append(_Wish(owner, tab, _person(record)))


def _change(record: ImportRecord, tab: Tab, chunk: _Chunk) -> bool:
    wanted: dict[str, Any] = {}
    limit = _limit(record, tab.currency)
    if limit is not None:
        wanted["limit"] = limit
    if record.text("status"):
        wanted["status"] = TabStatus(record.text("status"))
    if record.text("description").strip():
        wanted["description"] = " ".join(record.text("description").split())[:200]
    wanted |= {name: record.flag(name) for name in _FLAGS if record.flag(name) is not None}
    changed = {
        name: [str(getattr(tab, name)), str(value)] for name, value in wanted.items() if getattr(tab, name) != value
    }
    for name in changed:
        setattr(tab, name, wanted[name])
    person = _person(record)
    name = _called(person)
    is_held = tab.pk is None or not name or (tab.pk, name) in chunk.held
    if not is_held:
        chunk.held.add((tab.pk, name))
        chunk.holders.append((tab, person))
    if tab.pk is not None and changed:
        chunk.changed.setdefault(tab.pk, {}).update(changed)
    return bool(changed) or not is_held


def _owner(record: ImportRecord, chunk: _Chunk) -> _Owner:
    name, number = named(record), record.text("customer_number").strip()
    if number:
        owner = chunk.by_number.get(number)
        if owner is not None and owner.customer is not None and owner.customer.erased_at is not None:
            raise _erased("customer_number")
        if owner is not None:
            return owner
    elif len(chunk.by_name.get(name.lower(), [])) > 1:
        raise RowRefused(
            "company",
            _("There are several customers of this name."),
            _("Say which one by its customer number."),
        )
    elif chunk.by_name.get(name.lower()):
        return chunk.by_name[name.lower()][0]
    if not name:
        raise RowRefused("company", _("The line names nobody."), _("Fill in a company or a person's name."))
    email = record.text("email").strip()
    kind = CustomerKind.ORGANISATION if record.text("company").strip() else CustomerKind.PERSON
    said = {"name": name, "kind": kind.value, "invoice_emails": [email] if email else [], "number": number or None}
    owner = _Owner(None, chunk.seller.currency, said)
    chunk.by_name[name.lower()] = [owner]
    if number:
        chunk.by_number[number] = owner
    return owner


def _erased(column: str) -> RowRefused:
    """What an old file says of a person who was erased brings nobody back."""
    why = _("The person with this number was erased.")
    return RowRefused(column, why, _("Leave the line out, or give a person who came back a new number."))


def _require_same_owner(record: ImportRecord, tab: Tab, chunk: _Chunk) -> None:
    """A known number under another name is a mistake in the file, or in the number."""
    name = named(record).lower()
    if not name or any(tab in owner.tabs for owner in chunk.by_name.get(name, [])):
        return
    if any(holder_name == name for tab_id, holder_name in chunk.held if tab_id == tab.pk):
        return
    raise RowRefused(
        "number",
        _("Tab %(number)s is another customer's.") % {"number": tab.number},
        _("Correct the number, or the name."),
    )


def _number(record: ImportRecord) -> str:
    given = record.text("number").strip()
    try:
        return tidy_tab_number("number", given) if given else ""
    except EntryRefused as refused:
        raise RowRefused("number", refused.why, refused.remedy) from None


def _limit(record: ImportRecord, currency: str) -> Money | None:
    stated = record.number("limit")
    if stated is None:
        return None
    try:
        limit = Money.of(stated, currency)
    except Refused as refusal:
        raise RowRefused("limit", reason_of(refusal), _("Correct the amount.")) from None
    if not 0 <= limit.minor <= LIMIT_MAX:
        raise RowRefused(
            "limit", _("The limit is zero or more, and no more than can be kept."), _("Correct the amount.")
        )
    return limit


def _person(record: ImportRecord) -> dict[str, str]:
    """Who holds the tab: the person where one is named, else the company."""
    first, last = record.text("first_name").strip()[:80], record.text("last_name").strip()[:80]
    email = record.text("email").strip()
    if first or last:
        return {"kind": HolderKind.PERSON, "first_name": first, "last_name": last, "email": email}
    return {"kind": HolderKind.COMPANY, "company": record.text("company").strip()[:120], "email": email}


def _called(person: dict[str, str]) -> str:
    return (person.get("company") or f"{person.get('first_name', '')} {person.get('last_name', '')}".strip()).lower()


def _write(acting: Acting, chunk: _Chunk, now: datetime) -> None:
    owners = list(dict.fromkeys(wish.owner for wish in chunk.new if wish.owner.customer is None))
    if owners:
        made = create_customers(acting=acting, entered=[owner.said for owner in owners], now=now)
        for owner, customer in zip(owners, made, strict=True):
            owner.customer = customer
    stamp = next_stamp(Tab)
    nameless: dict[_Owner, list[Tab]] = defaultdict(list)
    for wish in chunk.new:
        assert wish.owner.customer is not None
        wish.tab.customer, wish.tab.created_at, wish.tab.stamp = wish.owner.customer, now, stamp
        if not wish.tab.number:
            nameless[wish.owner].append(wish.tab)
    for owner, tabs in nameless.items():
        assert owner.customer is not None
        numbers = next_tab_numbers(acting.seller_id, owner.customer, len(tabs))
        for tab, number in zip(tabs, numbers, strict=True):
            tab.number = number
    Tab.objects.bulk_create([wish.tab for wish in chunk.new])
    changed = [tab for tab in chunk.tabs.values() if tab.pk in chunk.changed]
    for tab in changed:
        tab.stamp = stamp
    Tab.objects.bulk_update(changed, ["limit", "status", "description", *_FLAGS, "stamp"])
    _hold(acting, [*((wish.tab, wish.person) for wish in chunk.new), *chunk.holders], now)
    opened = [(wish.tab.pk, "opened", {"number": wish.tab.number, "imported": True}) for wish in chunk.new]
    record_tab_events(acting, [*opened, *((tab.pk, "changed", chunk.changed[tab.pk]) for tab in changed)], now)


def _hold(acting: Acting, wanted: Sequence[tuple[Tab, dict[str, str]]], now: datetime) -> None:
    """The holders, each once however many tabs it holds, and their links."""
    holders: dict[tuple[str, ...], Holder] = {}
    for _tab, person in wanted:
        if _called(person):
            holders.setdefault(tuple(person.values()), Holder(seller_id=acting.seller_id, created_at=now, **person))
    Holder.objects.bulk_create(holders.values())
    TabHolder.objects.bulk_create(
        TabHolder(tab=tab, holder=holders[tuple(person.values())]) for tab, person in wanted if _called(person)
    )
