"""The review of a run: may these go out? Head, warnings, the drafts that match, and the bar that approves them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.office.addresses import addresses_by_id
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.runs.fixing import Fix, fix_for
from rebill.interfaces.office.runs.matching import bar_of, matching_of
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
from rebill.interfaces.pager import COUNTED_MAX, ROWS, Pager, page_number, pager
from rebill.rules.money import Money
from rebill.rules.review import WarningCode
from rebill.runs.models import DraftState, Run
from rebill.runs.queries.drafts import LINES_SEARCHED, Found, WarningGroup, look_for_drafts
from rebill.runs.queries.pages import DraftRow, review_rows
from rebill.runs.queries.standing import EarlierRun, Standing, run_beside_previous, standings_of
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
    found = look_for_drafts(acting=request.acting, wanted=wanted.drafts)
    context = review_of(request, wanted, found, page_number(request))
    return {**context, "pager": _pager(request, context["matching"].standing.count("all"), context)}


def _pager(request: OfficeRequest, counted: int, context: dict[str, Any]) -> Pager:
    """The pager; where not all that match are counted, with the next page as long as this one is full."""
    shown = len(context["rows"])
    if context["matching"].is_whole:
        return pager(request, shown=shown, total=counted)
    seen = (context["page_number"] - 1) * ROWS + shown
    if shown < ROWS:
        return pager(request, shown=shown, total=seen)
    return replace(pager(request, shown=shown, total=seen + 1), total=max(seen, counted - 1), at_least=True)


def review_of(request: OfficeRequest, wanted: Wanted, found: Found, number: int) -> dict[str, Any]:
    """Some drafts of the run as rows, and what stands around them and changes with them: head, warnings, tabs, bar."""
    run, previous = run_beside_previous(acting=request.acting, run_id=wanted.run_id)
    standings = standings_of(run.pk, previous.id if previous else None)
    now = standings[run.pk]
    before = standings[previous.id] if previous else Standing()
    matching = matching_of(request, wanted, now, found, at_once=max(COUNTED_MAX, number * ROWS))
    progress = progress_of(request, run)
    shown, groups = review_rows(acting=request.acting, run_id=run.pk, drafts=found.shown, page=number, page_size=ROWS)
    return {
        "run": run,
        "wanted": wanted,
        "standing": now,
        "counts": {name: now.count(name) for name in TAB_TITLES},
        "to_look_at": now.count("to_check") - now.count("blocked"),
        "head": _head(request, run, previous, now, before, progress),
        "progress": progress,
        "warned": _warned(request, run, groups),
        "rows": rows_of(request, shown, wanted),
        "tabs": [Tab(name, str(title), now.count(name)) for name, title in TAB_TITLES.items()],
        "channels": CHANNELS,
        "matching": matching,
        "page_number": number,
        "lines_searched": LINES_SEARCHED if wanted.search and now.count("all") > LINES_SEARCHED else 0,
        "bar": bar_of(matching, wanted, request.seller.currency),
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
