"""Finding runs and drafts, and what a run comes to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from rebill.access.acting import Acting
from rebill.charges.models import Charge
from rebill.kit.bulk import read_rows
from rebill.kit.errors import NotFound
from rebill.runs.models import Draft, DraftState, DraftWarning, Run, RunKind


class RunNotFound(NotFound):
    """The seller has no such run."""


class DraftNotFound(NotFound):
    """The seller has no such draft."""


def run_of(*, acting: Acting, run_id: int) -> Run:
    """The seller's run with this id."""
    run = Run.objects.filter(seller_id=acting.seller_id, id=run_id).first()
    if run is None:
        raise RunNotFound(f"There is no run {run_id}.")
    return run


def periodic_run_on(*, acting: Acting, billed_on: date) -> Run:
    """The seller's periodic run on this day."""
    run = Run.objects.filter(seller_id=acting.seller_id, kind=RunKind.PERIODIC, billed_on=billed_on).first()
    if run is None:
        raise RunNotFound(f"There is no run on {billed_on:%d-%m-%Y}; prepare it first.")
    return run


def runs_of(*, acting: Acting) -> QuerySet[Run]:
    """The seller's runs, the latest first."""
    return Run.objects.filter(seller_id=acting.seller_id).order_by("-billed_on", "-id")


def prepared_runs(*, acting: Acting, days: Collection[date]) -> QuerySet[Run]:
    """The seller's periodic runs on these days that were prepared, the earliest first."""
    return Run.objects.filter(
        seller_id=acting.seller_id, kind=RunKind.PERIODIC, billed_on__in=days, prepared_at__isnull=False
    ).order_by("billed_on")


def draft_of(*, acting: Acting, draft_id: int, lock: bool = False) -> Draft:
    """The seller's draft with this id; with `lock` held until the end of the transaction."""
    rows = Draft.objects.filter(seller_id=acting.seller_id, id=draft_id).select_related("run", "customer")
    draft = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if draft is None:
        raise DraftNotFound(f"There is no draft {draft_id}.")
    return draft


BLOCKED = Exists(DraftWarning.objects.filter(draft=OuterRef("id"), blocking=True))
WARNED = Exists(DraftWarning.objects.filter(draft=OuterRef("id")))


@dataclass(frozen=True, slots=True)
class DraftFilter:
    """Which drafts are looked at. `tab` is one of TABS; `warning` and `channel` are codes."""

    run_id: int | None = None
    tab: str = "all"
    search: str = ""
    warning: str = ""
    channel: str = ""


TABS: dict[str, Q] = {
    "all": ~Q(state=DraftState.DISCARDED),
    "current": Q(state__in=(DraftState.OPEN, DraftState.HELD, DraftState.APPROVED)),
    "ready": Q(state=DraftState.OPEN, line_count__gt=0) & ~Q(WARNED),
    "to_check": Q(state=DraftState.OPEN) & Q(WARNED),
    "blocked": Q(state=DraftState.OPEN) & Q(BLOCKED),
    "held": Q(state=DraftState.HELD),
    "approved": Q(state=DraftState.APPROVED),
    "issued": Q(state=DraftState.ISSUED),
}


def find_drafts(*, acting: Acting, wanted: DraftFilter) -> QuerySet[Draft]:
    """The seller's drafts that match: by run, tab, warning and channel; `search` looks in the customer's name and
    number and in the codes and texts of the lines."""
    rows = Draft.objects.filter(TABS[wanted.tab], seller_id=acting.seller_id)
    if wanted.run_id is not None:
        rows = rows.filter(run_id=wanted.run_id)
    if wanted.warning:
        rows = rows.filter(Exists(DraftWarning.objects.filter(draft=OuterRef("id"), code=wanted.warning)))
    if wanted.channel:
        rows = rows.filter(customer__channel=wanted.channel)
    if wanted.search.strip():
        text = wanted.search.strip()
        lines = Charge.objects.filter(claim=OuterRef("id")).filter(
            Q(description__icontains=text) | Q(product__code__icontains=text)
        )
        rows = rows.filter(Q(customer__name__icontains=text) | Q(customer__number__istartswith=text) | Exists(lines))
    return rows.order_by("id")


def count_to_check(*, acting: Acting) -> int:
    """How many open drafts have a warning, in all runs: what waits for somebody to look at it."""
    warned = DraftWarning.objects.filter(draft__seller_id=acting.seller_id, draft__state=DraftState.OPEN)
    return warned.aggregate(drafts=Count("draft_id", distinct=True))["drafts"] or 0


