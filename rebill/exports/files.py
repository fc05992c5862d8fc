"""Writing the file of an export: sums in, bytes out, with what the rows come to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from rebill.exports.contract import Cell, ExportFormat, FileKind, GroupSum, Layout
from rebill.exports.layouts import check_layout
from rebill.exports.models import Export
from rebill.exports.queries import Totals
from rebill.exports.registry import FORMATS
from rebill.kit.imports.spreadsheet import write_csv, write_xlsx

MEDIA_TYPES = {
    FileKind.CSV: "text/csv",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A file as it was written: its bytes, how many rows it has, and what they come to."""

    content: bytes
    rows: int
    totals: Totals


def write_export(
    file_format: ExportFormat, sums: Iterable[GroupSum], month: date, layout: Layout, now: datetime
) -> Made:
    """The whole file, one row at a time from the sums into the buffer."""
    totals: Counter[str] = Counter()

    def counted() -> Iterator[GroupSum]:
        for each in sums:
            totals[each.amount.currency] += each.amount.minor
            yield each

    def lines() -> Iterator[Sequence[Cell]]:
        yield file_format.headings(layout)
        yield from file_format.rows(counted(), month=month, layout=layout)

    buffer = BytesIO()
    if layout.kind is FileKind.XLSX:
        count = write_xlsx(lines(), to=buffer, made_at=now, sheet=f"{month:%Y-%m}")
    else:
        count = write_csv(
            lines(),
            to=buffer,
            delimiter=layout.delimiter,
            decimal_mark=layout.decimal_mark,
            encoding=layout.encoding,
            byte_order_mark=layout.byte_order_mark,
        )
    billed = {currency: minor for currency, minor in sorted(totals.items()) if minor}
    return Made(buffer.getvalue(), rows=count - 1, totals=billed)


def sample_export(*, layout: Layout, month: date, currency: str, now: datetime) -> bytes:
    """A file of invented customers in this layout, to try an import with. Keeps nothing."""
    file_format = FORMATS.get("combined")
    check_layout(layout, file_format)
    return write_export(
        file_format, file_format.sample(currency), month=month.replace(day=1), layout=layout, now=now
    ).content


def file_name(export: Export, *, slug: str) -> str:
    """The name under which an export is downloaded or mailed."""
    ending = next(kind.value for kind, media_type in MEDIA_TYPES.items() if media_type == export.file.media_type)
    return f"{slug}-{export.month:%Y-%m}.{ending}"
