"""A line that was changed on its draft: what is cancelled or credited afterwards counts from what was billed."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.charges.checks import check_charges
from rebill.invoices.checks import check_billing, check_credits, check_invoices
from rebill.invoices.commands import credit_invoice, withdraw_invoice
from rebill.runs.commands import change_draft_line, drop_draft_line, reset_draft_line
from rebill.runs.models import Draft, DraftState
from rebill.subscriptions.commands import change_price, change_quantity
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

JUNE, MIDDLE, JULY, AUGUST = date(2026, 6, 1), date(2026, 6, 16), date(2026, 7, 1), date(2026, 8, 1)


@pytest.fixture
def month() -> Month:
    return Month()


@pytest.fixture
def hosting(month):
    """Three seats at ten each, of which the draft of June stands ready."""
    seats = month.subscribe(month.customer("Bakkerij"), "SEAT", price="10", quantity="3", start_on=JUNE)
    month.prepare(JUNE)
    return seats


def line_of(month: Month) -> tuple[int, int]:
    draft = month.drafts().get(state=DraftState.OPEN)
    [charge] = month.charges_of(draft)
    return draft.pk, charge.pk


def edit(month: Month, **changed) -> None:
    draft_id, charge_id = line_of(month)
    change_draft_line(
        acting=month.acting, draft_id=draft_id, charge_id=charge_id, now=month.at(JUNE), reason="Agreed", **changed
    )


def issue(month: Month, day: date) -> None:
    month.approve_all()
    month.issue(day)


def nets(month: Month) -> list[Decimal]:
    return [invoice.net_amount.decimal for invoice in month.invoices()]


def june_lines(month: Month) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Prorated quantity, price and net amount of the lines of June on the last document."""
    lines = month.invoices()[-1].lines.filter(starts_on__lt=JULY).order_by("position")
    return [(line.prorated_quantity, line.unit_price, line.net_amount.decimal) for line in lines]


def assert_books_are_right(month: Month) -> None:
    for check in (check_charges, check_invoices, check_billing, check_credits):
        assert check(acting=month.acting) == []


def test_a_line_billed_at_another_price_is_given_back_at_that_price(month, hosting):
    edit(month, unit_price=Decimal(8))
    issue(month, JUNE)

    month.cancel(hosting, ends_before=MIDDLE)
    month.bill_on(JULY)

    assert nets(month) == [24, -12]
    assert june_lines(month) == [(Decimal("-1.5"), Decimal(8), Decimal(-12))]
    assert_books_are_right(month)


def test_a_line_billed_in_another_quantity_gives_that_quantity_back(month, hosting):
    edit(month, quantity=Decimal(2))
    issue(month, JUNE)

    month.cancel(hosting, ends_before=MIDDLE)
    month.bill_on(JULY)

    assert june_lines(month) == [(Decimal(-1), Decimal(10), Decimal(-10))]
    assert_books_are_right(month)


def test_what_was_billed_for_less_stays_so_as_long_as_nothing_changes(month, hosting):
    edit(month, quantity=Decimal(1), unit_price=Decimal(8))
    issue(month, JUNE)

    change_quantity(
        acting=month.acting, subscription=hosting, quantity=Decimal(4), effective_on=JULY, now=month.at(JULY)
    )
    month.set_price("SEAT", "10", valid_from=JUNE)
    month.bill_on(JULY)

    assert nets(month) == [8, 40]


def test_a_price_mended_to_what_was_billed_brings_no_correction(month, hosting):
    edit(month, unit_price=Decimal(8))
    issue(month, JUNE)

    change_price(
        acting=month.acting, subscription=hosting, unit_price=Decimal(8), effective_on=JUNE, now=month.at(MIDDLE)
    )
    month.bill_on(JULY)

    assert nets(month) == [24, 24]


def test_a_cancellation_entered_before_the_edited_draft_is_issued_counts_from_the_edit(month, hosting):
    edit(month, unit_price=Decimal(8))

    month.cancel(hosting, ends_before=MIDDLE)
    month.prepare(JUNE)
    issue(month, JUNE)

    assert nets(month) == [12]


def test_an_edited_line_that_is_reset_after_a_cancellation_is_billed_as_the_list_says(month, hosting):
    edit(month, unit_price=Decimal(8))
    month.cancel(hosting, ends_before=MIDDLE)
    month.prepare(JUNE)
    draft = month.drafts().get(state=DraftState.OPEN)
    edited = next(charge for charge in month.charges_of(draft) if charge.edited_price is not None)

    reset_draft_line(acting=month.acting, draft_id=draft.pk, charge_id=edited.pk, now=month.at(JUNE))
    month.prepare(JUNE)
    issue(month, JUNE)

    assert nets(month) == [15]
    assert_books_are_right(month)


def test_credit_notes_take_from_what_was_billed_and_the_correction_from_what_they_left(month, hosting):
    edit(month, unit_price=Decimal(8))
    issue(month, JUNE)
    [invoice] = month.invoices()
    how = {"reason": "Goodwill", "today": MIDDLE, "now": month.at(MIDDLE)}
    credit_invoice(acting=month.acting, invoice_id=invoice.pk, net_minor=2000, **how)

    month.cancel(hosting, ends_before=JUNE)
    month.bill_on(JULY)

    assert nets(month) == [24, -20, -4]
    assert_books_are_right(month)


def test_a_line_taken_off_the_draft_is_billed_later_as_it_was_told(month, hosting):
    edit(month, unit_price=Decimal(8))
    draft_id, charge_id = line_of(month)
    drop_draft_line(
        acting=month.acting, draft_id=draft_id, charge_id=charge_id, reason="Next month", now=month.at(JUNE)
    )
    month.cancel(hosting, ends_before=MIDDLE)

    month.bill_on(JULY)

    assert nets(month) == [15]
    assert_books_are_right(month)


def test_a_withdrawn_invoice_is_billed_again_as_the_list_says_less_what_was_cancelled(month, hosting):
    edit(month, unit_price=Decimal(8))
    issue(month, JUNE)
    month.cancel(hosting, ends_before=MIDDLE)
    month.bill_on(JULY)

    withdraw_invoice(
        acting=month.acting, invoice_id=month.invoices()[0].pk, reason="Wrong", today=JULY, now=month.at(JULY)
    )
    month.bill_on(AUGUST)

    assert nets(month) == [24, -12, -24, 27]
    assert sum(nets(month)) == 15
    assert Draft.objects.filter(state=DraftState.OPEN).count() == 0
    assert_books_are_right(month)
