"""Which of several things holds on a day: each from its start until before its end, never two at once."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

Content = TypeVar("Content", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Span(Generic[Content]):
    """`content` holds from `starts_on` until before `ends_before`; None: until something else starts."""

    starts_on: date
    ends_before: date | None
    content: Content


@dataclass(frozen=True, slots=True)
class Overlap:
    """An entered span says that it ends later than another one starts."""

    starts_on: date
    ends_before: date
    next_starts_on: date


@dataclass(frozen=True, slots=True)
class Laid(Generic[Content]):
    """What stands after spans were entered.

    `spans` are all of them by start. `changed_from` is the first day on which something else holds than before, None
    when nothing changed. `overlaps` are the entered spans that were left out, by their start.
    """

    spans: Mapping[date, Span[Content]]
    changed_from: date | None
    overlaps: Mapping[date, Overlap]


def lay_spans(kept: Sequence[Span[Content]], entered: Sequence[Span[Content]]) -> Laid[Content]:
    """Enter spans among those kept; at most one of each starts on a day.

    A span that starts ends the one before it. One that starts on the day of a kept one corrects it, and keeps its end
    unless it says another. A span that states an end after the next start is left out, because which of the two should
    hold cannot be known. The order of `entered` does not matter, and entering the same again changes nothing.
    """
    before = {span.starts_on: span for span in kept}
    wanted = {span.starts_on: span for span in entered}
    overlaps = _overlaps(wanted, sorted({*before, *wanted}))
    wanted = {day: span for day, span in wanted.items() if day not in overlaps}
    starts = sorted({*before, *wanted})
    after: dict[date, Span[Content]] = {}
    following = dict(pairwise(starts))
    for starts_on in starts:
        next_starts_on = following.get(starts_on)
        old, new = before.get(starts_on), wanted.get(starts_on)
        ends_before = old.ends_before if old is not None else None
        if new is not None and new.ends_before is not None:
            ends_before = new.ends_before
        if next_starts_on is not None and (ends_before is None or ends_before > next_starts_on):
            ends_before = next_starts_on
        holder = new if new is not None else old
        assert holder is not None
        after[starts_on] = Span(starts_on, ends_before, holder.content)
    return Laid(spans=after, changed_from=_first_difference(before, after), overlaps=overlaps)


def _overlaps(wanted: Mapping[date, Span[Content]], starts: Sequence[date]) -> dict[date, Overlap]:
    found = {}
    following = dict(pairwise(starts))
    for starts_on, span in wanted.items():
        next_starts_on = following.get(starts_on)
        if span.ends_before is not None and next_starts_on is not None and span.ends_before > next_starts_on:
            found[starts_on] = Overlap(starts_on, span.ends_before, next_starts_on)
    return found


def _first_difference(before: Mapping[date, Span[Content]], after: Mapping[date, Span[Content]]) -> date | None:
    days = []
    for starts_on, new in after.items():
        old = before.get(starts_on)
        if old is None or old.content != new.content:
            days.append(starts_on)
        elif old.ends_before != new.ends_before:
            days.append(min(day for day in (old.ends_before, new.ends_before) if day is not None))
    return min(days, default=None)
