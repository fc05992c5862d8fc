"""`rebill export lines`: a row for every charge that was billed in a month, for purchases or sales."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from rebill.exports.commands import keep_line_layout
from rebill.exports.lines.columns import COLUMNS
from rebill.exports.lines.layouts import Side, lines_layout_as_json, read_lines_layout
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import LineWriter
from rebill.exports.queries import lines_layout
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.exports.combined import (
    ColumnsOption,
    DecimalOption,
    DelimiterOption,
    EncodingOption,
    MonthArgument,
    OutOption,
    month_of,
)
from rebill.interfaces.cli.exports.files import write_file
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import print_columns, print_line, short

SideOption = Annotated[Side, typer.Option("--side", help="What was billed, or what you were billed.")]
LayoutOption = Annotated[
    str, typer.Option("--layout", metavar="NAME", help="The layout; the only one there is, else the usual one.")
]
HeadingsOption = Annotated[str | None, typer.Option("--headings", help="user, keys, or a language: nl, de, fi or en.")]
DatesOption = Annotated[
    str | None, typer.Option("--dates", help="short, dots, dashes or iso: 01.10.26, 01.10.2026 and so on.")
]
RememberOption = Annotated[
    str, typer.Option("--remember", metavar="NAME", help="Keep this layout under a name, for everybody.")
]


def export_lines(
    month: MonthArgument = None,
    side: SideOption = Side.SALES,
    layout_name: LayoutOption = "",
    columns: ColumnsOption = None,
    headings: HeadingsOption = None,
    delimiter: DelimiterOption = None,
    decimal: DecimalOption = None,
    encoding: EncodingOption = None,
    dates: DatesOption = None,
    remember: RememberOption = "",
    out: OutOption = None,
    list_columns: Annotated[
        bool, typer.Option("--list", help="List the columns there are, and write nothing.")
    ] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Write the line export of a month: one row for each charge that was billed, as it stands on its document."""
    session = open_session(seller=seller, user=user)
    language = get_language() or "en"
    if list_columns:
        return _list(language, as_json=as_json)
    chosen = {
        "columns": [key.strip() for key in columns.split(",")] if columns else None,
        "headings": headings,
        "delimiter": "\t" if delimiter == "\\t" else delimiter,
        "decimal_mark": None if decimal is None else {"comma": ",", "point": "."}[decimal.value],
        "encoding": encoding,
        "dates": dates,
    }
    kept = lines_layout_as_json(lines_layout(session.acting, side, layout_name))
    said = {name: value for name, value in chosen.items() if value is not None}
    layout = read_lines_layout({**kept, **said}, side)
    if remember:
        keep_line_layout(acting=session.acting, name=remember, layout=layout, now=session.now)
    first = month_of(month, session.today)
    reader = LineReader(session.acting, side)
    path = out or Path(layout.named_for(first))
    write_file(path, LineWriter(reader, layout).chunks(first, language))
    rows = reader.count(first)
    if as_json:
        output.print_json({"month": f"{first:%Y-%m}", "side": side.value, "rows": rows, "file": str(path)})
        return DONE
    words = ngettext("%(rows)s line of %(month)s: %(path)s", "%(rows)s lines of %(month)s: %(path)s", rows)
    print_line(words % {"rows": f"{rows:,}", "month": f"{first:%Y-%m}", "path": path})
    return DONE


def _list(language: str, *, as_json: bool) -> int:
    if as_json:
        output.print_json({"columns": {key: dict(column.headings) for key, column in COLUMNS.items()}})
        return DONE
    print_columns(
        [short(_("Key")), short(_("Heading"))],
        [(key, column.headings.get(language, column.headings["en"])) for key, column in COLUMNS.items()],
    )
    return DONE
