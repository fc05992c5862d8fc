"""What a till asks and tells, as it would over the wire."""

from decimal import Decimal

import pytest

from rebill.access.scopes import Access, Area, scope_of
from rebill.rules.money import Money
from rebill.sources.tabs.commands import accept_tab_terms, open_tab
from rebill.sources.tabs.models import Tab, TabOrder, TabStatus
from rebill.sources.tabs.texts import CURRENT
from tests.factories import NOW, acting_of, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def tab(seller) -> Tab:
    acting = acting_of(seller)
    accept_tab_terms(acting=acting, version=CURRENT, language="nl", now=NOW)
    customer = make_customer(seller, name="Zeilschool Lauwers", number="2890")
    return open_tab(
        acting=acting,
        customer_id=customer.pk,
        limit=Money.of("100", "EUR"),
        status=TabStatus.ACTIVE,
        may_buy=True,
        now=NOW,
    )


@pytest.fixture
def till(program_of):
    """A program that may do what a till does, and nothing else."""
    return program_of(scopes=(scope_of(Area.TILL, Access.WRITE),))


def order(key: str, price: str, **said) -> dict:
    line = {"description": "Bier", "unit_price": price, "vat_percent": "21"}
    return {"key": key, "tab": "2890-01", "ordered_at": "2026-09-01T21:14:00+02:00", "lines": [line], **said}


def test_a_till_finds_the_tab_books_and_sees_what_is_left(till, tab):
    [found] = till.ask("GET", "/till/tabs?search=lauwers").json()["items"]
    assert (found["number"], found["left"]["amount"]) == ("2890-01", "100.00")

    booked = till.ask("POST", "/till/orders", order("a-1", "40"))

    assert booked.status_code == 201
    assert (booked.json()["state"], booked.json()["lines"][0]["vat_percent"]) == ("booked", "21")
    assert till.ask("POST", "/till/orders", order("a-1", "40")).json() == booked.json()
    assert TabOrder.objects.count() == 1
    [found] = till.ask("GET", "/till/tabs").json()["items"]
    assert found["left"]["amount"] == "60.00"


def test_what_does_not_fit_is_refused_with_what_is_left(till, tab):
    refused = till.ask("POST", "/till/orders", order("a-1", "100.01"))

    assert (refused.status_code, refused.json()["code"]) == (409, "limit_exceeded")
    assert "100.00 EUR is left" in refused.json()["detail"]


def test_the_way_of_a_reserved_order(till, tab):
    till.ask("POST", "/till/orders", order("a-1", "40", reserve=True))
    lines = [
        {"description": "Bier", "unit_price": "35"},
        {"description": "Fooi", "unit_price": "5", "rate_class": "zero"},
    ]

    assert till.ask("POST", "/till/orders/a-1/book", {"lines": lines}).json()["amount"]["amount"] == "40.00"
    back = {"refund_key": "a-2", "ordered_at": "2026-09-01T22:00:00Z", "lines": [2]}
    assert till.ask("POST", "/till/orders/a-1/refund", back).json()["amount"]["amount"] == "-5.00"
    assert till.ask("POST", "/till/orders/a-1/cancel", {}).json()["code"] == "move_refused"
    till.ask("POST", "/till/orders", order("a-3", "7"))
    assert till.ask("POST", "/till/orders/a-3/settle", {"reason": "Pin"}).json()["state"] == "settled"
    found = till.ask("GET", f"/till/orders?tab_id={tab.pk}").json()["items"]
    assert [(each["key"], each["state"]) for each in found] == [
        ("a-3", "settled"),
        ("a-2", "booked"),
        ("a-1", "booked"),
    ]


def test_a_till_that_was_off_line_tells_everything_in_any_order(till, tab):
    steps = [
        {"do": "cancel", "key": "b-2", "reason": "Omgestoten"},
        {"do": "order", "order": order("b-1", "120")},
        {"do": "order", "order": order("b-2", "10")},
        {"do": "order", "order": order("b-3", "10", tab="nobody")},
        {"do": "order"},
    ]

    told = till.ask("POST", "/till/late", {"steps": steps}).json()["steps"]

    assert [(each["is_taken"], each["state"], each["code"]) for each in told] == [
        (True, None, ""), (True, "booked", ""), (True, "cancelled", ""), (False, None, "tab_unknown"),
        (False, None, "late_step_incomplete"),
    ]  # fmt: skip
    assert [each["over_limit"] for each in told[:3]] == [False, True, False]
    tab.refresh_from_db()
    assert tab.balance.decimal == Decimal("120.00")
    assert till.ask("POST", "/till/late", {"steps": steps[1:3]}).json()["steps"] == told[1:3]


