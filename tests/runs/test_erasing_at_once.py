"""A person is erased just as somebody gives them something new: one of both is refused, whoever comes first."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest

from rebill.kit.errors import Refused
from rebill.kit.imports.outcomes import ImportRecord
from rebill.parties.models import Customer
from rebill.runs.commands import erase_customer
from rebill.sources.oneoff.commands import import_interim_lines
from rebill.sources.oneoff.models import InterimLine
from rebill.subscriptions.commands import import_subscriptions
from rebill.subscriptions.models import Subscription
from tests.runs.at_once import with_another
from tests.stories.month import Month

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 9, 2)


@pytest.fixture
def month() -> Month:
    month = Month()
    month.set_price("SEAT", "12.50", valid_from=date(2026, 1, 1))
    return month


@pytest.fixture
def jelle(month) -> Customer:
    return month.customer("Jelle Bos", number="20017", kind="person")


def given_up(work: Callable[[], object]) -> Callable[[], None]:
    """The work, which may be refused."""

    def attempt() -> None:
        with suppress(Refused):
            work()

    return attempt


def start_seat(month: Month, who: Customer) -> None:
    month.subscribe(who, "SEAT", start_on=TODAY)


def add_visit(month: Month, who: Customer) -> None:
    month.add_line(who, "Bezoek", price="45", on=TODAY)


def import_seat(month: Month, who: Customer) -> None:
    said = {"customer_number": who.number, "product_code": "SEAT", "quantity": Decimal(1), "start_on": TODAY}
    import_subscriptions(acting=month.acting, records=[ImportRecord(2, said)], now=month.at(TODAY))


def import_visit(month: Month, who: Customer) -> None:
    said = {
        "customer_number": who.number,
        "description": "Bezoek",
        "supplied_on": TODAY,
        "unit_price": Decimal(45),
    }
    import_interim_lines(acting=month.acting, records=[ImportRecord(2, said)], now=month.at(TODAY))


@pytest.mark.parametrize(
    ("give", "given"),
    [
        (start_seat, Subscription),
        (add_visit, InterimLine),
        (import_seat, Subscription),
        (import_visit, InterimLine),
    ],
)
def test_nobody_is_erased_who_is_just_given_something(month, jelle, give, given):
    # The last thing that erasing looks at before it forgets anybody are the people on tabs.
    with_another(
        given_up(lambda: erase_customer(acting=month.acting, customer_id=jelle.pk, today=TODAY, now=month.at(TODAY))),
        given_up(lambda: give(month, Customer.objects.get(pk=jelle.pk))),
        after='FROM "tabs_holder"',
    )

    jelle.refresh_from_db()
    assert (jelle.erased_at is None) == given.objects.exists()
