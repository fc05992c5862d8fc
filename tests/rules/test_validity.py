"""Spans of validity: one holds on a day, whatever the order in which they were entered."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.validity import Overlap, Span, lay_spans

JANUARY, MARCH, MAY, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)


def spans(laid) -> list[tuple[date, date | None, str]]:
    return [(span.starts_on, span.ends_before, span.content) for span in laid.spans.values()]


def test_what_starts_ends_what_was_before_it():
    laid = lay_spans([Span(JANUARY, None, "old")], [Span(MARCH, None, "new")])

    assert spans(laid) == [(JANUARY, MARCH, "old"), (MARCH, None, "new")]
    assert laid.changed_from == MARCH


def test_what_starts_in_between_ends_where_the_next_one_starts():
    laid = lay_spans([Span(JANUARY, MAY, "first"), Span(MAY, None, "last")], [Span(MARCH, None, "between")])

    assert spans(laid) == [(JANUARY, MARCH, "first"), (MARCH, MAY, "between"), (MAY, None, "last")]


def test_on_the_same_day_it_is_a_correction_that_keeps_the_end():
    laid = lay_spans([Span(JANUARY, MARCH, "wrong")], [Span(JANUARY, None, "right")])

    assert spans(laid) == [(JANUARY, MARCH, "right")]
    assert laid.changed_from == JANUARY


def test_a_gap_stays_a_gap():
    laid = lay_spans([Span(JANUARY, MARCH, "old")], [Span(MAY, JULY, "summer")])

    assert spans(laid) == [(JANUARY, MARCH, "old"), (MAY, JULY, "summer")]


def test_an_end_after_the_next_start_is_left_out_and_both_are_named():
    laid = lay_spans([Span(MARCH, None, "standing")], [Span(JANUARY, MAY, "entered")])

    assert spans(laid) == [(MARCH, None, "standing")]
    assert laid.overlaps == {JANUARY: Overlap(JANUARY, MAY, MARCH)}
    assert laid.changed_from is None


def test_only_the_end_differs_from_the_day_it_differs():
    laid = lay_spans([Span(JANUARY, MAY, "price")], [Span(JANUARY, MARCH, "price")])

    assert spans(laid) == [(JANUARY, MARCH, "price")]
    assert laid.changed_from == MARCH


days = st.integers(0, 40).map(lambda number: JANUARY + timedelta(days=number))


@st.composite
def entered_spans(draw) -> list[Span[str]]:
    starts = draw(st.lists(days, unique=True, max_size=6))
    lengths = st.none() | st.integers(1, 30).map(lambda number: timedelta(days=number))
    found = []
    for starts_on in starts:
        length = draw(lengths)
        found.append(Span(starts_on, None if length is None else starts_on + length, draw(st.sampled_from("abc"))))
    return found


@given(entered_spans(), entered_spans())
def test_never_two_hold_on_the_same_day(first, second):
    kept = list(lay_spans([], first).spans.values())
    laid = list(lay_spans(kept, second).spans.values())

    for span, following in pairwise(laid):
        assert span.ends_before is not None
        assert span.starts_on < span.ends_before <= following.starts_on


@given(entered_spans(), entered_spans(), st.randoms())
def test_the_order_and_the_number_of_times_do_not_matter(first, second, random):
    kept = list(lay_spans([], first).spans.values())
    once = lay_spans(kept, second)
    shuffled = random.sample(second, len(second))

    assert lay_spans(kept, shuffled).spans == once.spans
    again = lay_spans(list(once.spans.values()), shuffled)
    assert (again.spans, again.changed_from) == (once.spans, None)


@given(entered_spans(), entered_spans())
def test_before_the_day_of_the_first_difference_nothing_differs(first, second):
    kept = lay_spans([], first)
    laid = lay_spans(list(kept.spans.values()), second)

    def holder(spans, day):
        return next(
            (
                s.content
                for s in spans.values()
                if s.starts_on <= day and (s.ends_before is None or day < s.ends_before)
            ),
            None,
        )

    every_day = [JANUARY + timedelta(days=number) for number in range(-1, 80)]
    differing = [day for day in every_day if holder(kept.spans, day) != holder(laid.spans, day)]
    if laid.changed_from is None:
        assert not differing
    assert all(day >= laid.changed_from for day in differing)
