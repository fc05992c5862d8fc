"""Line exports: which columns in which order, how the file is written, its first rows meanwhile, and the file."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.exports.commands import keep_line_layout, remove_line_layout
from rebill.exports.layouts import LayoutInvalid
from rebill.exports.lines.columns import COLUMNS, LANGUAGES, Group, LineColumn
from rebill.exports.lines.layouts import (
    KEYS,
    OF_USER,
    Dates,
    LinesLayout,
    Side,
    headings_of,
    lines_layout_as_json,
    read_lines_layout,
)
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import LineWriter
from rebill.exports.queries import line_layout_of, line_layouts, lines_layout
from rebill.interfaces import formats
from rebill.interfaces.office.forms import day_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import reason_of
from rebill.kit.imports.options import ENCODINGS
from rebill.parties.entries import EntryRefused

ROWS_SHOWN = 5
WITH_MARK = "utf-8-mark"
SETTINGS = ("headings", "numbers", "delimiter", "encoding", "file_name")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address says: the month, the side, the layout as far as it is one, and the words that are searched."""

    month: date
    side: Side
    name: str
    layout: LinesLayout
    trouble: str
    search: str


@page(Permission.EXPORT)
def lines_page(request: OfficeRequest) -> HttpResponse:
    """The layout of one side, kept under a name or not yet."""
    return render(request, "office/exports/lines.html", _context(request, _chosen(request, request.GET)))


@page(Permission.EXPORT)
def lines_part(request: OfficeRequest) -> HttpResponse:
    """The same without its frame, for the page that asks while one chooses."""
    return render(request, "office/exports/lines_part.html", _context(request, _chosen(request, request.GET)))


@require_POST
@page(Permission.EXPORT)
def keep_lines_page(request: OfficeRequest) -> HttpResponse:
    """Keeps the layout under its name, for everybody of the seller."""
    chosen = _chosen(request, request.POST)
    trouble = chosen.trouble
    if not trouble:
        try:
            kept = keep_line_layout(
                acting=request.acting, name=chosen.name or _("Standard"), layout=chosen.layout, now=request.now
            )
        except EntryRefused as refusal:
            trouble = f"{refusal.why} {refusal.remedy}"
        else:
            toast(request, _("The layout %(name)s is kept, for everybody here.") % {"name": kept.name})
            return _to(request, chosen, kept.name)
    context = {**_context(request, chosen), "trouble": trouble}
    return render(request, "office/exports/lines.html", context, status=422)


@require_POST
@page(Permission.EXPORT)
def forget_lines_page(request: OfficeRequest, layout_id: int) -> HttpResponse:
    """Forgets a layout; what was exported stays where it went."""
    kept = line_layout_of(request.acting, layout_id)
    remove_line_layout(acting=request.acting, layout_id=layout_id, now=request.now)
    toast(request, _("The layout %(name)s is gone.") % {"name": kept.name})
    return redirect("office:exports-lines", request.seller.slug)


