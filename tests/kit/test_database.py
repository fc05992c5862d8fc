"""What the kit knows about the database."""

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from rebill.kit.bulk import write_lock
from rebill.kit.database import atomic_write, is_postgresql
from rebill.kit.sequences import allot_numbers, peek_number


def test_the_two_databases_are_told_apart():
    assert is_postgresql() == (connection.vendor == "postgresql")


@pytest.mark.django_db
def test_an_inner_write_can_fail_alone():
    with atomic_write():
        allot_numbers(key="a", count=1)
        with atomic_write():
            allot_numbers(key="a", count=5)
            transaction.set_rollback(True)

    assert peek_number("a") == 2


@pytest.mark.django_db
def test_a_lock_may_be_taken_again_by_the_same_transaction():
    with transaction.atomic():
        write_lock("run of seller 7")
        write_lock("run of seller 7")


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_refused_outside_a_transaction():
    with pytest.raises(TransactionManagementError):
        write_lock("run of seller 7")
