"""Finding rows by words, quickly and alike on both databases: each word must stand somewhere in the row's search text.

A row is found by its column `search_text`, which the command that writes the row fills with `search_text()`: small
letters without accents, whoever it belongs to first. PostgreSQL looks in a trigram index of it. SQLite walks a slim
index of it, or, where a million rows are to be expected, looks in a trigram table beside it, which `add_to_search`
keeps. An index only leads to rows: whether a row matches is decided by its text.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db import DatabaseError, connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from rebill.kit.database import is_postgresql

Row = TypeVar("Row", bound=Model)

# What somebody types to find one thing; more words narrow nothing any more.
WORDS_MAX = 8
LETTERS_MAX = 60

# Stands before every word, so that the beginning of a word is three letters long however short the word.
_GAP = "  "
_MARK = "§"
_UNSEEN = re.compile(r"[\x00-\x1f\x7f§]+")
_SEPARATORS = re.compile(r"[.\-/]+")


def search_text(seller_id: int, *parts: str | None) -> str:
    """What a row of this seller is found by: names, numbers and the like; “B.V.” is found as “bv” too."""
    words = [word for part in parts if part for word in _fold(part).split()]
    spelled = dict.fromkeys(spelling for word in words for spelling in _spellings(word))
    return f"{_MARK}{seller_id}{_MARK}" + "".join(_GAP + word for word in spelled)


def search_patterns(text: str) -> list[tuple[str, ...]]:
    """For each word of `text` what must stand in a search text for it to be found, one of one or two spellings.

    A spelling of one or two letters must begin a word, a longer one may stand anywhere.
    """
    words = [word[:LETTERS_MAX] for word in _fold(text).split()][:WORDS_MAX]
    return [tuple(each if len(each) > 2 else _GAP + each for each in _spellings(word)) for word in words]


def find_by_words(rows: QuerySet[Row], text: str, *, seller_id: int, newest: int | None = None) -> QuerySet[Row]:
    """The seller's rows in which every word of `text` stands; all of them when it holds no word.

    With `newest` no more than so many are found, those with the highest ids: common words then cost no more than rare
    ones, among any number of rows. `rows` must be of one seller and not be sliced.
    """
    patterns = search_patterns(text)
    if not patterns:
        return rows
    if not is_postgresql():
        plain = rows.model._default_manager.filter(says(text), seller_id=seller_id)
        if newest is not None:
            plain = plain.filter(pk__in=_trigram_rows(rows.model, patterns, seller_id, newest))
        return rows.filter(pk__in=plain.order_by().values("pk"))
    for spellings in patterns:
        rows = rows.filter(reduce(or_, (Q(search_text__contains=spelling) for spelling in spellings)))
    if newest is None:
        return rows
    return rows.model._default_manager.filter(pk__in=rows.order_by("-pk").values("pk")[:newest])


def first_by_words(model: type[Row], text: str, *, seller_id: int, most: int) -> QuerySet[Row]:
    """So many of the seller's rows in which every word of `text` stands, in no order; all of them when they are fewer.
    Made to be joined to others by `union`."""
    rows = model._default_manager.filter(seller_id=seller_id).order_by()
    if is_postgresql():
        return find_by_words(rows, text, seller_id=seller_id)[:most]
    # SQLite joins nothing that is cut off; it need only walk the index as far as that, which is all it is asked for.
    return model._default_manager.filter(pk__in=rows.filter(says(text)).values("pk")[:most]).order_by()


def says(text: str) -> Q:
    """That every word of `text` stands in a row, which leads to no rows: for those that are looked at anyway.

    INSTR, because LIKE makes SQLite fold every letter once more.
    """
    every = Q()
    for spellings in search_patterns(text):
        every &= reduce(or_, (Q(GreaterThan(StrIndex(F("search_text"), Value(each)), 0)) for each in spellings))
    return every


def add_to_search(model: type[Model], first_id: int, last_id: int) -> None:
    """Lead from the trigrams of these new rows to them; PostgreSQL does so by itself."""
    if not is_postgresql():
        table, index = model._meta.db_table, _search_table(model)
        rows = f"SELECT id, search_text FROM {table} WHERE id BETWEEN %s AND %s"
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {index}(rowid, search_text) {rows}", (first_id, last_id))


def _trigram_rows(model: type[Model], patterns: Sequence[Sequence[str]], seller_id: int, newest: int) -> RawSQL:
    table = _search_table(model)
    wanted = [(f"{_MARK}{seller_id}{_MARK}",), *patterns]
    query = " AND ".join(f"({' OR '.join(_all_trigrams(each) for each in spellings)})" for spellings in wanted)
    return RawSQL(f"SELECT rowid FROM {table} WHERE {table} MATCH %s ORDER BY rowid DESC LIMIT %s", (query, newest))


def _all_trigrams(pattern: str) -> str:
    pieces = dict.fromkeys(pattern[start : start + 3] for start in range(len(pattern) - 2))
    return "({})".format(" AND ".join('"{}"'.format(piece.replace('"', '""')) for piece in pieces))


def _spellings(word: str) -> tuple[str, ...]:
    """The word, and without dots, dashes and slashes where it has any; addresses of e-mail are spelled one way."""
    bare = "" if "@" in word else _SEPARATORS.sub("", word)
    return (word, bare) if bare and bare != word else (word,)


def _fold(text: str) -> str:
    """Small letters, without accents and without what nobody sees; capitals of every alphabet are the same letter."""
    seen = _UNSEEN.sub(" ", text)
    if seen.isascii():
        return seen.lower()
    plain = unicodedata.normalize("NFKD", seen)
    return "".join(letter for letter in plain.casefold() if not unicodedata.combining(letter))


def _search_table(model: type[Model]) -> str:
    return f"{model._meta.db_table}_search"


class SearchOperation(Operation):
    """Something about a model's `search_text` that the database keeps and the models know nothing of."""

    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing that models know of changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self.make(schema_editor, to_state.apps.get_model(app_label, self.model_name))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self.unmake(schema_editor, from_state.apps.get_model(app_label, self.model_name))

    def make(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
        """Has the database keep it."""
        raise NotImplementedError

    def unmake(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
        """Has the database do without it."""
        raise NotImplementedError


class SearchIndex(SearchOperation):
    """Makes the index of a model's `search_text`; where PostgreSQL may not have pg_trgm, search works without, slowly.

    `by_trigrams` says that rows are added by the hundred thousand and never change: SQLite then has a trigram table
    for them. It forgets such an index when a later migration makes the table anew: that one runs this again.
    """

    def __init__(self, model_name: str, *, by_trigrams: bool = False) -> None:
        super().__init__(model_name)
        self.by_trigrams = by_trigrams

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name], {"by_trigrams": self.by_trigrams}

    def make(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
        table, index = model._meta.db_table, _search_table(model)
        if schema_editor.connection.vendor == "sqlite":
            for statement in _trigram_table(table, index) if self.by_trigrams else _slim_index(table, index):
                schema_editor.execute(statement)
        elif has_trigrams(schema_editor.connection):
            schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {table} USING gin (search_text gin_trgm_ops)")

    def unmake(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
        index = _search_table(model)
        is_table = self.by_trigrams and schema_editor.connection.vendor == "sqlite"
        if is_table:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {index}_forgets")
        schema_editor.execute(f"DROP {'TABLE' if is_table else 'INDEX'} IF EXISTS {index}")

    def describe(self) -> str:
        return f"Make {self.model_name} quick to find by words"


class SearchStatistics(SearchOperation):
    """Has PostgreSQL remember ten times as much of what stands in a model's `search_text`.

    By what it remembers it guesses whether words are rare. Guessed wrong among a million rows, it walks through all of
    them from the newest on to find somebody's ten.
    """

    REMEMBERED, USUAL = 1_000, -1

    def make(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
        _remember(schema_editor, model, self.REMEMBERED)

    def unmake(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
        _remember(schema_editor, model, self.USUAL)

    def describe(self) -> str:
        return f"Remember more of the words of {self.model_name}"


def _remember(schema_editor: BaseDatabaseSchemaEditor, model: type[Model], entries: int) -> None:
    if schema_editor.connection.vendor == "postgresql":
        table = model._meta.db_table
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN search_text SET STATISTICS {entries}")


def has_trigrams(database: Any, extension: str = "pg_trgm") -> bool:
    """Whether this PostgreSQL has trigram indexes now; makes the extension where that is possible and permitted."""
    try:
        with database.cursor() as cursor:
            cursor.execute("SAVEPOINT trigrams")
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
            cursor.execute("RELEASE SAVEPOINT trigrams")
    except DatabaseError:
        with database.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT trigrams")
        return False
    return True


def _trigram_table(table: str, index: str) -> list[str]:
    # Without positions the table is a tenth of its size: only the letters lead here, the text itself decides.
    # A table that is emptied, as a flush does, empties its index too, for its ids are given out again. Single rows stay
    # in it: FTS5 spoils an index that is told to forget a text which it never had.
    return [
        f"DROP TRIGGER IF EXISTS {index}_forgets",
        f"DROP TABLE IF EXISTS {index}",
        f"CREATE VIRTUAL TABLE {index} USING fts5(search_text, content='{table}', content_rowid='id', "
        "tokenize='trigram case_sensitive 1', detail=none, columnsize=0)",
        f"INSERT INTO {index}({index}) VALUES ('rebuild')",
        f"CREATE TRIGGER {index}_forgets AFTER DELETE ON {table} WHEN NOT EXISTS (SELECT 1 FROM {table}) BEGIN "
        f"INSERT INTO {index}({index}) VALUES ('delete-all'); END",
    ]


def _slim_index(table: str, index: str) -> list[str]:
    return [f"DROP INDEX IF EXISTS {index}", f"CREATE INDEX {index} ON {table} (seller_id, search_text)"]
