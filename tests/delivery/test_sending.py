"""A dispatch is sent once: through outages, rejections, crashes and two workers."""

from datetime import timedelta

import pytest
from django.db import transaction

from rebill.delivery.commands import deliver_queued, queue_dispatches
from rebill.delivery.models import Attempt, Dispatch, DispatchState
from rebill.delivery.queries import LEASE
from rebill.kit.models import Event, StoredFile
from rebill.rules.timetable import BACK_OFF
from tests.delivery.factories import (
    NOW,
    acting_of,
    make_customer,
    make_invoice,
    make_look,
    make_seller,
    withdraw,
)
from tests.delivery.mail_server import closed_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return make_seller()


def deliver(seller, now=NOW, **limits):
    queue_dispatches(acting=acting_of(seller), now=now)
    return deliver_queued(acting=acting_of(seller), now=now, **limits)


def test_sent_means_that_the_server_accepted_it(seller, mail_server):
    make_invoice(make_customer(seller))

    delivered = deliver(seller)

    dispatch = Dispatch.objects.get()
    attempt = Attempt.objects.get()
    assert delivered.accepted == 1
    assert (dispatch.state, dispatch.accepted_at) == ("accepted", NOW)
    assert dispatch.last_words == attempt.words == "250 2.0.0 Ok: queued as Q1"
    assert (attempt.number, attempt.outcome, attempt.ended_at) == (1, "accepted", NOW)


def test_delivering_again_mails_nothing_twice(seller, mail_server):
    make_invoice(make_customer(seller))
    deliver(seller)

    again = deliver(seller, NOW + timedelta(hours=1))

    assert again.attempted == 0
    assert len(mail_server.received) == 1


def test_the_kept_bytes_of_the_pdf_are_attached_under_a_readable_name(seller, mail_server):
    invoice = make_invoice(make_customer(seller), number="R/2026 0042")

    deliver(seller)

    [(_, message)] = mail_server.received
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "Factuur-R-2026-0042.pdf"
    assert StoredFile.objects.filter(size=len(attached.get_content())).exists()
    assert str(invoice.number) in str(message["Subject"])


def test_the_mail_is_from_the_seller_and_in_its_words(seller, mail_server):
    make_look(
        seller,
        sender_name="Nachtwacht BV",
        sender_email="geld@nachtwacht.example",
        reply_to="vragen@nachtwacht.example",
        texts={"nl": {"mail_subject": "Uw nota {number}", "mail_body": "Dag {customer}, {total} voor {due_on}."}},
    )
    make_invoice(make_customer(seller, "Jansen"), number="2026-7")

    deliver(seller)

    [(_, message)] = mail_server.received
    assert message["From"] == "Nachtwacht BV <geld@nachtwacht.example>"
    assert message["Reply-To"] == "vragen@nachtwacht.example"
    assert message["Subject"] == "Uw nota 2026-7"
    assert message.get_body().get_content().strip() == "Dag Jansen, €\N{NO-BREAK SPACE}121,00 voor 15 oktober 2026."
    assert message["Message-ID"].endswith("@nachtwacht.example>")
    assert "rebill" not in message["From"]


def test_a_seller_without_an_address_to_send_from_is_told_so_and_nothing_is_attempted(mail_server):
    seller = make_seller(email="")
    make_invoice(make_customer(seller))

    delivered = deliver(seller)

    assert "no e-mail address to send from" in delivered.obstacle
    assert Dispatch.objects.get().state == DispatchState.QUEUED
    assert not Attempt.objects.exists()


def test_a_rejected_mail_fails_with_the_words_of_the_server(seller, mail_server):
    mail_server.recipients["gone@jansen.example"] = "550 5.1.1 User unknown"
    make_invoice(make_customer(seller, invoice_emails=["gone@jansen.example"]))

    delivered = deliver(seller)

    dispatch = Dispatch.objects.get()
    assert delivered.failed == 1
    assert (dispatch.state, dispatch.last_words) == ("failed", "gone@jansen.example: 550 5.1.1 User unknown")
    assert dispatch.accepted_at is None
    assert Event.objects.get(verb="failed").details["words"] == dispatch.last_words


def test_one_bad_document_never_stops_the_batch(seller, mail_server, data_folder):
    spoiled, bad_address, fine = (make_invoice(make_customer(seller)) for _ in range(3))
    queue_dispatches(acting=acting_of(seller), now=NOW)
    content_hash = spoiled.documents.get().file_id
    (data_folder / "files" / content_hash[:2] / content_hash[2:4] / content_hash).write_bytes(b"spoiled")
    Dispatch.objects.filter(invoice=bad_address).update(recipients=["not an address"])

    delivered = deliver_queued(acting=acting_of(seller), now=NOW)

    states = dict(Dispatch.objects.values_list("invoice_id", "state"))
    assert states == {spoiled.pk: "failed", bad_address.pk: "failed", fine.pk: "accepted"}
    assert (delivered.accepted, delivered.failed) == (1, 2)


