"""Finding runs and drafts, and what a run comes to."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.queries.products import find_products
from rebill.charges.models import Charge
from rebill.kit.errors import NotFound
from rebill.parties.queries import find_customers
from rebill.rules.review import Verdict
from rebill.runs.models import Draft, DraftState, DraftWarning, Run, RunKind
from rebill.runs.queries.standing import CHANGED, KEPT, RunNotFound, run_beside_previous, standings_of


class DraftNotFound(NotFound):
    """The seller has no such draft."""


def run_of(*, acting: Acting, run_id: int) -> Run:
    """The seller's run with this id."""
    run = Run.objects.filter(seller_id=acting.seller_id, id=run_id).first()
    if run is None:
        raise RunNotFound(_("There is no run %(named)s.") % {"named": run_id})
    return run


def periodic_run_on(*, acting: Acting, billed_on: date) -> Run:
    """The seller's periodic run on this day."""
    run = Run.objects.filter(seller_id=acting.seller_id, kind=RunKind.PERIODIC, billed_on=billed_on).first()
    if run is None:
        raise RunNotFound(_("There is no run on %(day)s; prepare it first.") % {"day": f"{billed_on:%d-%m-%Y}"})
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
        raise DraftNotFound(_("There is no draft %(named)s.") % {"named": draft_id})
    return draft


@dataclass(frozen=True, slots=True)
class DraftFilter:
    """Which drafts are looked at, and in which order: `tab` is one of TABS, `order` one of ORDERS; `warning` and
    `channel` are codes."""

    run_id: int | None = None
    tab: str = "all"
    search: str = ""
    warning: str = ""
    channel: str = ""
    order: str = "made"


TABS: dict[str, Q] = {
    "all": Q(state__in=KEPT),
    "current": Q(state__in=(DraftState.OPEN, DraftState.HELD, DraftState.APPROVED)),
    "ready": Q(state=DraftState.OPEN, verdict=Verdict.READY),
    "to_check": Q(state=DraftState.OPEN, verdict__gte=Verdict.LOOK),
    "blocked": Q(state=DraftState.OPEN, verdict=Verdict.BLOCKED),
    "changed": Q(state__in=KEPT) & CHANGED,
    "first": Q(state__in=KEPT, is_first=True),
    "last": Q(state__in=KEPT, is_last=True),
    "held": Q(state=DraftState.HELD),
    "approved": Q(state=DraftState.APPROVED),
    "issued": Q(state=DraftState.ISSUED),
}

# `review` is the order of the index `draft_by_standing`, read backwards.
ORDERS: dict[str, tuple[str, ...]] = {
    "made": ("id",),
    "review": ("-state", "-verdict", "-change_percent", "-id"),
    "customer": ("customer__name", "id"),
    "-customer": ("-customer__name", "-id"),
    "change": ("change_percent", "id"),
    "-change": ("-change_percent", "-id"),
    "amount": ("net_amount", "id"),
    "-amount": ("-net_amount", "-id"),
}


def find_drafts(*, acting: Acting, wanted: DraftFilter) -> QuerySet[Draft]:
    """The seller's drafts that match: by run, tab, warning and channel; `search` finds customers, else
    products, else the words of lines."""
    rows = Draft.objects.filter(TABS[wanted.tab], seller_id=acting.seller_id)
    if wanted.run_id is not None:
        rows = rows.filter(run_id=wanted.run_id)
    if wanted.warning:
        rows = rows.filter(Exists(DraftWarning.objects.filter(draft=OuterRef("id"), code=wanted.warning)))
    if wanted.channel:
        rows = rows.filter(customer__channel=wanted.channel)
    if wanted.search.strip():
        rows = _that_say(acting, rows, wanted.search.strip())
    return rows.order_by(*ORDERS[wanted.order])


