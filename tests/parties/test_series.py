"""Number series: they take over from an old system, and never print a number twice."""

from datetime import date

import pytest

from rebill.kit.errors import Conflict, Invalid
from rebill.kit.sequences import SequenceMovesBack, allot_numbers, peek_number
from rebill.parties.commands import create_seller, set_number_series
from rebill.parties.commands.series import NumberGiven, SeriesClash
from rebill.parties.entries import EntryRefused
from rebill.parties.models import SeriesPurpose
from rebill.parties.queries import SeriesMissing, first_number, series_for
from tests.factories import NOW, TODAY, acting_of, events_of, make_seller, make_user

pytestmark = pytest.mark.django_db

INVOICE, CREDIT_NOTE = SeriesPurpose.INVOICE, SeriesPurpose.CREDIT_NOTE


def next_number(seller, purpose=INVOICE, *, on=TODAY) -> int:
    """The number the next document of the day gets, as issuing takes it."""
    series, key = series_for(seller.pk, purpose, on)
    return allot_numbers(key=key, count=1, start=first_number(series, on))[0]


def set_series(seller, pattern="{year}-{number:05}", *, purpose=INVOICE, **terms):
    return set_number_series(acting=acting_of(seller), purpose=purpose, pattern=pattern, today=TODAY, now=NOW, **terms)


def test_numbering_begins_again_every_year():
    seller = make_seller()

    assert [next_number(seller), next_number(seller), next_number(seller, on=date(2027, 1, 1))] == [1, 2, 1]


def test_a_number_taken_over_counts_for_its_year_only():
    seller = make_seller()

    set_series(seller, first_number=1269)

    assert [next_number(seller), next_number(seller), next_number(seller, on=date(2027, 1, 1))] == [1269, 1270, 1]


def test_a_number_can_be_taken_over_for_the_coming_year():
    seller = make_seller()
    assert next_number(seller) == 1

    set_series(seller, first_number=500, first_year=2027)

    assert [next_number(seller), next_number(seller, on=date(2027, 1, 1))] == [2, 500]


def test_a_running_series_runs_on():
    seller = make_seller()
    set_series(seller, "F{number:06}", per_year=False, first_number=88001)

    assert [next_number(seller), next_number(seller, on=date(2027, 1, 1))] == [88001, 88002]


def test_numbering_does_not_go_back():
    seller = make_seller()
    set_series(seller, first_number=1269)
    next_number(seller)

    with pytest.raises(SequenceMovesBack):
        set_series(seller, first_number=1269)
    set_series(seller, first_number=1300)

    assert next_number(seller) == 1300


def test_another_pattern_leaves_the_counting_alone():
    seller = make_seller()
    set_series(seller, first_number=1269)
    next_number(seller)

    set_series(seller, "{yy}{month}-{number:04}")

    assert next_number(seller) == 1270


def test_what_stops_to_begin_again_every_year_goes_on_where_it_stands():
    seller = make_seller()
    next_number(seller)
    next_number(seller)

    with pytest.raises(NumberGiven):
        set_series(seller, per_year=False, first_number=2)
    set_series(seller, per_year=False)

    assert [next_number(seller), next_number(seller, on=date(2027, 1, 1))] == [3, 4]


def test_a_new_way_of_counting_that_prints_otherwise_begins_at_one():
    seller = make_seller()
    next_number(seller)

    set_series(seller, "F{number:06}", per_year=False)

    assert next_number(seller) == 1


def test_credit_notes_are_numbered_with_the_invoices_where_they_have_no_series():
    seller = create_seller(owner=make_user(), slug="noordwal", name="Noordwal ICT", now=NOW)
    set_series(seller)

    _, invoices = series_for(seller.pk, INVOICE, TODAY)
    _, credit_notes = series_for(seller.pk, CREDIT_NOTE, TODAY)

    assert invoices == credit_notes == f"{seller.pk}:invoice:2026"


def test_both_series_may_not_print_the_same_numbers():
    seller = make_seller()

    with pytest.raises(SeriesClash):
        set_series(seller, "{year}-{number:03}", purpose=CREDIT_NOTE)


def test_without_a_series_nothing_can_be_numbered():
    seller = create_seller(owner=make_user(), slug="noordwal", name="Noordwal ICT", now=NOW)

    with pytest.raises(SeriesMissing):
        series_for(seller.pk, INVOICE, TODAY)


@pytest.mark.parametrize(
    "pattern", ["2026", "{number}{number}", "{number.__class__}", "{name}-{number}", "{number:05}"]
)
def test_a_pattern_that_would_repeat_numbers_is_refused(pattern):
    with pytest.raises(Invalid):
        set_series(make_seller(), pattern)


@pytest.mark.parametrize("terms", [{"first_number": 0}, {"first_number": 2**31}, {"first_number": 1, "first_year": 26}])
def test_a_first_number_or_year_that_cannot_be_is_refused(terms):
    with pytest.raises(EntryRefused):
        set_series(make_seller(), **terms)


def test_a_refused_series_changes_nothing():
    seller = make_seller()
    set_series(seller, first_number=1269)
    next_number(seller)
    before, (_, key) = events_of(seller), series_for(seller.pk, INVOICE, TODAY)

    with pytest.raises(Conflict):
        set_series(seller, "F{year}-{number}", first_number=1)

    series, _ = series_for(seller.pk, INVOICE, TODAY)
    assert (series.pattern, peek_number(key)) == ("{year}-{number:05}", 1270)
    assert events_of(seller) == before
