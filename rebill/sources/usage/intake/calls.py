"""Records as calls: every record becomes a call, is turned down with its reason, or is another leg of a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl
from django.utils.translation import gettext as _

from rebill.sources.usage import schema
from rebill.sources.usage.dialects import FIELDS, NEEDED, Among, Dialect
from rebill.sources.usage.intake.numbers import numbers_of
from rebill.sources.usage.intake.records import LINE, MORE, column_names
from rebill.sources.usage.intake.streams import FileUnreadable
from rebill.sources.usage.intake.values import amount_e6, moment, seconds_of
from rebill.sources.usage.numbers import Dialling

SECONDS_MAX = 10_000_000
# Past this moment (the year 2100) a start is a mistake, and the arithmetic of months ends somewhere.
_START_MAX = 4_102_444_800
_HOUR = 3_600
PROBLEM = "problem"
_TYPES = {schema.INTEGER: pl.Int64, schema.TEXT: pl.String, schema.BOOLEAN: pl.Boolean}
CALL_TYPES: Mapping[str, type[pl.DataType]] = {name: _TYPES[kind] for name, kind in schema.CALLS.items()}


class Reason(NamedTuple):
    """Why a record is no call: the field it is about, and the code of the words in `rejects`."""

    field: str
    code: str


REASONS = (
    Reason("", "more_columns"),
    Reason("", "left_out"),
    Reason("", "encoding"),
    Reason("start", "missing"),
    Reason("start", "moment"),
    Reason("called", "missing"),
    Reason("seconds", "missing"),
    Reason("seconds", "seconds"),
    Reason("buy", "amount"),
    Reason("sell", "amount"),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of some records. `rejected` has their cells, `line`, `problem` (a position in REASONS) and texts."""

    calls: pl.DataFrame
    rejected: pl.DataFrame
    other_legs: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How the records of one file become calls: where each field stands in it."""

    dialect: Dialect
    places: Mapping[str, tuple[tuple[str, str], ...]]
    rules: Mapping[str, tuple[str, tuple[str, ...]]]
    time_zone: str
    dialling: Dialling
    columns: int
    file_id: int

    def wanted(self) -> set[int]:
        """The positions of the columns that are read."""
        names = {at for places in self.places.values() for at, _extract in places}
        return {int(name[1:]) for name in names | {at for at, _values in self.rules.values()}}


def reading_of(labels: tuple[str, ...], dialect: Dialect, *, time_zone: str, country: str, file_id: int) -> Reading:
    """Finds the columns. FileUnreadable when one is missing that the file is said to have."""
    by_label = dict(zip(labels, column_names(len(labels)), strict=True))

    def found(column: str) -> str | None:
        if column in by_label:
            return by_label[column]
        return f"c{int(column) - 1}" if column.isdecimal() and 0 < int(column) <= len(labels) else None

    places = {}
    for name in FIELDS:
        wanted = dialect.columns.get(name, ())
        stands = tuple((at, each.extract) for each in wanted if (at := found(each.column)) is not None)
        if wanted and not stands and (name in NEEDED or name not in dialect.optional):
            raise _missing(wanted[0].column, labels)
        places[name] = stands
    rules = {}
    for name in ("answered", "incoming", "leg", "only", "frame"):
        rule: Among | None = getattr(dialect, name)
        if rule is not None:
            at = found(rule.column)
            if at is None:
                raise _missing(rule.column, labels)
            rules[name] = (at, rule.values)
    dialling = Dialling(dialect.country or country, dialect.strip, dialect.unprefixed)
    return Reading(dialect, places, rules, dialect.time_zone or time_zone, dialling, len(labels), file_id)


def _missing(column: str, labels: tuple[str, ...]) -> FileUnreadable:
    shown = ", ".join(labels[:40])[:300]
    if not shown.isprintable():
        return FileUnreadable(
            _("Its first line is no text. Deliver it unpacked, or correct the encoding of the switch.")
        )
    return FileUnreadable(
        _("It has no column “%(column)s”; it has %(labels)s. Correct the columns, heading or delimiter of the switch.")
        % {"column": column, "labels": shown or "–"}
    )


def calls_of(frame: pl.DataFrame, reading: Reading) -> Taken:
    """The calls of the records; rows that only frame the file are none of either."""
    frame = frame.filter(~_is_among(reading, "frame", False)) if "frame" in reading.rules else frame
    columns = [name for name in column_names(reading.columns) if name in frame.columns]
    read = frame.select(
        *columns,
        LINE,
        MORE,
        *(_text(reading, name).alias(f"_{name}") for name in FIELDS if name != "record_id"),
        _record_id(reading).alias("_record_id"),
        is_leg=_is_among(reading, "leg", True),
        is_wanted=_is_among(reading, "only", True),
        is_incoming=_is_among(reading, "incoming", False),
    )
    legs = read.height
    read = read.filter("is_leg")
    legs -= read.height
    read = read.with_columns(*_values(reading), seconds_of(read["_seconds"], reading.dialect.unit).alias("said_s"))
    read = read.with_columns(_billed(reading))
    read = read.with_columns(_problem().alias(PROBLEM))
    rejected = read.filter(pl.col(PROBLEM).is_not_null())
    good = read.filter(pl.col(PROBLEM).is_null()) if rejected.height else read
    return Taken(_calls(good, reading), rejected, legs)


def _text(reading: Reading, name: str) -> pl.Expr:
    """The field as a text: the first of its places that holds anything."""
    found = []
    for at, extract in reading.places[name]:
        text = pl.col(at).str.extract(extract, 1) if extract else pl.col(at)
        # Named once: a pattern that stands in two expressions is looked for twice.
        found.append(text.str.strip_chars().replace("", None))
    return pl.coalesce(found) if found else pl.lit(None, pl.String)


def _record_id(reading: Reading) -> pl.Expr:
    """What the switch calls the record; all that tells it from others where it has no name."""
    parts = [pl.col(at).str.strip_chars() for at, _extract in reading.places["record_id"]]
    if len(parts) == 1:
        return parts[0]
    return pl.concat_str(parts, separator="|", ignore_nulls=True) if parts else pl.lit(None, pl.String)


def _is_among(reading: Reading, name: str, otherwise: bool) -> pl.Expr:
    if name not in reading.rules:
        return pl.lit(otherwise)
    at, values = reading.rules[name]
    return pl.col(at).str.strip_chars().is_in(list(values)).fill_null(False)


def _values(reading: Reading) -> list[pl.Expr]:
    dialect, zone = reading.dialect, reading.time_zone
    answered_s = moment(pl.col("_answered_at"), dialect.moments, zone)
    if "answered" in reading.rules:
        is_answered = _is_among(reading, "answered", True)
    elif reading.places["answered_at"]:
        is_answered = answered_s.is_not_null()
    else:
        is_answered = pl.lit(True)
    return [
        moment(pl.col("_start"), dialect.moments, zone).alias("start_s"),
        answered_s.alias("answered_s"),
        moment(pl.col("_ended_at"), dialect.moments, zone).alias("ended_s"),
        is_answered.alias("is_answered"),
        amount_e6(pl.col("_buy"), dialect.decimal_mark).alias("buy_e6"),
        amount_e6(pl.col("_sell"), dialect.decimal_mark).alias("sell_e6"),
    ]


def _billed(reading: Reading) -> list[pl.Expr]:
    lasted = pl.col("ended_s") - pl.coalesce("answered_s", "start_s")
    # In the night the clock goes back, an end may be written an hour before its start.
    lasted = pl.when((lasted < 0) & (lasted >= -_HOUR)).then(lasted + _HOUR).otherwise(lasted)
    exact = _exact_end(reading)
    lasted = lasted if exact is None else pl.coalesce(exact, lasted)
    known = pl.when(pl.col("_seconds").is_not_null()).then(pl.col("said_s")).otherwise(lasted)
    return [pl.when("is_answered").then(known).otherwise(0).alias("seconds")]


def _exact_end(reading: Reading) -> pl.Expr | None:
    """Between two moments with fractions of a second, the seconds that have begun; None where none have fractions."""
    if not reading.places["ended_at"] or not any("%.f" in form for form in reading.dialect.moments):
        return None
    form = next(form for form in reading.dialect.moments if "%.f" in form)
    begun, ended = (
        pl.col(name).str.to_datetime(form, strict=False, time_unit="us").dt.epoch("us")
        for name in ("_answered_at", "_ended_at")
    )
    lasted = ended - begun
    return pl.when(lasted >= 0).then((lasted + 999_999) // 1_000_000)


def _problem() -> pl.Expr:
    """The position of the first reason in REASONS that holds; null for a call."""
    is_billed = pl.col("seconds") != 0
    broken = pl.any_horizontal(
        pl.col(f"_{name}").str.contains("\ufffd", literal=True).fill_null(False)
        for name in ("record_id", "account", "trunk", "caller", "called")
    )
    holds = {
        ("", "more_columns"): pl.col(MORE).is_not_null(),
        ("", "left_out"): ~pl.col("is_wanted"),
        ("", "encoding"): broken,
        ("start", "missing"): pl.col("_start").is_null(),
        ("start", "moment"): pl.col("start_s").is_null() | (pl.col("start_s") <= 0) | (pl.col("start_s") > _START_MAX),
        ("called", "missing"): pl.col("_called").is_null() & is_billed.fill_null(True),
        ("seconds", "missing"): pl.col("seconds").is_null() & pl.col("_seconds").is_null(),
        ("seconds", "seconds"): pl.col("seconds").is_null()
        | (pl.col("seconds") < 0)
        | (pl.col("seconds") > SECONDS_MAX),
        ("buy", "amount"): pl.col("_buy").is_not_null() & pl.col("buy_e6").is_null(),
        ("sell", "amount"): pl.col("_sell").is_not_null() & pl.col("sell_e6").is_null(),
    }
    return pl.coalesce(
        pl.when(holds[reason]).then(pl.lit(position, pl.Int64)) for position, reason in enumerate(REASONS)
    )


def _calls(good: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    told = pl.concat_str(
        [pl.col(f"_{name}").fill_null("") for name in ("start", "account", "caller", "called", "seconds")],
        separator="|",
    )
    record_id = pl.when(pl.col("_record_id") != "").then("_record_id").otherwise(told)
    frame = good.select(
        pl.lit(reading.file_id, pl.Int64).alias("file_id"),
        pl.col(LINE),
        record_id.alias("record_id"),
        "start_s",
        "seconds",
        numbers_of(good["_caller"], reading.dialling).alias("caller"),
        numbers_of(good["_called"], reading.dialling).alias("called"),
        *(pl.col(f"_{name}").fill_null("").alias(name) for name in ("account", "trunk")),
        pl.col("is_incoming").alias("incoming"),
        "buy_e6",
        "sell_e6",
        *(pl.col(f"_{name}").fill_null("").alias(name) for name in ("destination", "reason")),
    )
    return frame.select(pl.col(name).cast(kind) for name, kind in CALL_TYPES.items())
