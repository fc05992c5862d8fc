"""Subscriptions in the office: found, looked at, ordered and changed, with the effect shown before it is saved."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.access.acting import Role
from rebill.rules.periods import add_months
from rebill.subscriptions.commands import StartTerms, change_quantity, pause_subscription, start_subscription
from rebill.subscriptions.models import Change, Order, Subscription
from tests.factories import NOW, acting_of, make_customer, make_priced_product
from tests.office.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(office) -> date:
    """The seller's day, as the pages know it."""
    return office.get("/s/waterkant/").context["request"].today


@pytest.fixture
def seats(seller, today):
    """Ten seats at 31 a month since the first day of last month but one."""
    start_on = add_months(today.replace(day=1), -2)
    return start_subscription(
        acting=acting_of(seller),
        customer=make_customer(seller, name="Rederij Nauta"),
        product=make_priced_product(seller, "31", code="SEAT"),
        terms=StartTerms(quantity=Decimal(10), start_on=start_on),
        now=NOW,
    )


def products(answer) -> list[str]:
    return [row.state.product_code for row in answer.context["rows"]]


def test_the_list_has_a_tab_for_each_way_to_stand(office, seller, seats, today):
    pause_subscription(acting=acting_of(seller), subscription=seats, effective_on=today, now=NOW)

    assert products(office.get("/s/waterkant/subscriptions/")) == []
    assert products(office.get("/s/waterkant/subscriptions/?tab=paused")) == ["SEAT"]
    assert products(office.get("/s/waterkant/subscriptions/?tab=all&q=seat+nauta")) == ["SEAT"]
    assert products(office.get(f"/s/waterkant/subscriptions/?tab=all&customer={seats.customer_id}")) == ["SEAT"]
    assert products(office.get("/s/waterkant/subscriptions/?tab=ended&q=seat")) == []


@pytest.mark.parametrize("few", [0, 500])
def test_words_find_subscriptions_of_few_customers_and_of_many(office, seller, seats, monkeypatch, few):
    other = make_customer(seller, name="Bakkerij Jansen")
    terms = StartTerms(quantity=Decimal(1), start_on=seats.start_on)
    start_subscription(acting=acting_of(seller), customer=other, product=seats.product, terms=terms, now=NOW)
    monkeypatch.setattr("rebill.subscriptions.queries.finding.FEW", few)

    answer = office.get("/s/waterkant/subscriptions/?q=nauta")

    assert [row.subscription.customer.name for row in answer.context["rows"]] == ["Rederij Nauta"]
    assert answer.context["pager"].total == 1


def test_a_list_that_is_dear_to_look_through_is_counted_as_far_as_it_is_read(office, seller, seats, monkeypatch):
    for _ in range(51):
        terms = StartTerms(quantity=Decimal(1), start_on=seats.start_on)
        start_subscription(
            acting=acting_of(seller), customer=seats.customer, product=seats.product, terms=terms, now=NOW
        )
    monkeypatch.setattr("rebill.interfaces.pager.COUNTED_MAX", 20)

    first = office.get("/s/waterkant/subscriptions/").context["pager"]
    second = office.get("/s/waterkant/subscriptions/?page=2").context["pager"]

    assert (first.first, first.last, first.total, first.at_least, first.after) == (1, 50, 50, True, "?page=2")
    assert (second.first, second.last, second.total, second.at_least, second.after) == (51, 52, 52, False, "")


def test_the_list_asks_a_dozen_questions_at_most(office, seller, seats, django_assert_max_num_queries):
    for _ in range(60):
        terms = StartTerms(quantity=Decimal(1), start_on=seats.start_on)
        start_subscription(
            acting=acting_of(seller), customer=seats.customer, product=seats.product, terms=terms, now=NOW
        )

    with django_assert_max_num_queries(12):
        answer = office.get("/s/waterkant/subscriptions/")

    assert len(products(answer)) == 50
    assert answer.context["rows"][0].name == "Product SEAT"
    assert (answer.context["pager"].total, answer.context["pager"].at_least) == (61, False)


