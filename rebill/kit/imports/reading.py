"""Opens a file as a table, by its content: CSV of any make, or an XLSX workbook."""

import hashlib
import io
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from rebill.kit.imports.columns import survey_rows
from rebill.kit.imports.contents import is_workbook
from rebill.kit.imports.options import LIMITS, ImportOptions, Limits
from rebill.kit.imports.refusals import FileRefused
from rebill.kit.imports.tables import OpenFile, Table
from rebill.kit.imports.text_tables import open_text_table
from rebill.kit.imports.workbooks import open_workbook_table

_CHUNK_BYTES = 1 << 20
_GUESSED_ROWS = 200


def open_table(
    source: Path | bytes, *, file_name: str, options: ImportOptions | None = None, limits: Limits = LIMITS
) -> Table:
    """The table in `source`; `file_name` is what people call it and is shown in every refusal.

    FileRefused when nothing can be read: empty, too large, encrypted, damaged, of another kind, without the sheet or
    the heading row that `options` names. A file that is opened can be read to its end.
    """
    options = options or ImportOptions()
    open_file = _opener(source, file_name)
    file_hash = _hash(open_file, file_name, limits)
    opened = open_workbook_table if is_workbook(open_file, file_name=file_name) else open_text_table
    table = opened(open_file, file_name=file_name, file_hash=file_hash, options=options, limits=limits)
    everywhere = range(len(table.columns))
    survey = survey_rows(islice(table.rows(), _GUESSED_ROWS), numbers=everywhere, days=everywhere)
    return replace(
        table,
        decimal_mark=options.decimal_mark or survey.decimal_mark,
        date_order=options.date_order or survey.date_order,
    )


def _opener(source: Path | bytes, file_name: str) -> OpenFile:
    def open_file() -> BinaryIO:
        if isinstance(source, bytes):
            return io.BytesIO(source)
        try:
            return source.open("rb")
        except OSError as error:
            raise FileRefused(
                what="import.unreadable",
                where=file_name,
                why=_("The file cannot be opened: %(reason)s.") % {"reason": error.strerror or error},
                remedy=_("Check the name of the file and that it may be read."),
            ) from None

    return open_file


def _hash(open_file: OpenFile, file_name: str, limits: Limits) -> str:
    """SHA-256 of the bytes, in hexadecimal; tells whether the same file was imported before."""
    digest = hashlib.sha256()
    size = 0
    with open_file() as file:
        while chunk := file.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > limits.bytes_max:
                raise FileRefused(
                    what="import.too_large",
                    where=file_name,
                    why=_("The file is larger than %(limit)s MB.") % {"limit": limits.bytes_max // 1_000_000},
                    remedy=_("Split it into several files, or leave out columns that are not needed."),
                )
            digest.update(chunk)
    if not size:
        raise FileRefused(
            what="import.empty",
            where=file_name,
            why=_("The file is empty."),
            remedy=_("Export it again; it may have been copied before it was written."),
        )
    return digest.hexdigest()
