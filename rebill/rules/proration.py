"""Which share of a whole period a part of it is, so that the parts always add up to the whole.

A part is the difference of two cumulative shares, each rounded once to 10⁻⁸ of a unit: however often a period is cut,
its pieces add up to the quantity, exactly.
"""

from datetime import date
from enum import StrEnum

from rebill.rules.errors import Invalid
from rebill.rules.money import divide_half_up
from rebill.rules.periods import Period, days_in_month


class PartOutsideWhole(Invalid):
    """A part of a period has days that the period does not have."""


class ProrationBase(StrEnum):
    """How days are counted: ACTUAL days; FIXED_30, thirty a month by day numbers; THIRTY_E_360, the Eurobond rule."""

    ACTUAL = "actual"
    FIXED_30 = "fixed_30"
    THIRTY_E_360 = "30e_360"


def day_count(start: date, day: date, base: ProrationBase) -> int:
    """Days from `start` to `day` as `base` counts them.

    FIXED_30 gives every month thirty days and keeps day numbers as they are, so the 31st is a day 31 and the first of
    the next month adds nothing; the last of February counts for the days that are missing. THIRTY_E_360 (ISDA 2006
    section 4.16(g), Eurobond basis) reads a 31st as the 30th at both ends and leaves February alone.
    """
    if base is ProrationBase.ACTUAL:
        return (day - start).days
    from_day, to_day = start.day, day.day
    if base is ProrationBase.THIRTY_E_360:
        from_day, to_day = min(from_day, 30), min(to_day, 30)
    return 30 * _months_between(start, day) + to_day - from_day


def elapsed(whole: Period, day: date, base: ProrationBase) -> tuple[int, int]:
    """How much of `whole` is over when `day` begins, as (numerator, denominator): 0 at its start, all at its end."""
    denominator = _length(whole, base)
    if day <= whole.starts_on:
        return 0, denominator
    if day >= whole.ends_before:
        return denominator, denominator
    return min(day_count(whole.starts_on, day, base), denominator), denominator


def fraction(whole: Period, part: Period, base: ProrationBase) -> tuple[int, int]:
    """The share of `part` as people explain it: (16, 31) for sixteen days of a month of thirty-one."""
    if not part:
        return 0, _length(whole, base)
    _check_inside(whole, part)
    before, _ = elapsed(whole, part.starts_on, base)
    until, denominator = elapsed(whole, part.ends_before, base)
    return until - before, denominator


def prorate_e8(quantity_e8: int, whole: Period, part: Period, base: ProrationBase) -> int:
    """The quantity of `part` when `quantity_e8` is the quantity of `whole`. Refuses a part that sticks out."""
    starts_on, ends_before = part.starts_on, part.ends_before
    if starts_on >= ends_before:
        return 0
    begins, ends = starts_on == whole.starts_on, ends_before == whole.ends_before
    if begins and ends:
        return quantity_e8
    if starts_on < whole.starts_on or ends_before > whole.ends_before:
        _check_inside(whole, part)
    # Rounding each cumulative share, and not each part, is what makes the parts add up.
    until = quantity_e8 if ends else _until(quantity_e8, whole, ends_before, base)
    return until if begins else until - _until(quantity_e8, whole, starts_on, base)


def _until(quantity_e8: int, whole: Period, day: date, base: ProrationBase) -> int:
    if base is ProrationBase.ACTUAL:
        # Most periods of most sellers, so without the detour through elapsed().
        numerator, denominator = (day - whole.starts_on).days, (whole.ends_before - whole.starts_on).days
    else:
        numerator, denominator = elapsed(whole, day, base)
    return divide_half_up(quantity_e8 * numerator, denominator)


def _check_inside(whole: Period, part: Period) -> None:
    if part.starts_on < whole.starts_on or part.ends_before > whole.ends_before:
        raise PartOutsideWhole(
            f"{part.starts_on} to {part.ends_before} is not inside {whole.starts_on} to {whole.ends_before}."
        )


def _length(whole: Period, base: ProrationBase) -> int:
    """The days of the whole. At least 1: 30 January to 31 January has none by 30E/360, and is still a whole."""
    start, end = whole.starts_on, whole.ends_before
    if base is ProrationBase.FIXED_30 and _is_whole_months(start, end):
        return 30 * _months_between(start, end)
    return max(1, day_count(start, end, base))


def _months_between(start: date, day: date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month


def _is_whole_months(start: date, end: date) -> bool:
    """Whether a monthly grid has both days, one of them pulled back to the end of a short month perhaps."""
    if start.day > end.day:
        return end.day == days_in_month(end.year, end.month)
    return start.day == end.day or start.day == days_in_month(start.year, start.month)