def test_the_tabs_say_afterwards_how_many_stand_otherwise(office, seller, seats, today, monkeypatch):
    acting = acting_of(seller)
    for _ in range(3):
        terms = StartTerms(quantity=Decimal(1), start_on=seats.start_on)
        start_subscription(acting=acting, customer=seats.customer, product=seats.product, terms=terms, now=NOW)
    pause_subscription(acting=acting, subscription=seats, effective_on=today, now=NOW)
    monkeypatch.setattr("rebill.interfaces.office.subscriptions.lists.COUNTED_MAX", 2)
    address = "/s/waterkant/subscriptions/counts/"

    counts = office.get(address).context["counts"]
    found = office.get(address, {"tab": "paused", "q": "seat"}).context["counts"]
    none = office.get(address, {"q": "nothing"}).context["counts"]

    assert [(each.tab, each.number, each.at_least) for each in counts] == [
        ("upcoming", 0, False), ("paused", 1, False), ("ended", 0, False), ("all", 2, True),
    ]  # fmt: skip
    assert (found[0].tab, found[0].number, found[0].at_least) == ("running", 2, True)
    assert [each.number for each in none] == [0, 0, 0, 0]


def test_the_page_shows_what_was_entered_and_by_whom(office, seller, seats, today):
    change_quantity(
        acting=acting_of(seller),
        subscription=seats,
        quantity=Decimal(12),
        effective_on=today,
        reference="PO 4711",
        now=NOW,
    )

    page = office.get(f"/s/waterkant/subscriptions/{seats.uuid}/").content.decode()

    assert "Another quantity: 12" in page
    assert "PO 4711" in page
    assert "Marit de Boer" in page
    assert 'x1="' in page


def test_what_was_billed_is_shown_with_its_document(office):
    world = World("noordwal", "Rederij Nauta")
    office.force_login(world.seller.memberships.get().user)

    answer = office.get(f"/s/noordwal/subscriptions/{world.subscription.uuid}/")

    billed = [(row.starts_on, row.invoice_number, row.draft_id) for row in answer.context["billed"]]
    assert billed == [(date(2026, 9, 1), "", world.draft.pk), (date(2026, 8, 1), world.invoice.number, None)]


def test_nothing_is_saved_before_the_effect_was_seen(office, seats, today):
    address = f"/s/waterkant/subscriptions/{seats.uuid}/change/quantity/"
    entered = {"effective_on": today.isoformat(), "quantity": "12", "reference": "PO 7"}

    shown = office.post(address, entered)
    assert not Change.objects.exists()
    assert shown.context["effect"].differences[0][1] > 0
    saved = office.post(address, {**entered, "seen": shown.context["seen"]})

    assert saved.headers["Location"] == f"/s/waterkant/subscriptions/{seats.uuid}/"
    change = Change.objects.get()
    assert (change.quantity, change.effective_on, change.reference) == (12, today, "PO 7")


def test_what_asks_as_one_types_shows_the_effect_and_saves_nothing(office, seats, today):
    typing = {"HX-Request": "true"}
    change = f"/s/waterkant/subscriptions/{seats.uuid}/change/quantity/"
    entered = {"effective_on": today.isoformat(), "quantity": "12"}
    order = f"/s/waterkant/customers/{seats.customer_id}/order/"

    changed = office.post(change, {**entered, "seen": office.post(change, entered).context["seen"]}, headers=typing)
    ordered = office.post(
        order, {**order_of(today), "seen": office.post(order, order_of(today)).context["seen"]}, headers=typing
    )

    assert (changed.status_code, ordered.status_code) == (200, 200)
    assert changed.context["seen"]
    assert ordered.context["seen"]
    assert not Change.objects.exists()
    assert not Order.objects.exists()


def test_another_value_than_was_seen_is_shown_again_and_not_saved(office, seats, today):
    address = f"/s/waterkant/subscriptions/{seats.uuid}/change/quantity/"
    entered = {"effective_on": today.isoformat(), "quantity": "12"}
    seen = office.post(address, entered).context["seen"]

    answer = office.post(address, {**entered, "quantity": "13", "seen": seen})

    assert answer.status_code == 200
    assert answer.context["seen"] != seen
    assert not Change.objects.exists()


def test_a_change_that_came_in_between_is_shown_first(office, seller, seats, today):
    address = f"/s/waterkant/subscriptions/{seats.uuid}/change/pause/"
    entered = {"effective_on": today.isoformat()}
    seen = office.post(address, entered).context["seen"]
    change_quantity(acting=acting_of(seller), subscription=seats, quantity=Decimal(2), effective_on=today, now=NOW)

    answer = office.post(address, {**entered, "seen": seen})

    assert answer.status_code == 200
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "entered", "field"),
    [
        ("quantity", {"effective_on": "2020-01-01", "quantity": "1"}, "effective_on"),
        ("quantity", {"effective_on": "2026-09-01", "quantity": "-1"}, "quantity"),
        ("quantity", {"effective_on": "", "quantity": "1"}, "effective_on"),
        ("product", {"effective_on": "2099-09-01", "product": "NONE", "quantity": "1"}, "product"),
        ("price", {"effective_on": "2099-09-01", "unit_price": "1.1234567"}, "unit_price"),
    ],
)
def test_what_is_refused_stands_beside_its_field(office, seats, kind, entered, field):
    answer = office.post(f"/s/waterkant/subscriptions/{seats.uuid}/change/{kind}/", entered)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Change.objects.exists()


