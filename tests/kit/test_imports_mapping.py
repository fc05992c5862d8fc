"""Which column is which field: proposals, checks, and layouts known by their headings."""

import itertools

import pytest

from rebill.kit.imports.mapping import (
    ColumnMapping,
    MappedColumn,
    guess_mapping,
    header_fingerprint,
    require_valid,
    validate_mapping,
)
from rebill.kit.imports.refusals import MappingRefused
from rebill.kit.imports.rejects import REJECT_HEADINGS
from tests.kit.imports_samples import BOATS, guessed, table_of

HEADINGS = ("Nummer", "Naam", "Prijs (excl. btw)", "Bouwdatum", "Kleur")
ROW = ("1", "Ada", "1,50", "31-01-2024", "blauw")


def header_of(*labels):
    return table_of(";".join(labels) + "\n", delimiter=";").header


def mapping_of(**fields):
    return ColumnMapping(tuple(MappedColumn(column, field) for column, field in fields.items()))


def codes(problems, *, blocking=None):
    return [problem.what for problem in problems if blocking is None or problem.blocking is blocking]


@pytest.mark.parametrize(
    ("heading", "field"),
    [("number", "number"), ("Nummer", "number"), ("NR.", "number"), ("numero", "number"), ("Naam", "name"),
     ("Preis", "price"), ("Prijs (excl. btw)", "price"), ("e-mail", "mails"), ("E-Mails", "mails"),
     ("Te  water", "afloat"), ("te_water", "afloat"), ("Builton", "built_on"), ("Bouwdatums", "built_on"),
     ("Kleur", None), ("???", None), ("Nr", "number")],
)  # fmt: skip
def test_a_heading_is_recognised_in_every_language_and_spelling(heading, field):
    mapping = guess_mapping(header_of(heading, "zzz"), [], BOATS)

    assert mapping.columns[0].field == field
    assert mapping.columns[0].is_open is (field is None)
    assert mapping.columns[0].reason


def test_the_order_of_the_columns_does_not_matter():
    for order in itertools.permutations(range(len(HEADINGS))):
        table = table_of(
            ";".join(HEADINGS[position] for position in order)
            + "\n"
            + ";".join(ROW[position] for position in order)
            + "\n"
        )

        assert guessed(table).fields() == {
            "number": "Nummer", "name": "Naam", "price": "Prijs (excl. btw)", "built_on": "Bouwdatum"
        }  # fmt: skip


def test_two_columns_that_could_be_one_field_leave_the_lesser_one_open():
    mapping = guess_mapping(header_of("Prijs oud", "Prijs"), [], BOATS)

    assert [(column.field, column.is_open) for column in mapping.columns] == [(None, True), ("price", False)]


def test_cells_that_do_not_look_like_the_field_lower_the_confidence():
    sure = guess_mapping(header_of("Prijs", "x"), [["1,50", ""], ["2,50", ""]], BOATS).columns[0]
    unsure = guess_mapping(header_of("Prijs", "x"), [["blauw", ""], ["geel", ""]], BOATS).columns[0]

    assert unsure.confidence < sure.confidence == 1.0
    assert unsure.reason != sure.reason


def test_repeated_headings_are_left_to_a_person():
    mapping = guess_mapping(header_of("Nummer", "Naam", "Naam"), [], BOATS)

    assert [(column.field, column.is_open) for column in mapping.columns] == [
        ("number", False), (None, True), (None, True)
    ]  # fmt: skip


def test_the_remarks_of_an_earlier_import_are_left_out():
    mapping = guess_mapping(header_of("Nummer", "Naam", *REJECT_HEADINGS), [], BOATS)

    assert [column.is_open for column in mapping.columns] == [False] * 7
    assert mapping.fields() == {"number": "Nummer", "name": "Naam"}


def test_a_good_mapping_has_no_problems():
    assert validate_mapping(mapping_of(a="number", b="name", c=None), header_of("a", "b", "c"), BOATS) == ()


