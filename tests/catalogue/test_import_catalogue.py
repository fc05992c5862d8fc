"""Products and prices of another system: accepted, unchanged or rejected by line; the same again changes nothing."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebill.access.acting import Role
from rebill.catalogue.commands import import_prices, import_products, importing_prices
from rebill.catalogue.models import Price, PriceRevision
from rebill.catalogue.queries import default_plan_of, plan_by_code, prices_of_customer, product_by_code
from rebill.kit.errors import Forbidden
from rebill.kit.imports.outcomes import ImportRecord
from tests.factories import (
    NOW,
    acting_of,
    events_of,
    make_customer,
    make_plan,
    make_plan_price,
    make_product,
    make_seller,
)

pytestmark = pytest.mark.django_db

JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)

SEAT = {"code": "SEAT", "name": "Spraakplaats", "name_en": "Seat", "kind": "recurring", "summary_group": "2"}
SEAT_PRICE = {"product_code": "SEAT", "valid_from": JANUARY, "unit_price": Decimal("7.95")}


def records(*lines: dict[str, object]) -> list[ImportRecord]:
    return [ImportRecord(line=line, values=values) for line, values in enumerate(lines, start=2)]


def products(seller, *lines: dict[str, object]):
    return import_products(acting=acting_of(seller), records=records(*lines), now=NOW)


def prices(seller, *lines: dict[str, object]):
    return import_prices(acting=acting_of(seller), records=records(*lines), now=NOW)


def kinds(outcomes) -> list[str]:
    return [outcome.kind for outcome in outcomes]


# --- products -------------------------------------------------------------------------------------------------------


def test_the_same_products_again_change_nothing():
    seller = make_seller()
    domain = {"code": "DOMAIN", "name_nl": "Domeinnaam", "kind": "recurring", "unit": "year", "active": False}
    assert kinds(products(seller, SEAT, domain)) == ["accepted", "accepted"]
    before = events_of(seller)

    assert kinds(products(seller, SEAT, domain)) == ["unchanged", "unchanged"]

    assert events_of(seller) == before
    seat, kept = (product_by_code(acting_of(seller), code) for code in ("SEAT", "DOMAIN"))
    assert seat.names == {"nl": "Spraakplaats", "en": "Seat"}
    assert (kept.active, kept.unit, kept.summary_group) == (False, "year", 2)


def test_what_a_product_line_does_not_say_stays():
    seller = make_seller()
    products(seller, {**SEAT, "ledger_account": "8000"})

    [outcome] = products(seller, {"code": "SEAT", "name_de": "Sprachplatz", "ledger_account": "", "unit": None})

    seat = product_by_code(acting_of(seller), "SEAT")
    assert outcome.kind == "accepted"
    assert (seat.names["de"], seat.names["nl"], seat.ledger_account) == ("Sprachplatz", "Spraakplaats", "8000")


def test_a_product_without_a_kind_recurs():
    seller = make_seller()

    products(seller, {"code": "SEAT", "name": "Spraakplaats"})

    assert product_by_code(acting_of(seller), "SEAT").kind == "recurring"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ({"name": "Spraakplaats"}, "code"),
        ({"code": "SEAT"}, "name"),
        ({"code": "SEAT", "name_de": "Sprachplatz"}, "name"),
        ({**SEAT, "kind": "gift"}, "kind"),
        ({**SEAT, "summary_group": "nine"}, "summary_group"),
        ({**SEAT, "rate_class": "high"}, "rate_class"),
        ({**SEAT, "colour": "red"}, "colour"),
    ],
)
def test_one_bad_product_is_rejected_with_its_column(line, column):
    seller = make_seller()

    rejected, accepted = products(seller, line, {"code": "DOMAIN", "name": "Domeinnaam"})

    assert (rejected.kind, rejected.column, accepted.kind) == ("rejected", column, "accepted")
    assert rejected.problem is not None
    assert rejected.problem.remedy


def test_a_code_that_stands_twice_is_taken_once():
    seller = make_seller()

    outcomes = products(seller, SEAT, SEAT, {**SEAT, "name": "Stoel"})

    assert kinds(outcomes) == ["accepted", "unchanged", "rejected"]


# --- prices ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def seller():
    """A seller with a product that has no price yet, and a customer with the number 10482."""
    found = make_seller()
    make_product(found, "SEAT")
    make_customer(found, number="10482", currency="SEK")
    return found


def spans(seller) -> list[tuple[date, date | None, Decimal]]:
    found = Price.objects.filter(seller=seller).order_by("plan", "valid_from")
    return list(found.values_list("valid_from", "valid_before", "unit_price"))


def test_prices_of_several_days_lie_end_to_end_whatever_their_order(seller):
    may = {**SEAT_PRICE, "valid_from": MAY, "unit_price": Decimal(9)}
    march = {**SEAT_PRICE, "valid_from": MARCH, "last_day": date(2026, 4, 30), "unit_price": Decimal("8.5")}

    assert kinds(prices(seller, may, SEAT_PRICE, march)) == ["accepted"] * 3

    assert spans(seller) == [
        (JANUARY, MARCH, Decimal("7.95")),
        (MARCH, MAY, Decimal("8.5")),
        (MAY, None, Decimal(9)),
    ]


def test_the_same_prices_again_change_nothing(seller):
    lines = [
        SEAT_PRICE,
        {**SEAT_PRICE, "valid_from": MAY, "tiers": "5=10; 20=8,5+25; =6.50", "model": "graduated", "unit_price": None},
        {**SEAT_PRICE, "customer_number": "10482", "unit_price": Decimal(70), "months": 12},
    ]
    assert kinds(prices(seller, *lines)) == ["accepted"] * 3
    before, told = PriceRevision.objects.count(), events_of(seller)

    assert kinds(prices(seller, *lines)) == ["unchanged"] * 3

    assert (PriceRevision.objects.count(), events_of(seller)) == (before, told)
    [own] = prices_of_customer(acting_of(seller), seller.customers.get().pk)
    assert (own.currency, own.months, own.unit_price) == ("SEK", 12, Decimal(70))
    graduated = Price.objects.get(model="graduated")
    assert graduated.tiers == [["5", "10", "0"], ["20", "8.5", "25"], [None, "6.5", "0"]]


def test_prices_without_a_plan_go_to_the_default_one_which_is_made_if_need_be(seller):
    prices(seller, SEAT_PRICE)
    make_plan(seller, "dealer")

    prices(seller, {**SEAT_PRICE, "plan_code": "dealer", "unit_price": Decimal(6)})

    standard, dealer = default_plan_of(acting_of(seller)), plan_by_code(acting_of(seller), "dealer")
    assert standard is not None
    assert [price.unit_price for price in standard.prices.all()] == [Decimal("7.95")]
    assert [price.unit_price for price in dealer.prices.all()] == [Decimal(6)]


def test_an_overlap_is_rejected_the_second_time_too(seller):
    entered = {**SEAT_PRICE, "last_day": date(2026, 6, 30)}
    later = {**SEAT_PRICE, "valid_from": MARCH, "unit_price": Decimal(9)}

    first, again = prices(seller, entered, later), prices(seller, entered, later)

    assert (kinds(first), kinds(again)) == (["rejected", "accepted"], ["rejected", "unchanged"])
    assert (first[0].column, first[0].value) == ("last_day", "2026-06-30")
    assert first[0].problem is not None
    assert "2026-03-01" in first[0].problem.why


def test_a_day_that_stands_twice_with_another_price_is_taken_once(seller):
    outcomes = prices(seller, SEAT_PRICE, SEAT_PRICE, {**SEAT_PRICE, "unit_price": Decimal(9)})

    assert kinds(outcomes) == ["accepted", "accepted", "rejected"]
    assert outcomes[2].column == "valid_from"
    assert len(spans(seller)) == 1


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"product_code": "CHAIR"}, "product_code"),
        ({"product_code": ""}, "product_code"),
        ({"plan_code": "dealer"}, "plan_code"),
        ({"plan_code": "standard", "customer_number": "10482"}, "plan_code"),
        ({"customer_number": "1"}, "customer_number"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_before": JANUARY}, "valid_before"),
        ({"unit_price": None}, "unit_price"),
        ({"unit_price": Decimal("0.0000001")}, "unit_price"),
        ({"currency": "EURO"}, "currency"),
        ({"model": "auction"}, "model"),
        ({"tiers": "five for ten", "model": "volume"}, "tiers"),
        ({"tiers": "5=x", "model": "volume"}, "tiers"),
        ({"tiers": "5=1; 3=2", "model": "volume"}, "model"),
        ({"months": 99}, "months"),
    ],
)
def test_one_bad_price_is_rejected_with_its_column(seller, said, column):
    good = {**SEAT_PRICE, "valid_from": MAY}

    rejected, accepted = prices(seller, {**SEAT_PRICE, **said}, good)

    assert (rejected.kind, rejected.column, accepted.kind) == ("rejected", column, "accepted")
    assert rejected.problem is not None
    assert rejected.problem.remedy
    assert len(spans(seller)) == 1


def test_groups_stay_whole_when_the_file_is_larger_than_a_batch(seller, monkeypatch):
    monkeypatch.setattr(importing_prices, "ENTRIES_AT_ONCE", 1)
    make_product(seller, "DOMAIN")
    lines = [
        {**SEAT_PRICE, "product_code": code, "valid_from": day}
        for day in (MAY, JANUARY, MARCH)
        for code in ("SEAT", "DOMAIN")
    ]

    outcomes = prices(seller, *lines)

    assert kinds(outcomes) == ["accepted"] * 6
    assert [outcome.line for outcome in outcomes] == list(range(2, 8))
    assert Price.objects.filter(valid_before=None).count() == 2


def test_the_number_of_reads_and_writes_does_not_grow_with_the_lines(seller):
    for number in range(40):
        make_product(seller, f"P{number:02}")
    lines = [{**SEAT_PRICE, "product_code": f"P{number:02}"} for number in range(40)]
    prices(seller, *lines[:20])

    def statements(some) -> int:
        with CaptureQueriesContext(connection) as queries:
            prices(seller, *some)
        return len(queries)

    few = statements([{**lines[0], "unit_price": Decimal(1)}, lines[20]])
    many = statements([{**line, "unit_price": Decimal(2)} for line in lines])
    assert many == few


def test_another_sellers_product_plan_and_customer_are_unknown(seller):
    other = make_seller()
    make_customer(other, number="20482")
    make_plan_price(make_product(other, "CHAIR"), plan=make_plan(other, "dealer"))

    outcomes = prices(
        seller,
        {**SEAT_PRICE, "product_code": "CHAIR"},
        {**SEAT_PRICE, "plan_code": "dealer"},
        {**SEAT_PRICE, "customer_number": "20482"},
    )

    assert kinds(outcomes) == ["rejected"] * 3


def test_a_viewer_imports_nothing(seller):
    viewer = acting_of(seller, role=Role.VIEWER)

    with pytest.raises(Forbidden):
        import_products(acting=viewer, records=records(SEAT), now=NOW)
    with pytest.raises(Forbidden):
        import_prices(acting=viewer, records=records(SEAT_PRICE), now=NOW)
