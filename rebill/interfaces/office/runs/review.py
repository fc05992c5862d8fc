"""The review of a run: may these go out? Head, warnings, the drafts that match, and the bar that approves them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.office.addresses import addresses_by_id
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.pager import ROWS, page_number, pager
from rebill.interfaces.office.runs.fixing import Fix, fix_for
from rebill.interfaces.office.runs.progress import Progress, progress_of
from rebill.interfaces.office.runs.wanted import Wanted, wanted_of
from rebill.interfaces.office.runs.words import (
    CHANNELS,
    TAB_TITLES,
    WARNING_BUTTONS,
    Pill,
    draft_pills,
    kinds_of_lines,
    pill_of,
    run_title,
)
from rebill.parties.models import DeliveryChannel
from rebill.rules.money import Money
from rebill.rules.review import WarningCode
from rebill.runs.models import Draft, DraftState, Run
from rebill.runs.queries.drafts import ANY_BUT_EMAIL, LINES_SEARCHED, WarningGroup, find_drafts
from rebill.runs.queries.pages import DraftRow, review_rows
from rebill.runs.queries.standing import EarlierRun, Standing, run_beside_previous, standing_of, standings_of
from rebill.runs.queries.warnings import WARNING_TEXTS


@dataclass(frozen=True, slots=True)
class Head:
    """What the run comes to, against the one before it."""

    title: str
    pill: Pill
    previous: EarlierRun | None
    more_drafts: int
    net: Money
    more_net: Money
    before: Money
    ready: Money
    to_check: Money
    others: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """A kind of warning: how many drafts, why, and the button that leads to the remedy."""

    group: WarningGroup
    title: str
    why: str
    button: str
    address: str
    holds: bool

    @property
    def net(self) -> Money:
        return Money(self.group.net_minor, self.group.currency)


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter with its count."""

    name: str
    title: str
    drafts: int


@dataclass(frozen=True, slots=True)
class Row:
    """A draft of the list, in words."""

    draft: DraftRow
    kinds: str
    pills: list[Pill]
    delivery: str
    fix: Fix | None
    is_approvable: bool
    address: str
    address_of_lines: str
    label: str
    label_of_lines: str

    @property
    def net(self) -> Money:
        return Money(self.draft.net_minor, self.draft.currency)


@page()
def run_page(request: OfficeRequest, run_id: int) -> HttpResponse:
    """The run, as the address filters and sorts it."""
    return render(request, "office/runs/run.html", review_context(request, wanted_of(run_id, request.GET)))


def review_context(request: OfficeRequest, wanted: Wanted) -> dict[str, Any]:
    """Everything the page shows; the number of reads does not depend on the number of drafts."""
    drafts = find_drafts(acting=request.acting, wanted=wanted.drafts)
    context = review_of(request, wanted, drafts, drafts, page_number(request))
    total = context["matching"].count("all")
    return {**context, "pager": pager(request, shown=len(context["rows"]), total=total)}


def review_of(
    request: OfficeRequest, wanted: Wanted, drafts: QuerySet[Draft], all_that_match: QuerySet[Draft], number: int
) -> dict[str, Any]:
    """Some drafts of the run as rows, and what stands around them and changes with them: head, warnings, tabs, bar."""
    run, previous = run_beside_previous(acting=request.acting, run_id=wanted.run_id)
    standings = standings_of(run.pk, previous.id if previous else None)
    now = standings[run.pk]
    before = standings[previous.id] if previous else Standing()
    matching = _matching(request, wanted, now, all_that_match)
    progress = progress_of(request, run)
    found, groups = review_rows(acting=request.acting, run_id=run.pk, drafts=drafts, page=number, page_size=ROWS)
    return {
        "run": run,
        "wanted": wanted,
        "standing": now,
        "counts": {name: now.count(name) for name in TAB_TITLES},
        "to_look_at": now.count("to_check") - now.count("blocked"),
        "head": _head(request, run, previous, now, before, progress),
        "progress": progress,
        "warned": _warned(request, run, groups),
        "rows": rows_of(request, found, wanted),
        "tabs": [Tab(name, str(title), now.count(name)) for name, title in TAB_TITLES.items()],
        "channels": CHANNELS,
        "matching": matching,
        "lines_searched": LINES_SEARCHED if wanted.search and now.count("all") > LINES_SEARCHED else 0,
        "bar": _bar(matching, wanted, request.seller.currency),
        "currency": request.seller.currency,
    }


