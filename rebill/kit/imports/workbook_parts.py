"""Checks a workbook before the reader sees it, and puts the checked parts of one sheet into an archive of our own.

A workbook of a few kilobytes can unpack to gigabytes, name one long text a million times, or claim the last cell of a
sheet so that a dense table of it would need half a terabyte. Each part is therefore unpacked in small pieces, counted
against the limits, and looked over for what the table reader does not tell: formulas without a result, errors, and
numbers whose format changes what a person reads (21 % is stored as 0.21, and 00042 as 42).
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias
from xml.parsers import expat

from django.utils.translation import gettext as _

from rebill.kit.imports.options import ImportOptions, Limits
from rebill.kit.imports.refusals import FileRefused
from rebill.kit.imports.sheet_scan import SheetScan, SheetTooLarge

_CHUNK_BYTES = 1 << 16
# The parts that describe a workbook are small in any real one; only sheets and texts grow.
_DESCRIPTION_BYTES_MAX = 5_000_000
_TAG_BYTES_MAX = 1_000_000
_NAMED_SHEETS = 20
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"
_STYLES = "xl/styles.xml"
_SHEET = "xl/worksheets/sheet1.xml"
_ENCRYPTED_FLAG = 0x1
# The reader gives up a whole sheet over an error it does not know, such as #SPILL!; as a text it passes, and the scan
# has noted the cell.
_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\s[^<>]*?\bt\s*=\s*)(["'])e\2""")

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DESCRIPTIONS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="{_WORKBOOK}"/></Relationships>',
    _RELATIONS: f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}

Start: TypeAlias = Callable[[str, dict[str, str]], None]


@dataclass(frozen=True)
class CheckedWorkbook:
    """An archive that holds one sheet and what belongs to it, every byte of it within the limits."""

    archive: bytes
    sheet: str
    sheets: tuple[str, ...]
    dates_from_1904: bool
    scan: SheetScan


@dataclass
class _Contents:
    """What the workbook says of itself: sheets in order with their state and part, and the settings that matter."""

    sheets: list[tuple[str, str, str]] = field(default_factory=list)
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    dates_from_1904: bool = False
    results_are_stale: bool = False

    def read_workbook(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self.sheets.append((attributes.get("name", ""), attributes.get("state", "visible"), relation))
        elif name == "workbookPr":
            self.dates_from_1904 = attributes.get("date1904", "0") in {"1", "true"}
        elif name == "calcPr":
            self.results_are_stale = attributes.get("fullCalcOnLoad", "0") in {"1", "true"}

    def read_relations(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            part = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.parts[attributes.get("Id", "")] = (kind, part)

    def worksheets(self) -> list[tuple[str, str, str]]:
        """Name, state and part of every sheet that is a table; charts and dialogues are none."""
        found = []
        for name, state, relation in self.sheets:
            kind, part = self.parts.get(relation, ("", ""))
            if kind == "worksheet":
                found.append((name, state, part))
        return found


def check_workbook(file: BinaryIO, *, file_name: str, options: ImportOptions, limits: Limits) -> CheckedWorkbook:
    """Refuses an archive that is too large, encrypted, damaged or has no such sheet."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _checked(archive, file_name, options, limits)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, NotImplementedError):
        raise FileRefused(
            what="import.damaged",
            where=file_name,
            why=_("The workbook is damaged: a part of it cannot be unpacked or read."),
            remedy=_("Open it in a spreadsheet program, which may repair it, and save it again."),
        ) from None


def _checked(archive: zipfile.ZipFile, file_name: str, options: ImportOptions, limits: Limits) -> CheckedWorkbook:
    copier = _Copier(archive, _entries(archive, file_name, limits))
    contents = _Contents()
    copier.read(_WORKBOOK, contents.read_workbook)
    copier.read(_RELATIONS, contents.read_relations)
    worksheets = contents.worksheets()
    sheet, part = _chosen(worksheets, options.sheet, file_name)
    scan = SheetScan(limits=limits, results_are_stale=contents.results_are_stale)
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, description in _DESCRIPTIONS.items():
            target.writestr(name, description)
        target.writestr(_WORKBOOK, _workbook(contents.dates_from_1904))
        try:
            copier.copy(_STYLES, target, _STYLES, scan.start_style)
            copier.copy(_STRINGS, target, _STRINGS, scan.start_string, scan.end_string, scan.read_string)
            copier.copy(part, target, _SHEET, scan.start_cell, scan.end_cell, scan.read_cell, required=True)
            scan.finish()
        except SheetTooLarge as refused:
            raise FileRefused(
                what="import.sheet_too_large",
                where=_("%(file)s sheet %(sheet)s") % {"file": file_name, "sheet": sheet},
                why=refused.why,
                remedy=refused.remedy,
            ) from None
    names = tuple(name for name, _state, _part in worksheets)
    return CheckedWorkbook(clean.getvalue(), sheet, names, contents.dates_from_1904, scan)


def _entries(archive: zipfile.ZipFile, file_name: str, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The entries by their name in lower case, refused unless their number, size and ratio are those of a workbook."""
    listed = archive.infolist()
    unpacked = sum(entry.file_size for entry in listed)
    packed = sum(entry.compress_size for entry in listed)
    too_dense = unpacked > limits.workbook_ratio_from_bytes and unpacked > packed * limits.workbook_ratio_max
    if len(listed) > limits.workbook_entries_max or unpacked > limits.workbook_bytes_max or too_dense:
        raise FileRefused(
            what="import.workbook_too_large",
            where=file_name,
            why=_("The workbook unpacks to %(size)s MB in %(count)s parts, more than can be read.")
            % {"size": unpacked // 1_000_000, "count": len(listed)},
            remedy=_("Copy the rows that are needed into a new workbook, or save the sheet as CSV UTF-8."),
        )
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in listed):
        raise FileRefused(
            what="import.encrypted",
            where=file_name,
            why=_("The workbook is protected with a password."),
            remedy=_("Open it, remove the password and save it again."),
        )
    entries = {entry.filename.replace("\\", "/").lower(): entry for entry in listed}
    if len(entries) < len(listed):
        raise zipfile.BadZipFile("two entries have the same name")
    return entries


def _workbook(dates_from_1904: bool) -> str:
    """A workbook of one sheet that hides nothing and names nothing else."""
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(dates_from_1904)}"/>'
        '<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>'
    )


