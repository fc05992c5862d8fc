"""What is not as it must be is found."""

from datetime import timedelta

import pytest

from rebill.delivery.checks import check_dispatches
from rebill.delivery.commands import deliver_queued, queue_dispatches
from rebill.delivery.models import Attempt, Dispatch
from rebill.delivery.queries import LEASE
from tests.delivery.factories import NOW, acting_of, make_customer, make_invoice, make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return make_seller()


def found(seller, now=NOW) -> list[str]:
    return [problem.what for problem in check_dispatches(acting=acting_of(seller), now=now)]


def test_after_a_delivery_nothing_is_wrong(seller, mail_server):
    make_invoice(make_customer(seller))
    queue_dispatches(acting=acting_of(seller), now=NOW)
    deliver_queued(acting=acting_of(seller), now=NOW)

    assert found(seller) == []


def test_documents_that_nobody_decided_about_are_counted(seller):
    make_invoice(make_customer(seller))

    assert found(seller) == ["dispatch.undecided"]


def test_a_sent_dispatch_without_an_attempt_is_found(seller):
    make_invoice(make_customer(seller))
    queue_dispatches(acting=acting_of(seller), now=NOW)
    Dispatch.objects.update(state="accepted", accepted_at=NOW)

    assert found(seller) == ["dispatch.sent_without_attempt"]


def test_a_lost_attempt_and_a_missing_channel_are_found(seller):
    make_invoice(make_customer(seller))
    make_invoice(make_customer(seller))
    queue_dispatches(acting=acting_of(seller), now=NOW)
    lost, other = Dispatch.objects.order_by("id")
    Dispatch.objects.filter(pk=other.pk).update(channel="pigeon")
    Dispatch.objects.filter(pk=lost.pk).update(state="sending", attempts_made=1, next_attempt_at=NOW + LEASE)
    Attempt.objects.create(dispatch=lost, number=1, started_at=NOW)

    assert found(seller) == ["dispatch.channel_missing"]
    assert found(seller, NOW + LEASE + timedelta(seconds=1)) == ["dispatch.channel_missing", "dispatch.attempt_lost"]


def test_attempts_that_do_not_add_up_are_found(seller):
    make_invoice(make_customer(seller))
    queue_dispatches(acting=acting_of(seller), now=NOW)
    Dispatch.objects.update(attempts_made=2)

    assert found(seller) == ["dispatch.attempts_miscounted"]