def test_a_change_is_taken_back(office, seller, seats, today):
    change = change_quantity(
        acting=acting_of(seller), subscription=seats, quantity=Decimal(12), effective_on=today, now=NOW
    )
    address = f"/s/waterkant/subscriptions/{seats.uuid}/take-back/{change.uuid}/"

    seen = office.get(address).context["seen"]
    office.post(address, {"reference": "", "seen": seen})

    assert Change.objects.get(kind="revoke").revokes == change
    assert "taken back" in office.get(f"/s/waterkant/subscriptions/{seats.uuid}/").content.decode()


def order_of(today: date, **changes: str) -> dict[str, str]:
    return {
        "order_number": "50311", "general_reference": "Ship's office", "ordered_on": today.isoformat(),
        "line-TOTAL_FORMS": "1", "line-INITIAL_FORMS": "0", "line-0-product": "SEAT", "line-0-quantity": "4",
        "line-0-start_on": today.isoformat(), "line-0-unit_price": "", "line-0-billing_months": "1",
        "line-0-timing": "advance", "line-0-alignment": "calendar", "line-0-dimensions": "project: 12", **changes,
    }  # fmt: skip


def test_an_order_is_placed_after_its_effect_was_seen(office, seats, today):
    address = f"/s/waterkant/customers/{seats.customer_id}/order/"
    terms = {"line-0-unit_price": "29.95", "line-0-alignment": "anniversary", "line-0-billing_months": "3"}

    shown = office.post(address, order_of(today, **terms))
    assert not Order.objects.exists()
    saved = office.post(address, {**order_of(today, **terms), "seen": shown.context["seen"]})

    assert saved.headers["Location"] == f"/s/waterkant/customers/{seats.customer_id}/"
    subscription = Subscription.objects.get(order__number="50311")
    assert (subscription.quantity, subscription.unit_price) == (4, Decimal("29.95"))
    assert (subscription.alignment, subscription.billing_months) == ("anniversary", 3)
    assert subscription.dimensions == {"project": "12"}
    assert subscription.order.general_reference == "Ship's office"


def test_a_line_more_keeps_what_was_entered(office, seats, today):
    address = f"/s/waterkant/customers/{seats.customer_id}/order/"

    answer = office.post(address, order_of(today, add="1"))

    first, second = answer.context["lines"]
    assert (first["product"].value(), second["product"].value()) == ("SEAT", "")
    assert second["start_on"].value() == today.isoformat()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"line-0-product": "NONE"}, "product"),
        ({"line-0-last_on": "2020-01-01"}, "last_on"),
        ({"line-0-dimensions": "nothing"}, "dimensions"),
        ({"line-0-quantity": "-1"}, "quantity"),
    ],
)
def test_what_is_refused_of_an_order_stands_beside_its_field(office, seats, today, changes, field):
    answer = office.post(f"/s/waterkant/customers/{seats.customer_id}/order/", order_of(today, **changes))

    assert answer.status_code == 422
    assert [list(each) for each in answer.context["lines"].errors] == [[field]]
    assert not Order.objects.exists()


def test_a_number_that_another_customer_ordered_under_is_refused(office, seller, seats, today):
    Order.objects.create(seller=seller, customer=make_customer(seller), number="50311")
    address = f"/s/waterkant/customers/{seats.customer_id}/order/"
    seen = office.post(address, order_of(today)).context["seen"]

    answer = office.post(address, {**order_of(today), "seen": seen})

    assert answer.status_code == 422
    assert "order_number" in answer.context["form"].errors
    assert Subscription.objects.count() == 1


def test_a_viewer_may_not_change_and_a_stranger_finds_nothing(office, member, seller, seats):
    viewer = member(Role.VIEWER)
    theirs = World("noordwal", "Geheim BV")

    assert "change/cancel" not in viewer.get(f"/s/waterkant/subscriptions/{seats.uuid}/").content.decode()
    assert viewer.get(f"/s/waterkant/subscriptions/{seats.uuid}/change/cancel/").status_code == 403
    assert office.get(f"/s/waterkant/subscriptions/{theirs.subscription.uuid}/").status_code == 404
    change = f"/s/waterkant/subscriptions/{seats.uuid}/take-back/{theirs.change.uuid}/"
    assert office.get(change).status_code == 404
