"""Every line of a file ends as accepted, rejected or unchanged, and the three add up to the file."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.kit.imports.outcomes import accepted, rejected, unchanged
from rebill.kit.imports.refusals import MappingRefused
from rebill.kit.imports.rejects import REJECT_HEADINGS, Rejected
from rebill.kit.imports.running import Accepted, ImportTally, LinesDoNotAddUp, read_records, write_rejects_csv
from tests.kit.imports_samples import BOATS, guessed, table_of, workbook_of

GOOD = "Nummer;Naam;Prijs;Bouwdatum;Plaatsen;Aandeel;Te water;Romp;E-mail\n"


def records_of(content, **options):
    table = table_of(content, **options)
    return list(read_records(table, guessed(table), BOATS))


def tallied(table):
    tally = ImportTally(table)
    for record in read_records(table, guessed(table), BOATS):
        if isinstance(record, Accepted):
            tally.accept(record)
        else:
            tally.reject(record)
    return tally.result()


def rejects_of(content, **options):
    text = write_rejects_csv(tallied(table_of(content, **options))).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_a_line_becomes_typed_values():
    [record] = records_of(GOOD + "B-1;De Riem;1.234,56;31-01-2024;4;21%;ja;Staal;a@example.org, b@example.org\n")

    assert isinstance(record, Accepted)
    assert record.line == 2
    assert record.values == {
        "number": "B-1",
        "name": "De Riem",
        "price": Decimal("1234.56"),
        "built_on": date(2024, 1, 31),
        "seats": 4,
        "share": Decimal(21),
        "afloat": True,
        "hull": "steel",
        "mails": ("a@example.org", "b@example.org"),
    }
    assert record.record.number("price") == Decimal("1234.56")
    assert record.record.day("built_on") == date(2024, 1, 31)


def test_a_blank_cell_has_its_default_and_a_field_without_a_column_is_absent():
    [record] = records_of("Nummer;Naam;Prijs;Plaatsen\n1;Ada;;\n")

    assert record.values == {"number": "1", "name": "Ada", "price": None, "seats": 1}


def test_every_fault_of_a_line_is_told_with_its_column_value_and_remedy():
    [record] = records_of(GOOD + "B-1;;gratis;32-01-2024;4,5;x;misschien;plastic;ada@\n")

    assert isinstance(record, Rejected)
    assert [fault.column for fault in record.refusals] == [
        "Naam", "Prijs", "Bouwdatum", "Plaatsen", "Aandeel", "Te water", "Romp", "E-mail"
    ]  # fmt: skip
    assert [fault.value for fault in record.refusals][:3] == ["", "gratis", "32-01-2024"]
    assert all(fault.why and fault.remedy for fault in record.refusals)
    problem = record.problem("boats.csv")
    assert (problem.where, problem.value, problem.blocking) == ("boats.csv line 2 column Naam", "", True)


def test_one_clear_number_settles_the_unclear_ones_of_its_column():
    assert [record.values["price"] for record in records_of("Nummer;Naam;Prijs\n1;A;1.234\n2;B;9,95\n")] == [
        Decimal(1234), Decimal("9.95")
    ]  # fmt: skip
    assert [record.values["price"] for record in records_of("Nummer;Naam;Prijs\n1;A;1.234\n2;B;9.95\n")] == [
        Decimal("1.234"), Decimal("9.95")
    ]  # fmt: skip


def test_the_clear_number_may_stand_at_the_end_of_a_long_file_or_in_another_column():
    lines = "".join(f"{number};A;1.234;\n" for number in range(5000))

    assert records_of(f"Nummer;Naam;Prijs;Aandeel\n{lines}x;A;1,5;\n")[0].values["price"] == Decimal(1234)
    assert records_of(f"Nummer;Naam;Prijs;Aandeel\n{lines}x;A;;5,5%\n")[0].values["price"] == Decimal(1234)


def test_nothing_is_guessed_where_a_column_contradicts_itself():
    first, second, third = records_of("Nummer;Naam;Prijs\n1;A;1.234\n2;B;9,95\n3;C;9.95\n")

    assert isinstance(first, Rejected)
    assert "may mean" in first.why
    assert second.values["price"] == third.values["price"] == Decimal("9.95")


def test_a_stated_decimal_mark_decides_alone():
    assert records_of("Nummer;Naam;Prijs\n1;A;1.234\n", decimal_mark=",")[0].values["price"] == Decimal(1234)
    assert "decimal mark" in records_of("Nummer;Naam;Prijs\n1;A;9.95\n", decimal_mark=",")[0].why


def test_one_clear_day_settles_the_unclear_ones_of_its_column():
    days = "Nummer;Naam;Bouwdatum\n1;A;01-02-2024\n2;B;{}-2024\n"

    assert records_of(days.format("31-01"))[0].values["built_on"] == date(2024, 2, 1)
    assert records_of(days.format("01-31"))[0].values["built_on"] == date(2024, 1, 2)
    assert isinstance(records_of(days.format("01-03"))[0], Rejected)
    assert records_of(days.format("01-03"), date_order="dmy")[0].values["built_on"] == date(2024, 2, 1)


def test_days_of_two_digit_years_are_settled_by_the_column():
    records = records_of("Nummer;Naam;Bouwdatum\n1;A;05-06-24\n2;B;31-12-98\n")

    assert [record.values["built_on"] for record in records] == [date(2024, 6, 5), date(1998, 12, 31)]


def test_a_key_that_stands_twice_is_rejected_the_second_time():
    first, second, third = records_of("Nummer;Naam\nB-18;Bistro\nB-18;Loods\nB-19;Drift\n")

    assert isinstance(first, Accepted)
    assert isinstance(third, Accepted)
    assert (second.line, second.column, second.value) == (3, "Nummer", "B-18")
    assert second.why == "B-18 is also in line 2."


def test_a_broken_line_is_rejected_as_a_whole():
    _first, second, _third = records_of('Nummer;Naam\n1;A\n2;"B\n3;C\n')

    assert (second.line, second.column) == (3, "")


def test_a_mapping_that_does_not_fit_is_refused_before_the_first_line():
    table = table_of("Naam;Kleur\nAda;blauw\n")

    with pytest.raises(MappingRefused, match="Number"):
        read_records(table, guessed(table), BOATS)


def test_formulas_in_a_workbook_reject_their_line():
    first, second = records_of(workbook_of([["Nummer", "Naam", "Prijs"], ["1", "Ada", "=1+1"], ["2", "Bo", 9.95]]))

    assert "formula" in first.why
    assert second.values["price"] == Decimal("9.95")


def test_accepted_rejected_and_unchanged_add_up_to_the_lines():
    table = table_of("Nummer;Naam\n1;A\n2;\n3;C\n\n4;D;E\n5;F\n")
    tally = ImportTally(table)
    batch = []
    for record in read_records(table, guessed(table), BOATS):
        if isinstance(record, Accepted):
            batch.append(record)
        else:
            tally.reject(record)
    outcomes = [
        accepted(batch[0].record),
        unchanged(batch[1].record),
        rejected(batch[2].record, what="boat.sunk", why="It sank.", remedy="Raise it.", column="name", value="F"),
    ]

    tally.tell(batch, outcomes)
    result = tally.result()

    assert (result.lines, result.accepted, result.rejected, result.unchanged) == (5, 1, 3, 1)
    last = result.first_rejected[-1]
    assert (last.line, last.column, last.value, last.why) == (7, "Naam", "F", "It sank.")


@pytest.mark.parametrize("told", [[], [0], [0, 0], [0, 1, 1], [0, 1, 2]])
def test_a_line_that_is_lost_or_told_twice_is_noticed(told):
    table = table_of("Nummer;Naam\n1;A\n2;B\n3;C\n")
    batch = list(read_records(table, guessed(table), BOATS))[:2]

    with pytest.raises(LinesDoNotAddUp):
        ImportTally(table).tell(batch, [accepted([*batch, *batch][position].record) for position in told])


def test_a_result_with_a_line_too_few_is_noticed():
    tally = ImportTally(table_of("Nummer;Naam\n1;A\n"))

    with pytest.raises(LinesDoNotAddUp, match="1 lines, 0 of them"):
        tally.result()


def test_the_rejects_are_the_original_columns_and_what_was_wrong():
    heading, *lines = rejects_of("Nummer;Naam;Prijs\n1;Ada;gratis\n2;Bo;5\n3;;x\n")

    assert heading == ["Nummer", "Naam", "Prijs", *REJECT_HEADINGS]
    assert [line[:6] for line in lines] == [
        ["1", "Ada", "gratis", "2", "Prijs", "gratis"],
        ["3", "", "x", "4", "Naam | Prijs", "x"],
    ]
    assert all(len(line) == len(heading) and line[6] and line[7] for line in lines)


def test_the_rejects_run_no_formula():
    _heading, *lines = rejects_of(
        "Nummer;Naam;Prijs\n1;=cmd|' /C calc'!A0;x\n2;@SUM(1);x\n3;+31 6;-12,50-x\n4;A;-12,50\n5;;-7\n"
    )

    assert [line[1] for line in lines] == ["'=cmd|' /C calc'!A0", "'@SUM(1)", "'+31 6", ""]
    assert lines[-1][2] == "-7"
    assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line)


def test_mended_rejects_are_imported_as_the_file_they_came_from():
    content = write_rejects_csv(tallied(table_of("Nummer;Naam;Prijs\n1;Ada;gratis\n2;@Bo;x\n3;Cy;1\n")))
    mended = content.decode("utf-8-sig").replace("gratis;2", "5;2", 1).replace("x;3", "6;3", 1).encode()

    records = records_of(mended)

    assert [record.values for record in records] == [
        {"number": "1", "name": "Ada", "price": Decimal(5)},
        {"number": "2", "name": "@Bo", "price": Decimal(6)},
    ]


def test_rejects_of_rejects_do_not_pile_up_remarks():
    once = write_rejects_csv(tallied(table_of("Nummer;Naam;Prijs\n1;Ada;gratis\n")))

    assert rejects_of(once)[0] == ["Nummer", "Naam", "Prijs", *REJECT_HEADINGS]


def test_ragged_rejects_keep_their_remarks_in_place():
    heading, *lines = rejects_of("Nummer;Naam\n1;Ada;5;6\n2\n")

    assert [len(line) for line in lines] == [len(heading)] * 2
    assert [line[:3] for line in lines] == [["1", "Ada", "2"], ["2", "", "3"]]


def test_numbers_of_a_workbook_are_rejected_with_the_decimal_mark_of_the_layout():
    workbook = workbook_of([["Nummer", "Naam", "Prijs"], ["1", "", 1234.5], ["2", "B", "9,95"]])

    assert rejects_of(workbook)[1][2] == "1234,5"
    assert rejects_of(workbook, decimal_mark=".")[1][2] == "1234.5"


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",), include_characters="\n\r\t"), max_size=8)
LINE = st.lists(TEXT, max_size=5)


@given(st.lists(LINE, max_size=12))
def test_whatever_the_lines_hold_they_add_up(lines):
    table = table_of(
        "Nummer;Naam;Prijs\n" + "".join(";".join(line) + "\n" for line in lines), delimiter=";", encoding="utf-8"
    )

    result = tallied(table)

    assert result.accepted + result.rejected + result.unchanged == result.lines
    assert len(result.first_rejected) == result.rejected
    again = table_of(write_rejects_csv(result))
    assert again.count_lines() <= result.rejected
