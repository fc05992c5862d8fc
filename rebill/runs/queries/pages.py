"""Drafts in lists: one page of those that match, with what all of them come to. Never more rows than the page has."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum

from rebill.access.acting import Acting, Permission, require
from rebill.charges.models import Charge
from rebill.rules.review import average_minor, change_percent
from rebill.runs.models import Draft, DraftWarning
from rebill.runs.queries.customers import earlier_nets
from rebill.runs.queries.drafts import DraftFilter, WarningGroup, beside_drafts, find_drafts


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list. Amounts in the currency's minor unit; `earlier` are the customer's totals of up to six months
    before, oldest first, and `average_percent` is how far it is from their average, None where there are none;
    `warnings` are codes, those that block it first; `kinds` says how many lines of which kind are on it."""

    id: int
    billed_on: date
    customer_id: int
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
    first_approved_by: int | None
    earlier: tuple[int, ...]
    average_percent: int | None
    kinds: tuple[tuple[str, int], ...]


_COLUMNS = (
    "id", "billed_on", "customer_id", "customer__number", "customer__name", "customer__channel", "currency",
    "cost_centre", "state", "net_amount", "gross_amount", "line_count", "hold_reason",
    "first_approved_by",
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
    """The drafts on this page (from 1), in the order that is wanted."""
    require(acting, Permission.READ)
    drafts = find_drafts(acting=acting, wanted=wanted)
    rows = _columns(acting, drafts, page, page_size)
    return DraftPage(rows=_rows(rows, _said_of(rows), kinds_of([row[0] for row in rows])), sums=sums_of_drafts(drafts))


def review_rows(
    *, acting: Acting, run_id: int, drafts: QuerySet[Draft], page: int, page_size: int
) -> tuple[tuple[DraftRow, ...], list[WarningGroup]]:
    """One page of a run's drafts, and the warnings of the whole run by kind; three reads."""
    require(acting, Permission.READ)
    rows = _columns(acting, drafts, page, page_size)
    beside = beside_drafts(acting=acting, run_id=run_id, draft_ids=[row[0] for row in rows])
    return _rows(rows, beside.warnings, beside.kinds), beside.groups


def _columns(acting: Acting, drafts: QuerySet[Draft], page: int, page_size: int) -> list[tuple[Any, ...]]:
    first = (page - 1) * page_size
    # Which ones is answered by the index of the order alone; only then are they read.
    shown = drafts.filter(seller_id=acting.seller_id).values("id")[first : first + page_size]
    rows = Draft.objects.filter(id__in=shown).order_by(*drafts.query.order_by)
    return list(rows.values_list(*_COLUMNS))


def draft_rows(*, acting: Acting, draft_ids: Collection[int]) -> tuple[DraftRow, ...]:
    """These drafts of the seller as rows, by id; for lists that page in another way."""
    require(acting, Permission.READ)
    drafts = Draft.objects.filter(seller_id=acting.seller_id, id__among=draft_ids).order_by("id")
    rows = list(drafts.values_list(*_COLUMNS))
    return _rows(rows, _said_of(rows), kinds_of([row[0] for row in rows]))


def _said_of(rows: Sequence[tuple[Any, ...]]) -> dict[int, list[tuple[str, bool]]]:
    """The warnings of these drafts, as (code, blocking), blocking ones first."""
    said: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    found = DraftWarning.objects.filter(draft_id__among=[row[0] for row in rows]).order_by("draft", "-blocking", "id")
    for draft_id, code, blocking in found.values_list("draft_id", "code", "blocking"):
        said[draft_id].append((code, blocking))
    return said


def sums_of_drafts(drafts: QuerySet[Draft]) -> tuple[CurrencySum, ...]:
    """What these drafts come to, by currency."""
    sums = (
        drafts.order_by("currency")
        .values_list("currency")
        .annotate(number=Count("id"), net=Sum("net_amount"), gross=Sum("gross_amount"))
    )
    return tuple(CurrencySum(currency, number, int(net), int(gross)) for currency, number, net, gross in sums)


def _rows(
    rows: Sequence[tuple[Any, ...]],
    said: Mapping[int, Sequence[tuple[str, bool]]],
    kinds: Mapping[int, Sequence[tuple[str, int]]],
) -> tuple[DraftRow, ...]:
    earlier = _earlier(rows)
    shown = []
    for row in rows:
        nets = earlier.get((row[1], row[2], row[6]), ())
        shown.append(
            DraftRow(
                id=row[0],
                billed_on=row[1],
                customer_id=row[2],
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
                first_approved_by=row[13],
                warnings=tuple(dict.fromkeys(code for code, _ in said.get(row[0], ()))),
                is_blocked=any(blocking for _, blocking in said.get(row[0], ())),
                earlier=nets,
                average_percent=change_percent(row[9], average_minor(nets)),
                kinds=tuple(kinds.get(row[0], ())),
            )
        )
    return tuple(shown)


def kinds_of(draft_ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """How many lines of which kind are on each of these drafts, the most first."""
    counts = Charge.objects.filter(claim__among=draft_ids).order_by().values_list("claim", "kind")
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for draft_id, kind, lines in counts.annotate(lines=Count("id")).order_by("claim", "-lines", "kind"):
        found[draft_id].append((kind, lines))
    return found


def _earlier(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[date, int, str], tuple[int, ...]]:
    """The totals of the six months before each day of the page, per customer and currency."""
    customers: dict[date, set[int]] = defaultdict(set)
    for row in rows:
        customers[row[1]].add(row[2])
    return {
        (day, customer_id, currency): nets
        for day, ids in customers.items()
        for (customer_id, currency), nets in earlier_nets(customer_ids=ids, billed_on=day).items()
    }
