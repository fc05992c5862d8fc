"""How many drafts match what a run's page asks for, and what they come to: at once, or after the page where that takes
longer than looking at fifty of them."""

from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.shortcuts import render

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.runs.progress import progress_of
from rebill.interfaces.office.runs.wanted import Wanted, wanted_of
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.parties.models import DeliveryChannel
from rebill.rules.money import Money
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import ANY_BUT_EMAIL, Found, find_drafts, look_for_drafts, run_of
from rebill.runs.queries.standing import Standing, standing_of, standings_of

# A tab with no more drafts than these is looked through whatever is asked for.
TAB_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Matching:
    """How those stand that match, on whichever page of the list; `is_whole` unless more match than were counted."""

    standing: Standing
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of the selection: what “all that match” comes to when it is approved, or taken back; without figures
    while that is not counted."""

    drafts: int = 0
    net: tuple[Money, ...] = ()
    gross: tuple[Money, ...] = ()
    is_counted: bool = True

    @property
    def has_any(self) -> bool:
        """Whether there is something to select, as far as is known."""
        return self.drafts > 0 or not self.is_counted


@page()
def counted(request: OfficeRequest, run_id: int) -> HttpResponse:
    """All that match, counted: the bar and the line below the list, when the page left them open."""
    run = run_of(acting=request.acting, run_id=run_id)
    wanted = wanted_of(run_id, request.GET)
    now = standings_of(run_id)[run_id]
    matching = matching_of(request, wanted, now, look_for_drafts(acting=request.acting, wanted=wanted.drafts))
    total = matching.standing.count("all")
    shown = max(0, min(ROWS, total - (page_number(request) - 1) * ROWS))
    context = {
        "run": run,
        "wanted": wanted,
        "progress": progress_of(request, run),
        "bar": bar_of(matching, wanted, request.seller.currency),
        "rows": shown,
        "currency": request.seller.currency,
        "pager": pager(request, shown=shown, total=total),
    }
    return render(request, "office/runs/counted.html", context)


def matching_of(
    request: OfficeRequest, wanted: Wanted, now: Standing, found: Found, *, at_once: int | None = None
) -> Matching:
    """How those stand that match; with `at_once` no more than these are counted."""
    if not wanted.is_narrowed and wanted.tab not in ("changed", "first", "last"):
        return Matching(now.on(wanted.tab))
    if found.standing is not None:
        return Matching(found.standing)
    if at_once is None or "count" in request.GET:
        return Matching(_standing(request, wanted, now, found))
    is_some = found.some is not None and now.count(wanted.tab) > TAB_MAX
    rows = found.every if found.some is None else found.some if is_some else found.shown
    counted = standing_of(Draft.objects.filter(id__in=rows.order_by().values("id")[: at_once + 1]))
    return Matching(counted, is_whole=counted.count("all") <= at_once and not is_some)


def bar_of(matching: Matching, wanted: Wanted, currency: str) -> Bar:
    """What an approval of all that match would take: on the first tab the ready ones, else what can go. On the tab of
    what is approved it is what can be taken back."""
    if not matching.is_whole:
        return Bar(is_counted=False)
    fit = matching.standing.on({"all": "ready", "approved": "approved"}.get(wanted.tab, "fit"))
    currencies = [each for each in fit.currencies(currency) if fit.net("all", each) or fit.gross("all", each)]
    return Bar(
        fit.count("all"),
        tuple(Money(fit.net("all", each), each) for each in currencies),
        tuple(Money(fit.gross("all", each), each) for each in currencies),
    )


def _standing(request: OfficeRequest, wanted: Wanted, now: Standing, found: Found) -> Standing:
    is_of_mails = wanted.channel == DeliveryChannel.EMAIL and not (wanted.search or wanted.warning)
    if is_of_mails and wanted.tab not in ("changed", "first", "last"):
        # Nearly all of them: the few others are sooner counted.
        others = find_drafts(acting=request.acting, wanted=replace(wanted.drafts, channel=ANY_BUT_EMAIL))
        return now.on(wanted.tab).without(standing_of(others))
    return standing_of(found.every)
