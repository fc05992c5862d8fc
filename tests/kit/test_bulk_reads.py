"""Raw reads: equal to what the ORM reads, but for the exact columns, which are their integers."""

import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count, F, Sum, Value
from django.test.utils import CaptureQueriesContext

from rebill.kit.bulk import Numbers, insert_rows, read_all, read_rows
from rebill.kit.bulk.reads import NothingToRead
from tests.kit.samples import Folder, Sample

pytestmark = pytest.mark.usefixtures("samples")

PLAIN = ("id", "code", "text", "note", "amount", "currency", "is_open", "day", "at", "key", "extra", "folder")


@pytest.fixture
def folder() -> Folder:
    folder = Folder.objects.create(name="a folder")
    for each in range(10):
        Sample.objects.create(
            folder=folder if each % 2 else None,
            code=f"code {each}" if each % 3 else None,
            text=f"text {each}",
            price=Decimal(each) / 4,
            quantity=Decimal(-each),
            rate=21,
            amount=each,
            is_open=(None, True, False)[each % 3],
            day=date(2026, 1, 1 + each) if each % 2 else None,
            at=datetime(2026, 1, 1, each, tzinfo=UTC) if each % 2 else None,
            key=uuid4() if each % 2 else None,
            extra={"each": each, "list": [each]} if each % 2 else None,
        )
    return folder


def test_rows_equal_those_of_the_orm(folder: Folder):
    rows = Sample.objects.order_by("id")

    assert list(read_rows(rows, *PLAIN)) == list(rows.values_list(*PLAIN))


def test_rows_read_all_at_once_are_those_read_one_by_one(folder: Folder):
    rows = Sample.objects.order_by("id")

    with CaptureQueriesContext(connection) as queries:
        together = read_all(rows, *PLAIN)

    assert together == list(read_rows(rows, *PLAIN))
    assert len(queries) == 1


@pytest.mark.parametrize("chosen", [[], [0], [1, 2, 5]])
def test_many_numbers_given_as_one_value_find_the_same_rows(folder: Folder, chosen: list[int]):
    folders = [Folder.objects.create(name=f"folder {each}") for each in range(6)]
    for each in folders:
        Sample.objects.create(folder=each)
    ids = [folders[each].pk for each in chosen]

    by_id = Folder.objects.filter(id__among=Numbers(ids)).order_by("id")
    by_relation = Sample.objects.filter(folder_id__among=Numbers(set(ids))).order_by("folder_id")

    assert list(by_id.values_list("id", flat=True)) == ids
    assert list(by_relation.values_list("folder_id", flat=True)) == ids


def test_empty_json_is_each_rows_own():
    for kind in (list, dict):
        Sample.objects.create(extra=kind())
        Sample.objects.create(extra=kind())

    found = [extra for (extra,) in read_rows(Sample.objects.order_by("id"), "extra")]

    assert found == [[], [], {}, {}]
    found[0].append("of one row")
    assert found[1] == []


def test_values_have_the_types_of_the_orm(folder: Folder):
    rows = Sample.objects.order_by("id")

    ours, theirs = list(read_rows(rows, *PLAIN)), list(rows.values_list(*PLAIN))

    assert [[type(value) for value in row] for row in ours] == [[type(value) for value in row] for row in theirs]


def test_exact_columns_are_the_integers_that_are_kept(folder: Folder):
    rows = read_rows(Sample.objects.order_by("-id"), "price", "quantity", "rate", "amount")

    row = next(rows)
    assert row == (2_250_000, -900_000_000, 21_000_000, 9)
    assert {type(value) for value in row} == {int}


def test_relations_annotations_and_sums_can_be_read(folder: Folder):
    by_folder = (
        Sample.objects.values("folder__name")
        .annotate(count=Count("id"), price=Sum("price"), total=Sum("amount"), twice=F("id") * 0 + 2)
        .order_by(F("folder__name").asc(nulls_first=True))
    )

    rows = list(read_rows(by_folder, "folder__name", "count", "price", "total"))

    assert rows == [(None, 5, 5_000_000, 20), ("a folder", 5, 6_250_000, 25)]
    assert {type(value) for row in rows for value in row[1:]} == {int}


def test_constants_and_expressions_keep_their_types(folder: Folder):
    rows = Sample.objects.annotate(kind=Value("x"), next_day=F("day")).order_by("id")

    assert list(read_rows(rows, "kind", "next_day"))[:2] == [("x", None), ("x", date(2026, 1, 2))]


def test_nothing_is_shared_between_rows_that_could_be_changed(folder: Folder):
    Sample.objects.update(extra={"list": []})

    first, second, *_ = (extra for (extra,) in read_rows(Sample.objects.order_by("id"), "extra"))
    first["list"].append(1)

    assert second == {"list": []}


def test_no_rows_no_tuples():
    assert list(read_rows(Sample.objects.none(), "id")) == []
    assert list(read_rows(Sample.objects.filter(pk__in=[]), "id", "day")) == []
    assert list(read_rows(Sample.objects.all(), "id", "day")) == []


def test_no_fields_is_refused_at_once():
    with pytest.raises(NothingToRead):
        read_rows(Sample.objects.all())


def test_the_rows_cost_one_statement(folder: Folder):
    with CaptureQueriesContext(connection) as captured:
        list(read_rows(Sample.objects.order_by("id"), "id", "folder__name", "day"))

    assert len(captured) <= 1


def test_memory_does_not_grow_with_the_rows():
    insert_rows(Sample, ["number", "text", "day"], ((each, f"text {each}", date(2026, 1, 1)) for each in range(40_000)))

    def peak_of(count: int) -> int:
        tracemalloc.start()
        assert sum(1 for _ in read_rows(Sample.objects.order_by("id")[:count], "id", "text", "day")) == count
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert peak_of(40_000) < peak_of(12_000) * 1.2
