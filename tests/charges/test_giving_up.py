"""Charges that are put off or given up: one's own, and only where nothing else bills them."""

from datetime import date

import pytest

from rebill.charges.commands import postpone_charge, reopen_charge, waive_charge
from rebill.charges.models import Charge
from rebill.kit.errors import Conflict, NotFound
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)

COMMANDS = {
    "waive": lambda acting, charge, now: waive_charge(acting=acting, charge=charge, reason="Goodwill", now=now),
    "postpone": lambda acting, charge, now: postpone_charge(
        acting=acting, charge=charge, until=SEPTEMBER, reason="Later", now=now
    ),
    "reopen": lambda acting, charge, now: reopen_charge(acting=acting, charge=charge, now=now),
}


@pytest.fixture
def month() -> Month:
    month = Month()
    month.subscribe(month.customer("Bakkerij Jansen"), "HOSTING-M", price="31.00", start_on=AUGUST)
    return month


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_another_sellers_charge_is_not_found(month, command):
    month.prepare(AUGUST)

    with pytest.raises(NotFound):
        command(Month().acting, Charge.objects.get(), month.at(AUGUST))


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_charge_on_an_invoice_stays_billed(month, command):
    month.bill_on(AUGUST)

    with pytest.raises(Conflict):
        command(month.acting, Charge.objects.get(), month.at(AUGUST))

    assert Charge.objects.get().claim == month.drafts().get().id
