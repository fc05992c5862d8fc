"""Texts and numbers that do not fit are refused before they reach a database that may cut them or stop."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.charges.models import Charge
from rebill.invoices.commands import credit_invoice, withdraw_invoice
from rebill.kit.errors import Invalid
from rebill.runs.commands import change_draft_line, drop_draft_line, hold_drafts
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

DAY = date(2026, 8, 1)


@pytest.fixture
def month() -> Month:
    month = Month()
    month.subscribe(month.customer("Bakkerij Jansen"), "HOSTING-M", price="31.00", start_on=DAY)
    month.prepare(DAY)
    return month


@pytest.mark.parametrize(
    "change",
    [
        {"description": "x" * 301},
        {"unit_price": Decimal(1), "reason": "x" * 201},
        {"unit_price": Decimal("1.1234567"), "reason": "Slip"},
        {"unit_price": Decimal("1e15"), "reason": "Slip"},
        {"unit_price": Decimal("NaN"), "reason": "Slip"},
        {"quantity": Decimal("1.123456789"), "reason": "Slip"},
        {"quantity": Decimal("1e12"), "reason": "Slip"},
    ],
)
def test_a_line_is_not_changed_to_what_does_not_fit(month, change):
    charge = Charge.objects.get()

    with pytest.raises(Invalid):
        change_draft_line(acting=month.acting, draft_id=charge.claim, charge_id=charge.id, now=month.at(DAY), **change)

    assert month.drafts().get().net_amount.minor == 3100


def test_a_draft_is_not_held_for_a_reason_that_does_not_fit(month):
    with pytest.raises(Invalid):
        hold_drafts(acting=month.acting, drafts=month.drafts(), reason="x" * 201, now=month.at(DAY))


def test_a_line_is_not_waived_for_a_reason_that_does_not_fit(month):
    charge = Charge.objects.get()

    with pytest.raises(Invalid):
        drop_draft_line(
            acting=month.acting, draft_id=charge.claim, charge_id=charge.id, reason="x" * 201, waive=True,
            now=month.at(DAY),
        )  # fmt: skip


@pytest.mark.parametrize("command", [credit_invoice, withdraw_invoice])
def test_an_invoice_is_not_credited_for_a_reason_that_does_not_fit(month, command):
    month.approve_all()
    month.issue(DAY)
    [invoice] = month.invoices()

    with pytest.raises(Invalid):
        command(acting=month.acting, invoice_id=invoice.id, reason="x" * 201, today=DAY, now=month.at(DAY))
