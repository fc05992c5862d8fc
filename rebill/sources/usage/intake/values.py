"""Columns of texts as the values of a call: moments, seconds, amounts. What cannot be read is null."""

import polars as pl

E6 = 1_000_000
_ISO = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)? ?(?:Z|UTC|[+-]\d\d:?\d\d)?(?: UTC)?$"
_ISO_OFFSET = r"(Z|UTC|[+-]\d\d:?\d\d)(?: UTC)?$"
_NUMBER = r"^\d{1,12}(?:[.,]\d*)?$"
_HMS = r"^(?:(\d{1,4}):)?(\d{1,4}):([0-5]\d)(?:[.,]\d+)?$"
_GO = r"^(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,9})(?:\.(\d+))?s)?$"
_PER_SECOND = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def moment(text: pl.Expr, forms: tuple[str, ...], time_zone: str) -> pl.Expr:
    """Unix seconds by the first form that fits. A time of day without an offset is that of the time zone.

    Of two equal times in the night the clock goes back it is the first; a time that the clock skips is none.
    """
    return pl.coalesce([_moment(text, form, time_zone) for form in forms])


def _moment(text: pl.Expr, form: str, time_zone: str) -> pl.Expr:
    match form:
        case "unix":
            digits = text.str.extract(r"^(\d{1,11})(?:\.\d*)?$", 1).cast(pl.Int64, strict=False)
            return pl.when(digits > 0).then(digits)
        case "unix_ms":
            return text.str.extract(r"^(\d{1,14})$", 1).cast(pl.Int64, strict=False) // 1_000
        case "iso":
            return _iso(text, time_zone)
    if "%z" in form or "%:z" in form:
        return text.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC").dt.epoch("s")
    return _local(text.str.to_datetime(form, strict=False, time_unit="us"), time_zone)


def _iso(text: pl.Expr, time_zone: str) -> pl.Expr:
    whole = pl.when(text.str.contains(_ISO)).then(text)
    naive = whole.str.slice(0, 19).str.replace("T", " ", literal=True)
    naive = naive.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    offset = whole.str.extract(_ISO_OFFSET, 1)
    hours = offset.str.extract(r"^[+-](\d\d)", 1).cast(pl.Int64).fill_null(0)
    minutes = offset.str.extract(r"(\d\d)$", 1).cast(pl.Int64).fill_null(0)
    ahead = (hours * 3600 + minutes * 60) * pl.when(offset.str.starts_with("-")).then(-1).otherwise(1)
    return pl.when(offset.is_not_null()).then(naive.dt.epoch("s") - ahead).otherwise(_local(naive, time_zone))


def _local(naive: pl.Expr, time_zone: str) -> pl.Expr:
    return naive.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null").dt.epoch("s")


def seconds_of(texts: pl.Series, unit: str) -> pl.Series:
    """Whole seconds; a part of a second counts as one, as every second that has begun does."""
    if unit == "s":
        whole = texts.cast(pl.Int64, strict=False)
        if whole.null_count() == texts.null_count():
            return whole
    return pl.DataFrame({"text": texts}).select(_seconds(pl.col("text"), unit).alias("seconds"))["seconds"]


def _seconds(text: pl.Expr, unit: str) -> pl.Expr:
    if unit == "hms":
        hours, minutes, rest = (text.str.extract(_HMS, group).cast(pl.Int64) for group in (1, 2, 3))
        return hours.fill_null(0) * 3600 + minutes * 60 + rest + _has_more(text.str.extract(r"[.,](\d+)$", 1))
    if unit == "go":
        hours, minutes, rest = (text.str.extract(_GO, group).cast(pl.Int64).fill_null(0) for group in (1, 2, 3))
        more = _has_more(text.str.extract(_GO, 4))
        return pl.when(text.str.contains(_GO) & (text != "")).then(hours * 3600 + minutes * 60 + rest + more)
    number = pl.when(text.str.contains(_NUMBER)).then(text)
    whole = number.str.extract(r"^(\d+)", 1).cast(pl.Int64)
    behind = number.str.extract(r"[.,](\d*)$", 1).fill_null("")
    if unit == "s":
        return whole + _has_more(behind)
    if unit == "min":
        parts = behind.str.slice(0, 9).str.pad_end(9, "0").cast(pl.Int64)
        return whole * 60 + (parts * 60 + 999_999_999) // 1_000_000_000
    divisor = _PER_SECOND[unit]
    whole = pl.when(text.str.contains(r"^\d{1,18}$")).then(text).cast(pl.Int64)
    return (whole + divisor - 1) // divisor


def _has_more(digits: pl.Expr) -> pl.Expr:
    """One where there is anything but zeros behind the decimal mark, else nothing."""
    return digits.str.contains("[1-9]").fill_null(False).cast(pl.Int64)


def amount_e6(text: pl.Expr, decimal_mark: str) -> pl.Expr:
    """The amount in millionths; what has more decimals is rounded half up, away from zero."""
    mark = r"\." if decimal_mark == "." else ","
    number = pl.when(text.str.contains(rf"^[+-]?\d{{1,9}}(?:{mark}\d*)?$")).then(text)
    whole = number.str.extract(r"^[+-]?(\d+)", 1).cast(pl.Int64)
    behind = number.str.extract(rf"{mark}(\d*)$", 1).fill_null("").str.pad_end(7, "0")
    parts = behind.str.slice(0, 6).cast(pl.Int64)
    rounded = (behind.str.slice(6, 1).cast(pl.Int64) >= 5).cast(pl.Int64)
    size = whole * E6 + parts + rounded
    return pl.when(number.str.starts_with("-")).then(-size).otherwise(size)
