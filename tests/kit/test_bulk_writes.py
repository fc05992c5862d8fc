"""Many rows in few statements: all or none, conflicts counted, memory bounded."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from rebill.kit.bulk import chunks, insert_rows, read_rows, reserve_ids, update_rows, upsert_rows, writes
from rebill.kit.bulk.columns import ColumnUnknown, ValueRefused
from rebill.kit.bulk.writes import BLOCK
from tests.kit.samples import Folder, Sample

pytestmark = pytest.mark.usefixtures("samples")


class CountedRow(tuple[object, ...]):
    """A row that knows how many of its kind are in memory."""

    alive = 0
    most_alive = 0

    def __init__(self, _: object) -> None:
        CountedRow.alive += 1
        CountedRow.most_alive = max(CountedRow.most_alive, CountedRow.alive)

    def __del__(self) -> None:
        CountedRow.alive -= 1


def codes() -> list[tuple[str, int]]:
    return list(read_rows(Sample.objects.order_by("code"), "code", "number"))


class TestInsert:
    def test_it_counts_what_went_in_over_many_blocks(self):
        count = insert_rows(Folder, ["name"], ((f"folder {each}",) for each in range(2 * BLOCK + 7)))

        assert count == Folder.objects.count() == 2 * BLOCK + 7

    def test_the_order_of_rows_is_the_order_of_ids(self):
        insert_rows(Sample, ["number"], ((each,) for each in range(BLOCK + 100)))

        numbers = [number for (number,) in read_rows(Sample.objects.order_by("id"), "number")]
        assert numbers == list(range(BLOCK + 100))

    def test_all_rows_go_in_or_none(self):
        rows = ((f"code {each % BLOCK}",) for each in range(BLOCK + 1))

        with pytest.raises(IntegrityError):
            insert_rows(Sample, ["code", "currency", "text"], ((*row, "EUR", "") for row in rows))

        assert not Sample.objects.exists()

    def test_a_generator_that_fails_leaves_nothing_and_the_transaction_goes_on(self):
        def rows() -> Iterator[tuple[str]]:
            yield from ((f"folder {each}",) for each in range(BLOCK + 1))
            raise RuntimeError("the source went away")

        Folder.objects.create(name="before")
        with pytest.raises(RuntimeError, match="the source went away"):
            insert_rows(Folder, ["name"], rows())
        Folder.objects.create(name="after")

        assert list(Folder.objects.order_by("id").values_list("name", flat=True)) == ["before", "after"]

    def test_a_generator_may_read_and_write_the_database_meanwhile(self):
        insert_rows(Folder, ["name"], ((f"folder {each}",) for each in range(2 * BLOCK)))

        def rows() -> Iterator[tuple[int, str, str]]:
            for folder, name in read_rows(Folder.objects.order_by("id"), "id", "name"):
                yield folder, f"{Folder.objects.filter(pk=folder).count()} {name}" if folder % 500 == 0 else name, "EUR"
            insert_rows(Folder, ["name"], [("from inside",)])

        assert insert_rows(Sample, ["folder_id", "text", "currency"], rows()) == 2 * BLOCK
        assert Folder.objects.filter(name="from inside").exists()

    def test_an_unknown_column_is_named(self):
        with pytest.raises(ColumnUnknown, match="kit_samples_sample has no column folder; it has id, folder_id"):
            insert_rows(Sample, ["folder"], [(1,)])

    @pytest.mark.parametrize("columns", [[], ["text", "text"]])
    def test_columns_are_named_once_each(self, columns: list[str]):
        with pytest.raises(ColumnUnknown):
            insert_rows(Sample, columns, [("a", "b")])

    def test_nothing_in_a_column_that_must_be_filled_is_refused(self):
        with pytest.raises(IntegrityError):
            insert_rows(Sample, ["text", "currency"], [(None, "EUR")])

    def test_a_number_that_is_too_large_is_refused(self):
        with pytest.raises((DataError, OverflowError)):
            insert_rows(Sample, ["number"], [(2**63,)])

    def test_a_foreign_key_to_nothing_is_refused_at_the_latest_on_commit(self):
        def write() -> None:
            with transaction.atomic():
                insert_rows(Sample, ["folder_id"], [(10**9,)])
                connection.check_constraints()

        with pytest.raises(IntegrityError):
            write()

    def test_few_statements_are_needed(self):
        with CaptureQueriesContext(connection) as captured:
            insert_rows(Folder, ["name"], ((f"folder {each}",) for each in range(2 * BLOCK)))

        assert len(captured) <= 4

    @pytest.mark.parametrize(("count", "ignore_conflicts"), [(200_000, False), (20_000, True)])
    def test_memory_does_not_grow_with_the_rows(self, count: int, ignore_conflicts: bool):
        rows = (CountedRow((f"folder {each}",)) for each in range(count))

        assert insert_rows(Folder, ["name"], rows, ignore_conflicts=ignore_conflicts) == count

        assert CountedRow.alive == 0
        assert CountedRow.most_alive <= 2 * BLOCK


class TestConflicts:
    def test_rows_that_meet_a_unique_constraint_are_left_out_and_not_counted(self):
        insert_rows(Sample, ["code", "number"], [("a", 1), ("b", 1)])

        count = insert_rows(
            Sample, ["code", "number"], [("b", 2), ("c", 2), ("c", 3), (None, 4), (None, 5)], ignore_conflicts=True
        )

        assert count == 3
        assert [each for each in codes() if each[0]] == [("a", 1), ("b", 1), ("c", 2)]

    def test_the_second_time_nothing_goes_in(self):
        rows = [(f"code {each}",) for each in range(BLOCK + 10)]
        assert insert_rows(Sample, ["code"], rows, ignore_conflicts=True) == BLOCK + 10
        assert insert_rows(Sample, ["code"], rows, ignore_conflicts=True) == 0

    def test_nothing_else_is_ignored(self):
        with pytest.raises(IntegrityError):
            insert_rows(Sample, ["text", "currency"], [(None, "EUR")], ignore_conflicts=True)

    def test_columns_left_out_get_the_default_of_the_database(self):
        insert_rows(Sample, ["code"], [("a",)], ignore_conflicts=True)

        assert Sample.objects.get().currency == "EUR"


class TestUpdate:
    def test_rows_are_found_by_their_key(self):
        insert_rows(Sample, ["code", "number", "note"], [("a", 1, "x"), ("b", 2, "y"), ("c", 3, "z")])

        count = update_rows(Sample, "code", ["number", "note"], iter([("a", 10, None), ("c", 30, ""), ("none", 0, "")]))

        assert count == 2
        kept = list(read_rows(Sample.objects.order_by("code"), "code", "number", "note"))
        assert kept == [("a", 10, None), ("b", 2, "y"), ("c", 30, "")]

    def test_many_rows(self):
        insert_rows(Sample, ["number"], ((0,) for _ in range(2 * BLOCK + 5)))
        ids = [id_ for (id_,) in read_rows(Sample.objects.order_by("id"), "id")]

        now = datetime(2026, 1, 1, 12, tzinfo=UTC)
        count = update_rows(Sample, "id", ["number", "at"], ((id_, -id_, now) for id_ in ids))

        assert count == 2 * BLOCK + 5
        assert set(read_rows(Sample.objects.all(), "id", "number", "at")) == {(id_, -id_, now) for id_ in ids}

    def test_the_same_key_twice_is_refused(self):
        insert_rows(Sample, ["code"], [("a",)])
        with pytest.raises(ValueRefused, match="stands twice"):
            update_rows(Sample, "code", ["number"], [("a", 1), ("a", 2)])
        assert codes() == [("a", None)]

    def test_values_are_as_raw_as_for_an_insert(self):
        with pytest.raises(ValueRefused):
            update_rows(Sample, "code", ["number"], [("a", 1.5)])


class TestUpsert:
    def test_new_rows_go_in_and_known_ones_are_set(self):
        insert_rows(Sample, ["code", "number", "note"], [("a", 1, "kept"), ("b", 2, "kept")])

        count = upsert_rows(
            Sample,
            ["code", "number", "note"],
            iter([("b", 20, "new"), ("c", 30, "new")]),
            unique=["code"],
            update=["number"],
        )

        assert count == 2
        kept = list(read_rows(Sample.objects.order_by("code"), "code", "number", "note"))
        assert kept == [("a", 1, "kept"), ("b", 20, "kept"), ("c", 30, "new")]

    def test_the_same_key_twice_is_refused(self):
        with pytest.raises(ValueRefused, match="stands twice"):
            upsert_rows(Sample, ["code", "number"], [("a", 1), ("a", 2)], unique=["code"], update=["number"])
        assert codes() == []

    def test_the_same_key_is_refused_however_far_apart(self, monkeypatch):
        monkeypatch.setattr(writes, "BLOCK", 2)
        rows = [("a", 1), ("b", 2), ("c", 3), ("a", 4)]

        with pytest.raises(ValueRefused, match=r"'a',\) stands twice"):
            upsert_rows(Sample, ["code", "number"], rows, unique=["code"], update=["number"])

        assert codes() == []

    def test_rows_without_a_key_are_always_new(self):
        rows = [(None, 1), (None, 2)]
        assert upsert_rows(Sample, ["code", "number"], rows, unique=["code"], update=["number"]) == 2
        assert Sample.objects.count() == 2

    def test_the_columns_of_the_key_must_be_written(self):
        with pytest.raises(ColumnUnknown):
            upsert_rows(Sample, ["number"], [(1,)], unique=["code"], update=["number"])


class TestReserve:
    def test_ids_are_used_for_rows_that_name_each_other(self):
        folders, samples = reserve_ids(Folder, 2), reserve_ids(Sample, 3)

        insert_rows(Folder, ["id", "name"], [(folders[0], "a"), (folders[1], "b")])
        insert_rows(Sample, ["id", "folder_id"], [(sample, folders[each % 2]) for each, sample in enumerate(samples)])

        assert Sample.objects.filter(folder__name="a").count() == 2

    def test_the_first_ids_of_an_empty_table_and_the_following(self):
        first, second = reserve_ids(Folder, 3), reserve_ids(Folder, 2)
        later = Folder.objects.create(name="later")

        assert len({*first, *second, later.pk}) == 6
        assert max(first) < min(second)
        assert max(second) < later.pk

    def test_an_id_given_by_hand_is_not_reserved(self):
        [first] = reserve_ids(Folder, 1)
        Folder.objects.create(id=first + 1000, name="by hand")

        assert first + 1000 not in reserve_ids(Folder, 2)

    def test_no_ids(self):
        assert len(reserve_ids(Folder, 0)) == 0

    def test_a_hundred_thousand_in_one_statement(self):
        with CaptureQueriesContext(connection) as captured:
            ids = reserve_ids(Folder, 100_000)
        assert len(ids) == len(set(ids)) == 100_000
        assert len(captured) <= 2


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_chunks_are_full_but_the_last(count: int, sizes: list[int]):
    assert [len(chunk) for chunk in chunks(iter(range(count)), 3)] == sizes
    assert [each for chunk in chunks(range(count), 3) for each in chunk] == list(range(count))
