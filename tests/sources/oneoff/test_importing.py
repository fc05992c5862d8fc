"""Interim lines of another system."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.kit.imports.outcomes import ImportRecord
from rebill.kit.models import Event
from rebill.sources.oneoff.commands import import_interim_lines, remember_lines
from rebill.sources.oneoff.models import InterimLine
from tests.subscriptions.conftest import NOW

LINE = {
    "line": "W-1",
    "customer_number": "10482",
    "description": "Montage",
    "supplied_on": date(2026, 3, 9),
    "unit_price": Decimal("49.50"),
}


def take(shop, *lines):
    records = [ImportRecord(line=number, values=values) for number, values in enumerate(lines, start=2)]
    return import_interim_lines(acting=shop.acting, records=records, now=NOW)


def kinds(outcomes):
    return [outcome.kind for outcome in outcomes]


def test_the_same_lines_again_change_nothing(shop):
    nameless = {name: value for name, value in LINE.items() if name != "line"}
    lines = [LINE, nameless, LINE | {"line": "W-2", "product_code": "HOST-S", "description": None}]

    assert kinds(take(shop, *lines)) == ["accepted"] * 3
    assert kinds(take(shop, *lines)) == ["unchanged"] * 3

    assert InterimLine.objects.count() == Event.objects.count() == 3
    assert InterimLine.objects.last().description == "Hosting klein"


@pytest.mark.parametrize(
    "numbers",
    [
        {"quantity": Decimal(-2), "unit_price": Decimal("49.50")},
        {"quantity": Decimal(2), "unit_price": Decimal("-49.50")},
    ],
)
def test_a_line_below_zero_is_a_credit(shop, numbers):
    take(shop, LINE | numbers)

    line = InterimLine.objects.get()
    assert (line.kind, line.quantity, line.unit_price) == ("CREDIT", -2, Decimal("49.50"))


def test_a_waiting_line_is_changed_by_its_key(shop):
    take(shop, LINE)

    assert kinds(take(shop, LINE | {"unit_price": Decimal(40)})) == ["accepted"]

    assert InterimLine.objects.get().unit_price == 40
    assert list(Event.objects.values_list("verb", flat=True)) == ["added", "changed"]


def test_a_billed_line_is_left_alone(shop):
    take(shop, LINE)
    remember_lines(rows=[(InterimLine.objects.get().pk,)], now=NOW)

    assert kinds(take(shop, LINE)) == ["unchanged"]
    [outcome] = take(shop, LINE | {"unit_price": Decimal(40)})

    assert (outcome.kind, outcome.column) == ("rejected", "line")


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"customer_number": "404"}, "customer_number"),
        ({"product_code": "NONE"}, "product_code"),
        ({"supplied_on": None}, "supplied_on"),
        ({"unit_price": None}, "unit_price"),
        ({"unit_price": Decimal("1E-7")}, "unit_price"),
        ({"description": ""}, "description"),
        ({"rate_class": "cheap"}, "rate_class"),
        ({"currency": "EURO"}, "currency"),
        ({"summary_group": 9}, "summary_group"),
    ],
)
def test_a_wrong_line_is_rejected_and_the_others_go_in(shop, wrong, column):
    good, bad = take(shop, LINE, LINE | {"line": "W-2"} | wrong)

    assert good.kind == "accepted"
    assert (bad.kind, bad.line, bad.column) == ("rejected", 3, column)
    assert bad.problem.why
    assert bad.problem.remedy
    assert InterimLine.objects.count() == 1


def test_customers_of_another_seller_are_unknown(shop, other_shop):
    other_shop.customer.number = "77"
    other_shop.customer.save()

    assert kinds(take(shop, LINE | {"customer_number": "77"})) == ["rejected"]


def test_the_number_of_reads_does_not_grow_with_the_lines(shop, django_assert_max_num_queries):
    lines = [LINE | {"line": f"W-{number}"} for number in range(500)]

    with django_assert_max_num_queries(20):
        take(shop, *lines)
    with django_assert_max_num_queries(20):
        assert set(kinds(take(shop, *lines))) == {"unchanged"}
