"""Subscriptions drawn as quantities over time: a year back and what is to come, as shares of a width.

Everything positional is an SVG attribute in percent, because the policy for styles permits no positions; the same facts
stand in a table beside the drawing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from rebill.interfaces import formats
from rebill.rules.naming import name_in
from rebill.rules.periods import add_months
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import DatedState, Standing, Timeline
from rebill.subscriptions.queries.worth import Worth

MONTHS_BACK, MONTHS_AHEAD, MONTHS_AHEAD_MAX = 12, 3, 12

# Heights in pixels of a row's drawing: the ground, what nothing would be, and what the largest quantity adds to it.
_GROUND, _LEAST, _MOST = 34, 8, 16


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are drawn, and today's place among them."""

    starts_on: date
    ends_before: date
    today: date

    def place(self, day: date) -> str:
        """Where the day lies, in percent of the width."""
        return _percent((min(max(day, self.starts_on), self.ends_before) - self.starts_on).days, self._days)

    def width(self, starts_on: date, ends_before: date) -> str:
        """How wide these days are, in percent; nothing of them may lie outside."""
        first, last = max(starts_on, self.starts_on), min(ends_before, self.ends_before)
        return _percent(max((last - first).days, 0), self._days)

    @property
    def today_at(self) -> str:
        """Where today lies."""
        return self.place(self.today)

    @property
    def _days(self) -> int:
        return (self.ends_before - self.starts_on).days


@dataclass(frozen=True, slots=True)
class Tick:
    """A month below the drawing; the year stands where it begins."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Days of one quantity. `note` says what changed on its first day; `title` says all of it in words."""

    at: str
    width: str
    top: int
    height: int
    quantity: str
    note: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """A subscription in the drawing. `end_at` is where the words of its end stand, empty while none is known."""

    subscription: Subscription
    timeline: Timeline
    name: str
    standing: Standing
    worth: Worth | None
    bars: tuple[Bar, ...]
    end_words: str
    end_at: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """The drawing."""

    span: Span
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]


def draw(
    timelines: Sequence[Timeline],
    *,
    standings: Mapping[int, Standing],
    worth: Mapping[int, Worth],
    today: date,
    language: str,
) -> Gantt:
    """The subscriptions from a year ago until what is known to come, at most a year ahead."""
    span = _span(timelines, today)
    rows = tuple(
        _row(each, span, standings[each.subscription.pk], worth.get(each.subscription.pk), language)
        for each in timelines
    )
    return Gantt(span, tuple(_ticks(span)), rows)


def _span(timelines: Sequence[Timeline], today: date) -> Span:
    this_month = today.replace(day=1)
    known = [day for each in timelines for day in _days_to_come(each, today)]
    furthest = min(max([*known, today]), add_months(this_month, MONTHS_AHEAD_MAX))
    ends_before = max(add_months(this_month, MONTHS_AHEAD), add_months(furthest.replace(day=1), 2))
    return Span(add_months(this_month, -MONTHS_BACK), ends_before, today)


def _days_to_come(timeline: Timeline, today: date) -> Iterator[date]:
    for state in timeline.states:
        if state.starts_on > today:
            yield state.starts_on
        if state.last_on is not None and state.last_on > today:
            yield state.last_on


def _ticks(span: Span) -> Iterator[Tick]:
    day, step = span.starts_on, 2
    room = timedelta(days=25)
    while day < span.ends_before:
        begins_year = day == span.starts_on or day.month <= step
        words = formats.short_month(day)
        # The word “today” stands in the same line.
        if not span.today - 2 * room < day < span.today + room:
            yield Tick(span.place(day), f"{words} {day:%y}" if begins_year else words)
        day = add_months(day, step)


def _row(timeline: Timeline, span: Span, standing: Standing, worth: Worth | None, language: str) -> Row:
    subscription, states = timeline.subscription, timeline.states
    names = states[-1].product_names if states else subscription.product.names
    name = name_in(names, language) or subscription.product.code
    end_words, end_at = _end(timeline, span, standing)
    return Row(
        subscription=subscription,
        timeline=timeline,
        name=subscription.description or name,
        standing=standing,
        worth=worth,
        bars=tuple(_bars(states, span)),
        end_words=end_words,
        end_at=end_at,
    )


def _bars(states: Sequence[DatedState], span: Span) -> Iterator[Bar]:
    most = max((state.quantity for state in states), default=Decimal(1)) or Decimal(1)
    before: DatedState | None = None
    for state in states:
        ends_before = span.ends_before if state.last_on is None else state.last_on + timedelta(days=1)
        if ends_before > span.starts_on and state.starts_on < span.ends_before:
            height = _LEAST + int(_MOST * state.quantity / most)
            note = _note(before, state, span) if _has_room(span, state.starts_on, ends_before) else ""
            yield Bar(
                at=span.place(state.starts_on),
                width=span.width(state.starts_on, ends_before),
                top=_GROUND - height,
                height=height,
                quantity=formats.number(state.quantity),
                note=note,
                title=_title(state, span.today),
            )
        before = state


def _has_room(span: Span, starts_on: date, ends_before: date) -> bool:
    """Whether a bar is wide enough for a day and what changed on it: an eighth of the drawing."""
    shown = min(ends_before, span.ends_before) - max(starts_on, span.starts_on)
    return shown * 8 >= span.ends_before - span.starts_on


def _note(before: DatedState | None, state: DatedState, span: Span) -> str:
    """What is different from this bar on: “1 Nov +4”; nothing where it began before the drawing does."""
    if state.starts_on <= span.starts_on:
        return ""
    day = formats.day(state.starts_on, span.today)
    if before is None:
        return _("%(day)s, new") % {"day": day}
    if before.product_code != state.product_code:
        return f"{day}, {state.product_code}"
    if before.last_on is not None and before.last_on + timedelta(days=1) < state.starts_on:
        return _("%(day)s, again") % {"day": day}
    difference = state.quantity - before.quantity
    if difference:
        return f"{day} {'+' if difference > 0 else ''}{formats.number(difference)}"
    return _("%(day)s, price") % {"day": day} if before.unit_price != state.unit_price else day


def _title(state: DatedState, today: date) -> str:
    words = {"quantity": formats.number(state.quantity), "product": state.product_code}
    words["first"] = formats.day(state.starts_on, today)
    if state.last_on is None:
        return _("%(quantity)s × %(product)s from %(first)s") % words
    words["last"] = formats.day(state.last_on, today)
    return _("%(quantity)s × %(product)s from %(first)s to %(last)s") % words


def _end(timeline: Timeline, span: Span, standing: Standing) -> tuple[str, str]:
    """The words after the last bar, and where they stand."""
    if not timeline.states:
        return _("never began"), span.place(timeline.subscription.start_on)
    last_on = timeline.states[-1].last_on
    if last_on is None or last_on + timedelta(days=1) >= span.ends_before:
        return "", ""
    day = formats.day(last_on, span.today)
    words = _("paused after %(day)s") if standing is Standing.PAUSED else _("ended %(day)s")
    if last_on >= span.today:
        words = _("ends %(day)s")
    return words % {"day": day}, span.place(last_on + timedelta(days=1))


def _percent(days: int, of: int) -> str:
    hundredths = days * 10_000 // of
    return f"{hundredths // 100}.{hundredths % 100:02}%"
