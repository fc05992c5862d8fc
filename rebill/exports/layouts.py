"""A layout as it is chosen and remembered: read strictly, so that a wrong one is refused before a file is made."""

import codecs
from collections.abc import Mapping
from typing import Literal, cast

from django.utils.translation import gettext as _

from rebill.exports.contract import Basis, ExportFormat, FileKind, Layout
from rebill.kit.errors import Invalid
from rebill.kit.imports.options import DECIMAL_MARKS, ENCODINGS


class LayoutInvalid(Invalid):
    """The layout says something that no file can have."""


def default_layout(file_format: ExportFormat, *, language: str) -> Layout:
    """The format's own columns; the language where the format speaks it, else its first."""
    spoken = language if language in file_format.languages else file_format.languages[0]
    return Layout(columns=file_format.default_columns, language=spoken)


def read_layout(stored: Mapping[str, object], file_format: ExportFormat, *, language: str) -> Layout:
    """The layout that was remembered for a seller; what is not said is as in the default layout.

    LayoutInvalid names the first setting that is wrong, and what it may be.
    """
    known = {"columns", "language", "basis", "kind", "delimiter", "decimal_mark", "encoding", "byte_order_mark"}
    unknown = sorted(set(stored) - known)
    if unknown:
        raise LayoutInvalid(
            _("%(name)r is no setting of a layout; these are: %(known)s.")
            % {"name": unknown[0], "known": ", ".join(sorted(known))}
        )
    standard = default_layout(file_format, language=language)
    columns = stored.get("columns", list(standard.columns))
    if not isinstance(columns, list | tuple):
        raise LayoutInvalid(_("The columns are a list of names, not %(columns)r.") % {"columns": columns})
    byte_order_mark = stored.get("byte_order_mark", standard.byte_order_mark)
    if not isinstance(byte_order_mark, bool):
        raise LayoutInvalid(
            _("byte_order_mark is true or false, not %(byte_order_mark)r.") % {"byte_order_mark": byte_order_mark}
        )
    layout = Layout(
        columns=tuple(one_of("columns", each, file_format.columns) for each in columns),
        language=one_of("language", stored.get("language", standard.language), file_format.languages),
        basis=Basis(one_of("basis", stored.get("basis", standard.basis), tuple(Basis))),
        kind=FileKind(one_of("kind", stored.get("kind", standard.kind), tuple(FileKind))),
        delimiter=str(stored.get("delimiter", standard.delimiter)),
        decimal_mark=cast(
            Literal[",", "."],
            one_of("decimal_mark", stored.get("decimal_mark", standard.decimal_mark), DECIMAL_MARKS),
        ),
        encoding=known_encoding(str(stored.get("encoding", standard.encoding))),
        byte_order_mark=byte_order_mark,
    )
    check_layout(layout, file_format)
    return layout


def check_layout(layout: Layout, file_format: ExportFormat) -> None:
    """Refuse a layout that the format cannot write."""
    for column in layout.columns:
        one_of("columns", column, file_format.columns)
    if not layout.columns or len(set(layout.columns)) < len(layout.columns):
        raise LayoutInvalid(_("A layout has at least one column, and each only once."))
    one_of("language", layout.language, file_format.languages)
    one_of("decimal_mark", layout.decimal_mark, DECIMAL_MARKS)
    known_encoding(layout.encoding)
    check_delimiter(layout.delimiter)


def check_delimiter(delimiter: str) -> str:
    """The delimiter, if cells can be told apart by it."""
    if len(delimiter) != 1 or delimiter in "\"'\r\n\0" or delimiter.isalnum():
        raise LayoutInvalid(
            _("The delimiter is one character such as ; , or tab, not %(delimiter)r.") % {"delimiter": delimiter}
        )
    return delimiter


def layout_as_json(layout: Layout) -> dict[str, object]:
    """What `read_layout` reads back as the same layout."""
    return {
        "columns": list(layout.columns),
        "language": layout.language,
        "basis": layout.basis.value,
        "kind": layout.kind.value,
        "delimiter": layout.delimiter,
        "decimal_mark": layout.decimal_mark,
        "encoding": layout.encoding,
        "byte_order_mark": layout.byte_order_mark,
    }


def one_of(setting: str, value: object, allowed: tuple[str, ...]) -> str:
    """The value, if it is one of these."""
    if value not in allowed:
        raise LayoutInvalid(
            _("%(value)r is no %(setting)s; one of: %(allowed)s.")
            % {"value": value, "setting": setting, "allowed": ", ".join(allowed)}
        )
    return str(value)


def known_encoding(name: str) -> str:
    """The encoding by the name we know it by, whatever people call it: Windows-1252 is cp1252."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        found = name
    for known in ENCODINGS:
        if codecs.lookup(known).name == found:
            return known
    raise LayoutInvalid(
        _("%(name)r is no encoding; one of: %(encodings)s.") % {"name": name, "encodings": ", ".join(ENCODINGS)}
    )
