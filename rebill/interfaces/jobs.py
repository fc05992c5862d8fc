"""The timetable: what starts by the clock, and the tasks it starts. The queue is django-q2 on the database itself.

Every minute it is asked which monthly slots have come and have no answer yet, and every ten minutes who has something
to send, and whose calls are not rated yet. The answers are asked of the stages: a run that was prepared, an export that
was mailed. So a slot that was missed is caught up, once; a task that is started twice, or killed and started again,
finds nothing left to do.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from django.db.models import Min

from rebill import pipeline
from rebill.access.acting import timetable
from rebill.delivery.commands import Delivered, deliver_queued, queue_dispatches
from rebill.delivery.contract import Accepted
from rebill.delivery.queries import has_work
from rebill.exports.commands import MailingUnclear, mail_export, make_combined_export
from rebill.exports.contract import Basis
from rebill.exports.layouts import read_layout
from rebill.exports.queries import timed_key, timed_months
from rebill.exports.registry import FORMATS
from rebill.interfaces.calls.watching import WatchedFolder, incoming_folder
from rebill.interfaces.imports.entities import LISTS_OF_PEOPLE
from rebill.invoices.commands.rendering import PDF, render_documents
from rebill.invoices.queries.documents import unrendered_invoices
from rebill.kit.answers import forget_answers
from rebill.kit.arrivals import Arrivals
from rebill.kit.errors import Conflict, reason_of
from rebill.kit.imports.uploads import forget_imported
from rebill.kit.queue import Repeated, failed_tasks, keep_repeated, queued_names, start_task
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import all_sellers, seller_of
from rebill.rules.periods import UnknownZone
from rebill.rules.timetable import (
    Answered,
    MonthlyJob,
    SellerClock,
    Slot,
    due_slots,
    month_of,
    next_attempt_at,
)
from rebill.runs.models import Run, RunKind
from rebill.sources.usage.commands import forget_unread_calls
from rebill.sources.usage.models import CallFile, CallFileState, Switch
from rebill.sources.usage.queries.ratings import months_to_rate

logger = logging.getLogger(__name__)

# A mailing ends before the next one starts; what is left then is taken by that one.
DELIVERING_SECONDS_MAX = 540
LETTERS_AT_ONCE = 50
# No call file takes so long to be read.
READING_AT_MOST = timedelta(days=1)


class ExportNotMailed(Conflict):
    """The mail server did not take the export; the timetable tries again."""


PREFIX = "rebill: "
TIMETABLE = (
    Repeated(f"{PREFIX}monthly", "rebill.interfaces.jobs.start_monthly_jobs", minutes=1),
    Repeated(f"{PREFIX}deliveries", "rebill.interfaces.jobs.start_deliveries", minutes=10),
    Repeated(f"{PREFIX}ratings", "rebill.interfaces.jobs.start_ratings", minutes=10),
    Repeated(f"{PREFIX}answers", "rebill.interfaces.jobs.forget_old_answers", minutes=60),
    Repeated(f"{PREFIX}imports", "rebill.interfaces.jobs.forget_old_imports", minutes=60),
    Repeated(f"{PREFIX}incoming", "rebill.interfaces.jobs.start_taking_calls", minutes=1),
    Repeated(f"{PREFIX}calls", "rebill.interfaces.jobs.forget_stopped_calls", minutes=60),
)

TASKS: Mapping[MonthlyJob, str] = {
    MonthlyJob.PREPARE: "rebill.interfaces.jobs.prepare_month",
    MonthlyJob.EXPORT: "rebill.interfaces.jobs.export_month",
}


def read_clock() -> datetime:
    """The moment it is; nothing behind the doors reads the clock."""
    return datetime.now(UTC)


# --- what is started -------------------------------------------------------------------------------------------------


def start_monthly_jobs() -> int:
    """Start the monthly jobs whose hour has come; return how many. Asked every minute."""
    now = read_clock()
    sellers = {seller.pk: seller for seller in all_sellers()}
    clocks = _clocks(sellers.values(), now)
    due = due_slots(now, clocks, _answered(sellers, {month_of(now, clock.time_zone) for clock in clocks}))
    waiting = _failed_lately(now)
    names = queued_names()
    started = 0
    for slot in due:
        if slot.name not in names and slot.name not in waiting:
            _start(slot)
            started += 1
    return started


def start_deliveries() -> int:
    """Start a delivery for each seller that has something to make or send; return how many. Asked every ten minutes."""
    sellers = all_sellers().order_by("id").values_list("id", flat=True)
    return sum(start_delivery(seller_id) for seller_id in sellers)


def start_delivery(seller_id: int) -> bool:
    """Start a delivery for the seller if it has something to make or send; whether it was started."""
    now = read_clock()
    name = f"deliver {seller_id} {now:%Y-%m-%d %H:%M}"
    if name in queued_names() or not _has_something_to_send(seller_id, now):
        return False
    start_task("rebill.interfaces.jobs.deliver_documents", seller_id, name=name, group="deliver")
    return True


def start_ratings() -> int:
    """Start a rating for each seller with calls that no rating knows; return how many. Asked every ten minutes."""
    names = queued_names()
    started = 0
    for seller in all_sellers().filter(call_parts__isnull=False).distinct():
        name = f"rate {seller.pk}"
        if name not in names and months_to_rate(seller_id=seller.pk, zone=seller.time_zone):
            start_task("rebill.interfaces.jobs.rate_new_calls", seller.pk, name=name, group="rate")
            started += 1
    return started


def start_taking_calls() -> int:
    """Start taking the files in each watched folder where some have arrived; return how many. Asked every minute."""
    now, names, started = read_clock(), queued_names(), 0
    for switch in Switch.objects.select_related("seller").order_by("id"):
        folder, name = incoming_folder(switch.seller.slug, switch.code), f"take calls {switch.pk}"
        if name not in names and folder.is_dir() and Arrivals(folder).settled(now):
            start_task("rebill.interfaces.jobs.take_incoming_calls", switch.pk, name=name, group="calls")
            started += 1
    return started


def forget_old_answers() -> int:
    """Forget the answers of the API that were kept for requests that come twice; return how many. Asked every hour."""
    return forget_answers(read_clock())


def forget_old_imports() -> int:
    """Forget lists of people that were imported a month ago; return how many. Asked every hour."""
    return forget_imported(entities=LISTS_OF_PEOPLE, now=read_clock())


def forget_stopped_calls() -> int:
    """Give up call files whose reading was killed a day ago; return how many. Asked every hour."""
    before = read_clock() - READING_AT_MOST
    sellers = CallFile.objects.filter(state=CallFileState.READING, received_at__lt=before).order_by("seller_id")
    seller_ids = list(sellers.values_list("seller_id", flat=True).distinct())
    return sum(forget_unread_calls(acting=timetable(seller_id), before=before) for seller_id in seller_ids)


# --- the tasks -------------------------------------------------------------------------------------------------------


def take_incoming_calls(switch_id: int) -> str:
    """Take the files that have arrived in the watched folder of a switch."""
    switch = Switch.objects.select_related("seller").get(pk=switch_id)
    watched = WatchedFolder(Arrivals(incoming_folder(switch.seller.slug, switch.code)))
    taken = watched.take_settled(acting=timetable(switch.seller_id), switch=switch, now=read_clock())
    return ", ".join(f"{each.name}: {each.file.state if each.file else each.words}" for each in taken) or "nothing new"


def rate_new_calls(seller_id: int) -> str:
    """Rate the months with calls that no rating knows."""
    ratings = pipeline.rate_calls(acting=timetable(seller_id), now=read_clock())
    return ", ".join(f"{rating.month:%Y-%m}: {rating.calls} calls" for rating in ratings) or "nothing new"


def prepare_month(seller_id: int, month: str) -> str:
    """Prepare the seller's run of the first; repeated, it adds only what is new."""
    prepared = pipeline.prepare(acting=timetable(seller_id), billed_on=date.fromisoformat(month), now=read_clock())
    # What waited for the run need not wait for the next minute.
    start_monthly_jobs()
    return f"{prepared.drafts} drafts for {prepared.customers} customers"


