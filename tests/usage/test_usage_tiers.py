"""One call, rated for every seller of the chain: what the dealer buys and what it sells, each on its own bill."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rebill.charges.models import Charge
from rebill.parties.commands import open_dealer
from rebill.pipeline import prepare
from rebill.rules.money import Money
from rebill.sources.usage.models import UsageSum
from rebill.sources.usage.queries.specification import specification_of
from tests.factories import NOW, make_customer, make_user
from tests.usage.world import Made, Partner

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def wholesaler(db) -> Partner:
    partner = Partner()
    partner.rate("316", "0.06")
    return partner


@pytest.fixture
def dealer(wholesaler) -> Partner:
    """Sells at 0.10 what it buys at 0.06."""
    customer = make_customer(wholesaler.seller, name="Delta Telecom")
    seller = open_dealer(acting=wholesaler.acting, customer_id=customer.pk, owner=make_user(), slug="delta", now=NOW)
    partner = Partner(seller=seller)
    partner.rate("31", "0.10")
    return partner


def bill(partner: Partner) -> None:
    prepare(acting=partner.acting, billed_on=NOVEMBER, now=datetime(2026, 11, 1, tzinfo=UTC))


def test_a_call_of_a_dealers_customer_is_on_both_bills(wholesaler, dealer):
    nauta = make_customer(dealer.seller, name="Rederij Nauta")
    wholesaler.give_number(nauta, "31201234567")
    wholesaler.take([Made("31201234567", "31612345678", "2026-10-05T09:00", 600)])

    bill(wholesaler)
    bill(dealer)

    buy = Charge.objects.get(seller=wholesaler.seller)
    sell = Charge.objects.get(seller=dealer.seller)
    assert (buy.buyer, buy.end_customer) == (dealer.seller.as_customer, nauta)
    assert (sell.buyer, sell.end_customer) == (nauta, nauta)
    assert (buy.amount, sell.amount) == (Money.of(Decimal("0.60"), "EUR"), Money.of(Decimal("1.00"), "EUR"))
    assert buy.reference == "Rederij Nauta"
    # Bought and sold side by side.
    sums = UsageSum.objects.get(seller=dealer.seller)
    assert (sums.buy_e6, sums.amount_e6) == (600_000, 1_000_000)


def test_a_dealer_never_reads_what_its_wholesaler_asks(wholesaler, dealer):
    nauta = make_customer(dealer.seller)
    wholesaler.give_number(nauta, "31201234567")
    wholesaler.take([Made("31201234567", "31612345678", "2026-10-05T09:00", 600)])
    bill(wholesaler)
    bought = Charge.objects.get(seller=wholesaler.seller)

    assert specification_of(seller_id=dealer.seller.pk, keys=[bought.key]).count() == 0
    assert specification_of(seller_id=wholesaler.seller.pk, keys=[bought.key]).count() == 1


def test_customers_of_the_wholesaler_itself_are_no_business_of_the_dealer(wholesaler, dealer):
    own = make_customer(wholesaler.seller)
    wholesaler.give_number(own, "31207654321")
    wholesaler.take([Made("31207654321", "31612345678", "2026-10-05T09:00", 60)])

    wholesaler.rate_month()

    assert set(UsageSum.objects.values_list("seller_id", "owner_id")) == {(wholesaler.seller.pk, own.pk)}


def test_a_dealer_rates_the_calls_of_its_own_switch(wholesaler, dealer):
    nauta = make_customer(dealer.seller)
    dealer.give_number(nauta, "31201234567")
    wholesaler.take([Made("31201234567", "31612345678", "2026-10-05T09:00", 60)])
    dealer.take([Made("31201234567", "31612345678", "2026-10-06T09:00", 120)], name="own.csv")
    wholesaler.rate_month()
    dealer.rate_month()

    bill(dealer)

    assert Charge.objects.get(seller=dealer.seller).amount == Money.of(Decimal("0.30"), "EUR")
