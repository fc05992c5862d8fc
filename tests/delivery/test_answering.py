"""Unclear ones are answered by a person, returned ones by the server that returned them."""

from datetime import timedelta

import pytest

from rebill.delivery.commands import (
    BounceUnknown,
    DispatchNotUnclear,
    DispatchWithdrawn,
    cancel_dispatch,
    deliver_queued,
    queue_dispatches,
    record_bounce,
    resend_invoice,
    resolve_dispatch,
    retry_dispatch,
)
from rebill.delivery.models import Dispatch
from rebill.delivery.queries import DispatchUnknown, dispatch_counts, dispatch_of, dispatches_to_look_at
from rebill.kit.errors import Conflict
from rebill.kit.models import Event
from rebill.kit.states import MoveRefused
from tests.delivery.factories import NOW, acting_of, make_customer, make_invoice, make_seller, withdraw

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def seller():
    return make_seller()


@pytest.fixture
def unclear(seller, mail_server):
    """A mail that the server took, though its answer was lost."""
    mail_server.contents = ["take and drop"]
    make_invoice(make_customer(seller))
    deliver(seller)
    return Dispatch.objects.get()


def deliver(seller, now=NOW):
    queue_dispatches(acting=acting_of(seller), now=now)
    return deliver_queued(acting=acting_of(seller), now=now)


def test_an_unclear_dispatch_is_a_question_until_it_is_answered(seller, unclear):
    assert list(dispatches_to_look_at(acting_of(seller))) == [unclear]

    resolved = resolve_dispatch(acting=acting_of(seller), dispatch=unclear, arrived=True, now=LATER)

    assert (resolved.state, resolved.accepted_at) == ("accepted", LATER)
    assert not dispatches_to_look_at(acting_of(seller)).exists()
    assert Event.objects.get(verb="resolved").details["arrived"] is True


def test_what_did_not_arrive_is_sent_once_more(seller, unclear, mail_server):
    resolve_dispatch(acting=acting_of(seller), dispatch=unclear, arrived=False, now=LATER)

    assert deliver(seller, LATER).accepted == 1
    assert len(mail_server.received) == 2


def test_a_question_is_answered_once(seller, unclear):
    resolve_dispatch(acting=acting_of(seller), dispatch=unclear, arrived=True, now=LATER)

    with pytest.raises(DispatchNotUnclear):
        resolve_dispatch(acting=acting_of(seller), dispatch=unclear, arrived=False, now=LATER)


def test_an_unclear_invoice_that_was_withdrawn_is_not_sent_again(seller, unclear, mail_server):
    withdraw(unclear.invoice)

    resolved = resolve_dispatch(acting=acting_of(seller), dispatch=unclear, arrived=False, now=LATER)

    assert resolved.state == "cancelled"


def test_an_unclear_dispatch_cannot_simply_be_retried(seller, unclear):
    with pytest.raises(Conflict, match="Say first whether it arrived"):
        retry_dispatch(acting=acting_of(seller), dispatch=unclear, now=LATER)


# --- failed ones -----------------------------------------------------------------------------------------------------


def test_a_failed_dispatch_is_retried_to_a_better_address(seller, mail_server):
    mail_server.recipients["gone@jansen.example"] = "550 no such user"
    make_invoice(make_customer(seller, invoice_emails=["gone@jansen.example"]))
    deliver(seller)

    retry_dispatch(
        acting=acting_of(seller), dispatch=Dispatch.objects.get(), recipients=["here@jansen.example"], now=LATER
    )
    deliver(seller, LATER)

    assert Dispatch.objects.get().state == "accepted"
    assert mail_server.addressed == [["here@jansen.example"]]


def test_a_failed_dispatch_needs_no_look_once_the_document_was_sent_another_way(seller, mail_server):
    invoice = make_invoice(make_customer(seller, invoice_emails=[]))
    deliver(seller)
    assert dispatches_to_look_at(acting_of(seller)).count() == 1

    resend_invoice(acting=acting_of(seller), invoice=invoice, recipients=["new@jansen.example"], now=NOW)
    deliver(seller)

    assert not dispatches_to_look_at(acting_of(seller)).exists()


