"""The same request under the same key is done once, whatever happens around it."""

from datetime import timedelta

import pytest

from rebill.interfaces.api import customers as door
from rebill.kit.answers import KEPT_FOR, forget_answers
from rebill.kit.models import Event, KeptAnswer
from rebill.parties.models import Customer
from tests.factories import make_customer

NEW = {"name": "De Vries", "number": "K-1"}


def test_the_same_request_twice_is_done_once_and_answered_alike(program):
    first = program.post("/customers", NEW, key="a-1")
    second = program.post("/customers", NEW, key="a-1")

    assert Customer.objects.count() == 1
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_a_key_stands_for_one_request(program):
    program.post("/customers", NEW, key="a-1")

    answer = program.post("/customers", {"name": "De Jong"}, key="a-1")

    assert (answer.status_code, answer.json()["code"]) == (409, "key_taken")
    assert Customer.objects.count() == 1


def test_a_key_counts_for_its_token_and_its_address(program, program_of, seller):
    customer = make_customer(seller)
    program.post(f"/customers/{customer.pk}/contacts", {"name": "Anna"}, key="a-1")

    assert program.post("/customers", {"name": "Anna"}, key="a-1").status_code == 201
    assert program_of().post("/customers", {"name": "Anna"}, key="a-1").status_code == 201
    assert Customer.objects.filter(name="Anna").count() == 2


def test_a_refusal_is_not_kept(program, seller):
    other = make_customer(seller, number="K-1")
    assert program.post("/customers", NEW, key="a-1").json()["code"] == "number_taken"
    Customer.objects.filter(pk=other.pk).update(number="K-9")

    assert program.post("/customers", NEW, key="a-1").status_code == 201


def test_what_breaks_before_the_answer_is_kept_leaves_nothing(program, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(door, "show_customer", lambda customer: 1 / 0)
        assert program.post("/customers", NEW, key="a-1").json()["code"] == "failed"

    assert Customer.objects.count() == KeptAnswer.objects.count() == 0
    assert not Event.objects.filter(verb="created", subject_type="parties.customer").exists()
    assert program.post("/customers", NEW, key="a-1").status_code == 201


def test_without_a_key_every_request_counts(program):
    program.post("/customers", {"name": "Anna"})
    program.post("/customers", {"name": "Anna"})

    assert Customer.objects.count() == 2


@pytest.mark.parametrize("key", ["x" * 256, "clé"])
def test_a_key_that_is_none_is_refused(program, key):
    answer = program.post("/customers", NEW, key=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_unfit")


def test_answers_are_kept_for_two_days(program):
    program.post("/customers", NEW, key="a-1")
    kept_at = KeptAnswer.objects.get().kept_at

    assert forget_answers(kept_at + KEPT_FOR) == 0
    assert forget_answers(kept_at + KEPT_FOR + timedelta(seconds=1)) == 1
