"""Reads of tabs: one of them, those that match, how many stand where, and what changed since a till last asked."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Invalid, NotFound
from rebill.kit.stamps import counted_to, settled_before
from rebill.sources.tabs.models import Tab, TabChange, TabOrder, TabStatus

# Nearly full: this share of the limit is used, and it is not exceeded.
NEARLY_FULL_PERCENT = 90
FEED_AT_ONCE = 500


class TabUnknown(NotFound):
    """The acting seller has no such tab."""


class ChangeUnknown(NotFound):
    """The acting seller made no such change of tabs."""


class FeedCursorUnreadable(Invalid):
    """The cursor is none that the feed of tabs gave."""


class TabTab(StrEnum):
    """The parts of the list of tabs."""

    ACTIVE = "active"
    OVER = "over"
    NEARLY = "nearly"
    HIDDEN = "hidden"
    INACTIVE = "inactive"
    ALL = "all"


_ACTIVE = Q(status=TabStatus.ACTIVE)
_OVER = Q(balance__gt=F("limit"))
_NEARLY_AT = ExpressionWrapper(F("limit") * NEARLY_FULL_PERCENT / 100, output_field=BigIntegerField())
_NEARLY = Q(limit__gt=0, balance__lte=F("limit"), balance__gte=_NEARLY_AT)
PARTS: dict[TabTab, Q] = {
    TabTab.ACTIVE: _ACTIVE,
    TabTab.OVER: _ACTIVE & _OVER,
    TabTab.NEARLY: _ACTIVE & _NEARLY,
    TabTab.HIDDEN: _ACTIVE & Q(is_shown=False),
    TabTab.INACTIVE: ~_ACTIVE,
    TabTab.ALL: Q(),
}


def tabs_of(acting: Acting) -> QuerySet[Tab]:
    """All of the seller's tabs, by number."""
    require(acting, Permission.READ)
    return Tab.objects.filter(seller_id=acting.seller_id).select_related("customer").order_by("number")


def tab_of(acting: Acting, tab_id: int) -> Tab:
    """The seller's tab with this id."""
    tab = tabs_of(acting).filter(pk=tab_id).first()
    if tab is None:
        raise TabUnknown(_("There is no tab %(named)s.") % {"named": tab_id})
    return tab


@dataclass(frozen=True, slots=True)
class TabTerms:
    """What an order goes by of its tab, the customer and the seller: no more, for tills ask many times a second."""

    id: int
    number: str
    currency: str
    time_zone: str
    country: str
    vat_scheme: str
    seller_language: str
    customer_language: str


def tab_terms_of(acting: Acting, tab_id: int) -> TabTerms:
    """What an order on the seller's tab with this id goes by."""
    require(acting, Permission.SELL_ON_TABS)
    rows = Tab.objects.filter(seller_id=acting.seller_id, pk=tab_id).order_by()
    found = rows.values_list(
        "id", "number", "currency", "seller__time_zone", "seller__country", "seller__vat_scheme", "seller__language",
        "customer__language",
    )[:1]  # fmt: skip
    for row in found:
        return TabTerms(*row)
    raise TabUnknown(_("There is no tab %(named)s.") % {"named": tab_id})


def tab_by_number(acting: Acting, number: str) -> Tab:
    """The seller's tab with this number."""
    tab = tabs_of(acting).filter(number=number).first()
    if tab is None:
        raise TabUnknown(_("There is no tab %(named)s.") % {"named": number})
    return tab


def find_tabs(acting: Acting, *, search: str = "", part: TabTab = TabTab.ALL) -> QuerySet[Tab]:
    """The tabs of a part of the list in which each word begins the number, or stands in the description, the
    customer's name or a holder's. No words find all."""
    found = tabs_of(acting).filter(PARTS[part])
    for word in search.split():
        named = Q()
        for column in ("first_name", "last_name", "company"):
            named |= Q(**{f"holdings__holder__{column}__icontains": word})
        held = Tab.objects.filter(named, seller_id=acting.seller_id).order_by().values("id")
        found = found.filter(
            Q(number__istartswith=word)
            | Q(description__icontains=word)
            | Q(customer__name__icontains=word)
            | Q(customer__number__istartswith=word)
            | Q(id__in=held)
        )
    return found