class _Copier:
    """Unpacks parts a small piece at a time, tells their elements to whoever listens, and copies them on."""

    def __init__(self, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._entries = entries

    def read(self, part: str, start: Start) -> None:
        """A part that only describes: nothing of it is copied. Missing or too large is damage."""
        for _piece in self._pieces(part, _parser(start, None, None), bytes_max=_DESCRIPTION_BYTES_MAX):
            pass

    def copy(
        self,
        part: str,
        target: zipfile.ZipFile,
        name: str,
        start: Start,
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
        *,
        required: bool = False,
    ) -> None:
        """Copy the part under the name by which the reader looks for it; a part that may be missing is left out."""
        held = b""
        if part.lower() not in self._entries and not required:
            return
        with target.open(name, "w") as copied:
            for piece in self._pieces(part, _parser(start, end, text)):
                whole, held = _whole_tags(held + piece)
                copied.write(_ERROR_CELL.sub(rb"\1\2str\2", whole))
            copied.write(_ERROR_CELL.sub(rb"\1\2str\2", held))

    def _pieces(self, part: str, parser: expat.XMLParserType, *, bytes_max: int | None = None) -> Iterator[bytes]:
        entry = self._entries.get(part.lower())
        if entry is None or (bytes_max is not None and entry.file_size > bytes_max):
            raise zipfile.BadZipFile(f"{part} is missing or too large")
        with self._archive.open(entry) as source:
            while piece := source.read(_CHUNK_BYTES):
                parser.Parse(piece, False)
                yield piece
        parser.Parse(b"", True)


def _whole_tags(block: bytes) -> tuple[bytes, bytes]:
    """The block up to a tag that is not closed in it, and that tag's beginning."""
    opened = block.rfind(b"<")
    if opened < 0 or block.find(b">", opened) >= 0:
        return block, b""
    if len(block) - opened > _TAG_BYTES_MAX:
        raise ValueError("a tag does not end")
    return block[:opened], block[opened:]


def _parser(
    start: Start | None, end: Callable[[str], None] | None, text: Callable[[str], None] | None
) -> expat.XMLParserType:
    """A parser that names elements without their prefix and takes no document type, so that no entity can expand."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start_element(name: str, attributes: dict[str, str]) -> None:
        if start is not None:
            start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def end_element(name: str) -> None:
        if end is not None:
            end(name.rpartition(":")[2] if ":" in name else name)

    def refuse_document_type(*_declared: object) -> None:
        raise ValueError("a workbook has no document type")

    parser.StartDoctypeDeclHandler = refuse_document_type
    parser.StartElementHandler = start_element
    parser.EndElementHandler = end_element
    if text is not None:
        parser.CharacterDataHandler = text
    return parser


def _chosen(worksheets: list[tuple[str, str, str]], wanted: str | None, file_name: str) -> tuple[str, str]:
    """Name and part of the wanted sheet, or of the first that is not hidden."""
    names = ", ".join(f"“{name}”" for name, _state, _part in worksheets[:_NAMED_SHEETS])
    for name, state, part in worksheets:
        if name == wanted or (wanted is None and state == "visible"):
            return name, part
    raise FileRefused(
        what="import.sheet_missing",
        where=file_name,
        why=_("The workbook has no sheet “%(sheet)s”.") % {"sheet": wanted}
        if wanted is not None
        else _("The workbook has no visible sheet with a table."),
        remedy=_("Choose one of its sheets: %(names)s.") % {"names": names or "–"},
        value=wanted or "",
    )
