"""Finding runs and drafts, and what a run comes to."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, Count, Exists, Expression, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.queries.products import find_products
from rebill.charges.models import Charge
from rebill.kit.errors import NotFound
from rebill.kit.literals import Literal
from rebill.kit.search import first_by_words, says
from rebill.parties.models import Customer, DeliveryChannel
from rebill.parties.queries import APART, find_customers
from rebill.rules.review import Verdict
from rebill.runs.models import Draft, DraftState, DraftWarning, Run, RunKind
from rebill.runs.queries.standing import (
    CHANGED,
    COUNTED,
    KEPT,
    RunNotFound,
    Standing,
    run_beside_previous,
    standing_among,
    standings_of,
)


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


# By the first of two: it waits for the second, or to be taken back.
APPROVED_ONCE = Q(state=DraftState.OPEN, first_approved_by__isnull=False)

TABS: dict[str, Q] = {
    "all": Q(state__in=KEPT),
    "current": Q(state__in=(DraftState.OPEN, DraftState.HELD, DraftState.APPROVED)),
    "ready": Q(state=DraftState.OPEN, verdict=Verdict.READY),
    # As the condition of the index `draft_to_check` says it.
    "to_check": Q(state=Literal(DraftState.OPEN), verdict__gte=Literal(Verdict.LOOK)),
    "blocked": Q(state=DraftState.OPEN, verdict=Verdict.BLOCKED),
    "changed": Q(state__in=KEPT) & CHANGED,
    "first": Q(state__in=KEPT, is_first=True),
    "last": Q(state__in=KEPT, is_last=True),
    "held": Q(state=DraftState.HELD),
    "approved": Q(state=DraftState.APPROVED),
    "issued": Q(state=DraftState.ISSUED),
}

_NONE = Value(0, output_field=BigIntegerField())

# A channel of a filter that stands for all others.
ANY_BUT_EMAIL = "any but email"

# So many drafts of a list are searched for what their lines say.
LINES_SEARCHED = 2_000

# So many customers that words find are named one by one when their drafts are looked for.
CUSTOMERS_NAMED = 2_000

# `review` is the order of the index `draft_by_standing`, read backwards.
ORDERS: dict[str, tuple[str | Expression, ...]] = {
    "made": ("id",),
    "review": ("-state", "-verdict", "-change_percent", "-id"),
    "customer": (Lower("customer__name"), "id"),
    "-customer": (Lower("customer__name").desc(), "-id"),
    "change": ("change_percent", "id"),
    "-change": ("-change_percent", "-id"),
    "amount": ("net_amount", "id"),
    "-amount": ("-net_amount", "-id"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """The drafts that match, as querysets: `every` for all of them, to be counted or changed; `shown` for some of them,
    the next in the order, and dear for all. Where their customers are very many, `some` are those of a few of these,
    to see how many there are at least. `standing` is how all of them stand, where that is known."""

    every: QuerySet[Draft]
    shown: QuerySet[Draft]
    some: QuerySet[Draft] | None = None
    standing: Standing | None = None


def find_drafts(*, acting: Acting, wanted: DraftFilter) -> QuerySet[Draft]:
    """The seller's drafts that match: by run, tab, warning and channel; `search` finds customers, else what
    lines are of or say, on the first LINES_SEARCHED drafts in the order of a review."""
    return look_for_drafts(acting=acting, wanted=wanted).every


def look_for_drafts(*, acting: Acting, wanted: DraftFilter) -> Found:
    """As `find_drafts`, for whoever shows a page of them."""
    rows = Draft.objects.filter(TABS[wanted.tab], seller_id=acting.seller_id)
    if wanted.run_id is not None:
        rows = rows.filter(run_id=wanted.run_id)
    if wanted.warning:
        rows = rows.filter(Exists(DraftWarning.objects.filter(draft=OuterRef("id"), code=wanted.warning)))
    if wanted.order in ("customer", "-customer"):
        # Known already, but by this the order is that of an index of the customers.
        rows = rows.filter(customer__seller_id=acting.seller_id)
    rows = rows.order_by(*ORDERS[wanted.order])
    found = Found(every=rows, shown=rows)
    if wanted.channel == DeliveryChannel.EMAIL:
        by_mail = Customer.objects.filter(channel=wanted.channel)
        found = Found(every=rows.filter(customer__channel=wanted.channel), shown=_one_by_one(rows, by_mail))
    elif wanted.channel:
        apart = Customer.objects.filter(APART, seller_id=acting.seller_id).order_by()
        named = apart if wanted.channel == ANY_BUT_EMAIL else apart.filter(channel=wanted.channel)
        rows = rows.filter(customer__in=named.values("id"))
        found = Found(every=rows, shown=rows)
    return _that_say(acting, found, wanted) if wanted.search.strip() else found


def _one_by_one(rows: QuerySet[Draft], customers: QuerySet[Customer]) -> QuerySet[Draft]:
    """The drafts of such customers, found by looking at each draft in the order that is asked for: quick where few are
    read of many. A database that may choose would rather begin with all those customers."""
    one = customers.filter(id=OuterRef("customer_id")).order_by().values("id")[:1]
    return rows.alias(one=Subquery(one)).filter(one__isnull=False)


def _that_say(acting: Acting, found: Found, wanted: DraftFilter) -> Found:
    """Those of the drafts whose customer the words find; where they find none, those with a line that says them. No
    words are looked for any more when the drafts are read, unless the customers are very many."""
    text = wanted.search.strip()
    some = first_by_words(Customer, text, seller_id=acting.seller_id, most=CUSTOMERS_NAMED + 1)
    ids = list(some.values_list("id", flat=True))
    if not ids:
        return _with_lines_that_say(acting, found, wanted)
    if len(ids) <= CUSTOMERS_NAMED:
        rows = found.every.filter(customer_id__among=ids)
        return Found(every=rows, shown=rows)
    customers = find_customers(acting, text).order_by()
    return Found(
        every=found.every.filter(customer__in=customers.values("id")),
        shown=_one_by_one(found.shown, Customer.objects.filter(says(text))),
        some=found.every.filter(customer_id__among=ids),
    )


def _with_lines_that_say(acting: Acting, found: Found, wanted: DraftFilter) -> Found:
    """Those of the drafts with a line of a product that the words find, or in these words; with how they stand."""
    text = wanted.search.strip()
    # No index leads from what a line says to its draft, so no more are looked at than a page has time for. The first
    # line of each, because a database asked whether there is one would rather look through all lines there are.
    order = ORDERS["made" if wanted.run_id is None else "review"]
    looked_at = found.every.order_by(*order).values("id")[:LINES_SEARCHED]
    products = find_products(acting, text).order_by().values("id")
    says_so = Q(product_id__in=products) | Q(description__icontains=text)
    line = Charge.objects.filter(says_so, claim=OuterRef("id")).order_by().values("id")[:1]
    drafts = Draft.objects.filter(id__in=looked_at).order_by().alias(line=Subquery(line)).filter(line__isnull=False)
    read = list(drafts.values_list("id", *COUNTED))
    rows = found.every.filter(id__among=[row[0] for row in read])
    return Found(every=rows, shown=rows, standing=standing_among(row[1:] for row in read))


def drafts_to_check(*, acting: Acting) -> QuerySet[Draft]:
    """The open drafts that have a warning, in all runs: what waits for somebody to look at it."""
    return Draft.objects.filter(TABS["to_check"], seller_id=acting.seller_id)


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
    return beside_drafts(acting=acting, run_id=run.pk, draft_ids=()).groups


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside drafts in the list of a run: the warnings of the whole run by kind, and of each draft its
    warnings as (code, blocking), blocking ones first, and its lines as (kind, how many), the most first."""

    groups: list[WarningGroup]
    warnings: dict[int, list[tuple[str, bool]]]
    kinds: dict[int, list[tuple[str, int]]]