def test_c099a_what_is_put_off_waits_longer_each_time_and_then_fails(seller, mail_server):
    mail_server.recipients["administratie@jansen.example"] = "451 try again later"
    make_invoice(make_customer(seller))
    now = NOW
    waits = []

    for wait in BACK_OFF:
        assert deliver(seller, now).postponed == 1
        assert deliver(seller, now + wait - timedelta(seconds=1)).attempted == 0
        waits.append(Dispatch.objects.get().next_attempt_at - now)
        now += wait
    last = deliver(seller, now)

    assert waits == list(BACK_OFF)
    assert last.failed == 1
    assert Dispatch.objects.get().state == DispatchState.FAILED
    assert Attempt.objects.count() == len(BACK_OFF) + 1


def test_a_greylisted_mail_is_sent_once_by_its_second_attempt(seller, mail_server):
    mail_server.recipients["administratie@jansen.example"] = "451 greylisted"
    make_invoice(make_customer(seller))
    deliver(seller)
    mail_server.recipients.clear()

    delivered = deliver(seller, NOW + timedelta(minutes=1))

    assert delivered.accepted == 1
    assert len(mail_server.received) == 1
    assert [attempt.outcome for attempt in Attempt.objects.order_by("number")] == ["queued", "accepted"]


def test_a_mail_server_that_is_down_leaves_everything_waiting(seller, mail_server, settings):
    for _ in range(3):
        make_invoice(make_customer(seller))
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, closed_port()

    down = deliver(seller)
    settings.EMAIL_PORT = port
    up = deliver(seller, NOW + timedelta(minutes=10))

    assert "is not reached" in down.obstacle
    assert down.attempted == 1
    assert up.accepted == 3
    assert len(mail_server.received) == 3


def test_a_broken_connection_after_the_content_is_a_question_and_not_a_second_mail(seller, mail_server):
    mail_server.contents = ["take and drop"]
    make_invoice(make_customer(seller))

    delivered = deliver(seller)
    deliver(seller, NOW + timedelta(days=1))

    assert delivered.unclear == 1
    assert Dispatch.objects.get().state == DispatchState.UNCLEAR
    assert len(mail_server.received) == 1


def test_an_attempt_without_an_outcome_becomes_a_question_when_its_worker_is_gone(seller, mail_server):
    make_invoice(make_customer(seller))
    queue_dispatches(acting=acting_of(seller), now=NOW)
    dispatch = Dispatch.objects.get()
    Attempt.objects.create(dispatch=dispatch, number=1, started_at=NOW)
    Dispatch.objects.update(state=DispatchState.SENDING, attempts_made=1, next_attempt_at=NOW + LEASE)

    before = deliver(seller, NOW + LEASE - timedelta(seconds=1))
    after = deliver(seller, NOW + LEASE)

    assert (before.attempted, after.unclear) == (0, 1)
    assert Dispatch.objects.get().state == DispatchState.UNCLEAR
    assert Attempt.objects.get().outcome == "unclear"
    assert mail_server.received == []


def test_no_more_than_the_limit_is_attempted_those_waiting_longest_first(seller, mail_server):
    invoices = [make_invoice(make_customer(seller)) for _ in range(5)]

    first = deliver(seller, limit=3)

    accepted = Dispatch.objects.filter(state=DispatchState.ACCEPTED).order_by("invoice_id")
    assert first.accepted == 3
    assert [dispatch.invoice_id for dispatch in accepted] == [invoice.pk for invoice in invoices[:3]]
    assert deliver(seller).accepted == 2


def test_one_connection_serves_the_batch(seller, mail_server):
    for _ in range(4):
        make_invoice(make_customer(seller))

    deliver(seller)

    assert mail_server.connections == 1
    assert len(mail_server.received) == 4


def test_after_the_clock_was_put_back_what_waits_is_sent_all_the_same(seller, mail_server):
    make_invoice(make_customer(seller))
    queue_dispatches(acting=acting_of(seller), now=NOW + timedelta(days=365))

    delivered = deliver_queued(acting=acting_of(seller), now=NOW)

    assert delivered.accepted == 1


def test_the_message_id_is_the_same_in_every_attempt(seller, mail_server):
    mail_server.contents = ["452 disk full"]
    make_invoice(make_customer(seller))

    deliver(seller)
    deliver(seller, NOW + timedelta(minutes=1))

    first, second = mail_server.offered
    assert first["Message-ID"] == second["Message-ID"]


def test_a_withdrawal_names_the_invoice_it_withdraws(seller, mail_server):
    invoice = make_invoice(make_customer(seller), language="en")
    deliver(seller)
    credit_note = withdraw(invoice)

    deliver(seller)

    _, message = mail_server.received[1]
    assert message["Subject"] == f"Invoice {invoice.number} is withdrawn"
    assert credit_note.number in message.get_body().get_content()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction_that_could_forget_it(seller, mail_server):
    make_invoice(make_customer(seller))

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        deliver(seller)

    assert mail_server.received == []


def test_another_sellers_dispatches_are_not_sent(seller, mail_server):
    other = make_seller("other")
    make_invoice(make_customer(other))
    queue_dispatches(acting=acting_of(other), now=NOW)

    assert deliver(seller).attempted == 0
    assert mail_server.received == []
