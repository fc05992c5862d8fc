"""Dealers over the API: who they are, ordering for their customers, moving those, and what each earns."""

from datetime import date

import pytest

from rebill.access.acting import Role
from rebill.access.scopes import ALL_SCOPES
from rebill.charges.models import Charge
from rebill.interfaces.jobs import read_clock
from rebill.parties.commands import create_token
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import acting_for
from rebill.rules.periods import add_months, local_day
from rebill.subscriptions.models import Subscription
from tests.api.conftest import Program
from tests.factories import NOW
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

AUGUST = date(2026, 8, 1)


@pytest.fixture
def top() -> Link:
    """A wholesaler that sells a seat, with two dealers that resell it."""
    link = Link.wholesaler("Elbtal Kommunikation", slug="elbtal")
    link.seat = link.sells("SEAT", "6", name="Seat")
    link.delta, link.gamma = link.dealer("Delta Telecom", slug="delta"), link.dealer("Gamma", slug="gamma")
    link.delta.sold = link.delta.resells(link.seat, "WERKPLEK", "percent", "50", name="Werkplek")
    link.nauta = link.delta.customer("Rederij Nauta", number="10482")
    return link


def program_for(link: Link, *scopes: str) -> Program:
    """A program of the seller's owner."""
    membership = link.seller.memberships.filter(role=Role.OWNER.value).first()
    acting = acting_for(membership.user, link.seller.slug)
    return Program(create_token(acting=acting, name="Test", scopes=scopes or ALL_SCOPES, now=NOW)[1])


def test_each_side_sees_its_own_margin_and_nothing_of_the_other(top):
    top.delta.subscribe(top.nauta, top.delta.sold, AUGUST, "2")
    top.prepare_chain(AUGUST)
    top.issue(AUGUST)
    top.delta.issue(AUGUST)

    told = program_for(top.delta).get("/margins?month=2026-08-15&by=product").json()
    above = program_for(top).get("/margins?month=2026-08-01").json()
    by_month = program_for(top.delta).get("/margins?month=2026-08-01&by=month").json()

    assert (told["month"], told["by"]) == ("2026-08-01", "product")
    [seat] = told["items"]
    assert (seat["code"], seat["customer_id"], seat["percent"]) == ("WERKPLEK", None, 33)
    assert [seat[side]["amount"] for side in ("sold", "bought", "earned")] == ["18.00", "12.00", "6.00"]
    assert told["totals"] == [{key: seat[key] for key in ("sold", "bought", "earned", "percent")}]
    assert [row["code"] for row in by_month["items"]] == ["2026-08"]
    [delta] = above["items"]
    assert (delta["name"], delta["sold"]["amount"], delta["bought"]["amount"]) == ("Delta Telecom", "12.00", "0.00")
    assert "18.00" not in str(above)


def test_a_customer_becomes_a_dealer_whose_owner_is_invited(top, mailoutbox, django_capture_on_commit_callbacks):
    oost = top.customer("Oost ICT", number="10600", city="Enschede")
    body = {"customer_id": oost.pk, "dealer": "oost", "email": "Dirk@oost.example", "language": "nl"}
    program = program_for(top)

    with django_capture_on_commit_callbacks(execute=True):
        made = program.post("/dealers", body, key="a")
        again = program.post("/dealers", body, key="a")
    refused = program.post("/dealers", {**body, "dealer": "oost-2"})

    assert (made.status_code, again.json(), refused.json()["code"]) == (201, made.json(), "dealer_already")
    assert made.json() == {
        "dealer": "oost", "name": "Oost ICT", "above": "elbtal", "as_customer_id": oost.pk, "customers": 0,
        "products": 0,
    }  # fmt: skip
    dealer = Seller.objects.get(slug="oost")
    assert (dealer.city, dealer.memberships.get().user.email) == ("Enschede", "dirk@oost.example")
    assert [mail.to for mail in mailoutbox] == [["dirk@oost.example"]]


def test_dealers_and_their_customers_are_listed_by_who_stands_above(top):
    below = top.delta.dealer("Oost ICT", slug="oost")
    below.customer("Bakker Bol", number="1")
    stranger = Link.wholesaler("Noord", slug="noord")

    listed = program_for(top).get("/dealers").json()["items"]
    customers = program_for(top).get("/dealers/customers").json()["items"]

    assert [(each["dealer"], each["above"], each["customers"]) for each in listed] == [
        ("delta", "elbtal", 2), ("gamma", "elbtal", 0), ("oost", "delta", 1),
    ]  # fmt: skip
    assert [(each["dealer"], each["name"]) for each in customers] == [
        ("delta", "Rederij Nauta"), ("delta", "Oost ICT"), ("oost", "Bakker Bol"),
    ]  # fmt: skip
    assert set(customers[0]) == {"id", "number", "name", "dealer"}
    found = program_for(top).get("/dealers/customers?dealer=oost&search=bol").json()["items"]
    assert [each["name"] for each in found] == ["Bakker Bol"]
    for nobody in (stranger, top.gamma):
        assert program_for(nobody).get("/dealers").json()["items"] == []
        assert program_for(nobody).get("/dealers/customers?dealer=delta").json()["items"] == []


