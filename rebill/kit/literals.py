"""Values that stand in the statement itself, for SQLite: it uses a partial index only where it can see, before it knows
any parameter, that the rows asked for are among those of the index. PostgreSQL is given values in the statement anyway.
"""

import re
from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Value
from django.db.models.sql.compiler import SQLCompiler

_WORD = re.compile(r"[a-z_]+")


class Literal(Value):
    """A word of our own, such as a state, or a whole number, as part of the statement; never what somebody typed."""

    def __init__(self, value: str | int) -> None:
        # A choice is a str of its own kind, which a statement would be given by its name.
        super().__init__(str(value) if isinstance(value, str) else int(value))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        if isinstance(self.value, int):
            return str(self.value), ()
        if not _WORD.fullmatch(self.value):
            raise ValueError(f"{self.value!r} is no word that may stand in a statement.")
        return f"'{self.value}'", ()


def literals(values: Iterable[str | int]) -> list[Literal]:
    """Each of the values as a literal: for `state__in=literals(states)`.

    An index over such rows is used where its condition names the same values in the same order.
    """
    return [Literal(value) for value in values]
