"""What the kit must know about the database in use: which of the two it is, and how a write begins."""

from contextlib import AbstractContextManager

from django.db import connection, transaction


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def atomic_write() -> AbstractContextManager[None]:
    """A transaction that will write; inside another one it is a savepoint.

    On SQLite the settings open every transaction with BEGIN IMMEDIATE: it waits for the one write lock at its start, so
    two writers queue up instead of failing halfway. On PostgreSQL rows are locked as they are written.
    """
    return transaction.atomic()


def require_transaction(purpose: str) -> None:
    """Refuse work that is only right when it is committed or rolled back together with what it was done for."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{purpose} needs a transaction around it.")


def write_lock(name: str) -> None:
    """Wait until no other transaction holds the lock of this name, and hold it until this transaction ends.

    On SQLite the transaction already is the only writer, so there is nothing more to wait for.
    """
    require_transaction(f"The lock {name!r}")
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