def beside_drafts(*, acting: Acting, run_id: int, draft_ids: Collection[int]) -> Beside:
    """What stands beside these drafts of the seller's run; one read."""
    # The same may be said of several subjects; mostly there is none, and nothing to look for.
    of_another = DraftWarning.objects.filter(
        draft=OuterRef("draft"), code=OuterRef("code"), subject__lt=OuterRef("subject")
    )
    # As the tab “to check”, from the draft of a warning.
    warned = Q(draft__state=Literal(DraftState.OPEN), draft__verdict__gte=Literal(Verdict.LOOK))
    # What, of which draft, its code, whether it blocks, in which currency, how many, and what they come to.
    groups = (
        DraftWarning.objects.filter(warned, draft__seller_id=acting.seller_id, draft__run_id=run_id)
        .filter(Q(subject="") | ~Exists(of_another))
        .order_by()
        .values("code", "blocking", "draft__currency")
        .annotate(what=Value(0), of_draft=_NONE, drafts=Count("id"), net=Sum("draft__net_amount"))
        .values_list("what", "of_draft", "code", "blocking", "draft__currency", "drafts", "net")
    )
    warnings = DraftWarning.objects.filter(draft_id__among=draft_ids).order_by()
    own = warnings.annotate(currency=Value("")).values_list(
        Value(1), "draft_id", "code", "blocking", "currency", _NONE, _NONE
    )
    kinds = (
        Charge.objects.filter(claim__among=draft_ids)
        .order_by()
        .values("claim", "kind")
        .annotate(what=Value(2), lines=Count("id"), blocking=Value(False), of_none=Value(""), net=_NONE)
        .values_list("what", "claim", "kind", "blocking", "of_none", "lines", "net")
    )
    found = Beside([], defaultdict(list), defaultdict(list))
    for what, draft_id, code, blocking, currency, number, net in groups.union(own, kinds, all=True):
        if what == 0:
            found.groups.append(WarningGroup(code, bool(blocking), currency, number, int(net)))
        elif what == 1:
            found.warnings[draft_id].append((code, bool(blocking)))
        else:
            found.kinds[draft_id].append((code, number))
    found.groups.sort(key=lambda group: (not group.blocking, -group.drafts, group.code, group.currency))
    for said in found.warnings.values():
        said.sort(key=lambda each: not each[1])
    for counted in found.kinds.values():
        counted.sort(key=lambda each: (-each[1], each[0]))
    return found


def currencies_of(*, acting: Acting, run: Run) -> list[str]:
    """The currencies of the run's drafts, by code."""
    rows = Draft.objects.filter(seller_id=acting.seller_id, run_id=run.id).exclude(state=DraftState.DISCARDED)
    return list(rows.order_by("currency").values_list("currency", flat=True).distinct())
