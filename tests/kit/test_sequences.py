"""Numbers without gaps, in one process; several processes are in test_concurrency."""

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from rebill.kit.errors import Conflict, Invalid
from rebill.kit.models import Sequence
from rebill.kit.sequences import allot_numbers, peek_number, start_sequence


@pytest.mark.django_db
class TestAllot:
    def test_numbers_follow_each_other_from_the_start(self):
        assert allot_numbers(key="invoices", count=3) == range(1, 4)
        assert allot_numbers(key="invoices", count=1) == range(4, 5)
        assert peek_number("invoices") == 5

    def test_each_key_counts_by_itself(self):
        allot_numbers(key="invoices 2026", count=5)

        assert list(allot_numbers(key="invoices 2027", count=2, start=1000)) == [1000, 1001]

    def test_the_start_means_nothing_once_there_are_numbers(self):
        allot_numbers(key="invoices", count=1)

        assert list(allot_numbers(key="invoices", count=1, start=500)) == [2]

    def test_a_rollback_gives_numbers_back(self):
        allot_numbers(key="invoices", count=1)
        with transaction.atomic():
            allot_numbers(key="invoices", count=10)
            transaction.set_rollback(True)

        assert list(allot_numbers(key="invoices", count=1)) == [2]

    def test_no_numbers_leave_no_trace(self):
        assert list(allot_numbers(key="invoices", count=0)) == []
        assert peek_number("invoices") is None

    def test_fewer_than_none_is_refused(self):
        with pytest.raises(Invalid):
            allot_numbers(key="invoices", count=-1)

    def test_one_statement_is_enough(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            allot_numbers(key="invoices", count=100_000)


@pytest.mark.django_db(transaction=True)
def test_numbers_are_refused_outside_a_transaction():
    with pytest.raises(TransactionManagementError):
        allot_numbers(key="invoices", count=1)
    assert not connection.in_atomic_block
    assert not Sequence.objects.exists()


@pytest.mark.django_db
class TestStart:
    def test_a_series_of_an_older_system_goes_on(self):
        start_sequence("invoices", 20_417)

        assert list(allot_numbers(key="invoices", count=2)) == [20_417, 20_418]

    def test_a_sequence_may_jump_ahead_and_stay(self):
        allot_numbers(key="invoices", count=3)
        start_sequence("invoices", 4)
        start_sequence("invoices", 100)
        assert peek_number("invoices") == 100

    def test_a_sequence_never_goes_back(self):
        allot_numbers(key="invoices", count=3)

        with pytest.raises(Conflict, match="stands at 4 and cannot go back to 3"):
            start_sequence("invoices", 3)

        assert peek_number("invoices") == 4

    def test_it_does_not_begin_below_zero(self):
        with pytest.raises(Invalid):
            start_sequence("invoices", -1)
