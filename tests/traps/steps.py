"""What traps do to a month, and what they look at."""

from datetime import date
from decimal import Decimal
from typing import Any

from rebill.charges.models import Charge
from rebill.invoices.models import Invoice, InvoiceLine
from rebill.rules.periods import Alignment
from rebill.subscriptions.commands import change_price, change_quantity
from rebill.subscriptions.models import Subscription
from tests.stories.month import LONG_AGO, Month

# A grid that is counted from the day of the start.
ANNIVERSARY: dict[str, Any] = {"alignment": Alignment.ANNIVERSARY}

Line = tuple[str, date, date, Decimal]


def lines_of(invoice: Invoice) -> list[Line]:
    """Kind, days and net amount of each line, as printed."""
    return [_line(line) for line in invoice.lines.order_by("position")]


def all_lines(month: Month) -> list[Line]:
    rows = InvoiceLine.objects.filter(invoice__seller=month.seller).order_by("invoice_id", "position")
    return [_line(line) for line in rows]


def _line(line: InvoiceLine) -> Line:
    return line.kind, line.starts_on, line.ends_before, line.net_amount.decimal


def nets(month: Month) -> list[Decimal]:
    """The net amounts of the invoices, in order of issue."""
    return [invoice.net_amount.decimal for invoice in month.invoices()]


def starts(month: Month) -> list[date]:
    return [line[1] for line in all_lines(month)]


def corrected(month: Month) -> list[tuple[Decimal, str]]:
    """The corrections, and the kind of charge that each of them names."""
    rows = Charge.objects.filter(seller=month.seller, kind="PERIODICCORRECTION").order_by("id")
    return [(charge.amount.decimal, charge.corrects.kind) for charge in rows.select_related("corrects")]


def change_price_on(month: Month, subscription: Subscription, price: str, day: date) -> None:
    change_price(
        acting=month.acting, subscription=subscription, unit_price=Decimal(price), effective_on=day,
        now=month.at(LONG_AGO),
    )  # fmt: skip


def change_quantity_on(month: Month, subscription: Subscription, quantity: int, day: date) -> None:
    change_quantity(
        acting=month.acting, subscription=subscription, quantity=Decimal(quantity), effective_on=day,
        now=month.at(LONG_AGO),
    )  # fmt: skip


def bill_months(month: Month, first: date, count: int) -> None:
    """The run of the first of each month."""
    for index in range(first.month - 1, first.month - 1 + count):
        month.bill_on(date(first.year + index // 12, index % 12 + 1, 1))
