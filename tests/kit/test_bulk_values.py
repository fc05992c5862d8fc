"""Values that are written in bulk come back as they were, on both databases, and equal to what the ORM writes."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from rebill.kit.bulk import insert_rows, read_rows
from rebill.kit.bulk.columns import ValueRefused
from rebill.rules.money import Money
from tests.kit.samples import Sample


class Letter(StrEnum):
    A = "a"


class Choice(models.TextChoices):
    B = "b"


class Count(IntEnum):
    THREE = 3


TEXTS = [
    "",
    " ",
    "plain",
    'it\'s "quoted"',
    "line\nbreak",
    "carriage\r\nreturn",
    "tab\there",
    "back\\slash",
    "\\N",
    "\\.",
    "\\\\N",
    "NULL",
    "\x01\x7f\x0b\x0c\x08",
    "é ü ß õ 漢字 🧾 \u00a0\u202f",
    "comma, semicolon; pipe|",
    "%s %(name)s $1 ?",
    "{}",
    "x" * 500,
]
# In JSON, PostgreSQL keeps neither the NUL character nor lone surrogates.
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(CHARACTERS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(CHARACTERS), inner),
    max_leaves=4,
)
ZONES = st.sampled_from([UTC, *map(ZoneInfo, ("Europe/Amsterdam", "Pacific/Apia", "America/St_Johns"))])
ROWS = st.tuples(
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.text(CHARACTERS, max_size=500),
    st.none() | st.text(CHARACTERS),
    st.none() | st.booleans(),
    st.none() | st.dates(),
    st.none() | st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=ZONES),  # noqa: DTZ001
    st.none() | st.uuids(),
    st.none() | st.dictionaries(st.text(CHARACTERS), JSON) | st.lists(JSON),
    st.none() | st.binary(),
)
COLUMNS = ("number", "text", "note", "is_open", "day", "at", "key", "extra", "content")


def in_utc(value: object) -> object:
    """Python never calls moments of two zones equal when one of them lies in a night the clocks change."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def plainly(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else in_utc(value) for value in row)


def written(column: str, values: list[object]) -> list[object]:
    insert_rows(Sample, [column], [(value,) for value in values])
    return [value for (value,) in read_rows(Sample.objects.order_by("id"), column)]


@pytest.mark.usefixtures("samples")
class TestEachKind:
    @pytest.mark.parametrize("column", ["text", "note"])
    def test_text_comes_back_to_the_character(self, column: str):
        assert written(column, TEXTS) == TEXTS

    def test_nothing_and_the_empty_text_stay_apart(self):
        assert written("note", ["", None, "\\N", None, ""]) == ["", None, "\\N", None, ""]

    def test_a_column_of_nothing_at_all(self):
        assert written("number", [None, None]) == [None, None]

    def test_whole_numbers_of_every_size(self):
        numbers = [0, -1, 2**63 - 1, -(2**63), None, Count.THREE]
        assert written("number", numbers) == numbers

    def test_members_of_enumerations_are_their_values(self):
        assert written("note", [Letter.A, Choice.B, None, "c"]) == ["a", "b", None, "c"]

    def test_booleans(self):
        assert written("is_open", [True, False, None]) == [True, False, None]

    def test_days(self):
        days = [date(1, 1, 1), date(2024, 2, 29), None, date(9999, 12, 31)]
        assert written("day", days) == days

    def test_moments_of_any_zone_come_back_as_the_same_moment(self):
        moments = [
            datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC),
            datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam")),
            datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Helsinki")),
            datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-12, minutes=-30))),
            None,
        ]
        assert list(map(in_utc, written("at", moments))) == list(map(in_utc, moments))

    def test_the_two_hours_of_a_night_in_october_stay_apart(self):
        first, second = (datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ZoneInfo("Europe/Berlin")) for fold in (0, 1))
        came_back = written("at", [first, second])
        assert came_back[1] - came_back[0] == timedelta(hours=1)

    def test_keys(self):
        keys = [UUID(int=0), UUID("12345678-1234-5678-1234-567812345678"), None]
        assert written("key", keys) == keys

    def test_bytes(self):
        contents = [b"", bytes(range(256)), b"\\x00", None]
        assert [value if value is None else bytes(value) for value in written("content", contents)] == contents

    def test_json(self):
        extras = [{}, [], {"a": [1, None, True, "\n\t\\ \"'é🧾"]}, None, [{"b": 10**18}]]
        assert written("extra", extras) == extras

    def test_text_for_a_json_column_is_json_already(self):
        assert written("extra", ['{"a": 1}', json.dumps("text")]) == [{"a": 1}, "text"]

    def test_prices_and_money_are_the_integers_that_are_kept(self):
        insert_rows(Sample, ["price", "quantity", "amount", "currency"], [(1_500_000, -25_000_000, 1234, "EUR")])

        sample = Sample.objects.get()

        assert (sample.price, sample.quantity) == (Decimal("1.5"), Decimal("-0.25"))
        assert sample.amount == Money.of("12.34", "EUR")

    def test_an_empty_generator_writes_nothing(self):
        assert insert_rows(Sample, ["text"], iter(())) == 0


