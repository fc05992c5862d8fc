"""What rating reads in bulk: eras and rates of decks, off-peak slots, who is priced by which deck, bundles."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.catalogue.commands import (
    create_bundle,
    create_peak_times,
    create_rate_deck,
    end_plan_deck,
    lay_rates,
    set_deck_peak_times,
    set_plan_deck,
    set_rate,
)
from rebill.catalogue.commands.laying_rates import RateEntry
from rebill.catalogue.models import CallCategory
from rebill.catalogue.queries.bundle_offers import bundle_offers, product_bundles
from rebill.catalogue.queries.rating import (
    EraRow,
    OffpeakRow,
    RateRow,
    TariffRow,
    days_since_1970,
    deck_facts,
    last_rate_revision,
    public_holidays,
    read_offpeak,
    read_rates,
    read_tariffs,
)
from rebill.sources.usage import schema
from tests.factories import NOW, acting_of, assign_plan, make_customer, make_plan, make_product, make_seller

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER, TENTH, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 9, 10), date(2026, 10, 1)
MONTH = {"from_day": SEPTEMBER, "before_day": OCTOBER}


@pytest.fixture
def seller():
    return make_seller()


@pytest.fixture
def acting(seller):
    return acting_of(seller)


@pytest.fixture
def product(seller):
    return make_product(seller, "CALLS", kind="usage")


@pytest.fixture
def deck(acting, product):
    return create_rate_deck(acting=acting, code="standard", product_id=product.pk, now=NOW)


def set_minute(acting, deck, prefix, price, valid_from=AUGUST, **terms):
    return set_rate(
        acting=acting, deck_id=deck.pk, prefix=prefix, valid_from=valid_from, minute=Decimal(price), now=NOW, **terms
    )


def n(day):
    return days_since_1970(day)


def test_rows_are_named_like_the_frames():
    assert EraRow._fields == tuple(schema.ERAS)
    assert RateRow._fields == tuple(schema.RATES)
    assert OffpeakRow._fields == tuple(schema.OFFPEAK)
    assert set(TariffRow._fields) == schema.TARIFFS.keys() - {"owner_id"}


def test_an_era_ends_where_a_rate_changes(seller, acting, deck, product):
    set_minute(acting, deck, "49", "0.01", setup=Decimal("0.05"), category=CallCategory.INTERNATIONAL)
    second = set_minute(acting, deck, "49", "0.02", valid_from=TENTH)
    same = set_minute(acting, deck, "31", "0.005", offpeak=Decimal("0.004"))

    eras, rates = read_rates(seller.pk, [deck.pk], **MONTH)

    assert eras == [
        EraRow(deck.pk, n(SEPTEMBER), n(TENTH), 1, None),
        EraRow(deck.pk, n(TENTH), n(OCTOBER), 2, None),
    ]
    rows = [RateRow(*row) for row in rates]
    assert [(row.era_id, row.prefix, row.minute_e6, row.offpeak_e6) for row in sorted(rows)] == [
        (1, "31", 5_000, 4_000),
        (1, "49", 10_000, 10_000),
        (2, "31", 5_000, 4_000),
        (2, "49", 20_000, 20_000),
    ]
    [found] = [row for row in rows if row.rate_id == second.pk]
    assert found == RateRow(
        2, "49", second.pk, product.pk, 3, 50_000, 20_000, 20_000, 1, 1, 0, 0, 1, None, None, None, 100, 0
    )
    assert [row.era_id for row in rows if row.rate_id == same.pk] == [1, 2]


def test_an_era_ends_where_peak_times_change(seller, acting, deck):
    set_minute(acting, deck, "49", "0.01")
    peak = create_peak_times(acting=acting, code="office", week=[([1], "08:00", "18:00")], now=NOW)
    set_deck_peak_times(acting=acting, deck_id=deck.pk, peak_times_id=peak.pk, valid_from=TENTH, now=NOW)

    eras, _rates = read_rates(seller.pk, [deck.pk], **MONTH)

    assert [(era.from_day, era.schedule_id) for era in eras] == [(n(SEPTEMBER), None), (n(TENTH), peak.pk)]


def test_another_sellers_decks_are_not_read(seller, acting, deck):
    set_minute(acting, deck, "49", "0.01")
    stranger = make_seller()

    assert read_rates(stranger.pk, [deck.pk], **MONTH) == ([], [])
    assert deck_facts(stranger.pk, [deck.pk]) == {}
    assert deck_facts(seller.pk, [deck.pk])[deck.pk].currency == "EUR"


def test_reads_do_not_grow_with_decks(seller, acting, product, django_assert_num_queries):
    decks = [create_rate_deck(acting=acting, code=f"deck{n}", product_id=product.pk, now=NOW) for n in range(5)]
    for each in decks:
        entered = [RateEntry(str(prefix), AUGUST, None, {"minute": Decimal("0.01")}) for prefix in range(10, 40)]
        lay_rates(acting=acting, deck_id=each.pk, entered=entered, now=NOW)

    with django_assert_num_queries(3):
        eras, rates = read_rates(seller.pk, [each.pk for each in decks], **MONTH)

    assert (len(eras), len(rates)) == (5, 150)


def test_off_peak_slots_are_those_of_the_sellers_days(seller, acting):
    peak = create_peak_times(
        acting=acting, code="office", week=[([1, 2, 3, 4, 5], "00:00", "24:00")], holidays="NL", now=NOW
    )

    rows = read_offpeak(
        seller.pk, [peak.pk], zone="Europe/Amsterdam", from_day=date(2026, 12, 21), before_day=date(2026, 12, 28)
    )

    # Christmas Day and the weekend after it.
    assert len(rows) == 3 * 96
    assert date(2026, 12, 25) in public_holidays("DE-BY", date(2026, 12, 1), date(2027, 1, 1))


def test_a_customer_is_priced_by_the_decks_of_its_plan_of_the_day(seller, acting, deck, product):
    standard, plus = make_plan(seller, "standard"), make_plan(seller, "plus")
    incoming = create_rate_deck(acting=acting, code="in", incoming=True, product_id=product.pk, now=NOW)
    dearer = create_rate_deck(acting=acting, code="dearer", product_id=product.pk, now=NOW)
    set_plan_deck(acting=acting, plan_id=standard.pk, deck_id=deck.pk, valid_from=AUGUST, now=NOW)
    set_plan_deck(acting=acting, plan_id=plus.pk, deck_id=dearer.pk, valid_from=AUGUST, now=NOW)
    link = set_plan_deck(acting=acting, plan_id=plus.pk, deck_id=incoming.pk, valid_from=AUGUST, now=NOW)
    end_plan_deck(acting=acting, link_id=link.pk, valid_before=date(2026, 9, 20), now=NOW)
    mover, stayer = make_customer(seller), make_customer(seller)
    assign_plan(mover, plus, valid_from=TENTH)

    rows = read_tariffs(seller.pk, [mover.pk, stayer.pk], **MONTH)

    assert rows == [
        TariffRow(mover.pk, n(SEPTEMBER), n(TENTH), 0, True, False, deck.pk, None),
        TariffRow(mover.pk, n(TENTH), n(OCTOBER), 0, True, False, dearer.pk, None),
        TariffRow(mover.pk, n(TENTH), n(date(2026, 9, 20)), 0, True, True, incoming.pk, None),
        TariffRow(stayer.pk, n(SEPTEMBER), n(OCTOBER), 0, True, False, deck.pk, None),
    ]


def test_exceptions_go_with_the_call_itself_and_alone_where_the_plan_has_no_deck(seller, acting, deck, product):
    plan, customer = make_plan(seller, "standard"), make_customer(seller)
    set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=deck.pk, valid_from=TENTH, now=NOW)
    set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=deck.pk, valid_from=TENTH, component=1, now=NOW)
    own = create_rate_deck(acting=acting, code="own", customer_id=customer.pk, product_id=product.pk, now=NOW)

    rows = read_tariffs(seller.pk, [customer.pk], **MONTH)

    assert rows == [
        TariffRow(customer.pk, n(TENTH), n(OCTOBER), 0, True, False, deck.pk, own.pk),
        TariffRow(customer.pk, n(TENTH), n(OCTOBER), 1, False, False, deck.pk, None),
        TariffRow(customer.pk, n(SEPTEMBER), n(TENTH), 0, True, False, own.pk, None),
    ]


def test_bundles_are_offered_by_plan_by_customer_and_by_product(seller, acting):
    plan, customer, seat = make_plan(seller, "standard"), make_customer(seller), make_product(seller, "SEAT")
    said = {"acting": acting, "name": "Fixed NL", "categories": [1], "valid_from": AUGUST, "now": NOW}
    of_plan = create_bundle(plan_id=plan.pk, minutes=100, **said)
    own = create_bundle(customer_id=customer.pk, amount=Decimal("2.50"), **said)
    of_seat = create_bundle(product_id=seat.pk, minutes=2000, **said)
    assign_plan(customer, make_plan(seller, "plus"), valid_from=TENTH)

    offers = bundle_offers(seller.pk, [customer.pk], **MONTH)

    assert [(offer.customer_id, offer.held.bundle_id) for offer in offers] == [
        (customer.pk, own.pk),
        (customer.pk, of_plan.pk),
    ]
    assert (offers[0].held.amount_e6, offers[0].held.seconds) == (2_500_000, None)
    assert (offers[1].held.starts_on, offers[1].held.ends_before) == (SEPTEMBER, TENTH)
    [by_seat] = product_bundles(seller.pk, **MONTH)
    assert (by_seat.product_id, by_seat.held.bundle_id, by_seat.held.seconds) == (seat.pk, of_seat.pk, 120_000)


def test_the_last_revision_grows_with_every_change(seller, acting, deck):
    assert last_rate_revision(seller.pk) == 0
    set_minute(acting, deck, "49", "0.01")
    first = last_rate_revision(seller.pk)
    set_minute(acting, deck, "49", "0.02")

    assert 0 < first < last_rate_revision(seller.pk)
