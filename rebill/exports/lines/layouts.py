"""How a line export is written: read strictly, so that a wrong layout is refused before a file is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from rebill.exports.layouts import LayoutInvalid, check_delimiter, known_encoding, one_of
from rebill.exports.lines.columns import COLUMNS, DEFAULT_COLUMNS, LANGUAGES
from rebill.kit.imports.options import DECIMAL_MARKS


class Side(StrEnum):
    """Whose rows: what the seller was billed by the seller above it (EK), or what it billed (VK)."""

    PURCHASE = "purchase"
    SALES = "sales"


class Dates(StrEnum):
    """How days are written. SHORT as in Operator: from and until as dd.mm.yy, all others as dd.mm.yyyy."""

    SHORT = "short"
    DOTS = "dots"
    DASHES = "dashes"
    ISO = "iso"


# Headings: in the language of whoever exports, in one language, or the keys, which never change.
OF_USER, KEYS = "user", "keys"
HEADINGS = (OF_USER, KEYS, *LANGUAGES)

_USUAL_NAME = {Side.PURCHASE: "EK_{yyyy}-{mm}.csv", Side.SALES: "VK_{yyyy}-{mm}.csv"}
_NAME = re.compile(r"[^/\\\x00-\x1f]{1,80}")


@dataclass(frozen=True, slots=True)
class LinesLayout:
    """The columns in their order, and how cells and headings are written."""

    side: Side
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    headings: str = OF_USER
    delimiter: str = ";"
    decimal_mark: str = ","
    encoding: str = "utf-8"
    byte_order_mark: bool = True
    dates: Dates = Dates.SHORT
    file_name: str = ""

    def named_for(self, month: date) -> str:
        """The name of the file for a month."""
        pattern = self.file_name or _USUAL_NAME[self.side]
        return pattern.replace("{yyyy}", f"{month:%Y}").replace("{yy}", f"{month:%y}").replace("{mm}", f"{month:%m}")


def read_lines_layout(stored: Mapping[str, object], side: Side) -> LinesLayout:
    """The layout as it was kept or sent; what is not said is as usual. LayoutInvalid names the first wrong setting."""
    usual = LinesLayout(side)
    known = set(lines_layout_as_json(usual))
    unknown = sorted(set(stored) - known)
    if unknown:
        raise LayoutInvalid(
            _("%(name)r is no setting of a layout; these are: %(known)s.")
            % {"name": unknown[0], "known": ", ".join(sorted(known))}
        )
    said = {**lines_layout_as_json(usual), **stored}
    columns, mark = said["columns"], said["byte_order_mark"]
    if not isinstance(columns, list | tuple):
        raise LayoutInvalid(_("The columns are a list of names, not %(columns)r.") % {"columns": columns})
    if not isinstance(mark, bool):
        raise LayoutInvalid(_("byte_order_mark is true or false, not %(byte_order_mark)r.") % {"byte_order_mark": mark})
    if not columns or len(set(columns)) < len(columns):
        raise LayoutInvalid(_("A layout has at least one column, and each only once."))
    name = str(said["file_name"])
    if name and not _NAME.fullmatch(name):
        raise LayoutInvalid(
            _("%(name)r is no name of a file; write it as VK_{yyyy}-{mm}.csv, without slashes.") % {"name": name}
        )
    return LinesLayout(
        side=side,
        columns=tuple(one_of("columns", each, tuple(COLUMNS)) for each in columns),
        headings=one_of("headings", said["headings"], HEADINGS),
        delimiter=check_delimiter(str(said["delimiter"])),
        decimal_mark=one_of("decimal_mark", said["decimal_mark"], DECIMAL_MARKS),
        encoding=known_encoding(str(said["encoding"])),
        byte_order_mark=mark,
        dates=Dates(one_of("dates", said["dates"], tuple(Dates))),
        file_name=name,
    )


def lines_layout_as_json(layout: LinesLayout) -> dict[str, object]:
    """What `read_lines_layout` reads back as the same layout."""
    return {
        "columns": list(layout.columns),
        "headings": layout.headings,
        "delimiter": layout.delimiter,
        "decimal_mark": layout.decimal_mark,
        "encoding": layout.encoding,
        "byte_order_mark": layout.byte_order_mark,
        "dates": layout.dates.value,
        "file_name": layout.file_name,
    }


def headings_of(layout: LinesLayout, language: str) -> list[str]:
    """The first row of the file, for a reader of this language."""
    if layout.headings == KEYS:
        return list(layout.columns)
    spoken = language if layout.headings == OF_USER else layout.headings
    return [COLUMNS[key].headings.get(spoken, COLUMNS[key].headings["en"]) for key in layout.columns]
