"""Tables of text: columns between delimiters, or of fixed width.

A record is a line: switches write no line breaks inside a cell, and a quotation mark that was never closed must not
swallow the lines behind it. Blocks that hold anything odd are read once more, line by line.
"""

import csv
from collections.abc import Collection, Iterator
from itertools import chain

import polars as pl
from django.utils.translation import gettext as _
from polars.exceptions import ComputeError, PolarsError

from rebill.sources.usage.dialects import Dialect
from rebill.sources.usage.intake.records import LINE, MORE, Broken, Chunk, column_names, frame_of
from rebill.sources.usage.intake.streams import FileUnreadable, text_blocks

# Without a header a file may have more columns than the dialect names; they are read so that a row can be told from one
# whose delimiters are not where they should be.
_COLUMNS_MAX = 400


class DelimitedLines:
    """A file with a delimiter between its columns."""

    def __init__(self, pieces: Iterator[bytes], dialect: Dialect) -> None:
        self._dialect = dialect
        blocks = text_blocks(pieces, dialect.encoding)
        first, self._line = _without_top(blocks, dialect.skip_lines)
        labels, first = self._labels(first, blocks)
        if dialect.header and dialect.skip_after_header:
            first, skipped = _without_top(chain([first], blocks), dialect.skip_after_header)
            self._line += skipped
        self._blocks = chain([first], blocks) if first else blocks
        self.labels = labels

    def _labels(self, first: bytes, blocks: Iterator[bytes]) -> tuple[tuple[str, ...], bytes]:
        if not first:
            return self._dialect.names or self._dialect.named_columns(), b""
        top, _end, rest = first.partition(b"\n")
        cells = self._cells(top.decode("utf-8", errors="replace"))
        if len(cells) > _COLUMNS_MAX:
            raise FileUnreadable(_("Its first line has %(count)s columns.") % {"count": len(cells)})
        if self._dialect.header:
            self._line += 1
            return tuple(cell.strip() for cell in cells), rest
        named = self._dialect.names
        numbered = (str(position + 1) for position in range(len(named), len(cells) if not named else 0))
        return (*named, *numbered), first

    def chunks(self, wanted: Collection[int]) -> Iterator[Chunk]:
        for block in self._blocks:
            if block:
                yield self._chunk(block, sorted(wanted))

    def _chunk(self, block: bytes, wanted: list[int]) -> Chunk:
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        began = self._line
        self._line += lines
        frame = self._read(block, [*wanted, len(self.labels)])
        if frame is None or frame.height != lines:
            return self._by_line(block, began)
        line = pl.int_range(began + 1, began + 1 + lines, dtype=pl.Int64).alias(LINE)

        def whole() -> pl.DataFrame:
            read = self._read(block, None)
            assert read is not None
            return read.with_columns(line)

        frame = frame.with_columns(line)
        is_empty = pl.all_horizontal(pl.exclude(LINE).is_null())
        if frame.select(is_empty.any()).item():
            # Nothing in the wanted columns is not yet an empty line.
            frame = whole().filter(~is_empty)
        return Chunk(frame, whole=whole)

    def _read(self, block: bytes, columns: list[int] | None) -> pl.DataFrame | None:
        names = [*column_names(len(self.labels)), MORE]
        try:
            return pl.read_csv(
                block,
                columns=columns,
                has_header=False,
                separator=self._dialect.delimiter,
                quote_char=self._dialect.quote or None,
                schema=dict.fromkeys(names, pl.String),
                infer_schema=False,
                encoding="utf8-lossy",
                truncate_ragged_lines=True,
                missing_columns="insert",
            )
        except (ComputeError, PolarsError):
            return None

    def _by_line(self, block: bytes, began: int) -> Chunk:
        quote, count = self._dialect.quote, len(self.labels)
        rows: list[tuple[str | None, ...]] = []
        lines: list[int] = []
        more: list[str | None] = []
        broken = []
        for line, text in enumerate(block.decode("utf-8", errors="replace").split("\n"), began + 1):
            bare = text.rstrip("\r")
            if not bare.strip():
                continue
            if quote and bare.count(quote) % 2:
                broken.append(Broken(line, bare))
                continue
            cells: list[str | None] = [cell or None for cell in self._cells(bare)]
            more.append("".join(filter(None, cells[count:])) or None)
            rows.append((*cells[:count], *[None] * (count - len(cells))))
            lines.append(line)
        frame = frame_of(rows, lines, count).with_columns(pl.Series(MORE, more, dtype=pl.String))
        return Chunk(frame, tuple(broken))

    def _cells(self, text: str) -> list[str]:
        text = text.rstrip("\r")
        if not self._dialect.quote:
            return text.split(self._dialect.delimiter)
        try:
            return next(csv.reader([text], delimiter=self._dialect.delimiter, quotechar=self._dialect.quote), [])
        except csv.Error:
            return text.split(self._dialect.delimiter)


class FixedLines:
    """A file whose columns begin and end at the same positions in every line."""

    def __init__(self, pieces: Iterator[bytes], dialect: Dialect) -> None:
        self.labels = tuple(dialect.widths)
        self._widths = tuple(dialect.widths.values())
        blocks = text_blocks(pieces, dialect.encoding)
        first, self._line = _without_top(blocks, dialect.skip_lines + dialect.header)
        self._blocks = chain([first], blocks)

    def chunks(self, wanted: Collection[int]) -> Iterator[Chunk]:
        for block in self._blocks:
            texts = block.decode("utf-8", errors="replace").split("\n")
            if not texts[-1]:
                texts.pop()
            numbers = range(self._line + 1, self._line + 1 + len(texts))
            self._line += len(texts)
            frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String), LINE: pl.Series(numbers, dtype=pl.Int64)})
            frame = frame.filter(pl.col("text").str.strip_chars() != "")
            if frame.is_empty():
                continue
            cut = [
                pl.col("text").str.slice(first - 1, last - first + 1).str.strip_chars().replace("", None).alias(name)
                for name, (first, last) in zip(column_names(len(self.labels)), self._widths, strict=True)
            ]
            yield Chunk(frame.select(*cut, LINE, pl.lit(None, pl.String).alias(MORE)))


def _without_top(blocks: Iterator[bytes], count: int) -> tuple[bytes, int]:
    """The first block without its first lines; and how many were left out. The rest stays in `blocks`."""
    block = next(blocks, b"")
    for skipped in range(count):
        while b"\n" not in block:
            following = next(blocks, None)
            if following is None:
                return b"", skipped
            block += following
        block = block.partition(b"\n")[2]
    return block, count
