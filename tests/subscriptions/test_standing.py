"""How subscriptions stand on a day, one by one and among all: both ways say the same."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.db import connection

from rebill.kit.database import is_postgresql
from rebill.subscriptions.commands import (
    StartTerms,
    cancel_subscription,
    change_quantity,
    change_subscription_product,
    pause_subscription,
    resume_subscription,
    revoke_change,
    start_subscription,
)
from rebill.subscriptions.models import Change, Subscription
from rebill.subscriptions.queries import (
    Standing,
    count_subscriptions,
    current_states,
    histories,
    standing_as,
    standing_of,
)
from tests.subscriptions.conftest import NOW, Shop

MARCH = date(2026, 3, 1)


def some_day(random: Random) -> date:
    return MARCH + timedelta(days=random.randrange(120))


def start_anyhow(shop: Shop, random: Random) -> Subscription:
    """A subscription with a few changes of any kind on any days, some of them taken back, some of those again."""
    start_on = some_day(random)
    terms = StartTerms(
        quantity=Decimal(random.choice([0, 1, 1, 5])),
        start_on=start_on,
        trial_before=random.choice([None, None, start_on + timedelta(days=14)]),
        ends_before=random.choice([None, None, start_on, start_on + timedelta(days=60)]),
    )
    subscription = start_subscription(
        acting=shop.acting, customer=shop.customer, product=shop.hosting, terms=terms, now=NOW
    )
    said = {"acting": shop.acting, "subscription": subscription, "now": NOW}
    for _ in range(random.randrange(6)):
        day = max(start_on, some_day(random))
        standing = list(Change.objects.filter(subscription=subscription, revoked_by__isnull=True))
        match random.randrange(6):
            case 0:
                change_quantity(**said, quantity=Decimal(random.randrange(3)), effective_on=day)
            case 1:
                change_subscription_product(**said, product=shop.domain, quantity=Decimal(2), effective_on=day)
            case 2:
                pause_subscription(**said, effective_on=day)
            case 3:
                resume_subscription(**said, effective_on=day)
            case 4:
                cancel_subscription(**said, ends_before=day)
            case 5 if standing:
                revoke_change(acting=shop.acting, change=random.choice(standing), now=NOW)
    return subscription


def test_the_database_finds_what_the_histories_say(shop):
    if is_postgresql():
        # As after an import into a new database: it believes that there is nothing, and must not wait for itself.
        with connection.cursor() as cursor:
            emptied = "UPDATE pg_class SET relpages = 10, reltuples = 0 WHERE relname = ANY (%s)"
            cursor.execute(emptied, [["subscriptions_change", "subscriptions_subscription", "parties_customer"]])
            cursor.execute("SET LOCAL statement_timeout = '20s'")
    random = Random(20260901)
    ids = [start_anyhow(shop, random).pk for _ in range(60)]
    known = histories(seller_id=shop.seller.pk, subscription_ids=ids)
    found: dict[Standing, int] = dict.fromkeys(Standing, 0)

    for day in (MARCH + timedelta(days=each) for each in range(0, 150, 11)):
        for standing in Standing:
            expected = {each for each, history in known.items() if standing_of(history, day) is standing}

            rows = standing_as(Subscription.objects.all(), standing, acting=shop.acting, on=day)

            assert set(rows.values_list("id", flat=True)) == expected, (standing, day)
            found[standing] += len(expected)

    assert min(found.values()) > 20


def test_a_pause_without_an_end_is_a_pause(shop, hosting):
    pause_subscription(acting=shop.acting, subscription=hosting, effective_on=date(2026, 4, 1), now=NOW)

    states = current_states(acting=shop.acting, subscription_ids=[hosting.pk], on=date(2026, 5, 1))

    assert states[hosting.pk].standing is Standing.PAUSED
    assert states[hosting.pk].last_on is None


def test_customers_are_told_apart_by_what_they_still_take(shop, hosting):
    cancel_subscription(acting=shop.acting, subscription=hosting, last_day=date(2026, 4, 30), now=NOW)

    def counted(day: date) -> dict[int, int]:
        return count_subscriptions(acting=shop.acting, customer_ids=[shop.customer.pk], on=day)

    assert counted(date(2026, 4, 30)) == {shop.customer.pk: 1}
    assert counted(date(2026, 5, 1)) == {}
