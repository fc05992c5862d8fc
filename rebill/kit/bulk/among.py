"""The lookup `among`: a column is one of many numbers, given to the database as one value.

`in` writes a placeholder for each number, which SQLite takes no more than 32,766 of, and Django prepares one by one.
"""

import json
from collections.abc import Collection
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignKey, Lookup
from django.db.models.sql.compiler import SQLCompiler


class Numbers:
    """Many numbers as one value: a list of them Django looks through one by one, which a run does dozens of times."""

    def __init__(self, numbers: Collection[int]) -> None:
        self.numbers = numbers


class Among(Lookup):
    """`id__among=[1, 2, 3]`; the numbers may be any collection of int, empty too, or Numbers where they are many."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        column, before = self.process_lhs(compiler, connection)
        numbers = list(self.rhs.numbers if isinstance(self.rhs, Numbers) else self.rhs)
        if connection.vendor == "postgresql":
            # As text, because psycopg looks at each member of a list by itself.
            return f"{column} = ANY(%s::bigint[])", [*before, f"{{{','.join(map(int.__repr__, numbers))}}}"]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*before, json.dumps(numbers)]


Field.register_lookup(Among)
ForeignKey.register_lookup(Among)
