"""Days and periods in words, as short as they can be said without doubt."""

from datetime import date, timedelta
from functools import lru_cache

from babel.dates import format_date, format_interval, format_skeleton

from rebill.rules.periods import Period


@lru_cache(maxsize=4096)
def day_in_words(day: date, *, locale: str) -> str:
    return format_date(day, "long", locale=locale)


@lru_cache(maxsize=4096)
def period_in_words(period: Period, *, year: int | None, locale: str) -> str:
    """ "augustus", "16–31 aug", "24 aug", "2026"; the year is said where it is not `year`."""
    first_on, last_on = period.starts_on, period.ends_before - timedelta(days=1)
    with_year = "" if first_on.year == last_on.year == year else "y"
    if first_on >= last_on:
        return format_skeleton(f"{with_year}MMMd", first_on, locale=locale)
    if first_on.day != 1 or period.ends_before.day != 1:
        return format_interval(first_on, last_on, f"{with_year}MMMd", locale=locale)
    if (first_on.year, first_on.month) == (last_on.year, last_on.month):
        return (
            format_skeleton("yMMMM", first_on, locale=locale)
            if with_year
            else format_date(first_on, "LLLL", locale=locale)
        )
    if first_on.month == 1 and last_on.month == 12:
        return format_interval(first_on, last_on, "y", locale=locale)
    return format_interval(first_on, last_on, f"{with_year}MMM", locale=locale)
