"""Opens a call file as its dialect says."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _
from polars.exceptions import PolarsError

from rebill.sources.usage.dialects import Dialect
from rebill.sources.usage.intake.lines import DelimitedLines, FixedLines
from rebill.sources.usage.intake.objects import flatstore_objects, json_objects, xml_objects
from rebill.sources.usage.intake.records import LINE, MORE, Chunk, Records, column_names
from rebill.sources.usage.intake.streams import FileUnreadable, Progress, open_bytes

_ROWS_AT_ONCE = 200_000


@contextmanager
def open_records(path: Path, dialect: Dialect, progress: Progress, within: str = "") -> Iterator[Records]:
    """The records of the file, or of the one `within` it. FileUnreadable when it is not what the dialect says."""
    if dialect.format == "parquet":
        yield ParquetRows(path, progress)
        return
    with open_bytes(path, progress, within) as pieces:
        yield _opened(pieces, dialect)


def _opened(pieces: Iterator[bytes], dialect: Dialect) -> Records:
    match dialect.format:
        case "fixed":
            return FixedLines(pieces, dialect)
        case "json":
            return json_objects(pieces, dialect)
        case "xml":
            return xml_objects(pieces, dialect)
        case "flatstore":
            return flatstore_objects(pieces, dialect)
    return DelimitedLines(pieces, dialect)


class ParquetRows:
    """A Parquet file; its rows are counted from 1."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._progress = progress
        try:
            self._scanned = pl.scan_parquet(path)
            self._schema = self._scanned.collect_schema()
            self._height = int(self._scanned.select(pl.len()).collect().item())
        except (PolarsError, OSError) as error:
            raise FileUnreadable(_("It is no Parquet file, or a damaged one.")) from error
        self.labels = tuple(self._schema.names())

    def chunks(self, wanted: Collection[int]) -> Iterator[Chunk]:
        names = column_names(len(self.labels))
        texts = [
            _as_text(label, kind).alias(name) for name, (label, kind) in zip(names, self._schema.items(), strict=True)
        ]
        total = self._progress.total
        for begin in range(0, self._height, _ROWS_AT_ONCE):
            try:
                frame = self._scanned.slice(begin, _ROWS_AT_ONCE).select(texts).collect()
            except PolarsError as error:
                raise FileUnreadable(_("It is no Parquet file, or a damaged one.")) from error
            numbers = pl.int_range(begin + 1, begin + 1 + frame.height, dtype=pl.Int64).alias(LINE)
            self._progress.done = total * (begin + frame.height) // self._height
            yield Chunk(frame.with_columns(numbers, pl.lit(None, pl.String).alias(MORE)))


def _as_text(label: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(label)
    if isinstance(kind, pl.Datetime):
        # Without a time zone it is the switch's own time, as in a text.
        if kind.time_zone is None:
            return column.dt.to_string("%Y-%m-%d %H:%M:%S")
        return column.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%d %H:%M:%SZ")
    if isinstance(kind, pl.Duration):
        return column.dt.total_seconds(fractional=False).cast(pl.String)
    if kind.is_nested() or kind == pl.Binary:
        return pl.lit(None, pl.String)
    return column.cast(pl.String).str.replace_all("\0", " ", literal=True)
