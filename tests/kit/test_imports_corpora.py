"""Tables that other programs wrote, read as they are: every record of them, with the cells that they hold."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from rebill.kit.imports.fields import EntitySpec, FieldKind, FieldSpec
from rebill.kit.imports.mapping import guess_mapping
from rebill.kit.imports.preview import sample_cells
from rebill.kit.imports.reading import open_table
from rebill.kit.imports.running import read_records
from tests.paths import CORPORA, needs_corpora

FOLDERS = ("5_business", "4_telecom/astpp_rating", "4_telecom/numbering", "3_bank/oca_csv_ofx_qif")
FILES = [path for folder in FOLDERS for path in sorted((CORPORA / folder).glob("*.csv"))]
SUBSCRIBERS = ("5_business", "ibm_telco_subscribers.csv")

SUBSCRIBER = EntitySpec(
    name="subscribers",
    fields=(
        FieldSpec("number", "Customer number", required=True, synonyms={"en": ("customerID",)}),
        FieldSpec("monthly", "Monthly charges", FieldKind.DECIMAL, required=True),
        FieldSpec("total", "Total charges", FieldKind.DECIMAL),
        FieldSpec("months", "Tenure", FieldKind.INTEGER),
        FieldSpec("paperless", "Paperless billing", FieldKind.BOOLEAN),
    ),
)


@needs_corpora(*SUBSCRIBERS[:1])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_another_program_is_read_whole(path: Path):
    table = open_table(path, file_name=path.name)

    lines = list(table.rows())

    with path.open(encoding="utf-8-sig", newline="") as file:
        records = [row for row in csv.reader(file, delimiter=table.delimiter) if any(cell.strip() for cell in row)]
    good = [list(row.cells) for row in lines if row.fault is None]
    assert len(lines) == len(records) - 1
    # A last column that is empty throughout is no column.
    assert good == [record[: len(table.columns)] for record in records[1:] if len(record) == len(records[0])]


@needs_corpora(*SUBSCRIBERS)
def test_real_subscribers_are_mapped_by_themselves_and_their_charges_are_exact():
    path = CORPORA.joinpath(*SUBSCRIBERS)
    table = open_table(path, file_name=path.name)
    mapping = guess_mapping(table.header, sample_cells(table), SUBSCRIBER)

    records = list(read_records(table, mapping, SUBSCRIBER))

    with path.open(encoding="utf-8", newline="") as file:
        expected = [(row["customerID"], Decimal(row["MonthlyCharges"])) for row in csv.DictReader(file)]
    assert [(record.record.text("number"), record.record.number("monthly")) for record in records] == expected
