"""Prices hold from a day until before another; what is entered later or twice never makes two hold at once."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.access.acting import Role
from rebill.catalogue.commands import create_price_plan, end_price, set_price
from rebill.catalogue.commands.laying import PricesOverlap
from rebill.catalogue.commands.plans import DefaultPlanStands, PlanCodeTaken
from rebill.catalogue.commands.prices import EndUnfit
from rebill.catalogue.fields import TierPrice
from rebill.catalogue.models import PriceRevision, ProductKind
from rebill.catalogue.queries import (
    default_plan_of,
    plan_by_code,
    plan_of_customer,
    plans_of,
    price_list,
    price_of,
    prices_of_customer,
    prices_of_product,
)
from rebill.kit.errors import Forbidden
from rebill.parties.entries import EntryRefused
from tests.factories import (
    NOW,
    acting_of,
    assign_plan,
    events_of,
    make_customer,
    make_customer_price,
    make_plan,
    make_plan_price,
    make_product,
    make_seller,
)

pytestmark = pytest.mark.django_db

JANUARY, MARCH, MAY, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)


def spans(prices) -> list[tuple[date, date | None, Decimal]]:
    return list(prices.order_by("valid_from").values_list("valid_from", "valid_before", "unit_price"))


def revisions(seller) -> list[tuple[int | None, int | None, date]]:
    found = PriceRevision.objects.filter(seller=seller).order_by("id")
    return list(found.values_list("product_id", "customer_id", "valid_from"))


def test_a_new_price_ends_the_one_before_it():
    seat = make_product(make_seller())
    make_plan_price(seat, "7.95", valid_from=JANUARY)

    new = make_plan_price(seat, "8.50", valid_from=MARCH)

    assert spans(seat.prices) == [(JANUARY, MARCH, Decimal("7.95")), (MARCH, None, Decimal("8.50"))]
    assert new.unit_price == Decimal("8.50")


def test_a_price_entered_afterwards_for_an_earlier_day_ends_where_the_next_begins():
    seat = make_product(make_seller())
    make_plan_price(seat, "7.95", valid_from=JANUARY)
    make_plan_price(seat, "9", valid_from=MAY)

    make_plan_price(seat, "8.50", valid_from=MARCH)

    assert [span[:2] for span in spans(seat.prices)] == [(JANUARY, MARCH), (MARCH, MAY), (MAY, None)]


def test_entering_a_price_for_the_same_day_corrects_it_and_leaves_what_is_not_said():
    seat = make_product(make_seller())
    make_plan_price(seat, "79.50", valid_from=JANUARY, months=12, setup_price=Decimal("25"), valid_before=MARCH)

    corrected = make_plan_price(seat, "89.50", valid_from=JANUARY)

    assert (corrected.months, corrected.setup_price, corrected.valid_before) == (12, Decimal("25"), MARCH)
    assert spans(seat.prices) == [(JANUARY, MARCH, Decimal("89.50"))]


def test_a_price_that_says_it_ends_after_the_next_begins_is_refused_and_both_are_named():
    seat = make_product(make_seller())
    make_plan_price(seat, "9", valid_from=MAY)
    before = revisions(seat.seller)

    with pytest.raises(PricesOverlap) as refused:
        make_plan_price(seat, "8", valid_from=JANUARY, valid_before=JULY)

    assert "2026-01-01" in str(refused.value)
    assert "2026-05-01" in str(refused.value)
    assert len(spans(seat.prices)) == 1
    assert revisions(seat.seller) == before


def test_plans_customers_and_currencies_do_not_end_each_others_prices():
    seller = make_seller()
    seat, customer = make_product(seller), make_customer(seller)
    make_plan_price(seat, "7.95", valid_from=JANUARY)

    make_plan_price(seat, "7.50", valid_from=MARCH, plan=make_plan(seller, "dealer"))
    make_plan_price(seat, "89", valid_from=MARCH, currency="SEK")
    make_customer_price(customer, seat, "6.95", valid_from=MARCH)

    assert all(price.valid_before is None for price in prices_of_product(acting_of(seller), seat.pk))


def test_every_price_tells_the_runs_from_which_day_to_look_again():
    seller = make_seller()
    seat, customer = make_product(seller), make_customer(seller)
    price = make_plan_price(seat, "7.95", valid_from=JANUARY)
    make_customer_price(customer, seat, "6.95", valid_from=MARCH)
    plan = make_plan(seller, "dealer")
    assign_plan(customer, plan, valid_from=MAY)
    end_price(acting=acting_of(seller), price_id=price.pk, valid_before=JULY, now=NOW)
    end_price(acting=acting_of(seller), price_id=price.pk, valid_before=MAY, now=NOW)

    assert revisions(seller) == [
        (seat.pk, None, JANUARY),
        (seat.pk, customer.pk, MARCH),
        (None, customer.pk, MAY),
        (seat.pk, None, JULY),
        (seat.pk, None, MAY),
    ]


def test_the_same_price_again_leaves_no_trace():
    seller = make_seller()
    seat, customer = make_product(seller), make_customer(seller)
    price = make_plan_price(seat, "7.95", valid_from=JANUARY)
    plan = make_plan(seller)
    assign_plan(customer, plan, valid_from=MARCH)
    before, told = revisions(seller), events_of(seller)

    assert make_plan_price(seat, "7.950000", valid_from=JANUARY) == price
    assign_plan(customer, plan, valid_from=MARCH)

    assert (revisions(seller), events_of(seller)) == (before, told)


def test_tiers_are_kept_as_exact_texts():
    seat = make_product(make_seller())
    tiers = [TierPrice(Decimal("5.00"), Decimal("10")), TierPrice(None, Decimal("8.50"), Decimal("2.5"))]

    price = make_plan_price(seat, 0, model="graduated", tiers=tiers)
    price = make_plan_price(seat, 0, tiers=tiers)

    assert price.tiers == [["5", "10", "0"], [None, "8.5", "2.5"]]
    assert price.model == "graduated"


def test_another_model_leaves_nothing_of_the_earlier_one_behind():
    seat = make_product(make_seller())
    make_plan_price(seat, 0, model="volume", tiers=[TierPrice(None, Decimal("8"))])

    package = make_plan_price(seat, "8", model="package", package_size=Decimal(10))
    assert (package.tiers, package.package_size) == ([], Decimal(10))

    assert make_plan_price(seat, "8", model="per_unit").package_size is None


@pytest.mark.parametrize(
    "terms",
    [
        {"model": "volume"},
        {"model": "graduated", "tiers": [TierPrice(None, Decimal(1)), TierPrice(Decimal(5), Decimal(1))]},
        {"model": "graduated", "tiers": [TierPrice(Decimal(5), Decimal(1)), TierPrice(Decimal(5), Decimal(1))]},
        {"model": "graduated", "tiers": ["5=1"]},
        {"model": "per_unit", "tiers": [TierPrice(None, Decimal(1))]},
        {"model": "package"},
        {"model": "package", "package_size": Decimal(-1)},
        {"model": "auction"},
        {"months": 0},
        {"months": 37},
        {"months": None},
        {"unit_price": Decimal("0.0000001")},
        {"unit_price": 0.5},
        {"valid_before": JANUARY},
        {"valid_before": date(2025, 12, 1)},
        {"currency": "ABC"},
        {"discount": Decimal(1)},
    ],
)
def test_a_price_that_could_not_be_asked_is_refused(terms):
    seller = make_seller()
    seat, plan = make_product(seller), make_plan(seller)
    entered = {"unit_price": Decimal("7.95"), **terms}

    with pytest.raises(EntryRefused):
        set_price(acting=acting_of(seller), plan_id=plan.pk, product_id=seat.pk, valid_from=JANUARY, now=NOW, **entered)

    assert not seat.prices.exists()


def test_a_price_is_never_zero_because_nobody_said_what_it_is():
    seller = make_seller()
    seat, plan = make_product(seller), make_plan(seller)

    with pytest.raises(EntryRefused):
        set_price(acting=acting_of(seller), plan_id=plan.pk, product_id=seat.pk, valid_from=JANUARY, now=NOW)


def test_what_is_sold_once_has_a_price_for_no_number_of_months():
    assert make_plan_price(make_product(make_seller(), kind=ProductKind.ONE_OFF), "25").months is None
    assert make_plan_price(make_product(make_seller()), "25").months == 1


@pytest.mark.parametrize("day", [JANUARY, date(2025, 12, 31), date(2026, 5, 2)])
def test_an_end_that_cannot_be_is_refused(day):
    seat = make_product(make_seller())
    price = make_plan_price(seat, "7.95", valid_from=JANUARY)
    make_plan_price(seat, "9", valid_from=MAY)

    with pytest.raises(EndUnfit):
        end_price(acting=acting_of(seat.seller), price_id=price.pk, valid_before=day, now=NOW)


def test_the_first_plan_is_the_default_and_stays_it():
    seller = make_seller()
    acting = acting_of(seller)
    assert default_plan_of(acting) is None
    standard = make_plan(seller, "standard")

    with pytest.raises(DefaultPlanStands):
        create_price_plan(acting=acting, code="new", name="New", now=NOW, is_default=True)
    with pytest.raises(PlanCodeTaken):
        make_plan(seller, "standard")
    dealer = make_plan(seller, "dealer")

    assert default_plan_of(acting) == plan_by_code(acting, "standard") == standard
    assert list(plans_of(acting)) == [standard, dealer]


def test_a_customer_has_the_default_plan_until_another_is_assigned():
    seller = make_seller()
    acting, customer = acting_of(seller), make_customer(seller)
    standard, dealer, school = (make_plan(seller, code) for code in ("standard", "dealer", "school"))

    assign_plan(customer, dealer, valid_from=MARCH)
    assign_plan(customer, school, valid_from=MAY)
    assign_plan(customer, standard, valid_from=MAY)

    on = [plan_of_customer(acting, customer.pk, day) for day in (JANUARY, MARCH, MAY)]
    assert on == [standard, dealer, standard]


def test_a_price_list_shows_what_holds_on_the_day():
    seller = make_seller()
    acting, customer = acting_of(seller), make_customer(seller)
    seat, domain = make_product(seller, "SEAT"), make_product(seller, "DOMAIN")
    old = make_plan_price(seat, "7.95", valid_from=JANUARY)
    make_plan_price(seat, "8.50", valid_from=MAY)
    yearly = make_plan_price(domain, "14.95", valid_from=JANUARY, valid_before=MAY, months=12)
    own = make_customer_price(customer, seat, "6.95")
    plan = default_plan_of(acting)
    assert plan is not None

    assert list(price_list(acting, plan.pk, MARCH)) == [yearly, old]
    assert [price.unit_price for price in price_list(acting, plan.pk, MAY)] == [Decimal("8.50")]
    assert list(prices_of_customer(acting, customer.pk)) == [own]
    assert price_of(acting, own.pk) == own


def test_a_customers_own_price_is_in_its_own_currency():
    seller = make_seller()
    swedish = make_customer(seller, currency="SEK")

    assert make_customer_price(swedish, make_product(seller), "89").currency == "SEK"


def test_prices_and_their_changes_are_events():
    seller = make_seller()
    seat = make_product(seller)
    make_plan_price(seat, "7.95", valid_from=JANUARY)
    make_plan_price(seat, "8.50", valid_from=MARCH)
    make_plan_price(seat, "8.60", valid_from=MARCH)

    told = [
        (event["verb"], event["details"]) for event in events_of(seller) if event["subject_type"] == "catalogue.price"
    ]
    assert told == [
        ("created", {"valid_from": "2026-01-01", "unit_price_e6": 7_950_000}),
        ("created", {"valid_from": "2026-03-01", "unit_price_e6": 8_500_000}),
        ("changed", {"valid_before": [None, "2026-03-01"]}),
        ("changed", {"unit_price": [8_500_000, 8_600_000]}),
    ]


def test_a_viewer_sets_no_price():
    seller = make_seller()
    seat, plan, viewer = make_product(seller), make_plan(seller), acting_of(seller, role=Role.VIEWER)

    with pytest.raises(Forbidden):
        set_price(
            acting=viewer, plan_id=plan.pk, product_id=seat.pk, valid_from=JANUARY, now=NOW, unit_price=Decimal(1)
        )
    with pytest.raises(Forbidden):
        create_price_plan(acting=viewer, code="x", name="X", now=NOW)
