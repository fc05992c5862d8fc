"""Tabs from a file: customers and holders come with them, known tabs change, the same file again changes nothing."""

from decimal import Decimal

import pytest

from rebill.kit.imports.outcomes import ImportRecord
from rebill.parties.models import Customer, CustomerKind
from rebill.sources.tabs.commands import import_tabs, set_tab_rules
from rebill.sources.tabs.models import Holder, Tab, TabHolder, TabStatus
from rebill.sources.tabs.queries.agreeing import TermsNotAccepted
from tests.factories import acting_of, make_seller
from tests.sources.tabs.bar import EVENING, Bar


def take(bar: Bar, *rows: dict) -> list[str]:
    records = [ImportRecord(line, row) for line, row in enumerate(rows, start=2)]
    outcomes = import_tabs(acting=bar.acting, records=records, now=EVENING)
    return [each.kind if each.problem is None else each.problem.what for each in outcomes]


def test_ten_companies_with_numbers_of_their_own(bar):
    rows = [{"company": f"Bedrijf {number}", "number": f"2890-{number:04}"} for number in range(1, 11)]

    assert take(bar, *rows) == ["accepted"] * 10
    assert take(bar, *rows) == ["unchanged"] * 10
    assert [tab.number for tab in Tab.objects.order_by("number")] == [row["number"] for row in rows]
    assert {(tab.status, tab.may_buy, tab.limit.minor) for tab in Tab.objects.all()} == {("active", False, 0)}
    assert Customer.objects.count() == Holder.objects.count() == TabHolder.objects.count() == 10
    assert bar.problems() == []


def test_persons_with_limits_flags_and_addresses(bar):
    row = {
        "first_name": "Jelle", "last_name": "Bos", "email": "jelle@bos.example", "number": "7", "limit": Decimal("350"),
        "may_buy": True, "is_shown": True, "status": "inactive", "description": "Zomer",
    }  # fmt: skip

    take(bar, row)

    tab = Tab.objects.get()
    assert (tab.customer.name, tab.customer.kind) == ("Jelle Bos", CustomerKind.PERSON)
    assert tab.customer.invoice_emails == ["jelle@bos.example"]
    assert (str(tab.limit), tab.may_buy, tab.is_shown, tab.status) == ("350.00 EUR", True, True, TabStatus.INACTIVE)
    assert (Holder.objects.get().name, Holder.objects.get().email) == ("Jelle Bos", "jelle@bos.example")


def test_so_many_accounts_for_each_without_a_number(bar):
    set_tab_rules(acting=bar.acting, scheme="2890-{number:04}", now=EVENING)
    rows = [{"company": "Nauta", "accounts": 3, "limit": Decimal(100)}, {"company": "Vlet"}]

    assert take(bar, *rows) == ["accepted", "accepted"]
    assert take(bar, *rows) == ["unchanged", "unchanged"]
    assert take(bar, {"company": "nauta", "accounts": 4, "limit": Decimal(150)}) == ["accepted"]

    numbers = [(tab.customer.name, tab.number, tab.limit.minor) for tab in Tab.objects.order_by("id")]
    assert numbers == [
        ("Nauta", "2890-0001", 15000), ("Nauta", "2890-0002", 15000), ("Nauta", "2890-0003", 15000),
        ("Vlet", "2890-0004", 0), ("Nauta", "2890-0005", 15000),
    ]  # fmt: skip


def test_a_known_number_changes_its_tab_and_only_what_is_said(bar):
    tab = bar.tab("100", customer=bar.customer("Nauta"), number="7")
    bar.buy(tab, "40")

    assert take(bar, {"company": "Nauta", "number": "7", "limit": Decimal(600), "is_shown": True}) == ["accepted"]

    tab.refresh_from_db()
    assert (str(tab.limit), tab.is_shown, tab.may_buy, str(tab.balance)) == ("600.00 EUR", True, True, "40.00 EUR")
    assert bar.problems() == []


def test_what_cannot_be_taken_is_rejected_and_the_rest_goes_on(bar):
    bar.tab(customer=bar.customer("Nauta"), number="7")
    bar.customer("Vlet")
    bar.customer("Vlet", number="V-2")

    told = take(
        bar,
        {"company": "Iemand anders", "number": "7"},
        {"company": "Vlet"},
        {"company": "Vlet", "customer_number": "V-2"},
        {"email": "a@b.example"},
        {"company": "Riem", "accounts": 0},
        {"company": "Riem", "limit": Decimal("1.005")},
        {"company": "Riem", "limit": Decimal(-1)},
        {"company": "Riem"},
    )

    assert told == [
        "tab.number", "tab.company", "accepted", "tab.company", "tab.accounts", "tab.limit", "tab.limit", "accepted",
    ]  # fmt: skip
    assert Customer.objects.filter(name="Riem").count() == 1


def test_another_sellers_numbers_are_nothing_to_it(bar):
    Bar().tab(number="7")

    assert take(bar, {"company": "Nauta", "number": "7"}) == ["accepted"]


def test_no_import_without_the_terms(db):
    with pytest.raises(TermsNotAccepted):
        import_tabs(acting=acting_of(make_seller()), records=[ImportRecord(2, {"company": "Nauta"})], now=EVENING)


def test_many_lines_ask_few_questions(bar, django_assert_max_num_queries):
    set_tab_rules(acting=bar.acting, scheme="2890-{number:04}", now=EVENING)
    rows = [{"company": f"Bedrijf {number}", "number": f"2890-{number:04}"} for number in range(300)]

    with django_assert_max_num_queries(40):
        take(bar, *rows)
