"""Imported rates that wait, and those that were decided about."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.models import RateChange, RateDeck, RateImport, RateImportRow, RateImportState
from rebill.kit.errors import NotFound
from rebill.rules.rate_changes import margin_e6

# Less is left of the sell price: worth a look before prices are taken over.
MARGIN_LOW_E6 = 100_000


class RateImportUnknown(NotFound):
    """The acting seller has no such imported rates."""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many rows there are of each kind, how many are chosen, and of these have a new sell price. `low` and
    `below_cost` are those with little or no margin at today's sell price, `loss` those chosen that will have none."""

    all: int
    up: int
    down: int
    other: int
    new: int
    gone: int
    low: int
    below_cost: int
    loss: int
    chosen: int
    sell_new: int


def rate_imports_of(acting: Acting) -> QuerySet[RateImport]:
    """All imported rates of the seller, the latest first."""
    rows = RateImport.objects.filter(seller_id=acting.seller_id)
    return rows.select_related("deck", "sell_deck").order_by("-id")


def rate_import_of(acting: Acting, import_id: int) -> RateImport:
    """One of the seller's imports of rates."""
    found = rate_imports_of(acting).filter(pk=import_id).first()
    if found is None:
        raise RateImportUnknown(_("There are no imported rates %(named)s.") % {"named": import_id})
    return found


def import_row_of(acting: Acting, row_id: int) -> RateImportRow:
    """One row of the seller's imported rates."""
    rows = RateImportRow.objects.filter(rate_import__seller_id=acting.seller_id, pk=row_id)
    found = rows.select_related("rate_import").first()
    if found is None:
        raise RateImportUnknown(_("There is no imported rate %(named)s.") % {"named": row_id})
    return found


def waiting_imports_of(acting: Acting, deck: RateDeck | None = None) -> QuerySet[RateImport]:
    """The imports that wait: all, or those that concern the deck, as what is imported or as what is sold by."""
    rows = rate_imports_of(acting).filter(state=RateImportState.WAITING)
    return rows if deck is None else rows.filter(Q(deck=deck) | Q(sell_deck=deck))


def rows_of_import(rate_import: RateImport, tab: str = "") -> QuerySet[RateImportRow]:
    """The rows of the import, those of a tab: up, down, other, new, gone, low, below; the dearest changes first."""
    rows = RateImportRow.objects.filter(rate_import=rate_import)
    if tab in RateChange.values:
        rows = rows.filter(change=tab)
    elif tab == "low":
        rows = rows.filter(low_margin(rate_import))
    return rows.order_by("prefix", "starts_on")


def low_margin(rate_import: RateImport, *, share_e6: int = MARGIN_LOW_E6, at_new_price: bool = False) -> Q:
    """Rows of which less than the share is left: sell − buy < share × sell."""
    buy, sell = _sides(rate_import, at_new_price=at_new_price)
    return Q(change__in=[RateChange.UP, RateChange.DOWN, RateChange.OTHER, RateChange.NEW]) & Q(
        pk__in=RateImportRow.objects.filter(rate_import=rate_import)
        .annotate(_sell=sell, _buy=buy)
        .filter(_sell__gt=0)
        .filter(_buy__isnull=False)
        .annotate(_left=(F("_sell") - F("_buy")) * 1_000_000 - F("_sell") * share_e6)
        .filter(_left__lt=0)
        .values("pk")
    )


def _sides(rate_import: RateImport, *, at_new_price: bool):  # type: ignore[no-untyped-def]
    if rate_import.sell_deck_id is None:
        return F("counterpart"), F("minute_new")
    first, second = ("sell_new", "counterpart") if at_new_price else ("counterpart", "sell_new")
    return F("minute_new"), Coalesce(F(first), F(second))


def count_import_rows(rate_import: RateImport) -> ImportCounts:
    """The counts of the tabs; one read for the kinds, one for each question of margin."""
    rows = RateImportRow.objects.filter(rate_import=rate_import)
    kinds = dict(rows.order_by().values_list("change").annotate(Count("id")))
    said = rows.aggregate(
        taken=Count("id", filter=Q(chosen=True)),
        priced=Count("id", filter=Q(chosen=True, sell_new__isnull=False)),
        low=Count("id", filter=low_margin(rate_import)),
        below=Count("id", filter=low_margin(rate_import, share_e6=0)),
        loss=Count("id", filter=Q(chosen=True) & low_margin(rate_import, share_e6=0, at_new_price=True)),
    )
    return ImportCounts(
        all=sum(kinds.values()),
        up=kinds.get(RateChange.UP, 0),
        down=kinds.get(RateChange.DOWN, 0),
        other=kinds.get(RateChange.OTHER, 0),
        new=kinds.get(RateChange.NEW, 0),
        gone=kinds.get(RateChange.GONE, 0),
        low=said["low"],
        below_cost=said["below"],
        loss=said["loss"],
        chosen=said["taken"],
        sell_new=said["priced"],
    )


def margin_of(row: RateImportRow, rate_import: RateImport, *, at_new_price: bool = True) -> int | None:
    """The share of the sell price that is left once the row is taken over, in 10⁻⁶; at its new price, or at today's
    where there is one."""
    if row.minute_new is None:
        return None
    other = None if row.counterpart is None else int(row.counterpart.scaleb(6))
    new = int(row.minute_new.scaleb(6))
    if rate_import.sell_deck_id is None:
        return margin_e6(other, new)
    if row.sell_new is None or (other is not None and not at_new_price):
        return margin_e6(new, other)
    return margin_e6(new, int(row.sell_new.scaleb(6)))


def first_days(rate_import: RateImport) -> list[date]:
    """The days on which rates of the import begin, in order."""
    rows = RateImportRow.objects.filter(rate_import=rate_import).order_by("starts_on")
    return list(rows.values_list("starts_on", flat=True).distinct())
