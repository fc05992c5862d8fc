"""Subscriptions of a dealer's customers: one event, and for every seller of the chain a charge to its own customer."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebill.charges.checks import check_charges
from rebill.charges.models import Charge
from rebill.charges.queries import billed_customers, told_until
from rebill.rules.proration import ProrationBase
from rebill.runs.commands import discard_drafts
from rebill.runs.models import Draft
from rebill.runs.queries.preview import preview_draft
from rebill.sources.contract import Asked
from rebill.sources.recurring.checks import check_marks
from rebill.sources.recurring.models import TierMark
from rebill.sources.recurring.source import RecurringSource
from rebill.subscriptions.commands import (
    cancel_subscription,
    change_price,
    change_quantity,
    change_subscription_product,
    pause_subscription,
    resume_subscription,
)
from tests.factories import assign_plan, make_customer_price, make_plan, make_plan_price
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

JANUARY, AUGUST, SEPTEMBER, OCTOBER = date(2026, 1, 1), date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)


class Chain:
    """A wholesaler that asks 6.00, and a dealer that asks 9.00 for the same."""

    def __init__(self) -> None:
        self.top = Link.wholesaler()
        self.dealer = self.top.dealer()
        self.bought = self.top.sells("SEAT", "6")
        self.sold = self.dealer.resells(self.bought, "WERKPLEK", "percent", "50")
        self.nauta = self.dealer.customer()


@pytest.fixture
def chain(db) -> Chain:
    return Chain()


def sides(chain: Chain) -> list[tuple]:
    """What stands on each side of every event."""
    both = defaultdict(dict)
    for charge in Charge.objects.order_by("id"):
        both[charge.key][charge.seller_id] = charge
    return [(each[chain.top.seller.pk], each[chain.dealer.seller.pk]) for each in both.values() if len(each) == 2]


def test_an_order_of_a_dealers_customer_is_a_charge_on_each_level(chain):
    subscription = chain.dealer.subscribe(chain.nauta, chain.sold, AUGUST, "3", reference="PO 77")

    chain.top.prepare_chain(AUGUST)

    [(bought, sold)] = sides(chain)
    assert (bought.buyer, bought.end_customer) == (chain.dealer.seller.as_customer, chain.nauta)
    assert (sold.buyer, sold.end_customer) == (chain.nauta, chain.nauta)
    assert (bought.product, sold.product) == (chain.bought, chain.sold)
    assert (bought.amount.decimal, sold.amount.decimal) == (Decimal(18), Decimal(27))
    assert bought.subscription == sold.subscription == subscription
    assert (bought.reference, sold.reference) == ("Rederij Nauta · PO 77", "PO 77")


def test_c119_the_prorated_quantity_is_the_same_on_both_sides(chain):
    chain.dealer.seller.proration_base = "fixed_30"
    chain.dealer.seller.save()
    subscription = chain.dealer.subscribe(chain.nauta, chain.sold, AUGUST)
    chain.top.prepare_chain(AUGUST)

    cancel_subscription(
        acting=chain.dealer.acting, subscription=subscription, ends_before=AUGUST + timedelta(20), now=Link.at(AUGUST)
    )
    chain.top.prepare_chain(SEPTEMBER)

    quantities = [(bought.prorated_quantity, sold.prorated_quantity) for bought, sold in sides(chain)]
    assert all(bought == sold for bought, sold in quantities)
    assert sum(bought for bought, _sold in quantities) == Decimal("0.66666667")
    bought, sold = (sum(each[side].amount.decimal for each in sides(chain)) for side in (0, 1))
    assert (bought, sold) == (Decimal("4.00"), Decimal("6.00"))
    assert [bought.kind for bought, _sold in sides(chain)] == ["PERIODICFIRST", "PERIODICCORRECTION"]


def test_each_seller_by_itself_bills_what_one_run_for_the_chain_bills():
    def told(order) -> list[tuple]:
        chain = Chain()
        second = chain.dealer.dealer("Oost ICT")
        resold = second.resells(chain.sold, "PLEK", "amount", "2.50")
        chain.dealer.subscribe(chain.nauta, chain.sold, date(2026, 7, 12), "4")
        second.subscribe(second.customer("Bakker Bol"), resold, date(2026, 7, 20), "2")
        links = [chain.top, chain.dealer, second]
        for day in (AUGUST, SEPTEMBER):
            if order is None:
                chain.top.prepare_chain(day)
            else:
                for position in order:
                    links[position].prepare(day)
        return [
            [(each.kind, each.starts_on, each.prorated_quantity, each.amount.decimal) for each in link.charges()]
            for link in links
        ]

    whole = told(None)

    assert whole == told([2, 0, 1]) == told([0, 1, 2])
    assert [len(charges) for charges in whole] == [6, 6, 3]


def test_a_chain_of_three_prices_each_level_from_the_one_above(chain):
    second = chain.dealer.dealer("Oost ICT")
    resold = second.resells(chain.sold, "PLEK", "amount", "2.50")
    bol = second.customer("Bakker Bol")
    second.subscribe(bol, resold, AUGUST, "2")

    chain.top.prepare_chain(AUGUST)

    charges = list(Charge.objects.order_by("seller_id"))
    assert [each.amount.decimal for each in charges] == [Decimal(12), Decimal(18), Decimal(23)]
    assert len({each.key for each in charges}) == 1
    assert {each.end_customer for each in charges} == {bol}
    # Each bills its own customer, who may be two levels above the one it is for.
    assert [each.buyer for each in charges] == [
        chain.dealer.seller.as_customer, second.seller.as_customer, bol,
    ]  # fmt: skip


def test_what_a_dealer_sells_of_its_own_is_no_business_of_the_wholesaler(chain):
    own = chain.dealer.sells("EIGEN", "20")
    subscription = chain.dealer.subscribe(chain.nauta, own, AUGUST)
    chain.top.prepare_chain(AUGUST)
    assert (chain.top.billed(), chain.dealer.billed()) == ([], [("PERIODICFIRST", Decimal(20))])

    # From the 16th it is what the wholesaler sells too: it bills those days, and no others.
    change_subscription_product(
        acting=chain.dealer.acting, subscription=subscription, product=chain.sold, effective_on=date(2026, 8, 17),
        now=Link.at(AUGUST),
    )  # fmt: skip
    chain.top.prepare_chain(SEPTEMBER)
    change_subscription_product(
        acting=chain.dealer.acting, subscription=subscription, product=own, effective_on=SEPTEMBER, now=Link.at(AUGUST)
    )
    chain.top.prepare_chain(OCTOBER)

    assert sum(amount for _kind, amount in chain.top.billed()) == Decimal("2.90")
    assert sum(amount for _kind, amount in chain.dealer.billed()) == Decimal("20") * 3 - Decimal("9.68") + Decimal(
        "4.35"
    )


def test_what_an_end_customer_pays_never_changes_what_its_dealer_pays(chain):
    subscription = chain.dealer.subscribe(chain.nauta, chain.sold, AUGUST, unit_price=Decimal("8"))
    change_price(
        acting=chain.dealer.acting, subscription=subscription, unit_price=Decimal("5"), effective_on=date(2026, 8, 15),
        reference="for 5.00", now=Link.at(AUGUST),
    )  # fmt: skip

    chain.top.prepare_chain(AUGUST)

    assert chain.top.billed() == [("PERIODICFIRST", Decimal(6))]
    assert "5.00" not in chain.top.charges()[0].reference


def test_a_price_of_the_wholesaler_goes_down_the_chain_from_its_day_whenever_it_was_entered(chain):
    second = chain.dealer.dealer("Oost ICT")
    resold = second.resells(chain.sold, "PLEK", "percent", "10")
    second.subscribe(second.customer(), resold, AUGUST)
    chain.top.prepare_chain(AUGUST)
    chain.top.prepare_chain(SEPTEMBER)

    make_plan_price(chain.bought, "8", valid_from=SEPTEMBER, months=1)
    for link in (second, chain.dealer, chain.top):
        link.prepare(OCTOBER)

    # 6.00, 9.00 and 9.90 in August; from September on 8.00, 12.00 and 13.20.
    assert sum(amount for _kind, amount in chain.top.billed()) == Decimal("22")
    assert sum(amount for _kind, amount in chain.dealer.billed()) == Decimal("33")
    assert sum(amount for _kind, amount in second.billed()) == Decimal("36.30")


def test_a_price_of_one_dealer_and_its_plan_are_the_ground_of_what_that_dealer_asks(chain):
    other = chain.top.dealer("Gamma Netwerken")
    theirs = other.resells(chain.bought, "SEAT", "percent", "50")
    chain.dealer.subscribe(chain.nauta, chain.sold, AUGUST)
    other.subscribe(other.customer(), theirs, AUGUST)
    chain.top.prepare_chain(AUGUST)

    make_customer_price(chain.dealer.seller.as_customer, chain.bought, "4", valid_from=AUGUST, months=1)
    gold = make_plan(chain.top.seller, "gold")
    make_plan_price(chain.bought, "2", plan=gold, months=1)
    assign_plan(other.seller.as_customer, gold, valid_from=AUGUST)
    chain.top.prepare_chain(SEPTEMBER)

    assert [charge.amount.decimal for charge in chain.dealer.charges() if charge.starts_on == SEPTEMBER] == [6]
    assert [charge.amount.decimal for charge in other.charges() if charge.starts_on == SEPTEMBER] == [3]
    assert sum(amount for _kind, amount in chain.dealer.billed()) == 12
    assert sum(amount for _kind, amount in other.billed()) == 6


def test_a_resale_price_holds_for_its_days_and_wins_over_that_of_all_products(chain):
    fixed = chain.top.sells("LINE", "10")
    sold = chain.dealer.resells(fixed, "LIJN")
    chain.dealer.asks(None, "percent", "20", since=JANUARY)
    chain.dealer.asks(sold, "fixed", "15", since=SEPTEMBER, valid_before=OCTOBER)
    chain.dealer.subscribe(chain.nauta, sold, AUGUST)

    for day in (AUGUST, SEPTEMBER, OCTOBER):
        chain.dealer.prepare(day)

    assert [amount for _kind, amount in chain.dealer.billed()] == [12, 15, 12]


def test_a_missing_price_of_the_wholesaler_stops_the_wholesaler_only(chain):
    unpriced = chain.top.sells("NEW", "1", valid_from=OCTOBER)
    sold = chain.dealer.resells(unpriced, "NIEUW", "fixed", "3")
    chain.dealer.subscribe(chain.nauta, sold, AUGUST)

    chain.top.prepare_chain(AUGUST)

    assert (chain.top.billed(), chain.dealer.billed()) == ([], [("PERIODICFIRST", Decimal(3))])
    [draft] = Draft.objects.filter(seller=chain.top.seller)
    assert [warning.code for warning in draft.warnings.all()] == ["price_missing"]


def test_a_discarded_draft_of_the_wholesaler_is_made_anew_and_the_dealers_stays(chain):
    chain.dealer.subscribe(chain.nauta, chain.sold, AUGUST)
    chain.top.prepare_chain(AUGUST)
    chain.dealer.prepare(SEPTEMBER)

    drafts = Draft.objects.filter(seller=chain.top.seller)
    discard_drafts(acting=chain.top.acting, drafts=drafts, reason="Again", now=Link.at(AUGUST))
    assert chain.top.charges() == []
    chain.top.prepare(AUGUST)

    assert chain.top.billed() == [("PERIODICFIRST", Decimal(6))]
    assert len(chain.dealer.charges()) == 2


def test_the_wholesalers_invoice_lists_a_line_for_each_end_customer(chain):
    bol = chain.dealer.customer("Bakker Bol")
    chain.dealer.subscribe(chain.nauta, chain.sold, AUGUST)
    chain.dealer.subscribe(bol, chain.sold, AUGUST, "2")

    chain.top.prepare(AUGUST)
    chain.top.issue(AUGUST)

    [invoice] = chain.top.seller.invoices.all()
    assert [(line.reference, line.quantity) for line in invoice.lines.all()] == [
        ("Rederij Nauta", 1), ("Bakker Bol", 2),
    ]  # fmt: skip


def test_what_a_run_would_make_is_shown_before_for_a_dealer_too(chain):
    chain.dealer.subscribe(chain.nauta, chain.sold, AUGUST)

    preview = preview_draft(acting=chain.top.acting, customer_id=chain.dealer.seller.as_customer_id, billed_on=AUGUST)

    [draft] = preview.drafts
    assert [line.line.amount_minor for line in draft.lines] == [600]


def test_what_is_remembered_of_every_level_is_checked(chain):
    chain.dealer.subscribe(chain.nauta, chain.sold, AUGUST)
    chain.top.prepare_chain(AUGUST)

    def problems() -> list[str]:
        acting = chain.top.acting

        def told(ids):
            return told_until(seller_id=acting.seller_id, source="recurring", subscription_ids=ids)

        return [each.what for each in [*check_marks(acting=acting, told_until=told), *check_charges(acting=acting)]]

    assert problems() == []
    TierMark.objects.update(told_before=AUGUST)
    assert problems() == ["mark.behind", "mark.forgetful"]


def test_what_dealers_customers_owe_is_read_in_bulk(chain, django_assert_num_queries):
    buyer = chain.dealer.seller.as_customer

    def ask() -> int:
        asked = Asked(
            chain.top.seller.pk, ProrationBase.ACTUAL,
            billed_customers(seller=chain.top.seller, billed_on=AUGUST, customer_ids=[buyer.pk]),
        )  # fmt: skip
        return len(RecurringSource().due(asked=asked, told=lambda since: {}).claims)

    for number in range(3):
        chain.dealer.subscribe(chain.dealer.customer(f"Klant {number}"), chain.sold, AUGUST)
    with django_assert_num_queries(11):
        assert ask() == 3
    for number in range(20):
        chain.dealer.subscribe(chain.dealer.customer(f"Meer {number}"), chain.sold, AUGUST)
    with django_assert_num_queries(11):
        assert ask() == 23


# --- whatever the order ----------------------------------------------------------------------------------------------

DAYS = st.integers(0, 150).map(lambda days: date(2026, 6, 1) + timedelta(days))
RUNS = [date(2026, month, 1) for month in range(6, 13)]


@st.composite
def stories(draw):
    """What happens in which order: changes with any effective day, and runs of either seller on ascending days."""
    entries = draw(
        st.lists(
            st.one_of(
                st.tuples(st.just("quantity"), DAYS, st.integers(0, 9)),
                st.tuples(st.just("product"), DAYS, st.integers(0, 2)),
                st.tuples(st.just("price"), DAYS, st.sampled_from([None, "7.77"])),
                st.tuples(st.sampled_from(["pause", "resume", "cancel"]), DAYS, st.none()),
                st.tuples(st.just("list"), DAYS, st.integers(1, 20)),
                st.tuples(st.just("markup"), DAYS, st.integers(0, 90)),
            ),
            max_size=6,
        )
    )
    runs = sorted(draw(st.lists(st.tuples(st.sampled_from(RUNS), st.integers(0, 1)), max_size=6)))
    mixed = list(entries)
    place = 0
    for run in runs:
        place = draw(st.integers(place, len(mixed)))
        mixed.insert(place, ("run", *run))
        place += 1
    return draw(DAYS), draw(st.integers(1, 5)), draw(st.sampled_from([1, 3])), mixed


def play(story, *, runs: bool) -> list[dict]:
    """What each level billed of each period in the end."""
    start_on, quantity, months, entries = story
    chain = Chain()
    other = chain.dealer.resells(chain.top.sells("LINE", "3.333333"), "LIJN", "amount", "1")
    products = [chain.sold, other, chain.dealer.sells("EIGEN", "4")]
    links = [chain.top, chain.dealer]
    subscription = chain.dealer.subscribe(chain.nauta, chain.sold, start_on, str(quantity), billing_months=months)
    said = {"acting": chain.dealer.acting, "subscription": subscription, "now": Link.at(start_on)}
    changes = {"pause": pause_subscription, "resume": resume_subscription}
    for what, day, value in entries:
        day = max(day, start_on)
        if what == "run":
            if runs:
                links[value].prepare(day.replace(day=1))
        elif what == "quantity":
            change_quantity(**said, quantity=Decimal(value), effective_on=day)
        elif what == "product":
            change_subscription_product(**said, product=products[value], effective_on=day)
        elif what == "price":
            change_price(**said, unit_price=value and Decimal(value), effective_on=day)
        elif what == "cancel":
            cancel_subscription(**said, ends_before=day)
        elif what == "list":
            make_plan_price(chain.bought, str(value), valid_from=day, months=1)
        elif what == "markup":
            chain.dealer.asks(chain.sold, "percent", str(value), since=day)
        else:
            changes[what](**said, effective_on=day)
    for link in links:
        link.prepare(date(2027, 1, 1))
    sums = []
    for link in links:
        found = defaultdict(Decimal)
        for charge in link.charges():
            found[charge.whole_from] += charge.amount.decimal
        sums.append({whole: amount for whole, amount in found.items() if amount})
    return sums


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories())
def test_each_level_bills_exactly_what_is_wanted_whatever_the_order(story):
    assert play(story, runs=True) == play(story, runs=False)
