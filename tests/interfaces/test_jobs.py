"""What the timetable starts, and that it starts each thing once."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django_q.models import OrmQ, Schedule, Task

from rebill.delivery.models import Dispatch
from rebill.exports.models import Export
from rebill.exports.queries import timed_key
from rebill.interfaces import jobs
from rebill.invoices.models import Document
from rebill.kit.queue import queued_names, release_tasks
from rebill.parties.models import Customer, Seller
from rebill.runs.models import Draft, Run
from rebill.sources.usage.models import CallFile, CallFileState, Switch
from tests.delivery.factories import make_customer, make_invoice, make_seller
from tests.delivery.mail_server import MailServer, closed_port, mails_go_to_a_server
from tests.exports.factories import draft_of
from tests.factories import make_plan_price, make_product
from tests.factories import make_seller as make_real_seller

pytestmark = pytest.mark.django_db

FIRST = date(2026, 10, 1)
SIX = datetime(2026, 10, 1, 4, tzinfo=UTC)
HALF_PAST_SEVEN = datetime(2026, 10, 1, 5, 30, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Clock:
    """The time that the door reads."""

    def __init__(self) -> None:
        self.now = SIX

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(jobs, "read_clock", clock)
    return clock


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    with mails_go_to_a_server(settings) as server:
        yield server


@pytest.fixture
def seller() -> Seller:
    seller = make_seller(export_emails=["boekhouding@noorderlicht.example"])
    customer = make_customer(seller)
    Customer.objects.filter(pk=customer.pk).update(created_at=LONG_AGO)
    return seller


def queued() -> list[str]:
    return sorted(queued_names())


def prepared(seller: Seller, month: date = FIRST) -> Run:
    return Run.objects.create(seller=seller, billed_on=month, started_at=SIX, prepared_at=SIX)


def failed(name: str, stopped: datetime, group: str = "prepare") -> None:
    Task.objects.create(
        id=f"{Task.objects.count():032}",
        name=name,
        func="f",
        group=group,
        started=stopped,
        stopped=stopped,
        success=False,
    )


# --- monthly ---------------------------------------------------------------------------------------------------------


def test_the_run_is_started_at_six_and_not_before(seller, clock):
    clock.now = SIX - timedelta(seconds=1)
    assert jobs.start_monthly_jobs() == 0

    clock.now = SIX
    assert jobs.start_monthly_jobs() == 1
    assert queued() == [f"prepare {seller.pk} 2026-10"]


def test_asked_every_minute_it_is_started_once(seller, clock):
    for minute in range(5):
        clock.now = SIX + timedelta(minutes=minute)
        jobs.start_monthly_jobs()

    assert len(queued()) == 1


def test_a_prepared_month_is_not_prepared_again_and_an_unfinished_one_is(seller, clock):
    run = prepared(seller)
    clock.now = SIX + timedelta(hours=1)
    assert jobs.start_monthly_jobs() == 0

    Run.objects.filter(pk=run.pk).update(prepared_at=None)
    assert jobs.start_monthly_jobs() == 1


def test_the_export_follows_the_run_at_half_past_seven(seller, clock):
    prepared(seller)
    clock.now = HALF_PAST_SEVEN

    jobs.start_monthly_jobs()

    assert queued() == [f"export {seller.pk} 2026-10"]


def test_a_seller_that_wants_no_export_by_mail_gets_none(seller, clock):
    Seller.objects.update(export_emails=[])
    prepared(seller)
    clock.now = HALF_PAST_SEVEN

    assert jobs.start_monthly_jobs() == 0


def test_one_seller_with_an_impossible_time_zone_stops_nobody_else(seller, clock):
    other = make_seller("other", time_zone="Mars/Olympus")
    make_customer(other)

    assert jobs.start_monthly_jobs() == 1


def test_what_failed_is_started_again_later_and_in_the_end_not_any_more(seller, clock):
    name = f"prepare {seller.pk} 2026-10"
    failed(name, SIX)
    clock.now = SIX + timedelta(seconds=30)
    assert jobs.start_monthly_jobs() == 0

    clock.now = SIX + timedelta(minutes=1)
    assert jobs.start_monthly_jobs() == 1

    OrmQ.objects.all().delete()
    for _ in range(5):
        failed(name, SIX)
    clock.now = SIX + timedelta(days=2)
    assert jobs.start_monthly_jobs() == 0


def test_preparing_the_month_makes_its_drafts_once(clock):
    seller = make_real_seller(export_emails=["boekhouding@noordwal.example"])
    clock.now = HALF_PAST_SEVEN

    jobs.prepare_month(seller.pk, "2026-10-01")
    jobs.prepare_month(seller.pk, "2026-10-01")

    assert Run.objects.get().prepared_at == HALF_PAST_SEVEN
    assert not Draft.objects.exists()


def test_what_waited_for_the_run_is_started_when_it_is_prepared(seller, clock):
    clock.now = HALF_PAST_SEVEN

    jobs.prepare_month(seller.pk, "2026-10-01")

    assert queued() == [f"export {seller.pk} 2026-10"]


def test_the_export_of_the_month_is_made_and_mailed_once(seller, clock, mail_server):
    make_invoice(make_customer(seller), pdf=None)
    clock.now = HALF_PAST_SEVEN

    jobs.export_month(seller.pk, "2026-10-01")
    jobs.export_month(seller.pk, "2026-10-01")

    export = Export.objects.get()
    assert (export.key, export.rows, export.mailed_at) == (timed_key(FIRST), 1, HALF_PAST_SEVEN)
    assert len(mail_server.received) == 1


def test_on_the_morning_of_the_first_the_drafts_are_exported(seller, clock, mail_server):
    draft_of(make_customer(seller, number="1001"), (2, 4_500))
    clock.now = HALF_PAST_SEVEN

    jobs.export_month(seller.pk, "2026-10-01")

    [(_, message)] = mail_server.received
    [attached] = message.iter_attachments()
    assert ";45,00;2026-10" in attached.get_content()


def test_a_seller_may_have_only_what_is_issued_exported(seller, clock, mail_server):
    Seller.objects.update(export_layout={"basis": "issued"})
    draft_of(make_customer(seller, number="1001"), (2, 4_500))

    jobs.export_month(seller.pk, "2026-10-01")

    assert Export.objects.get().rows == 0


def test_an_export_that_the_server_did_not_take_is_a_failure_to_be_tried_again(seller, clock, mail_server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, closed_port()
    with pytest.raises(jobs.ExportNotMailed):
        jobs.export_month(seller.pk, "2026-10-01")
    prepared(seller)
    clock.now = HALF_PAST_SEVEN
    assert jobs.start_monthly_jobs() == 1

    settings.EMAIL_PORT = port
    jobs.export_month(seller.pk, "2026-10-01")

    OrmQ.objects.all().delete()
    assert jobs.start_monthly_jobs() == 0
    assert len(mail_server.received) == 1


def test_an_export_that_may_have_arrived_is_left_to_a_person(seller, clock, mail_server):
    mail_server.contents = ["take and drop"]
    with pytest.raises(jobs.ExportNotMailed):
        jobs.export_month(seller.pk, "2026-10-01")

    said = jobs.export_month(seller.pk, "2026-10-01")

    prepared(seller)
    clock.now = HALF_PAST_SEVEN
    assert "may have arrived" in said
    assert jobs.start_monthly_jobs() == 0
    assert len(mail_server.received) == 1


# --- deliveries ------------------------------------------------------------------------------------------------------


def test_only_sellers_with_something_to_send_are_started(seller, clock):
    make_seller("idle")
    make_invoice(make_customer(seller))

    assert jobs.start_deliveries() == 1
    assert jobs.start_deliveries() == 0
    assert queued() == [f"deliver {seller.pk} 2026-10-01 04:00"]


def test_a_document_without_its_pdf_is_something_to_do(seller, clock):
    make_invoice(make_customer(seller), pdf=None)

    assert jobs.start_deliveries() == 1


def test_what_waits_for_its_next_attempt_is_nothing_to_do_yet(seller, clock):
    make_invoice(make_customer(seller))
    jobs.queue_dispatches(acting=jobs.timetable(seller.pk), now=SIX)
    Dispatch.objects.update(next_attempt_at=SIX + timedelta(minutes=30))

    assert jobs.start_deliveries() == 0
    clock.now = SIX + timedelta(minutes=30)
    assert jobs.start_deliveries() == 1


def test_a_delivery_sends_everything_due_in_the_end(seller, clock, mail_server, monkeypatch):
    monkeypatch.setattr(jobs, "LETTERS_AT_ONCE", 2)
    for _ in range(5):
        make_invoice(make_customer(seller))

    said = jobs.deliver_documents(seller.pk)

    assert said == "5 sent, 0 later, 0 failed, 0 unclear"
    assert len(mail_server.received) == 5


def test_a_delivery_ends_when_the_mail_server_is_down(seller, clock, mail_server, settings):
    settings.EMAIL_PORT = closed_port()
    make_invoice(make_customer(seller))
    make_invoice(make_customer(seller))

    assert jobs.deliver_documents(seller.pk) == "0 sent, 1 later, 0 failed, 0 unclear"


def test_what_arrives_in_a_watched_folder_is_taken_once_it_is_whole(seller, clock, settings, tmp_path):
    settings.REBILL_DATA = tmp_path
    switch = Switch.objects.create(
        seller=seller, code="pbx", dialect="csv", settings={"columns": {"start": 1, "called": 2, "seconds": 3}}
    )
    folder = tmp_path / "incoming" / seller.slug / "pbx"
    assert jobs.start_taking_calls() == 0
    folder.mkdir(parents=True)
    for name, seconds in (("night.csv", 90), ("growing.csv", 10), ("half.csv.part", 90)):
        path = folder / name
        path.write_text("start,called,seconds\n2026-09-30T09:00:00Z,0612345678,60\n")
        os.utime(path, (SIX.timestamp() - seconds,) * 2)

    assert jobs.start_taking_calls() == 1
    assert jobs.start_taking_calls() == 0
    assert jobs.take_incoming_calls(switch.pk) == "night.csv: read"
    assert jobs.take_incoming_calls(switch.pk) == "nothing new"

    assert CallFile.objects.get().accepted == 1
    assert sorted(path.name for path in folder.iterdir()) == ["done", "growing.csv", "half.csv.part"]


def test_a_call_file_whose_reading_was_killed_is_given_up_a_day_later(seller, clock):
    switch = Switch.objects.create(seller=seller, code="pbx", dialect="neutral")
    for name, hours in (("killed.csv", 25), ("under-way.csv", 1)):
        received_at = SIX - timedelta(hours=hours)
        CallFile.objects.create(seller=seller, switch=switch, name=name, content_hash=name, received_at=received_at)

    assert jobs.forget_stopped_calls() == 1
    assert jobs.forget_stopped_calls() == 0

    states = dict(CallFile.objects.values_list("name", "state"))
    assert states == {"killed.csv": CallFileState.FAILED, "under-way.csv": CallFileState.READING}


# --- the timetable itself --------------------------------------------------------------------------------------------


def test_the_timetable_is_written_once_however_often_it_is_registered():
    jobs.register_timetable(SIX)
    jobs.register_timetable(SIX)

    entries = Schedule.objects.order_by("name").values_list("name", "minutes", "repeats", "next_run")
    assert list(entries) == [
        ("rebill: answers", 60, -1, SIX),
        ("rebill: calls", 60, -1, SIX),
        ("rebill: deliveries", 10, -1, SIX),
        ("rebill: imports", 60, -1, SIX),
        ("rebill: incoming", 1, -1, SIX),
        ("rebill: monthly", 1, -1, SIX),
        ("rebill: ratings", 10, -1, SIX),
    ]


def test_registering_mends_what_an_older_version_or_a_wrong_clock_left():
    jobs.register_timetable(SIX + timedelta(days=400))
    Schedule.objects.create(name="rebill: monthly", func="twice", next_run=SIX)
    Schedule.objects.create(name="rebill: gone", func="gone", next_run=SIX)
    Schedule.objects.create(name="somebody else's", func="theirs", next_run=SIX)

    jobs.register_timetable(SIX)

    names = list(Schedule.objects.order_by("name").values_list("name", flat=True))
    assert names == [
        "rebill: answers", "rebill: calls", "rebill: deliveries", "rebill: imports", "rebill: incoming",
        "rebill: monthly", "rebill: ratings", "somebody else's",
    ]  # fmt: skip
    assert {schedule.next_run for schedule in Schedule.objects.filter(name__startswith="rebill: ")} == {SIX}


def test_a_turn_that_comes_soon_is_left_as_it_is():
    jobs.register_timetable(SIX)
    Schedule.objects.update(next_run=SIX + timedelta(seconds=20))

    jobs.register_timetable(SIX)

    assert {schedule.next_run for schedule in Schedule.objects.all()} == {SIX + timedelta(seconds=20)}


def test_every_function_of_the_timetable_is_there():
    named = [entry.function for entry in jobs.TIMETABLE] + list(jobs.TASKS.values())

    assert all(hasattr(jobs, name.removeprefix("rebill.interfaces.jobs.")) for name in named)


def test_what_a_worker_that_is_gone_had_taken_is_handed_out_again(seller, clock):
    jobs.start_monthly_jobs()
    OrmQ.objects.update(lock=SIX + timedelta(hours=1))

    assert release_tasks(now=SIX) == 1
    assert OrmQ.objects.get().lock == SIX


def test_a_products_price_is_no_reason_to_start_anything(clock):
    seller = make_real_seller()
    make_plan_price(make_product(seller))

    assert jobs.start_monthly_jobs() == jobs.start_deliveries() == 0
    assert not Document.objects.exists()
