"""The partner comes to rebill: its files, six months on trial beside its former system, and the day it moves."""

from collections.abc import Iterable
from datetime import date, datetime

from rebill.interfaces.demo.base import DemoMonth
from rebill.interfaces.demo.files import DemoFile
from rebill.interfaces.demo.notice import trial_notice
from rebill.interfaces.demo.partner import assign_plans
from rebill.interfaces.demo.stage import Stage
from rebill.interfaces.demo.taking import take_file
from rebill.invoices.commands import issue_invoices, keep_documents
from rebill.invoices.commands.rendering import PDF
from rebill.invoices.queries.documents import unrendered_invoices
from rebill.parties.commands import change_customer
from rebill.parties.queries import customer_by_number
from rebill.runs.commands import approve_drafts, prepare_run
from rebill.runs.queries.drafts import DraftFilter, find_drafts
from rebill.subscriptions.commands import pause_subscription, resume_subscription
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import subscriptions

_ALL_AT_ONCE = 100_000


def bring_files(stage: Stage) -> None:
    """Imports customers, products, prices and subscriptions from the partner's files."""
    if stage.diary.is_done("files"):
        return
    with stage.diary.step("files"):
        files = stage.cabinet.write_opening(stage.base, stage.days.begun_at)
        _take(stage, files, stage.days.begun_at)
        assign_plans(stage.acting, stage.base, stage.days.begun_at)
        stage.diary.note(imported={file.entity: file.lines for file in files})


def bill_trial_months(stage: Stage) -> None:
    """Bills six months beside the former system: numbered and taxed, but neither printed nor sent."""
    trial = stage.base.months[:-1]
    with stage.bar("Six months on trial") as advance:
        for done, month in enumerate(trial):
            advance(done, len(trial))
            name = f"trial {month.billed_on:%Y-%m}"
            if not stage.diary.is_done(name):
                with stage.diary.step(name):
                    _bill_trial_month(stage, month)
        advance(len(trial), len(trial))


def move_in(stage: Stage) -> None:
    """From here on rebill sends, to each customer in its own way; five lose a VAT id that is no longer valid."""
    if stage.diary.is_done("moved"):
        return
    with stage.diary.step("moved"):
        now = stage.days.moved_at
        _take(stage, [stage.cabinet.write_moved(stage.base, now)], now)
        for number in sorted(stage.base.cast.no_vat_id):
            customer = customer_by_number(stage.acting, str(number))
            change_customer(acting=stage.acting, customer_id=customer.pk, vat_id="", now=now)
        _enter_month(stage, stage.base.months[-1], is_sent=True)


def _take(stage: Stage, files: Iterable[DemoFile], now: datetime) -> None:
    for file in files:
        with stage.bar(file.path.name) as advance:
            take_file(stage.acting, file, now, advance)


def _bill_trial_month(stage: Stage, month: DemoMonth) -> None:
    acting, billed_on, now = stage.acting, month.billed_on, stage.days.run_at(month.billed_on)
    _enter_month(stage, month, is_sent=False)
    run = prepare_run(acting=acting, billed_on=billed_on, now=now)
    approve_drafts(acting=acting, drafts=find_drafts(acting=acting, wanted=DraftFilter(run_id=run.run_id)), now=now)
    issue_invoices(acting=acting, today=billed_on, now=now)
    waiting = unrendered_invoices(seller_id=acting.seller_id, format_name=PDF, limit=_ALL_AT_ONCE)
    keep_documents(acting=acting, invoice_ids=waiting, content=trial_notice(stage.days.month), now=now)


def _enter_month(stage: Stage, month: DemoMonth, *, is_sent: bool) -> None:
    """Imports what the partner entered since the run before, silently: these files are small."""
    now = stage.days.entered_at(month.billed_on)
    for file in stage.cabinet.write_month(month, now, is_sent=is_sent):
        take_file(stage.acting, file, now, lambda done, total=None: None)
    for number, product, day in month.pauses:
        _pause(stage, number, product, day, now)
    for number, product, day in month.resumes:
        _resume(stage, number, product, day, now)


def _pause(stage: Stage, number: int, product: str, day: date, now: datetime) -> None:
    subscription = _subscription(stage, number, product)
    if subscription.sequence == 0:
        pause_subscription(acting=stage.acting, subscription=subscription, effective_on=day, now=now)


def _resume(stage: Stage, number: int, product: str, day: date, now: datetime) -> None:
    subscription = _subscription(stage, number, product)
    if subscription.sequence == 1:
        resume_subscription(acting=stage.acting, subscription=subscription, effective_on=day, now=now)


def _subscription(stage: Stage, number: int, product: str) -> Subscription:
    return subscriptions(acting=stage.acting).get(customer__number=str(number), product__code=product)