@page(Permission.EXPORT)
def lines_file(request: OfficeRequest) -> HttpResponseBase:
    """The file of the month, row by row as it is read."""
    chosen = _chosen(request, request.GET)
    if chosen.trouble:
        return render(request, "office/exports/lines.html", _context(request, chosen), status=422)
    writer = LineWriter(LineReader(request.acting, chosen.side), chosen.layout)
    answer = StreamingHttpResponse(writer.chunks(chosen.month, formats.language()), content_type="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{chosen.layout.named_for(chosen.month)}"'
    return answer


def _to(request: OfficeRequest, chosen: Chosen, name: str) -> HttpResponseRedirect:
    said = {"side": chosen.side.value, "month": f"{chosen.month:%Y-%m}", "layout": name}
    return redirect(f"{reverse('office:exports-lines', args=[request.seller.slug])}?{urlencode(said)}")


# --- what was chosen ------------------------------------------------------------------------------------------------


def _chosen(request: OfficeRequest, said: QueryDict) -> Chosen:
    side = Side.PURCHASE if said.get("side") == Side.PURCHASE else Side.SALES
    month = day_or_none(f"{said.get('month', '')}-01") or request.today.replace(day=1)
    name = said.get("layout", "")
    names = {each.name for each in line_layouts(request.acting).filter(side=side)}
    if not name and len(names) == 1:
        [name] = names
    kept = lines_layout(request.acting, side, name) if name in names else LinesLayout(side)
    layout, trouble = kept, ""
    # Only a form that was sent says something of its own; a link says which layout is meant.
    if "sent" in said:
        try:
            layout = read_lines_layout(_settings(said, kept), side)
        except LayoutInvalid as invalid:
            trouble = reason_of(invalid)
    return Chosen(month, side, name, layout, trouble, said.get("q", "").strip())


def _settings(said: QueryDict, kept: LinesLayout) -> dict[str, Any]:
    settings = lines_layout_as_json(kept)
    for name in ("headings", "delimiter", "file_name"):
        settings[name] = said.get(name, settings[name])
    mark, _space, dates = said.get("numbers", f"{kept.decimal_mark} {kept.dates}").partition(" ")
    encoding = said.get("encoding", _encoding(kept))
    return {
        **settings,
        "decimal_mark": mark,
        "dates": dates,
        "encoding": "utf-8" if encoding == WITH_MARK else encoding,
        "byte_order_mark": encoding == WITH_MARK,
        "columns": _moved(said.getlist("columns"), said.get("do", ""), said.get("q", "").strip()),
    }


def _moved(columns: list[str], wish: str, search: str) -> list[str]:
    """The columns after one wish: `add:price`, `remove:price`, `up:price`, `down:price`, `all` found ones, `none`."""
    what, _colon, key = wish.partition(":")
    if what == "all":
        return [*columns, *(each.key for each in _found(search) if each.key not in columns)]
    if what == "none":
        return []
    if what == "add" and key in COLUMNS and key not in columns:
        return [*columns, key]
    if key not in columns:
        return columns
    at = columns.index(key)
    rest = [each for each in columns if each != key]
    if what == "remove":
        return rest
    if what in ("up", "down"):
        rest.insert(max(0, at - 1 if what == "up" else at + 1), key)
        return rest
    return columns


def _encoding(layout: LinesLayout) -> str:
    return WITH_MARK if layout.byte_order_mark and layout.encoding == "utf-8" else layout.encoding


def _found(search: str) -> list[LineColumn]:
    """The columns that the words find: by heading in any language, or by key."""
    words = search.casefold().split()
    return [
        column
        for column in COLUMNS.values()
        if all(word in f"{column.key} {' '.join(column.headings.values())}".casefold() for word in words)
    ]


# --- what is shown --------------------------------------------------------------------------------------------------


def _context(request: OfficeRequest, chosen: Chosen) -> dict[str, Any]:
    layout, language = chosen.layout, formats.language()
    # While nothing is chosen no file can be written, and the page still shows what was left.
    sent = request.POST if request.method == "POST" else request.GET
    columns = layout.columns
    if chosen.trouble and "sent" in sent:
        columns = tuple(
            key for key in _moved(sent.getlist("columns"), sent.get("do", ""), chosen.search) if key in COLUMNS
        )
    available = [column for column in _found(chosen.search) if column.key not in columns]
    reader = LineReader(request.acting, chosen.side)
    rows = [] if chosen.trouble else _first_rows(reader, layout, chosen.month)
    kept = list(line_layouts(request.acting))
    current = next((each for each in kept if (each.side, each.name) == (chosen.side.value, chosen.name)), None)
    return {
        "chosen": chosen,
        "trouble": chosen.trouble,
        "layout": layout,
        "encoding": _encoding(layout),
        "numbers": f"{layout.decimal_mark} {layout.dates}",
        "columns": [_shown(COLUMNS[key], layout, language) for key in columns],
        "left": len(COLUMNS) - len(columns),
        "available": [
            (words, [_shown(each, layout, language) for each in available if each.group is group])
            for group, words in _groups().items()
            if any(each.group is group for each in available)
        ],
        "found": len(available),
        "rows": rows,
        "count": reader.count(chosen.month),
        "headings": headings_of(layout, language) if rows else (),
        "figures": {position for position, key in enumerate(layout.columns) if COLUMNS[key].is_figure},
        "kept": kept,
        "current": current,
        **_choices(),
    }


def _first_rows(reader: LineReader, layout: LinesLayout, month: date) -> list[tuple[str, ...]]:
    writer = LineWriter(reader, layout)
    rows: list[tuple[str, ...]] = []
    for block in reader.read(month, most=ROWS_SHOWN, names=writer.names):
        rows += writer.cells(block.head(ROWS_SHOWN - len(rows)))
    return rows


def _shown(column: LineColumn, layout: LinesLayout, language: str) -> dict[str, str]:
    """A column by its name in the reader's language, and by the heading the file has, where that is another."""
    name = column.headings.get(language, column.headings["en"])
    in_file = headings_of(LinesLayout(layout.side, (column.key,), layout.headings), language)[0]
    return {"key": column.key, "name": name, "heading": in_file if in_file != name else ""}


def _groups() -> dict[Group, str]:
    return {
        Group.INVOICE: _("Invoice"),
        Group.END_CUSTOMER: _("End customer"),
        Group.DEALER: _("Dealer"),
        Group.WHOLESALER: _("Wholesaler"),
        Group.ORDER: _("Order"),
        Group.LINE: _("Line"),
        Group.BOOKING: _("Booking"),
    }


def _choices() -> dict[str, Any]:
    spoken = [(each, get_language_info(each)["name_local"]) for each in LANGUAGES]
    encodings = [(key, name) for key, name in ENCODINGS.items() if key != "utf-8"]
    examples = {
        Dates.SHORT: _("31.08.26 and 31.08.2026"),
        Dates.DOTS: "31.08.2026",
        Dates.DASHES: "31-08-2026",
        Dates.ISO: "2026-08-31",
    }
    return {
        "spoken": [
            (OF_USER, _("The language of who exports")), *spoken, (KEYS, _("Fixed codes, for machines")),
        ],
        "written": [
            (f"{mark} {dates}", _("%(number)s and %(day)s") % {"number": f"1234{mark}56", "day": example})
            for mark in ",."
            for dates, example in examples.items()
        ],
        "delimiters": [(";", _("Semicolon ;")), (",", _("Comma ,")), ("\t", _("Tab")), ("|", _("Bar |"))],
        "encodings": [(WITH_MARK, _("UTF-8 with mark (Excel)")), ("utf-8", "UTF-8"), *encodings],
    }  # fmt: skip