def test_every_problem_of_a_mapping_is_named_at_once():
    mapping = mapping_of(a="price", b="price", gone="number", c="colour")

    problems = validate_mapping(mapping, header_of("a", "b", "c"), BOATS)

    assert codes(problems) == [
        "import.field_used_twice", "import.column_unknown", "import.field_unknown", "import.field_missing",
        "import.field_missing",
    ]  # fmt: skip
    assert "“gone”" in problems[1].why
    assert [problem.value for problem in problems[-2:]] == ["number", "name"]
    with pytest.raises(MappingRefused) as refused:
        require_valid(mapping, header_of("a", "b", "c"), BOATS)
    assert len(refused.value.problems) == 5


def test_a_column_that_nobody_decided_on_is_named_and_blocks_nothing():
    mapping = ColumnMapping((MappedColumn("a", "number"), MappedColumn("b", "name"), MappedColumn("c", None, True)))

    problems = validate_mapping(mapping, header_of("a", "b", "c"), BOATS)

    assert codes(problems, blocking=False) == ["import.column_open"]
    assert codes(problems, blocking=True) == []


def test_an_unknown_column_names_the_one_that_was_meant():
    [problem, *_missing] = validate_mapping(mapping_of(Namm="name"), header_of("Naam", "x"), BOATS)

    assert "“Naam”" in problem.remedy


def test_a_column_mapped_twice_is_refused():
    mapping = ColumnMapping((MappedColumn("a", "number"), MappedColumn("a", "name")))

    assert "import.column_used_twice" in codes(validate_mapping(mapping, header_of("a", "b"), BOATS))


def test_decisions_survive_being_stored():
    header = header_of("a", "b", "c", "d")
    mapping = ColumnMapping(
        (MappedColumn("a", "number"), MappedColumn("b", None), MappedColumn("c", None, True), MappedColumn("d", "name"))
    )

    stored = mapping.to_json()
    again = ColumnMapping.from_json(stored, header=header)

    assert stored == {"a": "number", "b": None, "d": "name"}
    assert [(column.field, column.is_open) for column in again.columns] == [
        ("number", False), (None, False), (None, True), ("name", False)
    ]  # fmt: skip


def test_the_remarks_of_an_earlier_import_are_never_decided_on():
    header = header_of("a", "b", *REJECT_HEADINGS)

    mapping = ColumnMapping.from_json({"a": "number", "b": "name"}, header=header)

    assert validate_mapping(mapping, header, BOATS) == ()
    assert mapping.to_json() == {"a": "number", "b": "name"}


def test_a_stored_column_that_the_file_lacks_is_named():
    again = ColumnMapping.from_json({"a": "number", "b": "name", "c": None}, header=header_of("a", "x"))

    assert [
        (problem.what, problem.value, problem.blocking)
        for problem in validate_mapping(again, header_of("a", "x"), BOATS)
    ] == [
        ("import.column_open", "x", False),
        ("import.column_unknown", "b", True),
        ("import.column_unknown", "c", False),
        ("import.field_missing", "name", True),
    ]


def test_a_layout_is_known_in_any_order_of_its_columns():
    assert header_fingerprint(header_of("a", "b", "c")) == header_fingerprint(header_of("c", "a", "b"))
    assert header_fingerprint(header_of("a", "b")) != header_fingerprint(header_of("a", "b", "c"))
    assert header_fingerprint(header_of("a", "b")) == header_fingerprint(header_of("a", "b", *REJECT_HEADINGS))


def test_repeated_headings_are_only_known_in_their_order():
    assert header_fingerprint(header_of("a", "b", "b")) != header_fingerprint(header_of("b", "a", "b"))


def test_a_file_without_headings_is_not_known_by_letters_that_another_wrote():
    without = table_of("1;2\n", header_row=0).header

    assert header_fingerprint(without) != header_fingerprint(header_of(*without.labels))
