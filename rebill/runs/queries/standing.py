"""How many drafts of a run stand where, and what they come to, as it was counted when they were written."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.kit.errors import NotFound
from rebill.rules.review import NOTABLE_PERCENT, Verdict
from rebill.runs.models import Draft, DraftState, DraftTally, Run, RunKind

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


_FIGURES_OF_STANDS = ("drafts", "net_minor", "gross_minor", "changed", "first", "last")
_TABS: dict[str, Callable[[Stand], bool]] = {
    "all": lambda each: True,
    "ready": lambda each: each.state == DraftState.OPEN and each.verdict == Verdict.READY,
    "to_check": lambda each: each.state == DraftState.OPEN and each.verdict >= Verdict.LOOK,
    "blocked": lambda each: each.state == DraftState.OPEN and each.verdict == Verdict.BLOCKED,
    "fit": lambda each: each.state == DraftState.OPEN and each.verdict in (Verdict.READY, Verdict.LOOK),
    "held": lambda each: each.state == DraftState.HELD,
    "approved": lambda each: each.state == DraftState.APPROVED,
    "issued": lambda each: each.state == DraftState.ISSUED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the drafts of one run stand; what was thrown away does not count.

    Tabs are named as in `drafts.TABS`; `fit` are those that an approval would take.
    """

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

    def on(self, tab: str) -> "Standing":
        """Only those on the tab; not for tabs that part drafts which are counted together."""
        return Standing(tuple(each for each in self.stands if _TABS[tab](each)))

    def without(self, others: "Standing") -> "Standing":
        """Only those that are not among the others, each of which must be among these."""
        left: Counter[tuple[str, int, str, str]] = Counter()
        for stands, sign in ((self.stands, 1), (others.stands, -1)):
            for each in stands:
                for figure in _FIGURES_OF_STANDS:
                    left[each.state, each.verdict, each.currency, figure] += sign * getattr(each, figure)
        keys = sorted({key[:3] for key in left})
        found = [Stand(*key, *(left[*key, figure] for figure in _FIGURES_OF_STANDS)) for key in keys]
        return Standing(tuple(each for each in found if each.drafts))

    def currencies(self, first: str) -> list[str]:
        """The currencies that occur, `first` before the others whether it occurs or not."""
        return [first, *sorted({each.currency for each in self.stands} - {first})]


class TallyKey(NamedTuple):
    """What drafts have in common that are counted together."""

    run_id: int
    state: str
    verdict: int
    currency: str


# Per key: how many, their sums without and with VAT, and how many changed much, are a first or a last invoice.
FIGURES = ("drafts", "net_amount", "gross_amount", "changed", "first", "last")
Figures: TypeAlias = tuple[int, ...]
NOTHING: Figures = (0,) * len(FIGURES)


def counted(drafts: QuerySet[Draft]) -> dict[TallyKey, Figures]:
    """These drafts counted one by one, without those that were thrown away."""
    rows = (
        drafts.filter(state__in=KEPT)
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
    return {TallyKey(*row[:4]): tuple(map(int, row[4:])) for row in rows}


def standing_of(drafts: QuerySet[Draft]) -> Standing:
    """How these drafts stand, counted one by one."""
    return Standing(tuple(Stand(*key[1:], *figures) for key, figures in sorted(counted(drafts).items())))


# What a draft is counted by, when it is read anyway.
COUNTED = (
    "state", "verdict", "currency", "net_amount", "gross_amount", "change_percent", "is_first", "is_last",
)  # fmt: skip


def standing_among(rows: Iterable[tuple[Any, ...]]) -> Standing:
    """How these drafts stand, each given by its columns COUNTED."""
    found: dict[tuple[Any, ...], Figures] = {}
    for state, verdict, currency, net, gross, change, is_first, is_last in rows:
        is_changed = abs(change) >= NOTABLE_PERCENT
        figures = (1, net, gross, int(is_changed), int(is_first), int(is_last))
        key = (state, verdict, currency)
        found[key] = tuple(map(sum, zip(found.get(key, NOTHING), figures, strict=True)))
    return Standing(tuple(Stand(*key, *figures) for key, figures in sorted(found.items()) if key[0] in KEPT))


def standings_of(*run_ids: int | None) -> dict[int, Standing]:
    """How the drafts of these runs stand; the runs must be the seller's. One read, however many drafts they have."""
    named = [run_id for run_id in run_ids if run_id is not None]
    rows = (
        DraftTally.objects.filter(run_id__in=named)
        .order_by("run_id", "state", "verdict", "currency")
        .values_list("run_id", "state", "verdict", "currency")
        .annotate(*(Sum(figure) for figure in FIGURES))
    )
    found: dict[int, list[Stand]] = {run_id: [] for run_id in named}
    for run_id, state, verdict, currency, *figures in rows:
        if any(figures):
            found[run_id].append(Stand(state, verdict, currency, *map(int, figures)))
    return {run_id: Standing(tuple(stands)) for run_id, stands in found.items()}


def standings_waiting(
    *, acting: Acting, besides: Collection[int] = ()
) -> tuple[list[tuple[Run, Standing]], dict[int, Standing]]:
    """The seller's runs with drafts that are not issued yet, the latest first, and how those stand; and how the drafts
    of the runs `besides` stand, as `standings_of` says. Two reads."""
    rows = (
        DraftTally.objects.filter(~Q(state=DraftState.ISSUED) | Q(run_id__in=besides), run__seller_id=acting.seller_id)
        .order_by("run_id", "state", "verdict", "currency")
        .values_list("run_id", "state", "verdict", "currency")
        .annotate(*(Sum(figure) for figure in FIGURES))
    )
    waiting: dict[int, list[Stand]] = {}
    found: dict[int, list[Stand]] = {run_id: [] for run_id in besides}
    for run_id, state, verdict, currency, *figures in rows:
        if any(figures):
            stand = Stand(state, verdict, currency, *map(int, figures))
            if state != DraftState.ISSUED:
                waiting.setdefault(run_id, []).append(stand)
            if run_id in found:
                found[run_id].append(stand)
    runs = Run.objects.filter(seller_id=acting.seller_id, id__in=waiting).select_related("customer")
    return (
        [(run, Standing(tuple(waiting[run.pk]))) for run in runs.order_by("-billed_on", "-id")],
        {run_id: Standing(tuple(stands)) for run_id, stands in found.items()},
    )


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
        raise RunNotFound(_("There is no run %(named)s.") % {"named": run_id})
    return run, EarlierRun(run.previous_id, run.previous_on) if run.previous_id else None


def latest_run(*, acting: Acting) -> tuple[Run, EarlierRun | None] | None:
    """The seller's latest periodic run and the one before it, in one read; None before the first one."""
    runs = list(Run.objects.filter(seller_id=acting.seller_id, kind=RunKind.PERIODIC).order_by("-billed_on")[:2])
    if not runs:
        return None
    return runs[0], EarlierRun(runs[1].pk, runs[1].billed_on) if len(runs) > 1 else None
