"""What a change will do to the next invoice, shown before it is saved: exactly what the run then bills."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.apps import apps

from rebill.catalogue.models import Product
from rebill.charges.models import Charge
from rebill.rules.periods import Period
from rebill.rules.timeline import ChangeKind
from rebill.runs.queries.effects import effect_of_change, effect_of_start
from rebill.subscriptions.commands import StartTerms, enter_change, start_subscription
from rebill.subscriptions.commands.starting import TermsRefused
from rebill.subscriptions.commands.wishes import TooEarly, Wish
from rebill.subscriptions.models import Change
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)
TODAY = date(2026, 8, 20)
NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)


@pytest.fixture
def month() -> Month:
    return Month()


@pytest.fixture
def seats(month):
    """Ten seats since July at 31 a month, billed until August."""
    bakery = month.customer("Bakkerij Jansen", number="1001")
    seats = month.subscribe(bakery, "SEAT", price="31", quantity="10", start_on=JULY)
    month.bill_on(JULY)
    month.bill_on(AUGUST)
    return seats


def desk(month: Month) -> Product:
    month.set_price("DESK", "8", valid_from=date(2020, 1, 1))
    return month.product("DESK")


def wishes(month: Month) -> list[Wish]:
    day = date(2026, 7, 16)
    return [
        Wish(kind=ChangeKind.QUANTITY, effective_on=day, quantity=Decimal(12)),
        Wish(kind=ChangeKind.QUANTITY, effective_on=TODAY, quantity=Decimal(8), reference="PO 7"),
        Wish(kind=ChangeKind.PRICE, effective_on=AUGUST, unit_price=Decimal("29.95")),
        Wish(kind=ChangeKind.PRODUCT, effective_on=day, product=desk(month)),
        Wish(kind=ChangeKind.PAUSE, effective_on=date(2026, 8, 10)),
        Wish(kind=ChangeKind.CANCEL, effective_on=day),
        Wish(kind=ChangeKind.CANCEL, effective_on=date(2026, 12, 1)),
    ]


def told_by_the_run(month: Month, subscription) -> list[tuple]:
    before = set(Charge.objects.values_list("id", flat=True))
    month.prepare(SEPTEMBER)
    charges = Charge.objects.filter(subscription=subscription).exclude(id__in=before).order_by("id")
    return [(each.kind, each.starts_on, each.ends_before, each.amount.minor) for each in charges]


def shown(effect) -> list[tuple]:
    return [(claim.kind.value, claim.starts_on, claim.ends_before, claim.amount_minor) for claim in effect.lines]


def test_a_cancellation_in_the_middle_of_last_month_gives_back_what_was_billed_beyond_it(month, seats):
    wish = Wish(kind=ChangeKind.CANCEL, effective_on=date(2026, 7, 16))

    effect = effect_of_change(acting=month.acting, subscription=seats, wish=wish, today=TODAY)

    assert effect.billed_on == SEPTEMBER
    assert [(each.whole, each.before_minor, each.after_minor, each.difference_minor) for each in effect.periods] == [
        (Period(JULY, AUGUST), 31_000, 15_000, -16_000),
        (Period(AUGUST, SEPTEMBER), 31_000, 0, -31_000),
        (Period(SEPTEMBER, date(2026, 10, 1)), 31_000, 0, -31_000),
    ]
    assert effect.differences == (("EUR", -78_000),)


@pytest.mark.parametrize("position", range(7))
def test_the_effect_is_what_the_run_then_bills(month, seats, position):
    wish = wishes(month)[position]
    effect = effect_of_change(acting=month.acting, subscription=seats, wish=wish, today=TODAY, billed_on=SEPTEMBER)
    enter_change(acting=month.acting, subscription=seats, wish=wish, now=NOW)

    assert shown(effect) == told_by_the_run(month, seats)


def test_taking_a_change_back_shows_what_comes_back(month, seats):
    wish = Wish(kind=ChangeKind.CANCEL, effective_on=AUGUST)
    change = enter_change(acting=month.acting, subscription=seats, wish=wish, now=NOW)
    month.bill_on(SEPTEMBER)
    back = Wish(kind=ChangeKind.REVOKE, effective_on=change.effective_on, revokes=change)

    effect = effect_of_change(acting=month.acting, subscription=seats, wish=back, today=date(2026, 9, 10))

    periods = [(each.whole.starts_on, each.before_minor, each.after_minor) for each in effect.periods]
    assert periods == [(AUGUST, 0, 31_000), (SEPTEMBER, 0, 31_000), (date(2026, 10, 1), 0, 31_000)]


def test_a_change_beyond_the_next_run_is_shown_up_to_the_run_that_bills_it(month, seats):
    wish = Wish(kind=ChangeKind.QUANTITY, effective_on=date(2026, 11, 16), quantity=Decimal(12))

    effect = effect_of_change(acting=month.acting, subscription=seats, wish=wish, today=TODAY)

    assert effect.billed_on == date(2026, 12, 1)
    assert [(each.whole.starts_on, each.difference_minor) for each in effect.periods] == [
        (date(2026, 11, 1), 3_100),
        (date(2026, 12, 1), 6_200),
    ]


def test_nothing_is_written(month, seats):
    supposed = wishes(month)
    before = {model: model.objects.count() for model in apps.get_models()}

    for wish in supposed:
        effect_of_change(acting=month.acting, subscription=seats, wish=wish, today=TODAY)

    assert {model: model.objects.count() for model in apps.get_models()} == before
    assert not Change.objects.exists()


def test_what_entering_refuses_the_effect_refuses(month, seats):
    early = Wish(kind=ChangeKind.PAUSE, effective_on=date(2026, 6, 30))
    negative = Wish(kind=ChangeKind.QUANTITY, effective_on=TODAY, quantity=Decimal(-1))

    with pytest.raises(TooEarly):
        effect_of_change(acting=month.acting, subscription=seats, wish=early, today=TODAY)
    with pytest.raises(TermsRefused):
        effect_of_change(acting=month.acting, subscription=seats, wish=negative, today=TODAY)


def test_the_effect_of_an_order_is_what_the_run_then_bills(month, seats):
    terms = StartTerms(quantity=Decimal(3), start_on=date(2026, 8, 17))
    product = desk(month)

    effect = effect_of_start(acting=month.acting, customer=seats.customer, starts=[(product, terms)], today=TODAY)

    assert [(each.whole.starts_on, each.after_minor) for each in effect.periods] == [
        (AUGUST, 1_161),
        (SEPTEMBER, 2_400),
    ]
    started = start_subscription(acting=month.acting, customer=seats.customer, product=product, terms=terms, now=NOW)
    assert shown(effect) == told_by_the_run(month, started)


def test_an_order_without_a_price_says_so(month, seats):
    terms = StartTerms(quantity=Decimal(3), start_on=TODAY)

    effect = effect_of_start(
        acting=month.acting, customer=seats.customer, starts=[(month.product("NEW"), terms)], today=TODAY
    )

    assert effect.lines == ()
    assert [problem.value for problem in effect.problems] == ["NEW"]
