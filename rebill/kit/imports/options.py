"""What a person may say about a file before it is read, and the limits every file is held to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Literal, cast, get_args

from django.utils.translation import gettext as _

from rebill.kit.imports.refusals import FileRefused

DecimalMark = Literal[",", "."]
DateOrder = Literal["dmy", "mdy", "ymd"]

DECIMAL_MARKS: tuple[DecimalMark, ...] = get_args(DecimalMark)
DATE_ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
DELIMITERS = (";", "\t", "|", ",")

# The encodings that can be chosen by hand, with the names people know them by.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
    "iso8859-15": "ISO-8859-15",
    "iso8859-1": "ISO-8859-1",
    "cp850": "DOS 850",
    "mac-roman": "Mac Roman",
}


@dataclass(frozen=True)
class Limits:
    """How large a file may be. A file that exceeds one of these is refused whole, with the number in the reason."""

    bytes_max: int = 200_000_000
    lines_max: int = 1_000_000
    columns_max: int = 500
    line_length_max: int = 1_000_000
    # A quote that is opened by mistake swallows the lines after it; a real cell spans fewer than this.
    quoted_lines_max: int = 100
    # A workbook is held in memory while it is read, so its limits are lower than those of text, which streams.
    workbook_entries_max: int = 2_000
    workbook_bytes_max: int = 300_000_000
    workbook_ratio_max: int = 150
    workbook_ratio_from_bytes: int = 20_000_000
    workbook_cells_max: int = 3_000_000
    workbook_text_max: int = 100_000_000


LIMITS = Limits()


@dataclass(frozen=True)
class ImportOptions:
    """How to read a file where its own content leaves a choice; None means: decide from the content.

    `header_row` counts from 1; 0 says that the file has no headings. `currency` is the only currency whose sign or
    code may stand beside an amount.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    decimal_mark: DecimalMark | None = None
    date_order: DateOrder | None = None
    currency: str | None = None

    def __post_init__(self) -> None:
        _require_one_of("encoding", self.encoding, tuple(ENCODINGS))
        _require_one_of("decimal_mark", self.decimal_mark, DECIMAL_MARKS)
        _require_one_of("date_order", self.date_order, DATE_ORDERS)
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n\0'):
            raise FileRefused(
                what="import.option_unusable",
                where="delimiter",
                why=_("A delimiter is one character, and no quote or line end."),
                remedy=_("Choose semicolon, comma, tab or vertical bar."),
                value=self.delimiter,
            )
        if self.header_row is not None and self.header_row < 0:
            raise FileRefused(
                what="import.option_unusable",
                where="header_row",
                why=_("Rows count from 1; 0 says that there are no headings."),
                remedy=_("State the row in which the headings stand."),
                value=str(self.header_row),
            )

    def to_json(self) -> dict[str, str | int]:
        """Only what was chosen, so that a remembered layout keeps no decision nobody made."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "ImportOptions":
        """Refuses a name or type it does not know: an option dropped in silence would change what is read."""
        known = {field.name: int if field.name == "header_row" else str for field in fields(cls)}
        for name, value in stored.items():
            if type(value) is not known.get(name):
                raise FileRefused(
                    what="import.option_unknown",
                    where=name,
                    why=_("“%(name)s” with this value is no option of an import.") % {"name": name},
                    remedy=_("Use one of: %(names)s.") % {"names": ", ".join(sorted(known))},
                    value=str(value),
                )
        return cls(**cast(dict[str, str], dict(stored)))  # type: ignore[arg-type]


def _require_one_of(name: str, chosen: str | None, allowed: tuple[str, ...]) -> None:
    if chosen is not None and chosen not in allowed:
        raise FileRefused(
            what="import.option_unusable",
            where=name,
            why=_("“%(chosen)s” is none of those that can be read.") % {"chosen": chosen},
            remedy=_("Use one of: %(allowed)s.") % {"allowed": "  ".join(allowed)},
            value=chosen,
        )
