"""A correction names what it corrects: on paper the document, and the customer's own reference of the change."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.invoices.commands import withdraw_invoice
from rebill.invoices.queries.documents import document_contents
from rebill.subscriptions.commands import cancel_subscription, change_price, change_quantity
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

JUNE, MIDDLE, JULY, AUGUST = date(2026, 6, 1), date(2026, 6, 16), date(2026, 7, 1), date(2026, 8, 1)


@pytest.fixture
def month() -> Month:
    return Month()


@pytest.fixture
def seats(month):
    """Three seats, billed for June."""
    seats = month.subscribe(
        month.customer("Bakkerij"), "SEAT", price="10", quantity="3", start_on=JUNE, reference="PO 1"
    )
    month.bill_on(JUNE)
    return seats


def printed(month: Month) -> list[tuple[Decimal, str, str]]:
    """Net amount, corrected document and reference of the lines of June on the last document."""
    last = month.invoices()[-1]
    [(_, content)] = document_contents(invoice_ids=[last.pk])
    of_june = [line for line in content.lines if line.period is None or line.period.starts_on < JULY]
    return [(line.net.decimal, line.corrects, line.detail) for line in of_june]


def test_a_cancellation_names_the_invoice_and_its_own_reference(month, seats):
    [invoice] = month.invoices()
    cancel_subscription(
        acting=month.acting, subscription=seats, ends_before=MIDDLE, reference="letter of 20 June", now=month.at(MIDDLE)
    )

    month.bill_on(JULY)

    assert printed(month) == [(-15, invoice.number, "letter of 20 June")]


def test_a_change_of_quantity_names_the_invoice_and_its_own_reference(month, seats):
    [invoice] = month.invoices()
    change_quantity(
        acting=month.acting, subscription=seats, quantity=Decimal(2), effective_on=MIDDLE, reference="PO 2",
        now=month.at(MIDDLE),
    )  # fmt: skip

    month.bill_on(JULY)

    assert printed(month) == [(-5, invoice.number, "PO 2")]


def test_both_sides_of_another_price_name_them(month, seats):
    [invoice] = month.invoices()
    change_price(
        acting=month.acting, subscription=seats, unit_price=Decimal(8), effective_on=MIDDLE, reference="PO 3",
        now=month.at(MIDDLE),
    )  # fmt: skip

    month.bill_on(JULY)

    assert printed(month) == [(-15, invoice.number, "PO 3"), (12, invoice.number, "PO 3")]


def test_a_price_list_that_was_corrected_names_no_change(month, seats):
    [invoice] = month.invoices()
    change_quantity(
        acting=month.acting, subscription=seats, quantity=Decimal(2), effective_on=JULY, reference="PO 4",
        now=month.at(MIDDLE),
    )  # fmt: skip
    month.set_price("SEAT", "9", valid_from=JUNE)

    month.bill_on(JULY)

    assert [line[:2] for line in printed(month)] == [(-30, invoice.number), (27, invoice.number)]
    assert all("PO 4" not in detail for _, _, detail in printed(month))


def test_what_is_corrected_on_the_draft_it_stands_on_names_no_document(month):
    seats = month.subscribe(month.customer("Bakkerij"), "SEAT", price="10", quantity="3", start_on=JUNE)
    month.prepare(JUNE)
    month.cancel(seats, ends_before=MIDDLE)
    month.prepare(JUNE)
    month.approve_all()
    month.issue(JUNE)

    assert [line[:2] for line in printed(month)] == [(30, ""), (-15, "")]


def test_a_line_billed_again_after_a_withdrawal_is_named_by_its_new_document(month, seats):
    [first] = month.invoices()
    withdraw_invoice(acting=month.acting, invoice_id=first.pk, reason="Wrong", today=MIDDLE, now=month.at(MIDDLE))
    month.bill_on(JULY)
    again = month.invoices()[-1]

    month.cancel(seats, ends_before=MIDDLE)
    month.bill_on(AUGUST)

    assert printed(month) == [(-15, again.number, "")]
