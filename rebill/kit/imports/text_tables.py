"""Opens delimited text as a table. It streams: no more than a few lines are in memory, however long the file is."""

import io
from collections.abc import Iterator
from typing import TextIO

from rebill.kit.imports.cells import Row
from rebill.kit.imports.encodings import Encoding, guess_encoding, stated_encoding
from rebill.kit.imports.headers import find_header
from rebill.kit.imports.options import ImportOptions, Limits
from rebill.kit.imports.records import check_lines, guess_delimiter, split_records
from rebill.kit.imports.tables import OpenFile, Table

# Excel writes the delimiter of a file into its first line.
_DELIMITER_LINE = "sep="


def open_text_table(
    open_file: OpenFile, *, file_name: str, file_hash: str, options: ImportOptions, limits: Limits
) -> Table:
    """Reads the file through once to be sure that reading it later cannot stop half way."""
    encoding = _encoding(open_file, options)

    def open_text() -> TextIO:
        return io.TextIOWrapper(open_file(), encoding=encoding.codec, errors=encoding.errors, newline="")

    with open_text() as text:
        check_lines(text, file_name=file_name, limits=limits)
    with open_text() as text:
        first_line = text.readline(len(_DELIMITER_LINE) + 3).rstrip("\r\n")
    stated = _delimiter_of(first_line)
    delimiter = options.delimiter or stated or guess_delimiter(open_text, file_name=file_name, limits=limits)

    def read_rows() -> Iterator[Row]:
        with open_text() as text:
            for row in split_records(text, delimiter=delimiter, file_name=file_name, limits=limits):
                if not (row.line == 1 and stated):
                    yield row

    header = find_header(read_rows(), file_name=file_name, header_row=options.header_row, limits=limits)
    return Table(
        file_name=file_name,
        file_hash=file_hash,
        kind="csv",
        header=header,
        read_rows=read_rows,
        options=options,
        encoding=encoding.label,
        delimiter=delimiter,
        notes=header.notes,
    )


def _encoding(open_file: OpenFile, options: ImportOptions) -> Encoding:
    if options.encoding is None:
        return guess_encoding(open_file)
    with open_file() as file:
        return stated_encoding(options.encoding, file.read(4))


def _delimiter_of(first_line: str) -> str | None:
    name, _equals, delimiter = first_line.partition("=")
    if name.strip().lower() == "sep" and len(delimiter) == 1:
        return delimiter
    return None
