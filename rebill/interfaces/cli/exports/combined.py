"""`rebill export`: the combined export of a month, as a file, by mail, or as a sample."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.delivery.contract import Accepted
from rebill.exports.commands import mail_export, make_combined_export
from rebill.exports.contract import Layout
from rebill.exports.files import file_name, sample_export
from rebill.exports.layouts import layout_as_json, read_layout
from rebill.exports.models import Export
from rebill.exports.registry import FORMATS
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption, begin_session
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.kit.errors import Invalid
from rebill.kit.files import read_file
from rebill.parties.commands import change_seller

Kind = StrEnum("Kind", {"CSV": "csv", "XLSX": "xlsx"})
BasisName = StrEnum("BasisName", {"ISSUED": "issued", "RUN": "run"})
DecimalMarkName = StrEnum("DecimalMarkName", {"COMMA": "comma", "POINT": "point"})
_MARKS = {DecimalMarkName.COMMA: ",", DecimalMarkName.POINT: "."}

MonthArgument = Annotated[
    str | None, typer.Argument(metavar="[YYYY-MM]", help="The month; this month if left out.", show_default=False)
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write the file.")]
BasisOption = Annotated[
    BasisName | None, typer.Option("--basis", help="issued: documents of the month; run: with the drafts of its runs.")
]
KindOption = Annotated[Kind | None, typer.Option("--kind", help="CSV or a workbook.")]
ColumnsOption = Annotated[
    str | None, typer.Option("--columns", metavar="KEYS", help="The columns in their order, with commas between.")
]
LanguageOption = Annotated[str | None, typer.Option("--language", help="The language of headings: nl, de, fi or en.")]
DelimiterOption = Annotated[str | None, typer.Option("--delimiter", help="One character; tab is written as \\t.")]
DecimalOption = Annotated[DecimalMarkName | None, typer.Option("--decimal", help="The decimal mark.")]
EncodingOption = Annotated[str | None, typer.Option("--encoding", help="Such as utf-8, cp1252 or iso8859-15.")]


class MonthUnclear(Invalid):
    """What was given is no month."""


def export_command(
    month: MonthArgument = None,
    seller: SellerOption = None,
    user: UserOption = None,
    out: OutOption = None,
    basis: BasisOption = None,
    kind: KindOption = None,
    columns: ColumnsOption = None,
    language: LanguageOption = None,
    delimiter: DelimiterOption = None,
    decimal: DecimalOption = None,
    encoding: EncodingOption = None,
    remember: Annotated[bool, typer.Option("--remember", help="Keep this layout for the timetable.")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="Write a file of invented customers.")] = False,
    mail: Annotated[bool, typer.Option("--mail", help="Mail it to the addresses for exports, once.")] = False,
    as_json: output.JsonOption = False,
) -> int:
    """Make the combined export: one row per customer and summary group, with exact amounts without VAT."""
    prepare_database()
    session = begin_session(seller=seller, user=user)
    layout = _layout(
        session,
        {
            "basis": basis.value if basis else None,
            "kind": kind.value if kind else None,
            "columns": [key.strip() for key in columns.split(",")] if columns else None,
            "language": language,
            "delimiter": "\t" if delimiter == "\\t" else delimiter,
            "decimal_mark": _MARKS[decimal] if decimal else None,
            "encoding": encoding,
        },
    )
    if remember:
        _remember(session, layout, with_basis=basis is not None)
    first = month_of(month, session.today)
    if sample:
        return _write_sample(session, layout, first, out)
    export = make_combined_export(acting=session.acting, month=first, layout=layout, now=session.now)
    path = out or Path(file_name(export, slug=session.seller.slug))
    path.write_bytes(read_file(export.file_id))
    said = mail_export(acting=session.acting, export=export, now=session.now) if mail else None
    _show(export, path, said.words if said else "", as_json=as_json)
    return DONE if said is None or isinstance(said, Accepted) else PARTLY


def _layout(session: Session, chosen: dict[str, object]) -> Layout:
    """The seller's remembered layout with what was chosen now."""
    said = {name: value for name, value in chosen.items() if value is not None}
    stored = {**session.seller.export_layout, **said}
    return read_layout(stored, FORMATS.get("combined"), language=session.seller.language)


def _remember(session: Session, layout: Layout, *, with_basis: bool) -> None:
    """Keep the layout; the basis only when it was said, because the timetable exports drafts unless told otherwise."""
    kept = layout_as_json(layout)
    if not with_basis and "basis" not in session.seller.export_layout:
        del kept["basis"]
    change_seller(acting=session.acting, export_layout=kept, now=session.now)


def month_of(given: str | None, today: date) -> date:
    """The month that was named, by its first day; this month where none was."""
    if given is None:
        return today.replace(day=1)
    try:
        return date.fromisoformat(f"{given}-01")
    except ValueError:
        raise MonthUnclear(
            _("%(given)r is no month; write it as %(today)s.") % {"given": given, "today": f"{today:%Y-%m}"}
        ) from None


def _write_sample(session: Session, layout: Layout, month: date, out: Path | None) -> int:
    path = out or Path(f"sample.{layout.kind}")
    path.write_bytes(sample_export(layout=layout, month=month, currency=session.seller.currency, now=session.now))
    output.screen().print(output.plain(_("A sample stands in %(path)s.") % {"path": path}))
    return DONE


def _show(export: Export, path: Path, said: str, *, as_json: bool) -> None:
    if as_json:
        output.print_json(
            {"export": export.pk, "month": f"{export.month:%Y-%m}", "rows": export.rows, "file": path, "mail": said}
        )
        return
    output.screen().print(
        output.plain(
            _("%(rows)s rows of %(month)s stand in %(path)s.")
            % {"rows": f"{export.rows:,}", "month": f"{export.month:%Y-%m}", "path": path}
        )
    )
    if said:
        output.screen().print(output.plain(_("Mail: %(said)s") % {"said": said}))
