"""What an export will be before it is made: its first rows as they will stand in the file, and whether it adds up."""

import csv
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import StringIO
from itertools import islice

from rebill.access.acting import Acting, Permission, require
from rebill.exports.contract import FileKind, Layout
from rebill.exports.files import write_export
from rebill.exports.layouts import check_layout
from rebill.exports.models import Export
from rebill.exports.queries import Totals, billed_totals, group_sums, layout_of_month
from rebill.exports.registry import FORMATS
from rebill.kit.events import subject_type_of
from rebill.kit.models import Event

ROWS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """The headings and first rows as texts, how many rows there are, and what they and the documents come to."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    totals: Totals
    billed: Totals

    @property
    def agrees(self) -> bool:
        """Whether the rows add up to the documents."""
        return self.totals == self.billed


def preview_export(*, acting: Acting, month: date, layout: Layout, now: datetime) -> ExportPreview:
    """The export of the month in this layout, as far as it is shown; keeps nothing."""
    require(acting, Permission.EXPORT)
    file_format = FORMATS.get("combined")
    check_layout(layout, file_format)
    layout = layout_of_month(acting=acting, month=month, layout=layout)
    sums = iter(group_sums(acting=acting, month=month, basis=layout.basis))
    first = list(islice(sums, ROWS_SHOWN))
    totals: Counter[str] = Counter()
    for each in first:
        totals[each.amount.currency] += each.amount.minor
    count = len(first)
    for each in sums:
        totals[each.amount.currency] += each.amount.minor
        count += 1
    # Written as a file of text would be, so that what is shown is what will stand in it.
    as_text = replace(layout, kind=FileKind.CSV, encoding="utf-8", byte_order_mark=False)
    text = write_export(file_format, first, month, as_text, now).content.decode()
    headings, *rows = csv.reader(StringIO(text, newline=""), delimiter=layout.delimiter)
    return ExportPreview(
        headings=tuple(headings),
        rows=tuple(tuple(row) for row in rows),
        count=count,
        totals={currency: minor for currency, minor in sorted(totals.items()) if minor},
        billed=billed_totals(acting=acting, month=month, basis=layout.basis),
    )


def totals_written(acting: Acting, exports: Collection[Export]) -> dict[int, Totals]:
    """What each of these exports comes to, as it was written down when it was made; one read."""
    made = Event.objects.filter(
        seller_id=acting.seller_id,
        subject_type=subject_type_of(Export),
        subject_id__in=[export.pk for export in exports],
        verb="made",
    )
    return {event.subject_id: event.details.get("totals", {}) for event in made.order_by("-id")}
