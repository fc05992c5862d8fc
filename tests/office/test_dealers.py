"""The pages of a wholesaler about its dealers: who they are, making one, ordering below, and moving a customer."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.test import Client

from rebill.charges.models import Charge
from rebill.interfaces.jobs import read_clock
from rebill.parties.models import Customer, Seller
from rebill.pipeline import move_customer
from rebill.rules.periods import Alignment, Timing, add_months, local_day
from rebill.runs.queries.moving import effect_of_move
from rebill.subscriptions.commands import change_quantity
from rebill.subscriptions.models import Subscription
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db


@pytest.fixture
def top(db) -> Link:
    link = Link.wholesaler("Elbtal Kommunikation", slug="elbtal")
    link.seat = link.sells("SEAT", "6", name="Seat")
    link.delta, link.gamma = link.dealer("Delta Telecom", slug="delta"), link.dealer("Gamma", slug="gamma")
    link.delta.sold = link.delta.resells(link.seat, "WERKPLEK", "percent", "50", name="Werkplek")
    link.nauta = link.delta.customer("Rederij Nauta", number="10482")
    return link


def office_of(link: Link) -> Client:
    client = Client()
    client.force_login(link.seller.memberships.get().user)
    return client


@pytest.fixture
def office(top) -> Client:
    return office_of(top)


@pytest.fixture
def today(top) -> date:
    return local_day(read_clock(), top.seller.time_zone)


def test_dealers_and_their_customers_are_listed_and_searched(office, top):
    top.gamma.customer("Bakker Bol", number="7")

    everybody = office.get("/s/elbtal/dealers/").context
    found = office.get("/s/elbtal/dealers/?dealer=gamma&q=bol").context

    assert [each.seller.name for each in everybody["dealers"]] == ["Delta Telecom", "Gamma"]
    assert [each.name for each in everybody["customers"]] == ["Rederij Nauta", "Bakker Bol"]
    assert [each.name for each in found["customers"]] == ["Bakker Bol"]
    below = Client()
    below.force_login(top.gamma.seller.memberships.get().user)
    assert below.get("/s/gamma/dealers/?dealer=delta").context["customers"] == []


def test_a_customer_is_made_a_dealer_and_its_owner_invited(office, top, mailoutbox, django_capture_on_commit_callbacks):
    oost = top.customer("Oost ICT", number="10600", city="Enschede", invoice_emails=["dirk@oost.example"])
    address = f"/s/elbtal/dealers/new/{oost.pk}/"
    form = office.get(address).context["form"]
    assert (form.initial["slug"], form.initial["email"]) == ("oost-ict", "dirk@oost.example")

    with django_capture_on_commit_callbacks(execute=True):
        made = office.post(address, {**form.initial, "full_name": "Dirk Oost"})
    again = office.post(address, {**form.initial, "slug": "oost-2"})

    assert (made.status_code, again.status_code) == (302, 422)
    dealer = Seller.objects.get(slug="oost-ict")
    assert (dealer.as_customer, dealer.memberships.get().user.email) == (oost, "dirk@oost.example")
    assert [mail.to for mail in mailoutbox] == [["dirk@oost.example"]]
    assert "oost-ict" in office.get(f"/s/elbtal/customers/{oost.pk}/").content.decode()


def test_a_dealers_list_of_products_says_what_it_asks_for_what_it_resells(top):
    listed = office_of(top.delta).get("/s/delta/products/").content.decode()

    assert "Werkplek" in listed
    assert "9.00<small>a month</small>" in listed
    assert "no price" not in listed


def test_an_order_for_a_dealers_customer_is_the_dealers(office, top, today):
    other = top.sells("LINE", "10")
    address = f"/s/elbtal/dealers/customers/{top.nauta.pk}/order/"
    said = {"quantity": "6", "start_on": today.isoformat(), "order_number": "50311"}

    page = office.get(address)
    refused = office.post(address, {**said, "product": other.pk})
    shown = office.post(address, {**said, "product": top.seat.pk})
    assert not Subscription.objects.exists()
    seen = {"seen": shown.context["seen"]}
    other = office.post(address, {**said, "quantity": "7", "product": top.seat.pk, **seen})
    assert not Subscription.objects.exists()
    placed = office.post(address, {**said, "product": top.seat.pk, **seen})

    assert [pk for pk, _name in page.context["products"]] == [top.seat.pk]
    assert [each.status_code for each in (refused, shown, other, placed)] == [422, 200, 200, 302]
    subscription = Subscription.objects.get()
    assert (subscription.seller, subscription.product, subscription.quantity) == (
        top.delta.seller, top.delta.sold, Decimal(6),
    )  # fmt: skip


def test_an_order_is_shown_on_each_level_with_the_prices_that_are_the_sellers_own(top, today):
    """In the middle of a chain: what it buys at, what it sells at, and of those below only who bills whom."""
    oost = top.delta.dealer("Oost ICT", slug="oost")
    oost.resells(top.delta.sold, "PLEK", "percent", "10")
    bol = oost.customer("Bakker Bol", number="7")
    first = add_months(today.replace(day=1), 1)

    shown = office_of(top.delta).post(
        f"/s/delta/dealers/customers/{bol.pk}/order/",
        {"quantity": "2", "start_on": first.isoformat(), "product": top.delta.sold.pk},
    )

    levels = [(each.seller.name, each.buyer.name, each.buys) for each in shown.context["levels"]]
    assert levels == [
        ("Elbtal Kommunikation", "Delta Telecom", True), ("Delta Telecom", "Oost ICT", False),
        ("Oost ICT", "Bakker Bol", False),
    ]  # fmt: skip
    effects = [each.effect and each.effect.differences for each in shown.context["levels"]]
    assert effects == [(("EUR", 1200),), (("EUR", 1800),), None]
    page = shown.content.decode()
    assert "9.90" not in page
    assert "19.80" not in page
    asked = office_of(top).post(
        f"/s/elbtal/dealers/customers/{bol.pk}/order/",
        {"quantity": "2", "start_on": first.isoformat(), "product": top.seat.pk},
    )
    top_levels = [(each.buyer.name, each.effect is not None) for each in asked.context["levels"]]
    assert top_levels == [("Delta Telecom", True), ("Oost ICT", False), ("Bakker Bol", False)]
    assert [each for each in ("9.00", "18.00", "9.90", "19.80") if each in asked.content.decode()] == []


@pytest.mark.parametrize("alignment", Alignment)
def test_a_move_with_later_changes_bills_what_was_shown(top, today, alignment):
    top.gamma.resells(top.seat, "PLEK", "percent", "20")
    first = add_months(today.replace(day=1), 1)
    started = top.delta.subscribe(
        top.nauta, top.delta.sold, first + timedelta(days=4), "3", alignment=alignment, timing=Timing.ADVANCE
    )
    for days, quantity in ((24, "5"), (50, "2")):
        change_quantity(
            acting=top.delta.acting, subscription=started, quantity=Decimal(quantity),
            effective_on=first + timedelta(days=days), now=top.at(first),
        )  # fmt: skip
    terms = {"customer_id": top.nauta.pk, "to_seller_id": top.gamma.seller.pk, "on": first + timedelta(days=14)}

    shown = effect_of_move(acting=top.acting, today=first, **terms)
    move_customer(acting=top.acting, now=top.at(first), **terms)
    top.prepare(shown.gone_to.effect.billed_on)

    billed = {
        name: sum(each.amount.minor for each in Charge.objects.filter(seller=top.seller, buyer__name=name))
        for name in ("Delta Telecom", "Gamma")
    }
    assert shown.gone_to.effect.differences == (("EUR", billed["Gamma"]),)
    assert [(each.prorated_e8, each.amount_minor) for each in shown.gone_to.effect.lines] == [
        (int(each.prorated_quantity.scaleb(8)), each.amount.minor)
        for each in Charge.objects.filter(seller=top.seller, buyer__name="Gamma").order_by("id")
    ]
    assert billed["Delta Telecom"] > 0


def test_a_move_is_shown_before_it_is_made(office, top, today):
    top.gamma.resells(top.seat, "PLEK", "percent", "20")
    first = add_months(today.replace(day=1), 1)
    top.delta.subscribe(top.nauta, top.delta.sold, first, "3")
    top.prepare_chain(first)
    address = f"/s/elbtal/dealers/customers/{top.nauta.pk}/move/"
    said = {"to": top.gamma.seller.pk, "on": (first + timedelta(days=10)).isoformat()}

    shown = office.post(address, said)
    assert Customer.objects.filter(seller=top.gamma.seller).count() == 0
    other_day = office.post(address, {**said, "on": first.isoformat(), "seen": shown.context["seen"]})
    moved = office.post(address, {**said, "seen": shown.context["seen"]})

    assert (shown.status_code, other_day.status_code, moved.status_code) == (200, 200, 302)
    [line] = shown.context["lines"]
    assert (line.product, line.last_on) == ("Seat", first + timedelta(days=9))
    left, gone_to = shown.context["sides"]
    days = (add_months(first, 1) - first).days
    # What was billed of the month and is left over, given back here and billed there; nothing of the dealers' prices.
    # The run that bills the rest of the month bills the next one too.
    share = (Decimal(18) * (days - 10) / days).quantize(Decimal("0.01"), ROUND_HALF_UP)
    moved_minor = int(share * 100) + 1800
    assert [minor for _code, minor in left.effect.differences] == [-moved_minor]
    assert [minor for _code, minor in gone_to.effect.differences] == [moved_minor]
    page = shown.content.decode()
    assert [each for each in ("27.00", "9.00", "7.20", "21.60") if each in page] == []
    assert Customer.objects.get(seller=top.gamma.seller).number == "10482"
    assert Charge.objects.filter(seller=top.gamma.seller).count() == 0


def test_who_stands_beside_or_below_moves_and_orders_nothing(top):
    for link in (top.gamma, Link.wholesaler("Noord", slug="noord")):
        client = Client()
        client.force_login(link.seller.memberships.get().user)
        for page in ("order", "move"):
            assert client.get(f"/s/{link.seller.slug}/dealers/customers/{top.nauta.pk}/{page}/").status_code == 404


def test_a_customer_comes_up_to_the_wholesaler_and_goes_down_again(office, top, today):
    first = add_months(today.replace(day=1), 1)
    top.delta.subscribe(top.nauta, top.delta.sold, first, "3")
    top.prepare_chain(first)
    said = {"to": top.seller.pk, "on": add_months(first, 1).isoformat()}

    up = office.post(f"/s/elbtal/dealers/customers/{top.nauta.pk}/move/", said)
    office.post(f"/s/elbtal/dealers/customers/{top.nauta.pk}/move/", {**said, "seen": up.context["seen"]})
    here = Customer.objects.get(seller=top.seller, name="Rederij Nauta")
    down = office.post(
        f"/s/elbtal/dealers/customers/{here.pk}/move/", {"to": top.delta.seller.pk, "on": add_months(first, 2)}
    )

    # From its first day there the wholesaler bills the customer itself what it had billed the dealer.
    left, gone_to = up.context["sides"]
    assert (left.buyer.name, gone_to.buyer.name) == ("Delta Telecom", "Rederij Nauta")
    assert [minor for _code, minor in (*left.effect.differences, *gone_to.effect.differences)] == [-1800, 1800]
    assert [side.buyer.name for side in down.context["sides"]] == ["Rederij Nauta", "Delta Telecom"]