def _head(
    request: OfficeRequest,
    run: Run,
    previous: EarlierRun | None,
    now: Standing,
    before: Standing,
    progress: Progress | None,
) -> Head:
    own, *others = now.currencies(request.seller.currency)
    return Head(
        title=run_title(run),
        pill=_pill(now, progress),
        previous=previous,
        more_drafts=now.count("all") - before.count("all"),
        net=Money(now.net("all", own), own),
        more_net=Money(now.net("all", own) - before.net("all", own), own),
        before=Money(before.net("all", own), own),
        ready=Money(now.net("ready", own), own),
        to_check=Money(now.net("to_check", own), own),
        others=tuple(Money(now.net("all", each), each) for each in others),
    )


def _pill(now: Standing, progress: Progress | None) -> Pill:
    return Pill("part", _("Under way")) if progress is not None and progress.is_under_way else pill_of(now)


def _warned(request: OfficeRequest, run: Run, groups: Sequence[WarningGroup]) -> list[Warned]:
    page_of_run = reverse("office:run", args=[request.seller.slug, run.pk])
    found = []
    for group in groups:
        texts = WARNING_TEXTS[WarningCode(group.code)]
        holds = group.code == WarningCode.ZERO_TOTAL
        found.append(
            Warned(
                group=group,
                title=str(texts.title),
                why=str(texts.remedy),
                button=str(WARNING_BUTTONS.get(WarningCode(group.code), "")),
                address=f"{page_of_run}?tab=to_check&warning={group.code}#drafts",
                holds=holds,
            )
        )
    return found


def rows_of(request: OfficeRequest, found: Sequence[DraftRow], wanted: Wanted) -> list[Row]:
    """Rows in words. Remedies are offered in place where one looks for what is to check, to those who may give them."""
    may_fix = Permission.KEEP_PARTIES.value in request.may and (wanted.tab == "to_check" or bool(wanted.warning))
    address = addresses_by_id("office:draft", request.seller.slug)
    address_of_lines = addresses_by_id("office:runs-lines", request.seller.slug, wanted.run_id)
    label, label_of_lines = _("Select %(name)s"), _("Lines of %(name)s")
    return [
        Row(
            draft=draft,
            kinds=kinds_of_lines(draft.kinds),
            pills=draft_pills(draft.state, draft.warnings, draft.is_blocked),
            delivery=str(CHANNELS[draft.channel]),
            fix=fix_for(draft) if may_fix and draft.state in (DraftState.OPEN, DraftState.HELD) else None,
            is_approvable=draft.state == DraftState.OPEN and not draft.warnings and draft.line_count > 0,
            address=address(draft.id),
            address_of_lines=address_of_lines(draft.id),
            label=label % {"name": draft.customer_name},
            label_of_lines=label_of_lines % {"name": draft.customer_name},
        )
        for draft in found
    ]


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of the selection: what “all that match” comes to when it is approved, or taken back."""

    drafts: int
    net: tuple[Money, ...]
    gross: tuple[Money, ...]


def _matching(request: OfficeRequest, wanted: Wanted, now: Standing, drafts: QuerySet[Draft]) -> Standing:
    """How those stand that match, on whichever page of the list."""
    if wanted.tab not in ("changed", "first", "last"):
        if not wanted.is_narrowed:
            return now.on(wanted.tab)
        if wanted.channel == DeliveryChannel.EMAIL and not (wanted.search or wanted.warning):
            # Nearly all of them: the few others are sooner counted.
            others = find_drafts(acting=request.acting, wanted=replace(wanted.drafts, channel=ANY_BUT_EMAIL))
            return now.on(wanted.tab).without(standing_of(others))
    return standing_of(drafts)


def _bar(matching: Standing, wanted: Wanted, currency: str) -> Bar:
    """What an approval of all that match would take: on the first tab the ready ones, else what can go. On the tab of
    what is approved it is what can be taken back."""
    fit = matching.on({"all": "ready", "approved": "approved"}.get(wanted.tab, "fit"))
    currencies = [each for each in fit.currencies(currency) if fit.net("all", each) or fit.gross("all", each)]
    return Bar(
        fit.count("all"),
        tuple(Money(fit.net("all", each), each) for each in currencies),
        tuple(Money(fit.gross("all", each), each) for each in currencies),
    )
