"""`rebill subscriptions`: what customers take, and changes from any day on."""

import json
from datetime import date

import pytest

from rebill.invoices.models import InvoiceLine
from rebill.rules.periods import add_months
from rebill.subscriptions.models import Change, Subscription
from tests import factories
from tests.interfaces.conftest import THIS_MONTH

pytestmark = pytest.mark.django_db

LAST_MONTH = add_months(THIS_MONTH, -1)


@pytest.fixture
def hosting(month) -> Subscription:
    return Subscription.objects.get(customer__number="1001")


def facts(ended) -> dict:
    return json.loads(ended.shown)


def test_subscriptions_are_listed_as_they_stand_today(month, hosting, typed):
    month.cancel(hosting, last_day=LAST_MONTH.replace(day=10))
    month.subscribe(month.customer("Later", number="1004"), "HOSTING-M", start_on=add_months(THIS_MONTH, 2))

    told = facts(typed("subscriptions", "list", "--json"))
    shown = typed("subscriptions", "list", "--search", "nauta").shown

    assert [(each["customer"]["number"], each["standing"]) for each in told["subscriptions"]] == [
        ("1001", "ended"),
        ("1002", "running"),
        ("1003", "running"),
        ("1004", "upcoming"),
    ]
    assert "HOSTING-M" in shown
    assert "running" in shown


def test_a_list_reads_one_page_whatever_matches(month, typed, django_assert_max_num_queries):
    for number in range(30):
        month.subscribe(month.customer(f"Klant {number}"), "HOSTING-M", start_on=THIS_MONTH)

    with django_assert_max_num_queries(14):
        told = facts(typed("subscriptions", "list", "--limit", "10", "--json"))

    assert (told["matching"], len(told["subscriptions"])) == (33, 10)


def test_a_subscription_is_started_with_all_its_terms(month, typed):
    ended = typed(
        "subscriptions", "start", "1001", "--product", "HOSTING-M", "--from", "2026-01-15", "--quantity", "2",
        "--price", "99.95", "--months", "12", "--arrears", "--anniversary", "--trial-until", "2026-02-14",
        "--last-day", "2027-02-14", "--text", "Pakket", "--reference", "PO 77", "--cost-centre", "Noord",
    )  # fmt: skip

    started = Subscription.objects.order_by("id").last()
    assert ended.code == 0, ended.aside
    assert (started.customer.number, started.billing_months, started.timing, started.alignment) == (
        "1001", 12, "arrears", "anniversary",
    )  # fmt: skip
    assert (started.trial_before, started.ends_before) == (date(2026, 2, 15), date(2027, 2, 15))
    assert "every 12 months, in arrears, periods begin on its own day" in ended.shown


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("--quantity", "5"), "quantity"),
        (("--price", "9.50"), "price"),
        (("--list-price",), "price"),
        (("--product", "UNPRICED"), "product"),
        (("--product", "UNPRICED", "--quantity", "3", "--price", "7"), "product"),
    ],
)
def test_quantity_price_and_product_are_changed_from_a_day(hosting, typed, words, kind):
    ended = typed("subscriptions", "change", hosting.uuid, "--from", THIS_MONTH, *words, "--reference", "Mutatie 1")

    assert ended.code == 0, ended.aside
    assert Change.objects.get().kind == kind
    assert "Mutatie 1" in ended.shown


@pytest.mark.parametrize("words", [(), ("--quantity", "5", "--price", "1"), ("--product", "UNPRICED", "--list-price")])
def test_a_change_that_says_nothing_or_two_things_is_refused(hosting, typed, words):
    ended = typed("subscriptions", "change", hosting.uuid, "--from", THIS_MONTH, *words)

    assert (ended.code, Change.objects.count()) == (2, 0)


def test_a_subscription_is_paused_and_resumed(hosting, typed):
    typed("subscriptions", "pause", hosting.uuid, "--from", THIS_MONTH.replace(day=10))
    told = facts(typed("subscriptions", "resume", hosting.uuid, "--from", THIS_MONTH.replace(day=20), "--json"))

    assert [(each["starts_on"][-2:], (each["last_day"] or "")[-2:]) for each in told["states"]] == [
        ("01", "09"),
        ("20", ""),
    ]


def test_a_cancellation_found_late_is_corrected_by_the_next_run(month, typed):
    old = month.subscribe(month.customer("Opzegger", number="1004"), "HOSTING-M", start_on=LAST_MONTH)
    month.bill_on(LAST_MONTH)

    ended = typed("subscriptions", "cancel", old.uuid, "--last-day", LAST_MONTH.replace(day=15), "--reference", "Brief")
    month.bill_on(THIS_MONTH)

    assert ended.code == 0
    assert f"15 {LAST_MONTH:%b %Y}" in ended.shown
    [correction] = InvoiceLine.objects.filter(kind="PERIODICCORRECTION")
    assert correction.starts_on == LAST_MONTH.replace(day=16)


def test_a_cancellation_is_taken_back(hosting, typed):
    typed("subscriptions", "cancel", hosting.uuid, "--last-day", THIS_MONTH)
    change = Change.objects.get()

    told = facts(typed("subscriptions", "revoke", change.uuid, "--json"))

    assert [each["last_day"] for each in told["states"]] == [None]
    assert [(each["kind"], each["taken_back"]) for each in told["changes"]] == [("cancel", True), ("revoke", False)]


def test_what_another_seller_has_is_not_there(hosting, typed):
    factories.make_seller("zuidkade")

    for words in (("show",), ("cancel", "--last-day", "2026-01-01"), ("pause", "--from", "2026-01-01")):
        ended = typed("subscriptions", words[0], hosting.uuid, *words[1:], "--seller", "zuidkade")
        assert (ended.code, "There is no subscription" in ended.aside) == (2, True)


def test_a_cancellation_without_its_last_day_is_refused(hosting, typed):
    ended = typed("subscriptions", "cancel", hosting.uuid)

    assert (ended.code, "--last-day" in ended.aside) == (2, True)
