"""What can be said to `rebill import` about a file, and how it is written on the command line."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli.options import read_day
from rebill.interfaces.imports.inspecting import Wishes
from rebill.kit.errors import Invalid
from rebill.kit.imports.options import DateOrder, DecimalMark, ImportOptions


class PairUnclear(Invalid):
    """An option of the form name=value has no name, or names something twice."""


class DecimalMarkName(StrEnum):
    """The mark between whole and part; a comma and a point are hard to see on a command line."""

    COMMA = "comma"
    POINT = "point"


class DateOrderName(StrEnum):
    """In which order day, month and year are written."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


_MARKS: dict[DecimalMarkName, DecimalMark] = {DecimalMarkName.COMMA: ",", DecimalMarkName.POINT: "."}
_ORDERS: dict[DateOrderName, DateOrder] = {
    DateOrderName.DMY: "dmy",
    DateOrderName.MDY: "mdy",
    DateOrderName.YMD: "ymd",
}

FilesArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="A CSV or XLSX file; of calls and purchase invoices any number; - is a piped purchase invoice or mail.",
        show_default=False,
    ),
]
SwitchOption = Annotated[str | None, typer.Option("--switch", metavar="CODE", help="Calls: the switch they are from.")]
DialectOption = Annotated[
    str | None, typer.Option("--dialect", metavar="NAME", help="Calls: how the switch writes; makes the switch.")
]
WatchOption = Annotated[
    Path | None,
    typer.Option("--watch", metavar="FOLDER", help="Calls, purchase invoices: take what arrives there, until Ctrl+C."),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help="The field of a column; COLUMN= leaves the column out."),
]
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A value every line has.")]
SheetOption = Annotated[str | None, typer.Option(metavar="NAME", help="The sheet of a workbook, if not the first.")]
HeaderRowOption = Annotated[
    int | None, typer.Option("--header-row", metavar="N", help="The row of the headings; 0 if there are none.")
]
EncodingOption = Annotated[str | None, typer.Option(metavar="NAME", help="Such as utf-8, cp1252 or iso8859-15.")]
DelimiterOption = Annotated[str | None, typer.Option(metavar="MARK", help="One character; \\t for a tab.")]
DecimalOption = Annotated[DecimalMarkName | None, typer.Option(help="The decimal mark of the file.")]
DatesOption = Annotated[DateOrderName | None, typer.Option(help="The order of day, month and year.")]
CurrencyOption = Annotated[
    str | None, typer.Option(metavar="CODE", help="The currency whose sign stands beside amounts, if not your own.")
]
PreviewOption = Annotated[
    int | None, typer.Option("--preview", metavar="N", min=0, help="Show the columns and N lines; write nothing.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Try every line; write nothing.")]
RejectsOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Where to write the rejected lines, to be mended.")
]
DeckOption = Annotated[
    str | None, typer.Option("--deck", metavar="CODE", help="Rates, call invoices: the deck of all lines.")
]
FromOption = Annotated[
    date | None,
    typer.Option("--from", parser=read_day, metavar="DATE", help="Rates, call invoices: the first day of all lines."),
]
FieldsOption = Annotated[bool, typer.Option("--fields", help="Show the fields that a file may fill.")]


def file_options(
    *,
    sheet: str | None,
    header_row: int | None,
    encoding: str | None,
    delimiter: str | None,
    decimal: DecimalMarkName | None,
    dates: DateOrderName | None,
    currency: str | None,
) -> ImportOptions:
    """The options as the kit takes them."""
    return ImportOptions(
        encoding=encoding,
        delimiter="\t" if delimiter == "\\t" else delimiter,
        sheet=sheet,
        header_row=header_row,
        decimal_mark=_MARKS[decimal] if decimal else None,
        date_order=_ORDERS[dates] if dates else None,
        currency=currency.upper() if currency else None,
    )


def fixed_for_all(entity: str, fixed: list[str] | None, *, deck: str | None, starts_on: date | None) -> list[str]:
    """The values every line has, with the deck and the day that are said as options of their own."""
    first_day = "starts_on" if entity == "call-invoices" else "valid_from"
    return [
        *(fixed or ()),
        *([f"deck_code={deck}"] if deck else ()),
        *([f"{first_day}={starts_on.isoformat()}"] if starts_on else ()),
    ]


def wishes(options: ImportOptions, *, mapped: list[str] | None, fixed: list[str] | None) -> Wishes:
    """Options, columns and fixed values together."""
    # A heading may hold an equals sign, a field's name does not; a value may hold one, the name before it does not.
    mapping = _pairs("--map", [text.rpartition("=") for text in mapped or []])
    constants = _pairs("--set", [text.partition("=") for text in fixed or []])
    return Wishes(
        options=options,
        mapping={column: name or None for column, name in mapping.items()},
        constants=constants,
    )


def _pairs(option: str, parts: list[tuple[str, str, str]]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for name, mark, value in parts:
        name, value = name.strip(), value.strip()
        if not mark or not name:
            raise PairUnclear(
                _("%(option)s %(given)s has no name before an equals sign. Write it as name=value.")
                % {"option": option, "given": f"{name}{mark}{value}"}
            )
        if name in pairs:
            raise PairUnclear(
                _("%(option)s names “%(name)s” twice. Keep one of the two.") % {"option": option, "name": name}
            )
        pairs[name] = value
    return pairs
