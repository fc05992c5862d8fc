"""Rate decks: rates along the days, decks of plans, exceptions, peak times and bundles, and what may not be."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.access.acting import Role
from rebill.catalogue.commands import (
    change_bundle,
    change_peak_times,
    change_rate_deck,
    create_bundle,
    create_peak_times,
    create_rate_deck,
    end_bundle,
    end_plan_deck,
    end_rate,
    lay_rates,
    set_deck_peak_times,
    set_plan_deck,
    set_rate,
)
from rebill.catalogue.commands.bundles import BundleOfNobody
from rebill.catalogue.commands.decks import DeckCodeTaken, DeckUnfit, OwnDeckStands
from rebill.catalogue.commands.laying_rates import RateEntry, RatesOverlap, RateTold
from rebill.catalogue.models import CallCategory, PlanDeck, Rate, RateRevision
from rebill.catalogue.queries import ProductUnknown
from rebill.catalogue.queries.decks import DeckUnknown, count_rates, rates_of_prefix, rates_on
from rebill.kit.errors import Forbidden
from rebill.parties.entries import EntryRefused
from tests.factories import NOW, acting_of, events_of, make_customer, make_plan, make_product, make_seller

pytestmark = pytest.mark.django_db

JANUARY, JULY, OCTOBER = date(2026, 1, 1), date(2026, 7, 1), date(2026, 10, 1)


@pytest.fixture
def seller():
    return make_seller()


@pytest.fixture
def acting(seller):
    return acting_of(seller)


@pytest.fixture
def deck(acting, seller):
    calls = make_product(seller, "CALLS", kind="usage")
    return create_rate_deck(acting=acting, code="standard", product_id=calls.pk, now=NOW)


def days_of(acting, deck, prefix="49"):
    rates = rates_of_prefix(acting, deck.pk, prefix)
    return [(rate.valid_from, rate.valid_before, rate.minute) for rate in rates]


# --- rates ----------------------------------------------------------------------------------------------------------


def test_a_rate_ends_the_one_before_it_and_takes_over_what_is_not_said(acting, deck):
    set_rate(
        acting=acting, deck_id=deck.pk, prefix="+49", valid_from=JANUARY, minute=Decimal("0.009"),
        setup=Decimal("0.05"), destination="Germany, fixed", category=CallCategory.INTERNATIONAL, now=NOW,
    )  # fmt: skip

    later = set_rate(acting=acting, deck_id=deck.pk, prefix="49", valid_from=JULY, minute=Decimal("0.014"), now=NOW)

    assert days_of(acting, deck) == [(JANUARY, JULY, Decimal("0.009")), (JULY, None, Decimal("0.014"))]
    assert (later.destination, later.setup, later.category) == ("Germany, fixed", Decimal("0.05"), 3)


def test_a_rate_of_the_same_day_is_corrected(acting, deck):
    for price in ("0.009", "0.008"):
        set_rate(acting=acting, deck_id=deck.pk, prefix="49", valid_from=JULY, minute=Decimal(price), now=NOW)

    assert days_of(acting, deck) == [(JULY, None, Decimal("0.008"))]


def test_thousands_of_rates_are_laid_at_once(acting, deck, django_assert_max_num_queries):
    entered = [RateEntry(str(prefix), JULY, None, {"minute": Decimal("0.01")}) for prefix in range(1000, 4000)]

    with django_assert_max_num_queries(24):
        results = lay_rates(acting=acting, deck_id=deck.pk, entered=entered, now=NOW)

    assert set(results) == {"accepted"}
    assert count_rates([deck.pk], JULY) == {deck.pk: 3000}
    assert set(lay_rates(acting=acting, deck_id=deck.pk, entered=entered, now=NOW)) == {"unchanged"}
    assert RateRevision.objects.filter(deck=deck).count() == 1


def test_a_prefix_ends_from_a_day_on_and_its_history_stays(acting, deck):
    set_rate(acting=acting, deck_id=deck.pk, prefix="299", valid_from=JANUARY, minute=Decimal("0.61"), now=NOW)

    ended = lay_rates(
        acting=acting, deck_id=deck.pk, entered=[RateEntry("299", OCTOBER, ends=True), RateEntry("1", JULY, ends=True)],
        now=NOW,
    )  # fmt: skip

    assert ended == ["accepted", "unchanged"]
    assert days_of(acting, deck, "299") == [(JANUARY, OCTOBER, Decimal("0.61"))]
    assert not rates_on(acting, deck.pk, OCTOBER).exists()


def test_one_bad_rate_never_stops_the_others(acting, deck):
    price = {"minute": Decimal("0.01")}
    entered = [
        RateEntry("49", JULY, None, price),
        RateEntry("4x9", JULY, None, price),
        RateEntry("31", JULY, None, {}),
        RateEntry("32", JULY, JANUARY, price),
        RateEntry("33", JULY, None, {**price, "first_seconds": 0}),
        RateEntry("34", JULY, None, {**price, "product_id": 10**9}),
        RateEntry("35", JULY, None, price),
        RateEntry("35", JULY, None, {"minute": Decimal("0.02")}),
        RateEntry("36", JULY, None, {"minute": Decimal("0.0000001")}),
        RateEntry("37", JULY, None, {**price, "minimum": Decimal(2), "maximum": Decimal(1)}),
    ]

    results = lay_rates(acting=acting, deck_id=deck.pk, entered=entered, now=NOW)

    kinds = [each if isinstance(each, str) else type(each) for each in results]
    refused = [EntryRefused] * 4
    assert kinds == ["accepted", *refused, ProductUnknown, "accepted", RateTold, EntryRefused, EntryRefused]


def test_a_rate_that_would_end_after_the_next_begins_is_refused(acting, deck):
    set_rate(acting=acting, deck_id=deck.pk, prefix="49", valid_from=JULY, minute=Decimal("0.01"), now=NOW)

    with pytest.raises(RatesOverlap):
        set_rate(
            acting=acting, deck_id=deck.pk, prefix="49", valid_from=JANUARY, valid_before=OCTOBER, minute=Decimal(1),
            now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("entered", "kept"),
    [("0049 30", "4930"), ("+31", "31"), ("=112", "=112"), ("OnNet", "onnet"), (" 31 6 ", "316")],
)
def test_prefixes_are_written_as_calls_are(acting, deck, entered, kept):
    rate = set_rate(acting=acting, deck_id=deck.pk, prefix=entered, valid_from=JULY, minute=Decimal(0), now=NOW)

    assert rate.prefix == kept


def test_revenue_is_a_price_below_zero(acting, deck):
    rate = set_rate(acting=acting, deck_id=deck.pk, prefix="31900", valid_from=JULY, minute=Decimal("-0.10"), now=NOW)

    assert Rate.objects.get(pk=rate.pk).minute == Decimal("-0.10")


def test_one_rate_is_ended(acting, deck):
    rate = set_rate(acting=acting, deck_id=deck.pk, prefix="49", valid_from=JANUARY, minute=Decimal(1), now=NOW)

    end_rate(acting=acting, rate_id=rate.pk, valid_before=JULY, now=NOW)

    assert days_of(acting, deck) == [(JANUARY, JULY, Decimal(1))]
    with pytest.raises(RatesOverlap):
        end_rate(acting=acting, rate_id=rate.pk, valid_before=OCTOBER, now=NOW)


# --- decks ----------------------------------------------------------------------------------------------------------


def test_a_deck_has_the_sellers_currency_and_a_code_of_its_own(acting, deck):
    assert (deck.currency, deck.name, deck.quantum) == ("EUR", "standard", Decimal("0.0001"))
    with pytest.raises(DeckCodeTaken):
        create_rate_deck(acting=acting, code="standard", now=NOW)


def test_new_rates_have_the_steps_of_their_deck(acting, deck):
    change_rate_deck(acting=acting, deck_id=deck.pk, first_seconds=60, next_seconds=60, now=NOW)

    rate = set_rate(acting=acting, deck_id=deck.pk, prefix="49", valid_from=JULY, minute=Decimal(0), now=NOW)

    assert (rate.first_seconds, rate.next_seconds) == (60, 60)


def test_other_rounding_is_noticed_by_rating_and_another_name_is_not(acting, deck):
    set_rate(acting=acting, deck_id=deck.pk, prefix="49", valid_from=JULY, minute=Decimal(1), now=NOW)

    change_rate_deck(acting=acting, deck_id=deck.pk, name="Waterkant Standard", now=NOW)
    assert RateRevision.objects.count() == 1

    change_rate_deck(acting=acting, deck_id=deck.pk, quantum=Decimal("0.01"), now=NOW)
    assert list(RateRevision.objects.values_list("deck_id", "valid_from")) == [(deck.pk, JULY)] * 2


def test_decks_are_not_bought_by_each_other(acting, deck):
    bought = create_rate_deck(acting=acting, code="transvox", now=NOW)
    change_rate_deck(acting=acting, deck_id=deck.pk, buy_deck_id=bought.pk, now=NOW)

    with pytest.raises(DeckUnfit):
        change_rate_deck(acting=acting, deck_id=bought.pk, buy_deck_id=deck.pk, now=NOW)
    with pytest.raises(DeckUnfit):
        change_rate_deck(acting=acting, deck_id=bought.pk, buy_deck_id=bought.pk, now=NOW)


def test_another_sellers_deck_and_product_are_not_found(acting, deck):
    stranger = make_seller()
    theirs = create_rate_deck(acting=acting_of(stranger), code="theirs", now=NOW)
    product = make_product(stranger, "CALLS", kind="usage")

    with pytest.raises(DeckUnknown):
        change_rate_deck(acting=acting, deck_id=deck.pk, buy_deck_id=theirs.pk, now=NOW)
    with pytest.raises(ProductUnknown):
        change_rate_deck(acting=acting, deck_id=deck.pk, product_id=product.pk, now=NOW)
    with pytest.raises(DeckUnknown):
        lay_rates(acting=acting, deck_id=theirs.pk, entered=[], now=NOW)


def test_a_viewer_changes_nothing(seller, deck):
    with pytest.raises(Forbidden):
        change_rate_deck(acting=acting_of(seller, role=Role.VIEWER), deck_id=deck.pk, name="Mine", now=NOW)


def test_a_customer_has_one_deck_of_exceptions_a_direction(acting, seller, deck):
    customer = make_customer(seller)
    create_rate_deck(acting=acting, code="own", customer_id=customer.pk, now=NOW)

    with pytest.raises(OwnDeckStands):
        create_rate_deck(acting=acting, code="own-2", customer_id=customer.pk, now=NOW)


def test_changes_are_told(acting, seller, deck):
    set_rate(acting=acting, deck_id=deck.pk, prefix="49", valid_from=JULY, minute=Decimal(1), now=NOW)

    told = [event for event in events_of(seller) if event["subject_type"] == "catalogue.ratedeck"]

    assert [event["verb"] for event in told] == ["created", "rates_laid"]


# --- plans ----------------------------------------------------------------------------------------------------------


def links_of(plan):
    links = PlanDeck.objects.filter(plan=plan).order_by("component", "valid_from")
    return [(link.deck.code, link.component, link.required, link.valid_from, link.valid_before) for link in links]


def test_a_plan_has_one_deck_a_day_and_component(acting, seller, deck):
    plan = make_plan(seller, "plus")
    dearer = create_rate_deck(acting=acting, code="dearer", product_id=deck.product_id, now=NOW)
    set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=deck.pk, valid_from=JANUARY, now=NOW)

    set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=dearer.pk, valid_from=JULY, now=NOW)
    link = set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=deck.pk, valid_from=JULY, component=1, now=NOW)
    end_plan_deck(acting=acting, link_id=link.pk, valid_before=OCTOBER, now=NOW)

    assert links_of(plan) == [
        ("standard", 0, True, JANUARY, JULY),
        ("dearer", 0, True, JULY, None),
        ("standard", 1, False, JULY, OCTOBER),
    ]
    assert [row.valid_from for row in RateRevision.objects.filter(plan=plan)] == [JANUARY, JULY, JULY, OCTOBER]


def test_a_plan_takes_no_exceptions_and_no_deck_without_a_product(acting, seller, deck):
    plan, customer = make_plan(seller, "plus"), make_customer(seller)
    own = create_rate_deck(acting=acting, code="own", customer_id=customer.pk, product_id=deck.product_id, now=NOW)
    bought = create_rate_deck(acting=acting, code="transvox", now=NOW)

    for refused in (own, bought):
        with pytest.raises(DeckUnfit):
            set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=refused.pk, valid_from=JULY, now=NOW)


def test_a_plan_prices_in_one_currency(acting, seller, deck):
    plan = make_plan(seller, "plus")
    dollars = create_rate_deck(acting=acting, code="usd", currency="USD", product_id=deck.product_id, now=NOW)
    set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=deck.pk, valid_from=JULY, now=NOW)

    with pytest.raises(DeckUnfit):
        set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=dollars.pk, valid_from=JULY, component=1, now=NOW)


# --- peak times -----------------------------------------------------------------------------------------------------

OFFICE = [([1, 2, 3, 4, 5], "8:00", "18:00")]


def test_peak_times_are_kept_tidy_and_corrected_for_all_decks(acting, deck):
    peak = create_peak_times(acting=acting, code="office", week=OFFICE, holidays="de-by", now=NOW)
    set_deck_peak_times(acting=acting, deck_id=deck.pk, peak_times_id=peak.pk, valid_from=JULY, now=NOW)

    changed = change_peak_times(acting=acting, peak_times_id=peak.pk, holidays="NL", now=NOW)

    assert (changed.week, changed.holidays) == ([[[1, 2, 3, 4, 5], "08:00", "18:00"]], "NL")
    assert list(RateRevision.objects.values_list("deck_id", "valid_from")) == [(deck.pk, JULY)] * 2


@pytest.mark.parametrize(
    "terms",
    [
        {"week": [([1], "08:10", "18:00")]},
        {"week": [([8], "08:00", "18:00")]},
        {"week": [([1], "18:00", "08:00")]},
        {"week": [([1], "25:00", "26:00")]},
        {"week": "office hours"},
        {"holidays": "XX"},
        {"holidays": "NL-XYZ"},
        {"holidays": "Bavaria"},
    ],
)
def test_unfit_peak_times_are_refused(acting, terms):
    with pytest.raises(EntryRefused):
        create_peak_times(acting=acting, code="office", now=NOW, **terms)


# --- bundles --------------------------------------------------------------------------------------------------------


def test_a_bundle_is_of_one_and_of_time_or_money(acting, seller):
    plan, seat = make_plan(seller, "plus"), make_product(seller, "SEAT")
    fixed = [CallCategory.NATIONAL_FIXED]
    said = {"name": "Fixed NL", "categories": fixed, "valid_from": JULY, "now": NOW}

    bundle = create_bundle(acting=acting, product_id=seat.pk, minutes=2000, **said)

    assert (bundle.seconds, bundle.amount) == (120_000, None)
    for nobody in ({}, {"plan_id": plan.pk, "product_id": seat.pk}):
        with pytest.raises(BundleOfNobody):
            create_bundle(acting=acting, minutes=2000, **said, **nobody)
    for unfit in ({}, {"minutes": 5, "amount": Decimal(5)}, {"minutes": -5}, {"minutes": 5, "categories": []}):
        with pytest.raises(EntryRefused):
            create_bundle(acting=acting, plan_id=plan.pk, **{**said, **unfit})


def test_a_bundle_is_corrected_and_ended(acting, seller):
    plan = make_plan(seller, "plus")
    bundle = create_bundle(
        acting=acting, plan_id=plan.pk, name="Fixed NL", categories=[1], minutes=2000, valid_from=JANUARY, now=NOW
    )

    change_bundle(acting=acting, bundle_id=bundle.pk, amount=Decimal(10), now=NOW)
    ended = end_bundle(acting=acting, bundle_id=bundle.pk, valid_before=OCTOBER, now=NOW)

    assert (ended.seconds, ended.amount, ended.valid_before) == (None, Decimal(10), OCTOBER)
    assert [row.valid_from for row in RateRevision.objects.filter(plan=plan)] == [JANUARY, JANUARY, OCTOBER]