def export_month(seller_id: int, month: str) -> str:
    """Make the combined export of the month, if it is not made, and mail it, once."""
    acting = timetable(seller_id)
    seller = seller_of(acting)
    now = read_clock()
    first = date.fromisoformat(month)
    # On that morning the drafts stand ready and nothing is issued yet; a seller may have said otherwise.
    stored = {"basis": Basis.RUN, **seller.export_layout}
    layout = read_layout(stored, FORMATS.get("combined"), language=seller.language)
    export = make_combined_export(acting=acting, month=first, layout=layout, now=now, key=timed_key(first))
    try:
        outcome = mail_export(acting=acting, export=export, now=now)
    except MailingUnclear as unclear:
        # A question for a person, and no failure that trying again would mend.
        return reason_of(unclear)
    if not isinstance(outcome, Accepted):
        raise ExportNotMailed(outcome.words)
    return outcome.words


def deliver_documents(seller_id: int) -> str:
    """Make the PDFs that are missing, decide about new documents, and send what is due for a while."""
    acting = timetable(seller_id)
    began_at = read_clock()
    render_documents(acting=acting, now=began_at)
    queue_dispatches(acting=acting, now=read_clock())
    total = Delivered()
    while (now := read_clock()) < began_at + timedelta(seconds=DELIVERING_SECONDS_MAX):
        delivered = deliver_queued(acting=acting, now=now, limit=LETTERS_AT_ONCE)
        total = total + delivered
        if not delivered.attempted or delivered.obstacle:
            break
    return f"{total.accepted} sent, {total.postponed} later, {total.failed} failed, {total.unclear} unclear"


