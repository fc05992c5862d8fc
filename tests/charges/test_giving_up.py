"""Charges that are put off or given up: one's own, and only where nothing else bills them."""

from datetime import date

import pytest

from rebill.charges.commands import postpone_charge, reopen_charge, waive_charge
from rebill.charges.models import Charge
from rebill.kit.errors import Conflict, NotFound
from rebill.runs.commands import drop_draft_line
from rebill.runs.queries.preview import preview_draft
from rebill.subscriptions.commands import revoke_change
from rebill.subscriptions.models import Change, Subscription
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


def waive(month: Month, charge: Charge) -> None:
    drop_draft_line(
        acting=month.acting,
        draft_id=charge.claim,
        charge_id=charge.id,
        reason="Goodwill",
        now=month.at(AUGUST),
        waive=True,
    )


def test_what_was_waived_is_not_credited_when_it_turns_out_not_to_be_owed(month):
    hosting = Subscription.objects.get()
    month.prepare(AUGUST)
    waive(month, Charge.objects.get())
    preview_on = date(2026, 8, 20)

    month.cancel(hosting, last_day=date(2026, 8, 15))

    assert preview_draft(acting=month.acting, customer_id=hosting.customer_id, billed_on=preview_on).drafts == ()
    month.bill_on(SEPTEMBER)
    assert month.invoices() == []
    assert list(Charge.objects.order_by("id").values_list("kind", "waived_reason")) == [
        ("PERIODICFIRST", "Goodwill"),
        ("PERIODICCORRECTION", "Goodwill"),
    ]


def test_a_waived_month_stays_waived_when_a_cancellation_is_taken_back(month):
    month.prepare(AUGUST)
    waive(month, Charge.objects.get())
    month.cancel(Subscription.objects.get(), last_day=date(2026, 8, 15))
    month.bill_on(SEPTEMBER)

    revoke_change(acting=month.acting, change=Change.objects.get(), now=month.at(SEPTEMBER))
    month.bill_on(date(2026, 10, 1))

    assert [each.net_amount.minor for each in month.invoices()] == [6200]


def test_what_comes_on_top_of_a_waived_charge_is_billed(month):
    month.prepare(AUGUST)
    waive(month, Charge.objects.get())

    month.set_price("HOSTING-M", "41.00", valid_from=date(2026, 1, 1))
    month.bill_on(SEPTEMBER)

    assert [each.net_amount.minor for each in month.invoices()] == [1000 + 4100]


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
