"""How far the long work on a run is: its steps while it goes on, what came of it afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.delivery.queries import count_to_send
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.runs.words import run_title
from rebill.kit.models import Work, WorkState
from rebill.kit.work import UNDER_WAY, works_of
from rebill.runs.models import Run
from rebill.runs.queries.drafts import run_of

# In the order of the work itself; the last one is done by the deliveries, after the work has ended.
# Mails that wait longer than this wait for something else than their turn: see the deliveries.
WATCHED = timedelta(minutes=15)
APPROVING = ("approve", "issue", "render", "send")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `state` is done, now or empty for one to come; the amount is 0 of None while nobody knows."""

    title: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The work on a run that is under way, or the last one that came to an end."""

    work: Work
    steps: tuple[Step, ...]
    to_send: int
    is_recent: bool

    @property
    def is_under_way(self) -> bool:
        return self.work.state in UNDER_WAY

    @property
    def is_sending(self) -> bool:
        """Whether it has just been done, and mails are still going out."""
        return self.is_recent and self.to_send > 0

    @property
    def is_watched(self) -> bool:
        return self.is_under_way or self.is_sending

    @property
    def went_wrong(self) -> bool:
        return self.work.state in (WorkState.REFUSED, WorkState.FAILED)

    @property
    def ended_at(self) -> datetime | None:
        return self.work.finished_at


@page()
def progress_page(request: OfficeRequest, run_id: int) -> HttpResponse:
    """The panel alone, asked every second while there is something to see; at the end the page is loaded anew."""
    run = run_of(acting=request.acting, run_id=run_id)
    progress = progress_of(request, run)
    response = render(request, "office/runs/progress.html", {"run": run, "progress": progress, "title": run_title(run)})
    if progress is None or not progress.is_watched:
        response.headers["HX-Refresh"] = "true"
    return response


def progress_of(request: OfficeRequest, run: Run) -> Progress | None:
    """The work on this run: what is under way, else the last that ended; None when there never was any."""
    asked = Q(kind__in=("approve", "remake"), request__run=run.pk)
    asked |= Q(kind="prepare", request__billed_on=run.billed_on.isoformat())
    work = works_of(seller_id=request.acting.seller_id).filter(asked).first()
    if work is None:
        return None
    is_done = work.state == WorkState.DONE and work.kind == "approve"
    to_send = count_to_send(request.acting) if is_done else 0
    is_recent = is_done and work.finished_at is not None and request.now - work.finished_at < WATCHED
    return Progress(work, _steps(work, to_send), to_send, is_recent)


def _steps(work: Work, to_send: int) -> tuple[Step, ...]:
    if work.kind != "approve":
        return ()
    titles = {
        "approve": _("Approve"),
        "issue": _("Numbers"),
        "render": _("PDFs"),
        "send": _("Send"),
    }
    at = APPROVING.index(work.step) if work.step in APPROVING else -1
    if work.state == WorkState.DONE:
        at = APPROVING.index("send")
    return tuple(
        Step(
            titles[name],
            "done" if place < at else "now" if place == at else "",
            _step_words(work, name, place, at, to_send),
        )
        for place, name in enumerate(APPROVING)
    )


def _step_words(work: Work, name: str, place: int, at: int, to_send: int) -> str:
    """How far the step is, in numbers."""
    if name == "send" and place == at:
        return _("%(number)s still to go") % {"number": to_send} if to_send else _("all on their way")
    if place == at and work.total:
        return _("%(done)s of %(total)s") % {"done": work.done, "total": work.total}
    return ""
