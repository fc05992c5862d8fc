"""What was credited by hand is not given back again by a later correction."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.invoices.commands import credit_invoice
from rebill.subscriptions.commands import change_price
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

MAY, LATER, JUNE = date(2026, 5, 1), date(2026, 5, 20), date(2026, 6, 1)


def credit(month: Month, **how) -> None:
    [invoice] = month.invoices()
    credit_invoice(
        acting=month.acting, invoice_id=invoice.id, reason="Goodwill", today=LATER, now=month.at(LATER), **how
    )


def test_c017_a_correction_takes_back_no_more_than_credit_notes_left():
    month = Month()
    pistol = month.subscribe(month.customer("Kill Bill"), "PISTOL", price="249.95", start_on=MAY)
    month.bill_on(MAY)
    credit(month, net_minor=1000)

    change_price(
        acting=month.acting, subscription=pistol, unit_price=Decimal("9.95"), effective_on=date(2026, 5, 2),
        now=month.at(LATER),
    )  # fmt: skip
    month.bill_on(JUNE)

    may = [line for line in month.invoices()[-1].lines.order_by("position") if line.starts_on < JUNE]
    assert sorted(line.net_amount.minor for line in may) == [-24189, 194, 963]
    assert sum(line.net_amount.minor for line in may) == -23032


def test_an_invoice_credited_whole_and_then_cancelled_is_not_given_back_twice():
    month = Month()
    hosting = month.subscribe(month.customer("Bakkerij"), "HOSTING-M", price="31.00", start_on=MAY)
    month.bill_on(MAY)
    credit(month)

    month.cancel(hosting, last_day=date(2026, 5, 10))
    month.bill_on(JUNE)

    assert [invoice.net_amount.minor for invoice in month.invoices()] == [3100, -3100, 0]