def test_an_invoice_that_was_withdrawn_is_not_retried(seller):
    invoice = make_invoice(make_customer(seller, invoice_emails=[]))
    queue_dispatches(acting=acting_of(seller), now=NOW)
    withdraw(invoice)

    with pytest.raises(DispatchWithdrawn):
        retry_dispatch(acting=acting_of(seller), dispatch=Dispatch.objects.get(), now=LATER)


def test_a_dispatch_that_waits_can_be_cancelled_and_a_sent_one_cannot(seller, mail_server):
    make_invoice(make_customer(seller))
    queue_dispatches(acting=acting_of(seller), now=NOW)
    dispatch = Dispatch.objects.get()

    cancel_dispatch(acting=acting_of(seller), dispatch=dispatch, reason="Handed over in person", now=NOW)

    assert deliver(seller).attempted == 0
    assert Dispatch.objects.get().last_words == "Handed over in person"
    Dispatch.objects.update(state="accepted")
    with pytest.raises(MoveRefused):
        cancel_dispatch(acting=acting_of(seller), dispatch=dispatch, reason="Too late", now=NOW)


# --- returned ones ---------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(seller, mail_server) -> str:
    """The Message-ID of a mail that was sent."""
    make_invoice(make_customer(seller))
    deliver(seller)
    [(_, message)] = mail_server.received
    return str(message["Message-ID"])


def test_a_returned_mail_is_found_by_its_message_id(seller, sent):
    record_bounce(acting=acting_of(seller), message_id=sent, words="550 5.2.2 mailbox full", now=LATER)

    dispatch = Dispatch.objects.get()
    assert (dispatch.state, dispatch.last_words) == ("bounced", "550 5.2.2 mailbox full")
    assert dispatch.attempts.get().outcome == "bounced"
    assert list(dispatches_to_look_at(acting_of(seller))) == [dispatch]
    assert dispatch_counts(acting_of(seller))["bounced"] == 1


def test_a_bounce_told_twice_is_noted_once(seller, sent):
    record_bounce(acting=acting_of(seller), message_id=sent, words="550 first", now=LATER)
    record_bounce(acting=acting_of(seller), message_id=sent, words="550 second", now=LATER)

    assert Dispatch.objects.get().last_words == "550 first"
    assert Event.objects.filter(verb="bounced").count() == 1


def test_a_returned_mail_that_was_unclear_was_sent_after_all(seller, unclear, mail_server):
    [(_, message)] = mail_server.received

    record_bounce(acting=acting_of(seller), message_id=message["Message-ID"], words="550 gone", now=LATER)

    dispatch = Dispatch.objects.get()
    assert (dispatch.state, dispatch.accepted_at) == ("bounced", LATER)


@pytest.mark.parametrize("change", [str.upper, lambda sent: sent.replace("<rebill-", "<rebill-9"), lambda sent: "x"])
def test_a_message_id_that_is_not_ours_is_unknown(seller, sent, change):
    with pytest.raises(BounceUnknown):
        record_bounce(acting=acting_of(seller), message_id=change(sent), words="550", now=LATER)


def test_another_sellers_dispatch_is_not_found(seller, sent):
    other = acting_of(make_seller("other"))
    dispatch = Dispatch.objects.get()

    with pytest.raises(BounceUnknown):
        record_bounce(acting=other, message_id=sent, words="550", now=LATER)
    with pytest.raises(DispatchUnknown):
        dispatch_of(other, dispatch.pk)
    for answer in (
        lambda: resolve_dispatch(acting=other, dispatch=dispatch, arrived=True, now=LATER),
        lambda: retry_dispatch(acting=other, dispatch=dispatch, now=LATER),
        lambda: cancel_dispatch(acting=other, dispatch=dispatch, reason="mine", now=LATER),
    ):
        with pytest.raises(DispatchUnknown):
            answer()
