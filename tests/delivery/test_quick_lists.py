"""What waits and what needs a look is found by an index of it, among any number of dispatches that arrived."""

import pytest
from django.db import connection

from rebill.delivery.queries import dispatches_to_look_at, due_dispatches, lost_attempts, waiting_dispatches
from rebill.kit.database import is_postgresql
from tests.delivery.factories import NOW, acting_of, make_seller

pytestmark = pytest.mark.django_db

LISTS = {
    "to look at": (lambda seller: dispatches_to_look_at(acting_of(seller)).order_by(), ("needs_a_look", "not_sent")),
    "waiting": (lambda seller: waiting_dispatches(acting_of(seller)), ("to_attempt",)),
    "due": (lambda seller: due_dispatches(seller.pk, "email", NOW), ("to_attempt",)),
    "lost": (lambda seller: lost_attempts(seller.pk, NOW).order_by(), ("to_attempt",)),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_few_uses_the_index_of_the_few(name):
    question, indexes = LISTS[name]
    rows = question(make_seller())
    with connection.cursor() as cursor:
        # So few rows PostgreSQL would rather read from end to end.
        cursor.execute("SET LOCAL enable_seqscan = off" if is_postgresql() else "ANALYZE kit_event")

    # Asked with its parameters, as a page asks it.
    plan = rows.explain()
    assert any(f"dispatch_{index}" in plan for index in indexes), plan
