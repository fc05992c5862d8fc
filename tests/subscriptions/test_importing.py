"""Subscriptions of another system: started once, left alone when known, changed only from a named day."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.access.acting import Acting, Role
from rebill.kit.errors import Forbidden
from rebill.kit.imports.outcomes import ImportRecord
from rebill.kit.models import Event
from rebill.subscriptions.commands import cancel_subscription, change_quantity, import_subscriptions
from rebill.subscriptions.models import Change, Order, Subscription
from rebill.subscriptions.queries import timeline_of
from tests.subscriptions.conftest import NOW

LINE = {
    "subscription": "OLD-1",
    "customer_number": "10482",
    "product_code": "HOST-S",
    "quantity": Decimal(10),
    "start_on": date(2026, 3, 1),
}


def take(shop, *lines):
    """Imports lines as if they came from one file, whose heading is line 1."""
    records = [ImportRecord(line=number, values=values) for number, values in enumerate(lines, start=2)]
    return import_subscriptions(acting=shop.acting, records=records, now=NOW)


def kinds(outcomes):
    return [outcome.kind for outcome in outcomes]


def states(shop):
    subscription = Subscription.objects.get()
    timeline = timeline_of(acting=shop.acting, uuid=subscription.uuid)
    return [(state.starts_on, state.quantity, state.unit_price) for state in timeline.states]


def test_the_same_lines_again_change_nothing(shop):
    lines = [LINE, LINE | {"subscription": "OLD-2", "order_number": "B-7", "unit_price": Decimal("9.95")}]

    assert kinds(take(shop, *lines)) == ["accepted", "accepted"]
    events = Event.objects.count()
    assert kinds(take(shop, *lines)) == ["unchanged", "unchanged"]

    assert Subscription.objects.count() == 2
    assert Order.objects.get().number == "B-7"
    assert Event.objects.count() == events == 3


def test_a_line_without_a_key_is_known_by_what_it_says(shop):
    line = {name: value for name, value in LINE.items() if name != "subscription"}
    twins = [line | {"description": "smit.nl"}, line | {"description": "smit.be"}]

    assert kinds(take(shop, *twins)) == ["accepted", "accepted"]
    assert kinds(take(shop, *twins)) == ["unchanged", "unchanged"]


def test_what_was_entered_by_hand_stands_when_the_file_comes_again(shop):
    line = LINE | {"last_day": date(2026, 12, 31)}
    take(shop, line)
    subscription = Subscription.objects.get()
    change_quantity(
        acting=shop.acting, subscription=subscription, quantity=Decimal(4), effective_on=date(2026, 4, 1), now=NOW
    )
    cancel_subscription(acting=shop.acting, subscription=subscription, last_day=date(2026, 6, 30), now=NOW)

    assert kinds(take(shop, line)) == ["unchanged"]

    assert states(shop) == [(date(2026, 3, 1), 10, None), (date(2026, 4, 1), 4, None)]
    assert Change.objects.count() == 2


def test_another_quantity_without_a_day_is_rejected(shop):
    take(shop, LINE)

    [outcome] = take(shop, LINE | {"quantity": Decimal(12)})

    assert outcome.kind == "rejected"
    assert (outcome.line, outcome.column, outcome.value) == (2, "quantity", "12")
    assert outcome.problem.what == "subscription.change_without_day"
    assert "effective on" in outcome.problem.remedy


def test_another_quantity_with_its_day_becomes_a_change(shop):
    take(shop, LINE)
    dated = LINE | {"quantity": Decimal(12), "effective_on": date(2026, 4, 16), "reference": "PO 9"}

    assert kinds(take(shop, dated)) == ["accepted"]
    assert kinds(take(shop, dated)) == ["unchanged"]

    change = Change.objects.get()
    assert (change.effective_on, change.quantity, change.reference, change.sequence) == (
        date(2026, 4, 16), 12, "PO 9", 1,
    )  # fmt: skip
    assert Subscription.objects.get().sequence == 1


def test_a_taken_back_change_does_not_come_back_with_the_file(shop):
    take(shop, LINE)
    dated = LINE | {"quantity": Decimal(12), "effective_on": date(2026, 4, 16)}
    take(shop, dated)
    change_quantity(
        acting=shop.acting,
        subscription=Subscription.objects.get(),
        quantity=Decimal(10),
        effective_on=date(2026, 4, 16),
        now=NOW,
    )

    assert kinds(take(shop, dated)) == ["unchanged"]
    assert states(shop)[-1] == (date(2026, 4, 16), 10, None)


def test_start_and_later_states_may_stand_in_one_file(shop):
    lines = [
        LINE,
        LINE | {"quantity": Decimal(12), "effective_on": date(2026, 4, 1)},
        LINE | {"quantity": Decimal(12), "unit_price": Decimal("2.50"), "effective_on": date(2026, 5, 1)},
        LINE | {"product_code": "DOMAIN-NL", "quantity": Decimal(1), "effective_on": date(2026, 6, 1)},
    ]

    assert kinds(take(shop, *lines)) == ["accepted"] * 4
    assert kinds(take(shop, *lines)) == ["unchanged"] * 4

    assert states(shop) == [
        (date(2026, 3, 1), 10, None),
        (date(2026, 4, 1), 12, None),
        (date(2026, 5, 1), 12, Decimal("2.50")),
        (date(2026, 6, 1), 1, None),
    ]


def test_an_end_that_comes_later_is_a_cancellation(shop):
    take(shop, LINE)
    ended = LINE | {"last_day": date(2026, 4, 30)}

    assert kinds(take(shop, ended)) == ["accepted"]
    assert kinds(take(shop, ended)) == ["unchanged"]
    assert kinds(take(shop, LINE | {"ends_before": date(2026, 5, 1)})) == ["unchanged"]

    assert Change.objects.get().effective_on == date(2026, 5, 1)


def test_days_another_system_billed_are_not_owed_again(shop):
    take(shop, LINE | {"start_on": date(2019, 5, 20), "billed_from": date(2026, 4, 1)})

    assert states(shop) == [(date(2026, 4, 1), 10, None)]


@pytest.mark.parametrize(
    ("wrong", "column", "what"),
    [
        ({"customer_number": "404"}, "customer_number", "subscription.customer_unknown"),
        ({"product_code": "NONE"}, "product_code", "subscription.product_unknown"),
        ({"start_on": None}, "start_on", "import.value_missing"),
        ({"quantity": Decimal(-1)}, "quantity", "subscription.terms_refused"),
        ({"quantity": Decimal("1E-9")}, "quantity", "subscription.terms_refused"),
        ({"billing_months": 40}, "billing_months", "subscription.terms_refused"),
        ({"timing": "sometimes"}, "timing", "import.value_unknown"),
        ({"last_day": date(2026, 1, 1)}, "last_day", "subscription.terms_refused"),
        (
            {"last_day": date(2026, 5, 1), "ends_before": date(2026, 5, 1)},
            "last_day",
            "subscription.end_unclear",
        ),
        ({"effective_on": date(2026, 5, 1)}, "effective_on", "subscription.unknown_but_changed"),
        ({"order_number": "x" * 61}, "order_number", "subscription.terms_refused"),
    ],
)
def test_a_wrong_line_is_rejected_and_the_others_go_in(shop, wrong, column, what):
    good, bad, last = take(shop, LINE, LINE | {"subscription": "OLD-2"} | wrong, LINE | {"subscription": "OLD-3"})

    assert (good.kind, last.kind) == ("accepted", "accepted")
    assert (bad.kind, bad.line, bad.column, bad.problem.what) == ("rejected", 3, column, what)
    assert bad.problem.why
    assert bad.problem.remedy
    assert Subscription.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {"start_on": date(2026, 3, 2)},
        {"billing_months": 3},
        {"timing": "arrears"},
        {"description": "elsewhere"},
        {"order_number": "B-9"},
        {"trial_before": date(2026, 4, 1)},
    ],
)
def test_what_was_agreed_at_the_start_does_not_change_by_file(shop, other):
    take(shop, LINE)

    [outcome] = take(shop, LINE | other)

    assert (outcome.kind, outcome.problem.what) == ("rejected", "subscription.fixed_at_start")
    assert outcome.column == next(iter(other))


def test_customers_and_products_of_another_seller_are_unknown(shop, other_shop):
    other_shop.customer.number = "77"
    other_shop.customer.save()
    other_shop.hosting.code = "THEIRS"
    other_shop.hosting.save()

    outcomes = take(shop, LINE | {"customer_number": "77"}, LINE | {"product_code": "THEIRS"})

    assert kinds(outcomes) == ["rejected", "rejected"]
    assert not Subscription.objects.exists()


def test_an_order_of_another_customer_is_rejected(shop):
    shop.customer.__class__.objects.create(seller=shop.seller, number="2", name="Slager", created_at=NOW)
    take(shop, LINE | {"order_number": "B-7"})

    [outcome] = take(shop, LINE | {"subscription": "OLD-2", "customer_number": "2", "order_number": "B-7"})

    assert (outcome.kind, outcome.column) == ("rejected", "order_number")


def test_a_viewer_imports_nothing(shop):
    with pytest.raises(Forbidden):
        import_subscriptions(
            acting=Acting(seller_id=shop.seller.pk, role=Role.VIEWER), records=[ImportRecord(2, LINE)], now=NOW
        )


def test_the_number_of_reads_does_not_grow_with_the_lines(shop, django_assert_max_num_queries):
    lines = [LINE | {"subscription": f"OLD-{number}", "order_number": f"B-{number % 50}"} for number in range(500)]

    with django_assert_max_num_queries(25):
        take(shop, *lines)
    with django_assert_max_num_queries(25):
        assert set(kinds(take(shop, *lines))) == {"unchanged"}
