"""The demo's month told without a terminal, and stopped on the way wherever a plug is pulled."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rebill.interfaces.demo import month as story
from rebill.interfaces.demo import moving_in
from rebill.interfaces.demo.carrier import compare_carrier
from rebill.interfaces.demo.chain import open_dealers
from rebill.interfaces.demo.notice import trial_notice
from rebill.interfaces.demo.purchases import take_purchases
from rebill.interfaces.demo.stage import Stage, set_stage
from rebill.interfaces.demo.tabs import open_tabs
from rebill.invoices.commands import issue_invoices, keep_documents
from rebill.invoices.models import Invoice

TODAY = date(2026, 9, 22)
# Where somebody pulls the plug, and after how many lines, months, drafts or mails.
PLUGS = {"klanten.xlsx": 1000, "abonnementen.csv": 3000, "Six months on trial": 2, "Preparing": 1000, "Mails": 100}


class PlugPulled(Exception):
    """The machine is gone."""


def bars(plugs: dict[str, int]) -> Callable[[str], object]:
    """Progress bars that nobody sees; at each plug the work breaks off, once."""

    @contextmanager
    def bar(title: str) -> Iterator[Callable[..., None]]:
        def advance(done: int, total: int | None = None) -> None:
            if title in plugs and done >= plugs[title]:
                del plugs[title]
                raise PlugPulled(title)

        yield advance

    return bar


def tell(home: Path, plugs: dict[str, int]) -> Stage:
    """The whole story, with the PDFs of three invoices; the others keep a page made before."""
    stage = set_stage(home=home, today=TODAY, bar=bars(plugs))
    moving_in.bring_files(stage)
    moving_in.bill_trial_months(stage)
    moving_in.move_in(stage)
    story.prepare_month(stage)
    story.mend_drafts(stage)
    story.approve_ready(stage)
    if not stage.diary.is_done("issued"):
        keep_pages_of_most(stage)
    story.issue_month(stage)
    story.send_documents(stage)
    export = story.export_month(stage)
    story.cancel_late(stage)
    story.withdraw_wrong(stage)
    story.lay_out_copies(stage, export)
    open_dealers(stage)
    take_purchases(stage)
    compare_carrier(stage)
    story.prepare_next_month(stage)
    open_tabs(stage)
    return stage


def keep_pages_of_most(stage: Stage) -> None:
    days = stage.days
    issue_invoices(acting=stage.acting, today=days.month, now=days.issued_at)
    ids = Invoice.objects.filter(issued_on=days.month).order_by("id").values_list("id", flat=True)[3:]
    keep_documents(acting=stage.acting, invoice_ids=list(ids), content=trial_notice(days.month), now=days.issued_at)
