"""What the tests of imports share: a small entity without business nouns, tables from text, workbooks from rows."""

import io
import zipfile
from collections.abc import Iterable, Sequence

import openpyxl

from rebill.kit.imports.fields import EntitySpec, FieldKind, FieldSpec
from rebill.kit.imports.mapping import ColumnMapping, guess_mapping
from rebill.kit.imports.options import LIMITS, ImportOptions, Limits
from rebill.kit.imports.preview import sample_cells
from rebill.kit.imports.reading import open_table
from rebill.kit.imports.tables import Table
from rebill.kit.imports.values import Choice

SHEET = "xl/worksheets/sheet1.xml"

BOATS = EntitySpec(
    name="boats",
    key=("number",),
    fields=(
        FieldSpec("number", "Number", required=True, synonyms={"nl": ("Nummer", "Nr."), "fi": ("Numero",)}),
        FieldSpec("name", "Name", required=True, length_max=40, synonyms={"nl": ("Naam",), "fi": ("Nimi",)}),
        FieldSpec("price", "Price", FieldKind.DECIMAL, synonyms={"nl": ("Prijs",), "de": ("Preis",), "fi": ("Hinta",)}),
        FieldSpec("built_on", "Built on", FieldKind.DATE, synonyms={"nl": ("Bouwdatum",), "de": ("Baujahr",)}),
        FieldSpec("seats", "Seats", FieldKind.INTEGER, default=1, synonyms={"nl": ("Plaatsen",)}),
        FieldSpec("share", "Share", FieldKind.PERCENT, synonyms={"nl": ("Aandeel",)}),
        FieldSpec("afloat", "Afloat", FieldKind.BOOLEAN, synonyms={"nl": ("Te water",)}),
        FieldSpec(
            "hull",
            "Hull",
            FieldKind.CHOICE,
            choices=(Choice("steel", ("staal", "Stahl", "teräs")), Choice("wood", ("hout", "Holz", "puu"))),
            synonyms={"nl": ("Romp",)},
        ),
        FieldSpec("mails", "E-mails", FieldKind.EMAIL_LIST, synonyms={"nl": ("E-mail",)}),
    ),
)


def table_of(
    content: str | bytes, *, file_name: str = "boats.csv", limits: Limits = LIMITS, **options: object
) -> Table:
    raw = content.encode() if isinstance(content, str) else content
    return open_table(raw, file_name=file_name, options=ImportOptions(**options), limits=limits)


def workbook_of(rows: Iterable[Sequence[object]], *, title: str = "Boats") -> bytes:
    """A workbook as openpyxl writes it: formulas without results, texts inside the cells."""
    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(list(row))
    return saved(workbook)


def saved(workbook: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def with_part(name: str, content: str | bytes | None, *, base: bytes) -> bytes:
    """The workbook with one part in place of its own, added, or left out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename != name:
                target.writestr(entry.filename, source.read(entry))
        if content is not None:
            target.writestr(name, content)
    return made.getvalue()


def cells_of(table: Table) -> list[tuple[object, ...]]:
    return [row.cells for row in table.rows()]


def guessed(table: Table, spec: EntitySpec = BOATS) -> ColumnMapping:
    return guess_mapping(table.header, sample_cells(table), spec)
