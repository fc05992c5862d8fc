"""Drafts in lists: one page of those that match, with what all of them come to. Never more rows than the page has."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum

from rebill.access.acting import Acting, Permission, require
from rebill.rules.review import average_minor, change_percent
from rebill.runs.models import Draft, DraftWarning
from rebill.runs.queries.customers import earlier_nets
from rebill.runs.queries.drafts import DraftFilter, find_drafts


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list. Amounts in the currency's minor unit; `average_percent` is how far it is from the average of
    six months, None where there is none; `warnings` are codes, those that block it first."""

    id: int
    billed_on: date
    customer_number: str
    customer_name: str
    currency: str
    cost_centre: str
    state: str
    net_minor: int
    gross_minor: int
    line_count: int
    channel: str
    hold_reason: str
    warnings: tuple[str, ...]
    is_blocked: bool
    average_percent: int | None


_COLUMNS = (
    "id", "billed_on", "customer_id", "customer__number", "customer__name", "customer__channel", "currency",
    "cost_centre", "state", "net_amount", "gross_amount", "line_count", "hold_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CurrencySum:
    """What drafts of one currency come to."""

    currency: str
    drafts: int
    net_minor: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One page of drafts, and all that match: how many, and what they come to by currency."""

    rows: tuple[DraftRow, ...]
    sums: tuple[CurrencySum, ...]

    @property
    def drafts(self) -> int:
        """How many match, on whichever page."""
        return sum(each.drafts for each in self.sums)


def draft_page(*, acting: Acting, wanted: DraftFilter, page: int, page_size: int) -> DraftPage:
    """The drafts on this page (from 1), in the order in which they were made."""
    require(acting, Permission.READ)
    drafts = find_drafts(acting=acting, wanted=wanted)
    first = (page - 1) * page_size
    rows = list(drafts.values_list(*_COLUMNS)[first : first + page_size])
    return DraftPage(rows=_rows(rows), sums=sums_of_drafts(drafts))


def draft_rows(*, acting: Acting, draft_ids: Collection[int]) -> tuple[DraftRow, ...]:
    """These drafts of the seller as rows, by id; for lists that page in another way."""
    require(acting, Permission.READ)
    drafts = Draft.objects.filter(seller_id=acting.seller_id, id__among=draft_ids).order_by("id")
    return _rows(list(drafts.values_list(*_COLUMNS)))


def sums_of_drafts(drafts: QuerySet[Draft]) -> tuple[CurrencySum, ...]:
    """What these drafts come to, by currency."""
    sums = (
        drafts.order_by("currency")
        .values_list("currency")
        .annotate(number=Count("id"), net=Sum("net_amount"), gross=Sum("gross_amount"))
    )
    return tuple(CurrencySum(currency, number, int(net), int(gross)) for currency, number, net, gross in sums)


def _rows(rows: Sequence[tuple[Any, ...]]) -> tuple[DraftRow, ...]:
    warnings: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    found = DraftWarning.objects.filter(draft_id__among=[row[0] for row in rows]).order_by("draft", "-blocking", "id")
    for draft_id, code, blocking in found.values_list("draft_id", "code", "blocking"):
        warnings[draft_id].append((code, blocking))
    averages = _averages(rows)
    return tuple(
        DraftRow(
            id=row[0],
            billed_on=row[1],
            customer_number=row[3] or "",
            customer_name=row[4],
            channel=row[5],
            currency=row[6],
            cost_centre=row[7],
            state=row[8],
            net_minor=row[9],
            gross_minor=row[10],
            line_count=row[11],
            hold_reason=row[12],
            warnings=tuple(dict.fromkeys(code for code, _ in warnings[row[0]])),
            is_blocked=any(blocking for _, blocking in warnings[row[0]]),
            average_percent=change_percent(row[9], averages.get((row[1], row[2], row[6]))),
        )
        for row in rows
    )


def _averages(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[date, int, str], int | None]:
    """The average of the six months before each day of the page, per customer and currency."""
    customers: dict[date, set[int]] = defaultdict(set)
    for row in rows:
        customers[row[1]].add(row[2])
    return {
        (day, customer_id, currency): average_minor(nets)
        for day, ids in customers.items()
        for (customer_id, currency), nets in earlier_nets(customer_ids=ids, billed_on=day).items()
    }
