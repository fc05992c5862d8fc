"""What is remembered of imports: decisions per seller and heading, and in the event log how each file ended."""

from datetime import UTC, datetime, timedelta

import pytest

from rebill.kit.imports.layouts import (
    Layout,
    check_imports,
    record_import,
    record_import_started,
    remember_layout,
    remembered_layout,
)
from rebill.kit.imports.options import ImportOptions
from rebill.kit.imports.running import ImportTally
from rebill.kit.models import Event, ImportLayout
from tests.kit.imports_samples import table_of

NOW = datetime(2024, 1, 31, 12, tzinfo=UTC)
LAYOUT = Layout(
    mapping={"a": "number", "b": "name", "c": None},
    options=ImportOptions(decimal_mark=",", date_order="dmy"),
    constants={"hull": "steel"},
)

pytestmark = pytest.mark.django_db


def header_of(*labels):
    return table_of(";".join(labels) + "\n", delimiter=";").header


def remember(layout=LAYOUT, *, labels=("a", "b", "c"), seller_id=1, now=NOW):
    remember_layout(seller_id=seller_id, entity="boats", header=header_of(*labels), layout=layout, now=now)


def test_a_layout_is_remembered_for_its_heading_in_any_order():
    remember()

    assert remembered_layout(seller_id=1, entity="boats", header=header_of("c", "a", "b")) == LAYOUT


@pytest.mark.parametrize(
    ("seller_id", "entity", "labels"),
    [(2, "boats", "abc"), (1, "harbours", "abc"), (1, "boats", "ab"), (1, "boats", "abcd")],
)
def test_a_layout_is_remembered_for_one_seller_entity_and_heading(seller_id, entity, labels):
    remember()

    assert remembered_layout(seller_id=seller_id, entity=entity, header=header_of(*labels)) is None


def test_the_last_decision_counts():
    remember()
    changed = Layout(mapping={"a": "name", "b": "number"}, options=ImportOptions(), constants={})
    remember(changed, labels=("b", "c", "a"), now=NOW + timedelta(days=1))

    assert remembered_layout(seller_id=1, entity="boats", header=header_of("a", "b", "c")) == changed
    assert ImportLayout.objects.count() == 1


def test_an_import_that_began_and_never_ended_is_a_problem_until_it_is_repeated():
    table = table_of("number;name\n", file_name="boats.csv")
    began = {"entity": "boats", "file_name": "boats.csv", "file_hash": table.file_hash}
    record_import_started(seller_id=1, actor_id=7, now=NOW, **began)

    assert [problem.where for problem in check_imports(seller_id=1)] == ["boats from boats.csv"]
    assert check_imports(seller_id=2) == []
    record_import_started(seller_id=1, actor_id=7, now=NOW, **began)
    record_import(seller_id=1, actor_id=7, entity="boats", result=ImportTally(table).result(), now=NOW)
    assert check_imports(seller_id=1) == []


def test_an_import_is_told_with_what_became_of_its_lines():
    table = table_of("number;name\n", file_name="boats-2024.csv")

    record_import(seller_id=1, actor_id=7, entity="boats", result=ImportTally(table).result(), now=NOW)

    event = Event.objects.get()
    assert (event.verb, event.seller_id, event.actor_id, event.occurred_at) == ("file_imported", 1, 7, NOW)
    assert event.details == {
        "entity": "boats", "file": "boats-2024.csv", "sha256": table.file_hash, "lines": 0, "accepted": 0,
        "unchanged": 0, "rejected": 0,
    }  # fmt: skip
