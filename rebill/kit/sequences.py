"""Numbers without gaps: allotted inside the transaction that uses them, so a rollback gives them back."""

from django.db import connection

from rebill.kit.database import require_transaction
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.models import Sequence


class SequenceMovesBack(Conflict):
    """A sequence only moves forward: numbers that were allotted must not be allotted again."""


class CountInvalid(Invalid):
    """Fewer than no numbers were asked for."""


def allot_numbers(*, key: str, count: int, start: int = 1) -> range:
    """The next `count` numbers of the sequence `key`; a sequence that does not exist yet begins at `start`.

    Other transactions that want numbers of this sequence wait until this one ends, so commits leave no gap and no
    number is given twice. Needs a transaction. For a sequence that exists, `start` means nothing.
    """
    require_transaction("Allotting numbers")
    if count < 0:
        raise CountInvalid(f"{count} numbers cannot be allotted from {key!r}.")
    if count == 0:
        return range(0)
    # One statement inserts or adds and locks the row, so two first users of a key cannot both insert it.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table()} (key, next_number) VALUES (%s, %s)"
            f" ON CONFLICT (key) DO UPDATE SET next_number = {_table()}.next_number + %s RETURNING next_number",
            [key, start + count, count],
        )
        [(next_number,)] = cursor.fetchall()
    return range(next_number - count, next_number)


def peek_number(key: str) -> int | None:
    """The number that would be allotted next, None when none was ever allotted. Another transaction may take it."""
    return Sequence.objects.filter(key=key).values_list("next_number", flat=True).first()


def start_sequence(key: str, next_number: int) -> None:
    """Let the sequence go on at `next_number`, as when an older system is taken over; SequenceMovesBack if lower."""
    if next_number < 0:
        raise CountInvalid(f"The sequence {key!r} cannot begin below zero, at {next_number}.")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table()} (key, next_number) VALUES (%s, %s)"
            f" ON CONFLICT (key) DO UPDATE SET next_number = excluded.next_number"
            f" WHERE excluded.next_number >= {_table()}.next_number RETURNING next_number",
            [key, next_number],
        )
        moved = cursor.fetchall()
    if not moved:
        raise SequenceMovesBack(
            f"The sequence {key!r} stands at {peek_number(key)} and cannot go back to {next_number}."
        )


def _table() -> str:
    return connection.ops.quote_name(Sequence._meta.db_table)
