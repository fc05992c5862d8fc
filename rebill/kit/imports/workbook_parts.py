"""Checks a workbook before anything parses it, and copies only the checked parts of one sheet into a clean archive.

A workbook of a few kilobytes can unpack to gigabytes, name one long text a million times, or claim the last cell of a
sheet so that a dense table of it would need half a terabyte. Each part is therefore unpacked in small pieces, counted
against the limits, and looked over for what the table reader does not tell: formulas without a result, errors, and
numbers whose format changes what a person reads (21 % is stored as 0.21, and 00042 as 42).
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias
from xml.parsers import expat

from django.utils.translation import gettext as _

from rebill.kit.imports.options import ImportOptions, Limits
from rebill.kit.imports.refusals import FileRefused
from rebill.kit.imports.sheet_scan import SheetScan, SheetTooLarge

_CHUNK_BYTES = 1 << 16
# The parts that describe a workbook are small in any real one; only sheets and texts grow.
_DESCRIPTION_BYTES_MAX = 20_000_000
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"
_STYLES = "xl/styles.xml"
_DESCRIPTIONS = ("[Content_Types].xml", "_rels/.rels")
_ENCRYPTED_FLAG = 0x1

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
    entries = _entries(archive, file_name, limits)
    contents = _Contents()
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        copier = _Copier(archive, entries, target)
        for part in _DESCRIPTIONS:
            copier.copy(part)
        copier.copy(_WORKBOOK, contents.read_workbook)
        copier.copy(_RELATIONS, contents.read_relations)
        worksheets = contents.worksheets()
        sheet, part = _chosen(worksheets, options.sheet, file_name)
        scan = SheetScan(limits=limits, results_are_stale=contents.results_are_stale)
        try:
            copier.copy(_STYLES, scan.start_style)
            copier.copy(_STRINGS, scan.start_string, scan.end_string, scan.read_string)
            copier.copy(part, scan.start_cell, scan.end_cell, scan.read_cell, required=True)
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


class _Copier:
    """Copies parts into a clean archive, telling their elements to whoever listens, a small piece at a time."""

    def __init__(self, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], target: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = entries
        self._target = target

    def copy(
        self,
        part: str,
        start: Start | None = None,
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
        *,
        required: bool = False,
    ) -> None:
        entry = self._entries.get(part.lower())
        if entry is None:
            if required:
                raise zipfile.BadZipFile(f"{part} is missing")
            return
        if text is None and entry.file_size > _DESCRIPTION_BYTES_MAX:
            raise zipfile.BadZipFile(f"{part} is too large")
        parser = _parser(start, end, text)
        with self._archive.open(entry) as source, self._target.open(part, "w") as copied:
            while chunk := source.read(_CHUNK_BYTES):
                parser.Parse(chunk, False)
                copied.write(chunk)
        parser.Parse(b"", True)


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
    names = ", ".join(f"“{name}”" for name, _state, _part in worksheets)
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