def test_a_booking_and_a_refund_come_late_and_before_their_order(till, tab):
    other = [{"description": "Toast", "unit_price": "4"}, {"description": "Beer", "unit_price": "3"}]
    steps = [
        {
            "do": "refund",
            "key": "b-1",
            "refund": {"refund_key": "b-2", "ordered_at": "2026-09-14T20:00:00Z", "lines": [2]},
        },
        {"do": "book", "key": "b-1", "book": {"lines": other}},
        {"do": "refund", "key": "b-1"},
    ]

    told = till.ask("POST", "/till/late", {"steps": steps}).json()["steps"]
    placed = till.ask("POST", "/till/orders", {**order("b-1", "10"), "reserve": True}).json()
    again = till.ask("POST", "/till/late", {"steps": steps[:2]}).json()["steps"]

    assert [(each["is_taken"], each["state"], each["code"]) for each in told] == [
        (True, None, ""), (True, None, ""), (False, None, "late_step_incomplete"),
    ]  # fmt: skip
    assert (placed["state"], placed["amount"]["amount"], placed["refunded"]["amount"]) == ("booked", "7.00", "3.00")
    assert [(each["is_taken"], each["state"]) for each in again] == [(True, "booked"), (True, "booked")]
    tab.refresh_from_db()
    assert tab.balance.decimal == Decimal("4.00")


def test_changes_are_told_since_a_cursor(till, program, tab):
    first = till.ask("GET", "/till/changes").json()
    assert [each["number"] for each in first["tabs"]] == ["2890-01"]

    limit = {"amount": "600", "currency": "EUR"}
    program.ask("POST", "/tab-changes", {"tab_ids": [tab.pk], "changes": {"limit": limit, "may_buy": False}})

    since = till.ask("GET", f"/till/changes?cursor={first['cursor']}").json()
    [told] = [each for each in since["tabs"] if each["limit"]["amount"] == "600.00"]
    assert (told["may_buy"], since["has_more"]) == (False, False)
    assert till.ask("GET", "/till/changes?cursor=x").json()["code"] == "feed_cursor_unreadable"


def test_a_till_may_not_do_the_offices_work(till, tab):
    assert till.ask("GET", "/tabs").json()["code"] == "scope_missing"
    assert till.ask("PATCH", f"/tabs/{tab.pk}", {"may_buy": False}).json()["code"] == "scope_missing"


def test_the_office_changes_bills_and_takes_back(program, till, tab):
    till.ask("POST", "/till/orders", order("a-1", "40"))
    assert program.ask("POST", "/tab-changes", {"changes": {"may_buy": False}}).json()["code"] == "no_tabs_named"

    changed = program.ask("POST", "/tab-changes", {"all_matching": True, "changes": {"may_buy": False}}).json()
    assert changed["tabs"] == 1
    assert program.ask("POST", f"/tab-changes/{changed['id']}/undo").json()["tabs"] == 1
    run = program.ask("POST", "/tab-runs", {"tab_ids": [tab.pk], "billed_on": "2026-09-02"})
    assert (run.status_code, run.json()["drafts"], run.json()["charges"]) == (201, 1, 1)
    shown = program.ask("GET", f"/tabs/{tab.pk}").json()
    assert (shown["may_buy"], shown["balance"]["amount"]) == (True, "0.00")
    again = program.ask("POST", "/tab-runs", {"tab_ids": [tab.pk], "billed_on": "2026-09-02"})
    assert again.json()["code"] == "nothing_to_prepare"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"ordered_at": "2026-09-01T21:14:00"}, "tab_order_unfit"),
        ({"ordered_at": "9999-12-31T23:59:59Z"}, "tab_order_unfit"),
        ({"key": "a/b"}, "tab_order_unfit"),
        ({"lines": []}, "fields_invalid"),
        ({"lines": [{"description": "Bier", "unit_price": 2.8}]}, "fields_invalid"),
        ({"lines": [{"description": "Bier", "unit_price": "9999999999999"}]}, "tab_order_unfit"),
        ({"tab": "nobody"}, "tab_unknown"),
    ],
)
def test_what_cannot_be_an_order_is_refused(till, tab, said, code):
    assert till.ask("POST", "/till/orders", order("a-1", "1") | said).json()["code"] == code
    assert not TabOrder.objects.exists()