# --- the worker ------------------------------------------------------------------------------------------------------


def register_timetable(now: datetime) -> None:
    """Tell the queue what to repeat; every worker does so when it starts."""
    keep_repeated(TIMETABLE, prefix=PREFIX, now=now)


# --- what the stages answer ------------------------------------------------------------------------------------------


def _start(slot: Slot) -> None:
    start_task(TASKS[slot.job], slot.seller_id, slot.month.isoformat(), name=slot.name, group=slot.job.value)


def _clocks(sellers: Iterable[Seller], now: datetime) -> list[SellerClock]:
    """Where each seller is; one whose time zone is none is named in the log and stops nobody else."""
    since = dict(Customer.objects.order_by().values_list("seller_id").annotate(Min("created_at")))
    clocks = []
    for seller in sellers:
        try:
            month_of(now, seller.time_zone)
        except UnknownZone as error:
            logger.error("Nothing is started for %s: %s", seller.slug, error)
            continue
        clocks.append(SellerClock(seller.pk, seller.time_zone, since.get(seller.pk)))
    return clocks


def _answered(sellers: Mapping[int, Seller], months: Iterable[date]) -> set[Answered]:
    """Which slots of these months are answered; a seller without an address for exports wants none by mail."""
    runs = Run.objects.filter(kind=RunKind.PERIODIC, billed_on__in=months, prepared_at__isnull=False)
    answered: set[Answered] = {
        (MonthlyJob.PREPARE, seller_id, month) for seller_id, month in runs.values_list("seller_id", "billed_on")
    }
    answered |= {(MonthlyJob.EXPORT, seller_id, month) for seller_id, month in timed_months(months)}
    answered |= {
        (MonthlyJob.EXPORT, seller.pk, month)
        for seller in sellers.values()
        if not seller.export_emails
        for month in months
    }
    return answered


def _failed_lately(now: datetime) -> set[str]:
    """The names of tasks that failed and are not to be started again yet, or not any more."""
    waiting = set()
    for failed in failed_tasks(groups=[job.value for job in MonthlyJob], since=now - timedelta(days=31)):
        again_at = next_attempt_at(failed.times, failed.last_at)
        if again_at is None or again_at > now:
            waiting.add(failed.name)
    return waiting


def _has_something_to_send(seller_id: int, now: datetime) -> bool:
    if has_work(seller_id, now):
        return True
    return bool(unrendered_invoices(seller_id=seller_id, format_name=PDF, limit=1))
