"""Every issued document is decided about once: sent on its customer's channel, or not sent for a reason."""

import pytest

from rebill.access.acting import Acting, Role
from rebill.delivery.commands import (
    DocumentNotMade,
    NobodyToSendTo,
    StillWaiting,
    deliver_queued,
    queue_dispatches,
    resend_invoice,
)
from rebill.delivery.models import Dispatch, DispatchPurpose, DispatchState
from rebill.delivery.queries import InvoiceNotHere, dispatches_of, undecided_documents
from rebill.kit.errors import Forbidden
from rebill.kit.models import Event
from tests.delivery.factories import (
    NOW,
    acting_of,
    keep_pdf,
    make_customer,
    make_invoice,
    make_pdf,
    make_seller,
    withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return make_seller()


def queue(seller) -> int:
    return queue_dispatches(acting=acting_of(seller), now=NOW)


def test_an_issued_document_is_queued_to_the_addresses_it_was_issued_with(seller):
    customer = make_customer(seller, invoice_emails=["a@jansen.example", "b@jansen.example"])
    invoice = make_invoice(customer)
    customer.invoice_emails = ["later@jansen.example"]
    customer.save()

    queued = queue(seller)

    dispatch = Dispatch.objects.get()
    assert queued == 1
    assert dispatch.invoice == invoice
    assert dispatch.key == f"{invoice.pk}:email:first"
    assert dispatch.recipients == ["a@jansen.example", "b@jansen.example"]
    assert dispatch.state == DispatchState.QUEUED
    assert dispatch.next_attempt_at == NOW


def test_queueing_twice_queues_nothing_more(seller):
    make_invoice(make_customer(seller))
    queue(seller)

    assert queue(seller) == 0
    assert Dispatch.objects.count() == 1


def test_a_document_without_its_pdf_waits_for_it(seller):
    invoice = make_invoice(make_customer(seller), pdf=None)
    assert queue(seller) == 0

    keep_pdf(invoice, make_pdf())

    assert queue(seller) == 1


def test_thousands_are_queued_with_few_questions(seller, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("rebill.delivery.commands.queueing.CHUNK", 20)
    customer = make_customer(seller)
    invoices = [make_invoice(customer) for _ in range(45)]

    with django_assert_max_num_queries(60):
        assert queue(seller) == 45

    assert Dispatch.objects.count() == len(invoices)


def test_a_customer_who_wants_nothing_sent_gets_nothing(seller):
    make_invoice(make_customer(seller, channel="none"))

    queue(seller)

    dispatch = Dispatch.objects.get()
    assert dispatch.state == DispatchState.CANCELLED
    assert "wants no invoices sent" in dispatch.last_words
    assert not undecided_documents(seller.pk).exists()


def test_a_customer_without_an_address_is_listed_as_failed_and_stops_nobody(seller):
    nobody = make_invoice(make_customer(seller, "Nobody", invoice_emails=[]))
    nowhere = make_invoice(make_customer(seller, "Nowhere", channel="print", city=""))
    fine = make_invoice(make_customer(seller))

    queue(seller)

    words = {dispatch.invoice_id: (dispatch.state, dispatch.last_words) for dispatch in Dispatch.objects.all()}
    assert words[nobody.pk] == ("failed", "The customer has no e-mail address for invoices.")
    assert words[nowhere.pk] == ("failed", "The customer has no full postal address.")
    assert words[fine.pk][0] == "queued"


def test_a_document_that_does_not_say_how_it_is_sent_is_listed_as_failed(seller):
    make_invoice(make_customer(seller), customer_frozen={"name": "Old"})

    queue(seller)

    assert Dispatch.objects.get().state == DispatchState.FAILED


def test_a_letter_is_queued_for_the_print_batch(seller):
    make_invoice(make_customer(seller, channel="print"))

    queue(seller)

    dispatch = Dispatch.objects.get()
    assert (dispatch.channel, dispatch.state, dispatch.recipients) == ("print", "queued", [])


def test_queueing_leaves_one_event_with_the_number(seller):
    make_invoice(make_customer(seller))
    make_invoice(make_customer(seller))

    queue(seller)

    event = Event.objects.get(verb="dispatches_queued")
    assert event.details == {"dispatches": 2}


# --- withdrawn invoices ----------------------------------------------------------------------------------------------


def test_a_withdrawn_invoice_that_was_never_sent_is_not_sent_and_neither_is_its_credit_note(seller):
    invoice = make_invoice(make_customer(seller))
    queue(seller)
    credit_note = withdraw(invoice)

    queue(seller)

    first, second = Dispatch.objects.get(invoice=invoice), Dispatch.objects.get(invoice=credit_note)
    assert (first.state, first.last_words) == ("cancelled", "The invoice was withdrawn before it was sent.")
    assert second.state == "cancelled"
    assert "never sent" in second.last_words


def test_an_invoice_withdrawn_before_it_was_queued_is_not_sent_either(seller):
    credit_note = withdraw(make_invoice(make_customer(seller)))

    queue(seller)

    assert {dispatch.state for dispatch in Dispatch.objects.all()} == {"cancelled"}
    assert Dispatch.objects.filter(invoice=credit_note).exists()


def test_a_withdrawn_invoice_waits_for_nothing_even_before_its_credit_note_is_drawn(seller, mail_server):
    invoice = make_invoice(make_customer(seller))
    queue(seller)
    withdraw(invoice, pdf=None)

    delivered = deliver_queued(acting=acting_of(seller), now=NOW)

    assert delivered.attempted == 0
    assert mail_server.received == []


@pytest.mark.parametrize("fate", [{"state": "accepted", "accepted_at": NOW}, {"state": "unclear"}])
def test_the_credit_note_of_an_invoice_that_was_or_may_have_been_sent_is_sent(seller, fate):
    invoice = make_invoice(make_customer(seller))
    queue(seller)
    Dispatch.objects.update(next_attempt_at=None, **fate)
    credit_note = withdraw(invoice)

    queue(seller)

    assert Dispatch.objects.get(invoice=credit_note).state == DispatchState.QUEUED


def test_c099b_the_credit_note_of_a_withdrawn_invoice_goes_the_way_of_the_invoice(seller):
    customer = make_customer(seller, channel="none")
    invoice = make_invoice(customer)
    resend_invoice(acting=acting_of(seller), invoice=invoice, recipients=["accountant@jansen.example"], now=NOW)
    Dispatch.objects.update(state=DispatchState.ACCEPTED, accepted_at=NOW, next_attempt_at=None)
    customer.channel = "print"
    customer.save()
    credit_note = withdraw(invoice)

    queue(seller)

    dispatch = Dispatch.objects.get(invoice=credit_note)
    assert (dispatch.channel, dispatch.state) == ("email", "queued")
    assert dispatch.recipients == ["accountant@jansen.example"]


def test_while_the_withdrawn_invoice_is_being_sent_its_credit_note_waits(seller):
    invoice = make_invoice(make_customer(seller))
    queue(seller)
    Dispatch.objects.update(state=DispatchState.SENDING)
    withdraw(invoice)

    assert queue(seller) == 0

    Dispatch.objects.update(state=DispatchState.ACCEPTED, accepted_at=NOW)
    assert queue(seller) == 1


def test_a_credit_note_that_withdraws_nothing_is_sent_like_an_invoice(seller):
    invoice = make_invoice(make_customer(seller, channel="none"))
    credit_note = make_invoice(make_customer(seller), gross=-500, credits=invoice)

    queue(seller)

    assert Dispatch.objects.get(invoice=credit_note).state == DispatchState.QUEUED


# --- again on request ------------------------------------------------------------------------------------------------


def test_an_invoice_is_sent_again_to_where_the_customer_has_them_sent_now(seller, mail_server):
    customer = make_customer(seller)
    invoice = make_invoice(customer)
    queue(seller)
    deliver_queued(acting=acting_of(seller), now=NOW)
    customer.invoice_emails = ["new@jansen.example"]
    customer.save()

    dispatch = resend_invoice(acting=acting_of(seller), invoice=invoice, now=NOW)
    deliver_queued(acting=acting_of(seller), now=NOW)

    assert dispatch.purpose == DispatchPurpose.AGAIN
    assert mail_server.addressed == [["administratie@jansen.example"], ["new@jansen.example"]]
    kept = [next(iter(message.iter_attachments())).get_content() for _, message in mail_server.received]
    assert kept[0] == kept[1]


def test_an_invoice_is_sent_again_to_whoever_was_named(seller):
    invoice = make_invoice(make_customer(seller, channel="print"))

    dispatch = resend_invoice(
        acting=acting_of(seller), invoice=invoice, recipients=["accountant@elsewhere.example"], now=NOW
    )

    assert (dispatch.channel, dispatch.recipients) == ("email", ["accountant@elsewhere.example"])


def test_sending_again_before_it_was_sent_is_refused_because_it_would_come_twice(seller):
    invoice = make_invoice(make_customer(seller))
    queue(seller)

    with pytest.raises(StillWaiting):
        resend_invoice(acting=acting_of(seller), invoice=invoice, now=NOW)


def test_a_second_click_is_no_second_mail(seller):
    invoice = make_invoice(make_customer(seller))
    queue(seller)
    Dispatch.objects.update(state=DispatchState.ACCEPTED, accepted_at=NOW)
    resend_invoice(acting=acting_of(seller), invoice=invoice, now=NOW)

    with pytest.raises(StillWaiting):
        resend_invoice(acting=acting_of(seller), invoice=invoice, now=NOW)

    assert dispatches_of(acting_of(seller), invoice.pk).count() == 2


def test_each_time_again_has_a_key_of_its_own(seller):
    invoice = make_invoice(make_customer(seller))
    for _ in range(3):
        resend_invoice(acting=acting_of(seller), invoice=invoice, now=NOW)
        Dispatch.objects.update(state=DispatchState.ACCEPTED, accepted_at=NOW)

    assert len({dispatch.key for dispatch in Dispatch.objects.all()}) == 3


def test_sending_again_asks_for_an_address_where_there_is_none(seller):
    invoice = make_invoice(make_customer(seller, invoice_emails=[], channel="none"))

    with pytest.raises(NobodyToSendTo):
        resend_invoice(acting=acting_of(seller), invoice=invoice, now=NOW)


def test_what_has_no_pdf_yet_cannot_be_sent_again(seller):
    invoice = make_invoice(make_customer(seller), pdf=None)

    with pytest.raises(DocumentNotMade):
        resend_invoice(acting=acting_of(seller), invoice=invoice, now=NOW)


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_another_sellers_documents_are_neither_queued_nor_sent_again(seller):
    other = make_seller("other")
    invoice = make_invoice(make_customer(other))

    assert queue(seller) == 0
    with pytest.raises(InvoiceNotHere):
        resend_invoice(acting=acting_of(seller), invoice=invoice, now=NOW)


def test_a_viewer_may_not_send(seller):
    viewer = Acting(seller_id=seller.pk, role=Role.VIEWER)

    with pytest.raises(Forbidden):
        queue_dispatches(acting=viewer, now=NOW)
