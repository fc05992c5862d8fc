"""Line exports: a row for every charge that was billed in a month, and the layouts of their files."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query
from pydantic import Field, StringConstraints

from rebill.access.acting import Permission, require
from rebill.access.scopes import Area
from rebill.exports.commands import keep_line_layout, remove_line_layout
from rebill.exports.lines.columns import COLUMNS
from rebill.exports.lines.layouts import Side, lines_layout_as_json, read_lines_layout
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import LineWriter
from rebill.exports.models import LineLayout
from rebill.exports.queries import line_layout_of, line_layouts, lines_layout
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Id, Line, Shown, with_example

line_exports = Endpoints(Area.EXPORTS, "Line exports")

SideName = Literal["purchase", "sales"]


class LineColumnShown(Shown):
    """A column: its key never changes, its heading follows the language."""

    key: str
    group: str
    headings: dict[str, str]


class LineColumnsShown(Shown):
    """Every column that a line export can have."""

    columns: list[LineColumnShown]


class LinesAsked(Shown):
    """Which lines, and in which layout."""

    month: Day = Field(LEFT_OUT, description="By any of its days; this month unless said.")
    side: SideName = Field("sales", description="What was billed, or what the seller was billed by its wholesaler.")
    layout: Line = Field("", description="By its name; the only one there is, else the usual one.")


class LineLayoutShown(Shown):
    """How line exports of a side are written, under a name."""

    id: int
    side: SideName
    name: str
    content: dict[str, Any]


class LineLayoutGiven(Body):
    """A layout to be kept under a name; what is left out is as usual."""

    model_config = with_example(
        {
            "side": "sales",
            "name": "ERP",
            "columns": ["invoice_number", "end_customer_number", "amountnew", "unit_price", "price"],
            "headings": "keys",
            "dates": "iso",
        }
    )

    side: SideName
    name: Line
    columns: Annotated[list[Line], Field(max_length=100)] = LEFT_OUT
    headings: Literal["user", "keys", "nl", "de", "fi", "en"] = LEFT_OUT
    delimiter: Annotated[str, StringConstraints(max_length=1)] = LEFT_OUT
    decimal_mark: Literal[",", "."] = LEFT_OUT
    encoding: Line = LEFT_OUT
    byte_order_mark: bool = LEFT_OUT
    dates: Literal["short", "dots", "dashes", "iso"] = LEFT_OUT
    file_name: Line = LEFT_OUT


def show_line_layout(kept: LineLayout) -> LineLayoutShown:
    """The layout as an answer says it, in full."""
    side = Side(kept.side)
    content = lines_layout_as_json(read_lines_layout(kept.content, side))
    return LineLayoutShown.model_validate({"id": kept.pk, "side": kept.side, "name": kept.name, "content": content})


@line_exports.read("/line-exports", media_type="text/csv")
def get_line_export(request: ApiRequest, asked: Annotated[LinesAsked, Query()]) -> HttpResponseBase:
    """Download the lines of a month: one row for each charge that was billed.

    The file streams: it may have millions of rows.
    """
    side = Side(asked.side)
    require(request.acting, Permission.EXPORT)
    layout = lines_layout(request.acting, side, asked.layout)
    month = (asked.month or request.today).replace(day=1)
    writer = LineWriter(LineReader(request.acting, side), layout)
    language = request.seller.language
    headers = {"Content-Disposition": f'attachment; filename="{layout.named_for(month)}"'}
    return StreamingHttpResponse(writer.chunks(month, language), content_type="text/csv", headers=headers)


@line_exports.read("/line-exports/columns")
def get_line_columns(request: ApiRequest) -> LineColumnsShown:
    """Show every column that a line export can have, with its headings."""
    columns = [
        LineColumnShown(key=column.key, group=column.group.value, headings=dict(column.headings))
        for column in COLUMNS.values()
    ]
    return LineColumnsShown(columns=columns)


@line_exports.read("/line-layouts")
def list_line_layouts(request: ApiRequest, paging: Paged) -> Page[LineLayoutShown]:
    """List the layouts of line exports."""
    return page_of(line_layouts(request.acting), paging, each(show_line_layout))


@line_exports.write("POST", "/line-layouts", status=HTTPStatus.CREATED)
def put_line_layout(request: ApiRequest, body: LineLayoutGiven) -> LineLayoutShown:
    """Keep a layout of line exports under a name; one that is there under the name is changed."""
    given = body.given()
    side, name = Side(given.pop("side")), given.pop("name")
    layout = read_lines_layout(given, side)
    return show_line_layout(keep_line_layout(acting=request.acting, name=name, layout=layout, now=request.now))


@line_exports.read("/line-layouts/{layout_id}")
def get_line_layout(request: ApiRequest, layout_id: Id) -> LineLayoutShown:
    """Show a layout of line exports."""
    return show_line_layout(line_layout_of(request.acting, layout_id))


@line_exports.write("DELETE", "/line-layouts/{layout_id}")
def forget_line_layout(request: ApiRequest, layout_id: Id) -> None:
    """Forget a layout of line exports."""
    remove_line_layout(acting=request.acting, layout_id=layout_id, now=request.now)
