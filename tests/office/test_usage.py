"""A customer's calls in the office, month by month, and a supplier's records against ours."""

import pytest

from rebill.sources.usage.models import Switch
from tests.factories import make_customer
from tests.usage.world import Made, Partner

SEPTEMBER = "2026-09-05T09:00"
OCTOBER = "2026-10-05T09:00"


@pytest.fixture
def partner(seller) -> Partner:
    partner = Partner(seller=seller)
    partner.rate("316", "0.06", destination="Netherlands, mobile", category=2)
    partner.rate("49", "0.10", destination="Germany", category=3)
    return partner


@pytest.fixture
def nauta(partner):
    customer = make_customer(partner.seller, name="Rederij Nauta")
    partner.give_number(customer, "31201234567")
    return customer


def usage(office, customer, month: str = "") -> str:
    return office.get(f"/s/waterkant/customers/{customer.pk}/usage/", {"month": month}).content.decode()


def test_a_customer_without_calls_has_none(office, nauta):
    assert "No rated calls yet" in usage(office, nauta)


def test_calls_are_summed_up_by_month_kind_and_destination(office, partner, nauta, django_assert_max_num_queries):
    partner.take(
        [
            Made("31201234567", "31612345678", SEPTEMBER, 60),
            Made("31201234567", "31612345678", OCTOBER, 120),
            Made("31201234567", "4930123456", OCTOBER, 60),
            Made("31201234567", "88216123456", OCTOBER, 60),
        ]
    )
    for month in (9, 10):
        partner.rate_month(partner.rate_month().month.replace(month=month))

    with django_assert_max_num_queries(20):
        newest = usage(office, nauta)
    earlier = usage(office, nauta, "2026-09")

    for words in ("October 2026", "September 2026", "National, mobile", "Germany", "0.12", "0.10", "0.22"):
        assert words in newest
    assert "1 call of October 2026 has no price" in newest
    assert "Germany" not in earlier
    assert "Netherlands, mobile" in earlier


def test_a_dealers_usage_is_that_of_whom_it_pays_for_and_of_nobody_else(office, partner, nauta):
    other = make_customer(partner.seller, name="Bakkerij Smit")
    partner.take([Made("31201234567", "31612345678", OCTOBER, 60)])
    partner.rate_month()

    assert "No rated calls yet" in usage(office, other)


@pytest.fixture
def carrier(office, partner, nauta) -> Switch:
    added = office.post(
        "/s/waterkant/calls/switches/set/", {"code": "carrier", "dialect": "neutral", "settings": "", "compared": "on"}
    )
    assert added.status_code == 302
    partner.take([Made("31201234567", "31612345678", OCTOBER, 60), Made("31201234567", "4930123456", OCTOBER, 60)])
    partner.take(
        [
            Made("31201234567", "31612345678", OCTOBER, 61, buy_e6=10_000),
            Made("31201234567", "4930123456", OCTOBER, 90, buy_e6=15_000),
            Made("31201234567", "34612345678", OCTOBER, 30, buy_e6=20_000),
        ],
        name="carrier.csv",
        switch="carrier",
    )
    return Switch.objects.get(code="carrier")


def test_a_suppliers_calls_are_compared_with_ours(office, carrier):
    shown = office.get("/s/waterkant/calls/compare/", {"month": "2026-10"})
    answer = office.get("/s/waterkant/calls/compare/differences.csv", {"switch": "carrier", "month": "2026-10"})

    assert [number for _words, number in shown.context["counts"]] == [1, 1, 0, 1, 0]
    assert "Longer at the supplier" in shown.content.decode()
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("finding;began_at;caller")
    assert [line.split(";")[0] for line in lines[1:]] == ["only_theirs", "longer"]
    began = lines[1].split(";")[1].replace("T", " ")[:19]
    assert f">{began}<" in shown.content.decode()


def test_without_a_suppliers_switch_nothing_is_compared(office, partner):
    assert "No supplier’s switch yet" in office.get("/s/waterkant/calls/compare/").content.decode()
    assert office.get("/s/waterkant/calls/compare/differences.csv", {"switch": "pbx"}).status_code == 404
