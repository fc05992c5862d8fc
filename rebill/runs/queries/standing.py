"""How many drafts of a run stand where, and what they come to: one read, answered by an index alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from rebill.access.acting import Acting
from rebill.kit.errors import NotFound
from rebill.rules.review import NOTABLE_PERCENT, Verdict
from rebill.runs.models import Draft, DraftState, Run, RunKind

KEPT = (DraftState.OPEN, DraftState.ISSUED, DraftState.HELD, DraftState.APPROVED)
CHANGED = Q(change_percent__gte=NOTABLE_PERCENT) | Q(change_percent__lte=-NOTABLE_PERCENT)


class RunNotFound(NotFound):
    """The seller has no such run."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Drafts of one run, state, verdict and currency: how many, what they come to, and how many of them changed much,
    are a customer's first or its last."""

    state: str
    verdict: int
    currency: str
    drafts: int
    net_minor: int
    gross_minor: int
    changed: int
    first: int
    last: int


_TABS: dict[str, Callable[[Stand], bool]] = {
    "all": lambda each: True,
    "ready": lambda each: each.state == DraftState.OPEN and each.verdict == Verdict.READY,
    "to_check": lambda each: each.state == DraftState.OPEN and each.verdict >= Verdict.LOOK,
    "blocked": lambda each: each.state == DraftState.OPEN and each.verdict == Verdict.BLOCKED,
    "held": lambda each: each.state == DraftState.HELD,
    "approved": lambda each: each.state == DraftState.APPROVED,
    "issued": lambda each: each.state == DraftState.ISSUED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the drafts of one run stand; what was thrown away does not count. Tabs are named as in `drafts.TABS`."""

    stands: tuple[Stand, ...] = ()

    def count(self, tab: str) -> int:
        """How many drafts, of all currencies."""
        if tab in ("changed", "first", "last"):
            return sum(getattr(each, tab) for each in self.stands)
        return sum(each.drafts for each in self.stands if _TABS[tab](each))

    def net(self, tab: str, currency: str) -> int:
        """What they come to without VAT, in the currency's minor unit."""
        return sum(each.net_minor for each in self.stands if each.currency == currency and _TABS[tab](each))

    def gross(self, tab: str, currency: str) -> int:
        """What they come to with VAT."""
        return sum(each.gross_minor for each in self.stands if each.currency == currency and _TABS[tab](each))

    def currencies(self, first: str) -> list[str]:
        """The currencies that occur, `first` before the others whether it occurs or not."""
        return [first, *sorted({each.currency for each in self.stands} - {first})]


def standings_of(*run_ids: int | None) -> dict[int, Standing]:
    """How the drafts of these runs stand; the runs must be the seller's."""
    named = [run_id for run_id in run_ids if run_id is not None]
    rows = (
        Draft.objects.filter(run_id__in=named, state__in=KEPT)
        .order_by()
        .values_list("run_id", "state", "verdict", "currency")
        .annotate(
            drafts=Count("id"),
            net=Sum("net_amount"),
            gross=Sum("gross_amount"),
            changed=Count("id", filter=CHANGED),
            first=Count("id", filter=Q(is_first=True)),
            last=Count("id", filter=Q(is_last=True)),
        )
    )
    found: dict[int, list[Stand]] = {run_id: [] for run_id in named}
    for run_id, *values in rows:
        found[run_id].append(Stand(*values))
    return {run_id: Standing(tuple(stands)) for run_id, stands in found.items()}


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """The periodic run before another one."""

    id: int
    billed_on: date


def run_beside_previous(*, acting: Acting, run_id: int) -> tuple[Run, EarlierRun | None]:
    """The seller's run with this id and the periodic run before it, in one read."""
    earlier = Run.objects.filter(
        seller_id=acting.seller_id, kind=RunKind.PERIODIC, billed_on__lt=OuterRef("billed_on")
    ).order_by("-billed_on")
    run = (
        Run.objects.filter(seller_id=acting.seller_id, id=run_id)
        .annotate(previous_id=Subquery(earlier.values("id")[:1]), previous_on=Subquery(earlier.values("billed_on")[:1]))
        .select_related("customer")
        .first()
    )
    if run is None:
        raise RunNotFound(f"There is no run {run_id}.")
    return run, EarlierRun(run.previous_id, run.previous_on) if run.previous_id else None
