"""What the mapping screen shows before anything is imported."""

from decimal import Decimal

from rebill.kit.imports.mapping import ColumnMapping, MappedColumn
from rebill.kit.imports.preview import preview
from rebill.kit.imports.rejects import Rejected
from rebill.kit.imports.running import Accepted
from tests.kit.imports_samples import BOATS, guessed, table_of

CONTENT = "Nummer;Naam;Prijs;Kleur\n1;Ada;1.234;blauw\n2;Bo;9,95;blauw\n3;;x;geel\n"


def test_each_column_shows_samples_and_what_they_are_read_as():
    table = table_of(CONTENT)

    number, _name, price, colour = preview(table, guessed(table), BOATS).columns

    assert (number.letter, number.mapped.field, number.samples) == ("A", "number", ("1", "2", "3"))
    assert (price.letter, price.samples) == ("C", ("1.234", "9,95", "x"))
    assert price.read_as == (Decimal(1234), Decimal("9.95"), None)
    assert [refusal.value for refusal in price.refusals] == ["x"]
    assert (colour.samples, colour.read_as, colour.mapped.is_open) == (("blauw", "geel"), (), True)


def test_the_first_lines_are_shown_as_they_will_come_in():
    table = table_of(CONTENT)

    rows = preview(table, guessed(table), BOATS, rows_count=3).rows

    assert [type(row) for row in rows] == [Accepted, Accepted, Rejected]
    assert [fault.column for fault in rows[2].refusals] == ["Naam", "Prijs"]


def test_what_is_wrong_with_the_mapping_is_shown_and_nothing_is_refused():
    table = table_of(CONTENT)
    mapping = ColumnMapping(
        (MappedColumn("Nummer", "number"), MappedColumn("gone", "name"), MappedColumn("Prijs", "colour"))
    )

    shown = preview(table, mapping, BOATS)

    assert [problem.what for problem in shown.problems] == [
        "import.column_unknown", "import.field_unknown", "import.field_missing"
    ]  # fmt: skip
    assert shown.rows[0].values == {"number": "1"}
    assert [column.mapped.is_open for column in shown.columns] == [False, True, False, True]


def test_a_table_of_no_lines_has_a_preview():
    table = table_of("Nummer;Naam\n")

    shown = preview(table, guessed(table), BOATS)

    assert shown.rows == ()
    assert [column.samples for column in shown.columns] == [(), ()]


def test_a_broken_line_is_shown_and_gives_no_samples():
    table = table_of("Nummer;Naam\n1;Ada;x;y\n2;Bo\n")

    shown = preview(table, guessed(table), BOATS)

    assert [type(row) for row in shown.rows] == [Rejected, Accepted]
    assert shown.columns[0].samples == ("2",)