@dataclass(frozen=True, slots=True)
class RunTotals:
    """What a run comes to: how many drafts stand where, of all currencies, and the amounts of those in `currency`."""

    currency: str
    drafts: int
    ready: int
    to_check: int
    blocked: int
    held: int
    approved: int
    issued: int
    net_minor: int
    ready_net_minor: int
    to_check_net_minor: int
    gross_minor: int
    previous_on: date | None
    previous_net_minor: int | None
    previous_drafts: int | None


def run_totals(*, acting: Acting, run: Run, currency: str) -> RunTotals:
    """The totals of a run, against the periodic run before it; three reads."""
    rows = Draft.objects.filter(seller_id=acting.seller_id, run_id=run.id).exclude(state=DraftState.DISCARDED)
    own = Q(currency=currency)
    sums = rows.annotate(warned=WARNED, blocked=BLOCKED).aggregate(
        drafts=Count("id"),
        ready=Count("id", filter=Q(state=DraftState.OPEN, warned=False, line_count__gt=0)),
        to_check=Count("id", filter=Q(state=DraftState.OPEN, warned=True)),
        blocked_count=Count("id", filter=Q(state=DraftState.OPEN, blocked=True)),
        held=Count("id", filter=Q(state=DraftState.HELD)),
        approved=Count("id", filter=Q(state=DraftState.APPROVED)),
        issued=Count("id", filter=Q(state=DraftState.ISSUED)),
        net=Sum("net_amount", filter=own),
        ready_net=Sum("net_amount", filter=own & Q(state=DraftState.OPEN, warned=False)),
        to_check_net=Sum("net_amount", filter=own & Q(state=DraftState.OPEN, warned=True)),
        gross=Sum("gross_amount", filter=own),
    )
    before = (
        Run.objects.filter(seller_id=acting.seller_id, kind=RunKind.PERIODIC, billed_on__lt=run.billed_on)
        .order_by("-billed_on")
        .first()
    )
    previous = None
    if before is not None:
        previous = (
            Draft.objects.filter(run_id=before.id)
            .exclude(state=DraftState.DISCARDED)
            .aggregate(net=Sum("net_amount", filter=own), drafts=Count("id"))
        )
    return RunTotals(
        currency=currency,
        drafts=sums["drafts"],
        ready=sums["ready"],
        to_check=sums["to_check"],
        blocked=sums["blocked_count"],
        held=sums["held"],
        approved=sums["approved"],
        issued=sums["issued"],
        net_minor=sums["net"] or 0,
        ready_net_minor=sums["ready_net"] or 0,
        to_check_net_minor=sums["to_check_net"] or 0,
        gross_minor=sums["gross"] or 0,
        previous_on=None if before is None else before.billed_on,
        previous_net_minor=None if previous is None else previous["net"] or 0,
        previous_drafts=None if previous is None else previous["drafts"],
    )


@dataclass(frozen=True, slots=True)
class WarningGroup:
    """One kind of warning in a run: how many drafts of one currency, whether it blocks them, and what they come to."""

    code: str
    blocking: bool
    currency: str
    drafts: int
    net_minor: int


def warning_groups(*, acting: Acting, run: Run) -> list[WarningGroup]:
    """The warnings of the run's open drafts by kind, blocking ones first, then by number."""
    warned = (
        Draft.objects.filter(seller_id=acting.seller_id, run_id=run.id, state=DraftState.OPEN, warnings__isnull=False)
        .order_by("id")
        .distinct()
    )
    groups: dict[tuple[str, bool, str], list[int]] = {}
    for _, code, blocking, currency, net in read_rows(
        warned, "id", "warnings__code", "warnings__blocking", "currency", "net_amount"
    ):
        groups.setdefault((code, bool(blocking), currency), []).append(net)
    found = [WarningGroup(*key, len(nets), sum(nets)) for key, nets in groups.items()]
    return sorted(found, key=lambda group: (not group.blocking, -group.drafts, group.code, group.currency))


def currencies_of(*, acting: Acting, run: Run) -> list[str]:
    """The currencies of the run's drafts, by code."""
    rows = Draft.objects.filter(seller_id=acting.seller_id, run_id=run.id).exclude(state=DraftState.DISCARDED)
    return list(rows.order_by("currency").values_list("currency", flat=True).distinct())
