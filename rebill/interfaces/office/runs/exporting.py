"""The drafts that match as a CSV file, written while it is sent: memory does not grow with the run."""

from collections.abc import Iterator
from io import BytesIO

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.runs.wanted import wanted_of
from rebill.interfaces.office.runs.words import CHANNELS, WARNING_PILLS, kinds_of_lines
from rebill.kit.bulk import chunks
from rebill.kit.imports.spreadsheet import write_csv
from rebill.rules.money import Money
from rebill.rules.review import WarningCode
from rebill.runs.models import Draft, DraftState
from rebill.runs.queries.drafts import find_drafts, run_of
from rebill.runs.queries.pages import DraftRow, draft_rows

CHUNK = 1_000


@page(Permission.EXPORT)
def drafts_csv(request: OfficeRequest, run_id: int) -> StreamingHttpResponse:
    """Every draft that the address asks for, one a row, in the reader's language."""
    run = run_of(acting=request.acting, run_id=run_id)
    drafts = find_drafts(acting=request.acting, wanted=wanted_of(run_id, request.GET).drafts)
    response = StreamingHttpResponse(_file(request, drafts), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="drafts-{run.billed_on:%Y-%m-%d}.csv"'
    return response


def _file(request: OfficeRequest, drafts: QuerySet[Draft]) -> Iterator[bytes]:
    heading: list[object] = [
        _("Customer number"), _("Customer"), _("Cost centre"), _("State"), _("What is on it"), _("Delivery"),
        _("Warnings"), _("Against the average, in percent"), _("Currency"), _("Excl. VAT"), _("Incl. VAT"),
    ]  # fmt: skip
    yield _rows([heading], is_first=True)
    # Named beforehand, so that what changes while the file is written is in it once.
    for ids in chunks(list(drafts.values_list("id", flat=True)), CHUNK):
        yield _rows([_row(each) for each in draft_rows(acting=request.acting, draft_ids=ids)])


def _row(draft: DraftRow) -> list[object]:
    return [
        draft.customer_number,
        draft.customer_name,
        draft.cost_centre,
        str(DraftState(draft.state).label),
        kinds_of_lines(draft.kinds),
        str(CHANNELS[draft.channel]),
        ", ".join(str(WARNING_PILLS[WarningCode(code)]) for code in draft.warnings),
        draft.average_percent,
        draft.currency,
        Money(draft.net_minor, draft.currency).decimal,
        Money(draft.gross_minor, draft.currency).decimal,
    ]


def _rows(rows: list[list[object]], *, is_first: bool = False) -> bytes:
    written = BytesIO()
    write_csv(rows, to=written, byte_order_mark=is_first)  # type: ignore[arg-type]
    return written.getvalue()