def test_an_order_for_a_dealers_customer_is_placed_once(top):
    body = {
        "customer_id": top.nauta.pk, "product_id": top.seat.pk, "quantity": "6", "start_on": "2026-08-01",
        "order_number": "50311", "general_reference": "Noord",
    }  # fmt: skip
    program = program_for(top)

    placed = [program.post("/dealers/orders", body, key="order-1") for _ in range(2)]

    assert [answer.status_code for answer in placed] == [201, 201]
    assert placed[0].json() == placed[1].json()
    subscription = Subscription.objects.get()
    assert placed[0].json() == {
        "uuid": str(subscription.uuid), "dealer": "delta", "customer_id": top.nauta.pk, "product_id": top.seat.pk,
        "quantity": "6", "start_on": "2026-08-01",
    }  # fmt: skip
    assert (subscription.seller.slug, subscription.product.code, subscription.order.number) == (
        "delta", "WERKPLEK", "50311",
    )  # fmt: skip
    # A price is none of the terms: each seller asks its own.
    assert program_for(top).post("/dealers/orders", {**body, "unit_price": "1"}).status_code == 422


def test_an_order_is_shown_before_it_is_placed(top):
    first = add_months(local_day(read_clock(), top.seller.time_zone).replace(day=1), 1)
    order = {"customer_id": top.nauta.pk, "product_id": top.seat.pk, "quantity": "2", "start_on": first.isoformat()}

    said = program_for(top).post("/dealers/orders/effect", order).json()

    [own, below] = said["levels"]
    assert (own["bills"], own["buys"], own["differences"]) == (
        "Delta Telecom", False, [{"amount": "12.00", "currency": "EUR"}],
    )  # fmt: skip
    assert (below["dealer"], below["bills"], below["differences"]) == ("delta", "Rederij Nauta", None)
    assert not Subscription.objects.exists()


def test_only_who_stands_above_orders_moves_and_looks(top):
    order = {"customer_id": top.nauta.pk, "product_id": top.seat.pk, "quantity": "1", "start_on": "2026-08-01"}
    move = {"customer_id": top.nauta.pk, "dealer": "gamma", "on": "2026-08-11"}

    for nobody in (Link.wholesaler("Noord", slug="noord"), top.gamma):
        program = program_for(nobody)
        answers = [
            program.post("/dealers/orders", order), program.post("/dealers/moves", move),
            program.post("/dealers/moves/effect", move), program.post("/dealers/orders/effect", order),
        ]  # fmt: skip
        assert {answer.status_code for answer in answers} == {404}
    to_nobody = program_for(top).post("/dealers/moves", {**move, "dealer": "noord"})
    assert (to_nobody.status_code, to_nobody.json()["code"]) == (404, "seller_unknown")
    assert Subscription.objects.count() == 0


def test_a_move_does_what_its_preview_said(top):
    top.gamma.resells(top.seat, "PLEK", "percent", "20")
    left = top.delta.subscribe(top.nauta, top.delta.sold, AUGUST, "3")
    top.prepare_chain(AUGUST)
    program = program_for(top)
    move = {"customer_id": top.nauta.pk, "dealer": "gamma", "on": "2026-08-11"}

    said = program.post("/dealers/moves/effect", move).json()
    before = set(Charge.objects.values_list("pk", flat=True))
    moved = program.post("/dealers/moves", move, key="m")
    again = program.post("/dealers/moves", move, key="m")

    assert (moved.status_code, again.json()) == (201, moved.json())
    customer = Customer.objects.get(seller=top.gamma.seller)
    assert moved.json() == {
        "customer_id": customer.pk, "number": "10482", "dealer": "gamma", "subscriptions": [str(left.uuid)],
    }  # fmt: skip
    [line] = said["lines"]
    assert (line["product_id"], line["quantity"], line["starts_on"]) == (top.seat.pk, "3", "2026-08-11")
    on = date.fromisoformat(said["left"]["billed_on"])
    top.prepare(on)
    for side, link in (("left", top.delta), ("gone_to", top.gamma)):
        billed = sum(
            charge.amount.decimal
            for charge in top.charges()
            if charge.buyer_id == link.seller.as_customer_id and charge.pk not in before
        )
        told = said[side]
        assert (told["dealer"], told["billed_customer_id"]) == (link.seller.slug, link.seller.as_customer_id)
        # What Delta would have gone on paying, were nothing moved, is not billed to it any more.
        kept = billed - sum(each_month(18, AUGUST, on)) if side == "left" else billed
        assert [each["amount"] for each in told["differences"]] == [f"{kept:.2f}"]


def each_month(amount: int, billed: date, on: date) -> list[int]:
    """An amount for every month after the one that was billed, up to the run on a day."""
    return [amount] * ((on.year - billed.year) * 12 + on.month - billed.month)