def _that_say(acting: Acting, rows: QuerySet[Draft], text: str) -> QuerySet[Draft]:
    """Those of the drafts whose customer the words find; where they find none, those with a line of a product that they
    find; where they find neither, those with a line in these words, for which every line has to be looked at."""
    customers = find_customers(acting, text).order_by().values("id")
    products = find_products(acting, text).order_by().values("id")
    lines = Charge.objects.filter(claim=OuterRef("id"))
    others = rows.filter(~Exists(customers))
    of_customers = rows.filter(customer_id__in=customers)
    of_products = others.filter(Exists(lines.filter(product_id__in=products)))
    in_words = others.filter(~Exists(products), Exists(lines.filter(description__icontains=text)))
    # Each by itself, because one condition of three would look at every draft.
    parts = [each.order_by().values("id") for each in (of_customers, of_products, in_words)]
    found = parts[0].union(*parts[1:], all=True)
    return Draft.objects.filter(id__in=found)


def count_to_check(*, acting: Acting) -> int:
    """How many open drafts have a warning, in all runs: what waits for somebody to look at it."""
    return Draft.objects.filter(TABS["to_check"], seller_id=acting.seller_id).count()


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
    """The totals of a run, against the periodic run before it; two reads."""
    _run, previous = run_beside_previous(acting=acting, run_id=run.pk)
    found = standings_of(run.pk, previous.id if previous else None)
    now = found[run.pk]
    before = found[previous.id] if previous else None
    return RunTotals(
        currency=currency,
        drafts=now.count("all"),
        ready=now.count("ready"),
        to_check=now.count("to_check"),
        blocked=now.count("blocked"),
        held=now.count("held"),
        approved=now.count("approved"),
        issued=now.count("issued"),
        net_minor=now.net("all", currency),
        ready_net_minor=now.net("ready", currency),
        to_check_net_minor=now.net("to_check", currency),
        gross_minor=now.gross("all", currency),
        previous_on=previous.billed_on if previous else None,
        previous_net_minor=before.net("all", currency) if before else None,
        previous_drafts=before.count("all") if before else None,
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
    """The warnings of the run's open drafts by kind, blocking ones first, then by number.

    A draft that is warned of the same twice, as of two prices that are missing, counts once.
    """
    return warnings_beside(acting=acting, run_id=run.pk, draft_ids=())[0]


def warnings_beside(
    *, acting: Acting, run_id: int, draft_ids: Collection[int]
) -> tuple[list[WarningGroup], dict[int, list[tuple[str, bool]]]]:
    """The warnings of a run by kind, and those of some drafts as (code, blocking), blocking ones first; one read."""
    said_before = DraftWarning.objects.filter(draft=OuterRef("draft"), code=OuterRef("code"), id__lt=OuterRef("id"))
    warned = Draft.objects.filter(TABS["to_check"], seller_id=acting.seller_id, run_id=run_id)
    named = ("of_draft", "code", "blocking", "draft__currency", "drafts", "net")
    groups = (
        DraftWarning.objects.filter(~Exists(said_before), draft__in=warned.order_by())
        .order_by()
        .values("code", "blocking", "draft__currency")
        .annotate(of_draft=Value(0), drafts=Count("id"), net=Sum("draft__net_amount"))
        .values_list(*named)
    )
    own = (
        DraftWarning.objects.filter(draft_id__among=draft_ids)
        .order_by()
        .annotate(of_draft=F("draft_id"), drafts=Value(0), net=Value(0))
        .values_list(*named)
    )
    found: list[WarningGroup] = []
    said: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for draft_id, code, blocking, currency, drafts, net in groups.union(own, all=True) if draft_ids else groups:
        if draft_id:
            said[draft_id].append((code, bool(blocking)))
        else:
            found.append(WarningGroup(code, bool(blocking), currency, drafts, int(net)))
    found.sort(key=lambda group: (not group.blocking, -group.drafts, group.code, group.currency))
    return found, {draft_id: sorted(warnings, key=lambda each: not each[1]) for draft_id, warnings in said.items()}


def currencies_of(*, acting: Acting, run: Run) -> list[str]:
    """The currencies of the run's drafts, by code."""
    rows = Draft.objects.filter(seller_id=acting.seller_id, run_id=run.id).exclude(state=DraftState.DISCARDED)
    return list(rows.order_by("currency").values_list("currency", flat=True).distinct())
