"""Deliveries: what failed, came back or is unclear, mended in place; what waits; letters."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rebill.access.acting import Role
from rebill.delivery.commands import queue_dispatches
from rebill.delivery.models import Dispatch, DispatchState, PrintBatch
from rebill.invoices.commands import keep_documents
from rebill.parties.models import Customer
from tests.delivery.factories import make_pdf
from tests.factories import NOW, make_seller
from tests.office.billing import AUGUST, Billing


@pytest.fixture
def billing(seller) -> Billing:
    return Billing(seller)


@pytest.fixture
def sent(billing) -> Callable[..., Dispatch]:
    """Invoices a customer and puts the sending into a state, with what was said."""

    def send(state: DispatchState, words: str = "", **terms: object) -> Dispatch:
        customer = billing.customer("Rederij Nauta", **terms)
        billing.subscribe(customer, "SEAT", price="10.00", start_on=AUGUST)
        billing.bill_on(AUGUST)
        ids = [each.pk for each in billing.invoices()]
        keep_documents(acting=billing.acting, invoice_ids=ids, content=make_pdf(), now=NOW)
        queue_dispatches(acting=billing.acting, now=NOW)
        Dispatch.objects.filter(invoice__customer=customer).update(state=state, last_words=words)
        return Dispatch.objects.get(invoice__customer=customer)

    return send


def shown(client: Client, page: str = "") -> str:
    answer = client.get(f"/s/waterkant/deliveries/{page}")
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_everything_arrived(office, sent):
    sent(DispatchState.ACCEPTED)

    assert "Everything arrived" in shown(office)


def test_what_failed_shows_what_the_server_said(office, sent):
    sent(DispatchState.BOUNCED, "550 5.1.1 User unknown", invoice_emails=["old@nauta.example"])

    text = shown(office)

    assert "550 5.1.1 User unknown" in text
    assert 'value="old@nauta.example"' in text
    assert "Came back" in text


def test_an_address_is_mended_in_place_and_kept(office, sent):
    dispatch = sent(DispatchState.BOUNCED, invoice_emails=["old@nauta.example"])

    answer = office.post(
        f"/s/waterkant/deliveries/{dispatch.pk}/retry/",
        {f"{dispatch.pk}-recipients": "new@nauta.example", f"{dispatch.pk}-keep": "on"},
    )

    assert answer.status_code == 302
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.recipients) == (DispatchState.QUEUED, ["new@nauta.example"])
    assert Customer.objects.get().invoice_emails == ["new@nauta.example"]


@pytest.mark.parametrize("typed", ["", "nauta"])
def test_a_wrong_address_is_refused_beside_its_field(office, sent, typed):
    dispatch = sent(DispatchState.FAILED)

    answer = office.post(f"/s/waterkant/deliveries/{dispatch.pk}/retry/", {f"{dispatch.pk}-recipients": typed})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.FAILED


@pytest.mark.parametrize(("arrived", "state"), [("1", DispatchState.ACCEPTED), ("0", DispatchState.QUEUED)])
def test_the_clerk_answers_whether_it_arrived(office, sent, arrived, state):
    dispatch = sent(DispatchState.UNCLEAR)
    assert "did it arrive?" in shown(office)

    office.post(f"/s/waterkant/deliveries/{dispatch.pk}/answer/", {"arrived": arrived})

    dispatch.refresh_from_db()
    assert dispatch.state == state


def test_one_is_let_be(office, sent):
    dispatch = sent(DispatchState.FAILED, "No such mailbox")

    office.post(f"/s/waterkant/deliveries/{dispatch.pk}/cancel/")

    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.last_words) == (DispatchState.CANCELLED, "No such mailbox")
    assert "Everything arrived" in shown(office)


def test_what_came_back_by_post_is_noted_by_hand(office, sent):
    dispatch = sent(DispatchState.ACCEPTED)

    answer = office.post(f"/s/waterkant/deliveries/{dispatch.pk}/returned/", {"words": "Moved away"})

    assert answer.headers["Location"] == f"/s/waterkant/invoices/{dispatch.invoice_id}/"
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.last_words) == (DispatchState.BOUNCED, "Moved away")


def test_what_waits_is_listed_and_can_be_stopped(office, sent):
    dispatch = sent(DispatchState.QUEUED)
    assert dispatch.invoice.number in shown(office, "waiting/")

    answer = office.post(f"/s/waterkant/deliveries/{dispatch.pk}/cancel/", {"then": "waiting"})

    assert answer.headers["Location"] == "/s/waterkant/deliveries/waiting/"
    assert "Nothing waits" in shown(office, "waiting/")


def test_letters_are_bound_into_a_batch(office, sent):
    sent(DispatchState.QUEUED, channel="print")
    assert "Print 1 letter" in shown(office, "letters/")

    office.post("/s/waterkant/deliveries/letters/")

    batch = PrintBatch.objects.get()
    assert f"/s/waterkant/deliveries/letters/{batch.pk}.pdf" in shown(office, "letters/")
    assert office.get(f"/s/waterkant/deliveries/letters/{batch.pk}.pdf").content.startswith(b"%PDF-")


@pytest.mark.parametrize("page", ["", "waiting/", "letters/"])
def test_the_pages_are_read_with_few_queries(office, sent, page):
    sent(DispatchState.FAILED)
    office.get("/s/waterkant/deliveries/")

    with CaptureQueriesContext(connection) as queries:
        shown(office, page)

    read = [each["sql"] for each in queries.captured_queries if "SAVEPOINT" not in each["sql"]]
    assert len(read) <= 12, "\n".join(read)


def test_a_viewer_sees_and_mends_nothing(member, sent):
    dispatch = sent(DispatchState.FAILED, "No such mailbox")
    viewer = member(Role.VIEWER)

    text = shown(viewer)

    assert "No such mailbox" in text
    assert "Send again" not in text
    for action in ("retry", "answer", "cancel", "returned"):
        assert viewer.post(f"/s/waterkant/deliveries/{dispatch.pk}/{action}/").status_code == 403
    assert viewer.post("/s/waterkant/deliveries/letters/").status_code == 403


def test_another_sellers_sending_is_not_found(office, sent, owner):
    dispatch = sent(DispatchState.FAILED)
    make_seller("noordwal", owner=owner)

    for action in ("retry", "answer", "cancel", "returned"):
        assert office.post(f"/s/noordwal/deliveries/{dispatch.pk}/{action}/").status_code == 404