@pytest.mark.usefixtures("sample_tables")
class AnyRow(TestCase):
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(ROWS, max_size=4))
    def test_rows_come_back_as_they_were_and_as_the_orm_keeps_them(self, rows: list[tuple[object, ...]]) -> None:
        Sample.objects.all().delete()

        count = insert_rows(Sample, COLUMNS, iter(rows))
        Sample.objects.bulk_create(Sample(**dict(zip(COLUMNS, row, strict=True))) for row in rows)

        kept = list(map(plainly, read_rows(Sample.objects.order_by("id"), *COLUMNS)))
        assert count == len(rows)
        assert kept == list(map(plainly, rows + rows))


REFUSED = [
    ("number", 1.0),
    ("number", "12"),
    ("number", True),
    ("number", Decimal(1)),
    ("number", Money(1, "EUR")),
    ("folder_id", "7"),
    ("price", Decimal("1.5")),
    ("amount", Money(1, "EUR")),
    ("note", 5),
    ("note", b"bytes"),
    ("note", "NUL \0 inside"),
    ("is_open", 1),
    ("is_open", "t"),
    ("day", datetime(2026, 1, 1, tzinfo=UTC)),
    ("day", "2026-01-01"),
    ("at", date(2026, 1, 1)),
    ("at", datetime(2026, 1, 1)),  # noqa: DTZ001
    ("key", "12345678-1234-5678-1234-567812345678"),
    ("extra", 1),
    ("extra", ("a", "b")),
    ("extra", "NUL \0 inside"),
]


@pytest.mark.usefixtures("samples")
class TestRefused:
    @pytest.mark.parametrize(("column", "value"), REFUSED)
    @pytest.mark.parametrize("beside", [[], [None]])
    def test_a_value_that_the_column_cannot_keep_exactly(self, column: str, value: object, beside: list[None]):
        with pytest.raises(ValueRefused):
            written(column, [value, *beside])
        assert not Sample.objects.exists()

    def test_it_says_which_column_and_what_it_takes(self):
        refusal = r"kit_samples_sample\.price takes raw values of type int, not Decimal\."
        with pytest.raises(ValueRefused, match=refusal):
            written("price", [1, Decimal("1.5")])

    def test_json_that_is_no_json(self):
        with pytest.raises(ValueError, match="not JSON compliant"):
            written("extra", [{"share": float("nan")}])

    @pytest.mark.parametrize("row", [(1,), (1, "a", "b"), ()])
    def test_a_row_with_too_few_or_too_many_values(self, row: tuple[object, ...]):
        with pytest.raises(ValueRefused, match=r"values for the 2 columns number, text"):
            insert_rows(Sample, ["number", "text"], [(1, "a"), row])
        assert not Sample.objects.exists()
