"""The present run as the first page shows it: what it comes to, and where it is on its way out."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.delivery.queries import count_to_send
from rebill.interfaces import formats
from rebill.interfaces.office.page import OfficeRequest
from rebill.interfaces.office.runs.progress import Progress, progress_of
from rebill.interfaces.office.runs.words import Pill, pill_of, run_title
from rebill.rules.money import Money
from rebill.runs.models import Run
from rebill.runs.queries.standing import EarlierRun, Standing


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the run: `state` is done, now, or empty for one to come."""

    title: str
    words: str
    state: str


@dataclass(frozen=True, slots=True)
class Present:
    """The run, in words and figures."""

    run: Run
    title: str
    pill: Pill
    all: int
    ready: int
    to_check: int
    net: Money
    before: Money
    previous: EarlierRun | None
    steps: tuple[Step, ...]
    progress: Progress | None

    @property
    def more(self) -> Money:
        return Money(self.net.minor - self.before.minor, self.net.currency)

    @property
    def is_done(self) -> bool:
        """Whether nothing of it waits any more."""
        return all(step.state == "done" for step in self.steps)


def present_run(
    request: OfficeRequest, run: Run, previous: EarlierRun | None, now: Standing, before: Standing
) -> Present:
    """How the run stands, against the one before it."""
    currency = request.seller.currency
    progress = progress_of(request, run)
    under_way = progress is not None and progress.is_under_way
    return Present(
        run=run,
        title=run_title(run),
        pill=Pill("part", _("Under way")) if under_way else pill_of(now),
        all=now.count("all"),
        ready=now.count("ready"),
        to_check=now.count("to_check"),
        net=Money(now.net("all", currency), currency),
        before=Money(before.net("all", currency), currency),
        previous=previous,
        steps=_steps(request, run, now),
        progress=progress,
    )


def _steps(request: OfficeRequest, run: Run, now: Standing) -> tuple[Step, ...]:
    drafts, to_check, issued = now.count("all"), now.count("to_check"), now.count("issued")
    to_approve = now.count("ready") + now.count("approved")
    to_send = count_to_send(request.acting) if issued else 0
    made = _("%(number)s on %(moment)s") % {
        "number": formats.number(drafts),
        "moment": formats.moment(run.prepared_at, request.seller.time_zone, request.today),
    }
    warned = ngettext("%(number)s draft with a warning", "%(number)s drafts with a warning", to_check)
    checked = warned % {"number": formats.number(to_check)} if to_check else _("nothing left to check")
    waiting = ngettext("%(number)s draft is ready", "%(number)s drafts are ready", to_approve)
    approving = waiting % {"number": formats.number(to_approve)} if to_approve else _("numbers are given here")
    sending = _("%(number)s issued") % {"number": formats.number(issued)} if issued else _("e-mail and post")
    if to_send:
        sending = _("%(number)s still to go") % {"number": formats.number(to_send)}
    done = (
        run.prepared_at is not None,
        run.prepared_at is not None and not to_check,
        bool(issued) and not to_approve,
        bool(issued) and not to_approve and not to_send,
    )
    current = done.index(False) if False in done else len(done)
    titles = ((_("Drafts made"), made), (_("Check"), checked), (_("Approve"), approving), (_("Send"), sending))
    return tuple(
        Step(title, words, "done" if done[place] else "now" if place == current else "")
        for place, (title, words) in enumerate(titles)
    )
