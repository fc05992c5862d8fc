"""Records that became no calls, in words: what is wrong with them, and how to mend it."""

import polars as pl
from django.utils.translation import gettext as _

from rebill.kit.imports.rejects import Refusal, Rejected, RejectedLines, refusal
from rebill.sources.usage.intake.calls import PROBLEM, REASONS, Reading
from rebill.sources.usage.intake.records import LINE, Chunk, column_names


def keep_rejected(lines: RejectedLines, chunk: Chunk, rejected: pl.DataFrame, reading: Reading) -> None:
    """Add the records of a chunk that were turned down, and its lines that are no records."""
    for broken in chunk.broken:
        lines.add(
            Rejected(
                broken.line,
                (
                    refusal(
                        column="",
                        value=broken.text,
                        why=_("The line is no record: a quotation mark or the other half of the call is missing."),
                        remedy=_("Have the switch write it again, and deliver it together with what belongs to it."),
                    ),
                ),
            )
        )
    if rejected.is_empty():
        return
    names = column_names(reading.columns)
    whole = chunk.whole() if chunk.whole is not None else chunk.frame
    cells = whole.join(rejected.select(LINE), on=LINE, how="semi", maintain_order="left").select(names).rows()
    for row, told in zip(cells, rejected.iter_rows(named=True), strict=True):
        lines.add(Rejected(told[LINE], (_refusal(told, reading),), tuple(cell or "" for cell in row)))


def _refusal(told: dict[str, object], reading: Reading) -> Refusal:
    field, code = REASONS[int(str(told[PROBLEM]))]
    wanted = reading.dialect.columns.get(field, ())
    why, remedy = _words(code, reading)
    value = told.get(f"_{field}") if field else None
    return refusal(column=" / ".join(place.column for place in wanted), value=str(value or ""), why=why, remedy=remedy)


def _words(code: str, reading: Reading) -> tuple[str, str]:
    match code:
        case "more_columns":
            return (
                _("It has more columns than the file."),
                _("Put cells with a delimiter in them between quotation marks, or correct the columns of the switch."),
            )
        case "left_out":
            return (
                _("The settings of the switch leave it out."),
                _("Nothing, if it is meant so; else change the setting “only” and deliver the file again."),
            )
        case "encoding":
            return (
                _("It holds bytes that are no characters."),
                _("Correct the encoding of the switch and deliver the file again."),
            )
        case "missing":
            return _("The cell is empty."), _("Have the switch write it, or correct the columns of the switch.")
        case "moment":
            forms = ", ".join(reading.dialect.moments)
            return (
                _("It is no moment of the form %(forms)s in %(zone)s.") % {"forms": forms, "zone": reading.time_zone},
                _("Correct the cell, or the moments and the time zone of the switch."),
            )
        case "seconds":
            return (
                _("It is no duration in the unit “%(unit)s”.") % {"unit": reading.dialect.unit},
                _("Correct the cell, or the unit of the switch."),
            )
    return (
        _("It is no amount with “%(mark)s” as decimal mark.") % {"mark": reading.dialect.decimal_mark},
        _("Correct the cell, or the decimal mark of the switch."),
    )