def tabs_for_till(acting: Acting, *, search: str = "", shown_only: bool = False) -> QuerySet[Tab]:
    """The tabs that a till may book on, those it shows without being asked first."""
    found = find_tabs(acting, search=search, part=TabTab.ACTIVE).filter(may_buy=True)
    if shown_only:
        found = found.filter(is_shown=True)
    return found.order_by("-is_shown", "number", "id")


@dataclass(frozen=True, slots=True)
class TabCounts:
    """How many tabs stand where, and what their limits and balances come to, by currency, in minor units."""

    parts: dict[TabTab, int]
    sums: dict[str, tuple[int, int, int]]

    @property
    def currencies(self) -> list[str]:
        """The currencies of the active tabs."""
        return sorted(self.sums)


def count_tabs(acting: Acting) -> TabCounts:
    """How many tabs are in each part of the list, and per currency of the active ones: limit, used, over; two reads."""
    rows = Tab.objects.filter(seller_id=acting.seller_id).order_by()
    counts = rows.aggregate(**{part.value: Count("id", filter=condition) for part, condition in PARTS.items()})
    sums = (
        rows.filter(_ACTIVE)
        .values("currency")
        .annotate(
            limits=Sum("limit"),
            used=Sum("balance"),
            over=Sum("balance", filter=_OVER) - Sum("limit", filter=_OVER),
        )
    )
    found = {row["currency"]: (row["limits"], row["used"], row["over"] or 0) for row in sums}
    return TabCounts({part: counts[part.value] for part in PARTS}, found)


def change_of(acting: Acting, change_id: int, *, lock: bool = False) -> TabChange:
    """One change of the seller's tabs."""
    rows = TabChange.objects.filter(seller_id=acting.seller_id, pk=change_id)
    change = (rows.select_for_update() if lock else rows).first()
    if change is None:
        raise ChangeUnknown(_("There is no change %(named)s of tabs.") % {"named": change_id})
    return change


# --- what changed -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feed:
    """Tabs that changed, each as it is now, and the cursor with which to ask later; `has_more` says to ask at once."""

    tabs: list[Tab]
    cursor: str
    has_more: bool


def tabs_changed(acting: Acting, *, cursor: str = "", at_most: int = FEED_AT_ONCE) -> Feed:
    """The tabs that changed since this cursor, all of them without one.

    A tab may come twice, but no change is ever missed, however many tills write at the same moment. The cursor is
    `from.stamp.id`: where the next round begins, and the last tab that this round has shown.
    """
    require(acting, Permission.READ)
    begins, stamp, last_id = _read_cursor(cursor)
    following = settled_before(Tab)
    if last_id:
        # Within a round the next one begins where this one did: what changed meanwhile is seen then.
        following = begins
    rows = tabs_of(acting).filter(stamp__gte=stamp).exclude(stamp=stamp, id__lte=last_id)
    found = list(rows.order_by("stamp", "id")[: at_most + 1])
    if len(found) > at_most:
        tabs = found[:at_most]
        return Feed(tabs, f"{following}.{tabs[-1].stamp}.{tabs[-1].pk}", has_more=True)
    return Feed(found, f"{following}.{following}.0", has_more=False)


def _read_cursor(cursor: str) -> tuple[int, int, int]:
    if not cursor:
        return 0, 0, 0
    parts = cursor.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        raise FeedCursorUnreadable(_("The cursor is none of this list. Begin again without one."))
    begins, stamp, last_id = map(int, parts)
    # Counted further than the database is: it was set up anew, so that everything is news.
    return (begins, stamp, last_id) if stamp <= counted_to(Tab) else (0, 0, 0)


# --- what is open -----------------------------------------------------------------------------------------------------


def booked_sums(tab_ids: Collection[int]) -> dict[int, int]:
    """What the booked orders of these tabs come to, in minor units: what would be billed now. One read."""
    rows = TabOrder.objects.filter(tab_id__among=tab_ids, state="booked").order_by()
    return dict(rows.values_list("tab_id").annotate(booked=Sum("amount")))
