"""Tells what a file is by its content, whatever its name says, and refuses what is no table we read."""

import re
import zipfile

from django.utils.translation import gettext as _

from rebill.kit.imports.refusals import FileRefused
from rebill.kit.imports.tables import OpenFile

_FIRST_BYTES = 4096
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\xfd7zXZ", "xz"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
)
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|html|table|meta|head)\b", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")


def is_workbook(open_file: OpenFile, *, file_name: str) -> bool:
    """True for an XLSX workbook, False for text; everything else is refused by its own name."""
    with open_file() as file:
        first = file.read(_FIRST_BYTES)
        if first.startswith(_OLD_OFFICE):
            raise _old_or_encrypted(first + file.read(), file_name)
    if first.startswith(_ZIP):
        return _zip_is_workbook(open_file, file_name)
    for start, name in _OTHERS:
        if first.startswith(start):
            raise _refused(file_name, _("It is a %(kind)s file, not a table.") % {"kind": name}, name)
    if _MARKUP.match(first):
        raise _refused(file_name, _("It is a web page or XML, although spreadsheets may open it."), "HTML")
    if len(_CONTROL.findall(first)) > len(first) // 10:
        raise _refused(file_name, _("It is neither text nor a workbook."), "")
    return False


def _refused(file_name: str, why: str, value: str) -> FileRefused:
    remedy = _("Open it in a spreadsheet program and save it as Excel workbook (.xlsx) or CSV UTF-8.")
    return FileRefused(what="import.kind_unknown", where=file_name, why=why, remedy=remedy, value=value)


def _old_or_encrypted(content: bytes, file_name: str) -> FileRefused:
    if _ENCRYPTED_STREAM in content:
        return FileRefused(
            what="import.encrypted",
            where=file_name,
            why=_("The workbook is protected with a password."),
            remedy=_("Open it, remove the password and save it again."),
        )
    return _refused(file_name, _("It is a workbook of the old kind (.xls), which is not read."), "xls")


def _zip_is_workbook(open_file: OpenFile, file_name: str) -> bool:
    try:
        with open_file() as file, zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileRefused(
            what="import.damaged",
            where=file_name,
            why=_("The workbook is damaged: its list of contents cannot be read."),
            remedy=_("Open it in a spreadsheet program, which may repair it, and save it again."),
        ) from None
    if "xl/workbook.xml" in names:
        return True
    if "xl/workbook.bin" in names:
        raise _refused(file_name, _("It is a binary workbook (.xlsb), which is not read."), "xlsb")
    if "content.xml" in names:
        raise _refused(file_name, _("It is an OpenDocument file (.ods), which is not read."), "ods")
    raise _refused(file_name, _("It is an archive (.zip), not a table."), "zip")
