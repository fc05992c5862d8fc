"""Crediting issued invoices in every way, never beyond what was invoiced, and withdrawing them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rebill.charges.models import Charge
from rebill.invoices.commands import credit_invoice, withdraw_invoice
from rebill.invoices.models import Invoice
from rebill.invoices.queries.crediting import creditable_lines, preview_credit
from rebill.invoices.queries.documents import document_contents
from rebill.invoices.queries.invoices import find_invoices, invoice_numbered
from rebill.kit.errors import Conflict, Invalid, NotFound
from rebill.rules.crediting import LineRequest
from rebill.rules.money import Money
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

DAY, LATER = date(2026, 8, 1), date(2026, 8, 9)


@pytest.fixture
def month() -> Month:
    return Month()


def invoiced(month: Month, *prices: str, quantity: str = "1") -> Invoice:
    customer = month.customer("Rederij Nauta B.V.", number="10482")
    for index, price in enumerate(prices):
        month.subscribe(customer, f"P{index}", price=price, quantity=quantity, start_on=DAY)
    month.bill_on(DAY)
    return month.invoices()[-1]


def credit(month: Month, invoice: Invoice, **how) -> Invoice:
    return credit_invoice(
        acting=month.acting, invoice_id=invoice.id, reason="Wrong", today=LATER, now=month.at(LATER), **how
    )


def test_a_whole_credit_is_the_mirror_image(month):
    invoice = invoiced(month, "25.06", "25.61", "25.63")

    note = credit(month, invoice)

    assert (note.net_amount, note.tax_amount, note.gross_amount) == (
        -invoice.net_amount, -invoice.tax_amount, -invoice.gross_amount,
    )  # fmt: skip
    assert (note.number, note.credits_id, note.issued_on) == ("C2026-00001", invoice.id, LATER)
    assert [line.description for line in note.lines.all()] == [line.description for line in invoice.lines.all()]


@pytest.mark.parametrize(
    "how", [{}, {"lines": [LineRequest(1, quantity_e8=2 * 10**8), LineRequest(2)]}, {"net_minor": 1001}]
)
def test_a_preview_shows_the_note_that_is_issued_then(month, how):
    invoice = invoiced(month, "25.06", "25.61", "25.63", quantity="4")

    preview = preview_credit(acting=month.acting, invoice_id=invoice.id, today=LATER, **how)
    rows = Invoice.objects.count()
    note = credit(month, invoice, **how)
    [(_, issued)] = document_contents(invoice_ids=[note.id])

    assert rows == 1
    assert replace(preview.content, number=note.number) == issued
    assert preview.takes_the_rest == (how == {})


def test_what_is_left_of_a_line_is_shown(month):
    invoice = invoiced(month, "10.00", quantity="4")
    credit(month, invoice, lines=[LineRequest(1, quantity_e8=10**8)])

    [line] = creditable_lines(acting=month.acting, invoice_id=invoice.id)

    assert (line.left.quantity_e8, line.left.net_minor) == (3 * 10**8, 3000)


def test_a_line_or_part_of_its_quantity_can_be_credited(month):
    invoice = invoiced(month, "10.00", "20.00", quantity="4")

    by_line = credit(month, invoice, lines=[LineRequest(1)])
    by_quantity = credit(month, invoice, lines=[LineRequest(2, quantity_e8=10**8)])

    assert (by_line.net_amount.minor, by_quantity.net_amount.minor) == (-4000, -2000)
    assert by_quantity.lines.get().prorated_quantity == Decimal("-1")


def test_c049_the_last_credit_takes_the_rest(month):
    invoice = invoiced(month, "769.00")

    first = credit(month, invoice, net_minor=72686)
    last = credit(month, invoice)

    assert first.gross_amount + last.gross_amount == -invoice.gross_amount
    assert first.tax_amount + last.tax_amount == -invoice.tax_amount
    assert last.net_amount == Money(-4214, "EUR")


def test_no_more_is_credited_than_was_invoiced(month):
    invoice = invoiced(month, "10.00")
    credit(month, invoice, net_minor=600)

    with pytest.raises(Invalid):
        credit(month, invoice, net_minor=401)
    credit(month, invoice, net_minor=400)
    with pytest.raises(Invalid):
        credit(month, invoice)


def test_a_credit_note_cannot_be_credited(month):
    note = credit(month, invoiced(month, "10.00"))

    with pytest.raises(Invalid, match="only invoices"):
        credit(month, note)


def test_crediting_leaves_the_charges_billed(month):
    credit(month, invoiced(month, "10.00"))

    assert not Charge.objects.filter(claim__isnull=True).exists()


def test_a_withdrawn_invoice_is_billed_again_by_the_next_run(month):
    invoice = invoiced(month, "10.00", "20.00")

    withdraw_invoice(
        acting=month.acting, invoice_id=invoice.id, reason="Wrong customer", today=LATER, now=month.at(LATER)
    )
    month.prepare(DAY)

    assert list(month.drafts().values_list("state", "net_amount")) == [("issued", 3000), ("open", 3000)]


def test_an_invoice_is_withdrawn_once(month):
    invoice = invoiced(month, "10.00")
    terms = {
        "acting": month.acting,
        "invoice_id": invoice.id,
        "reason": "Twice",
        "today": LATER,
        "now": month.at(LATER),
    }
    withdraw_invoice(**terms)

    with pytest.raises(Conflict):
        withdraw_invoice(**terms)
    assert Invoice.objects.count() == 2


def test_a_partly_credited_invoice_is_not_withdrawn(month):
    invoice = invoiced(month, "10.00")
    credit(month, invoice, net_minor=100)

    with pytest.raises(Conflict, match="credited already"):
        withdraw_invoice(acting=month.acting, invoice_id=invoice.id, reason="x", today=LATER, now=month.at(LATER))


def test_corrections_ask_for_a_reason(month):
    invoice = invoiced(month, "10.00")

    with pytest.raises(Invalid, match="reason"):
        credit_invoice(acting=month.acting, invoice_id=invoice.id, reason="", today=LATER, now=month.at(LATER))


def test_another_sellers_invoice_is_not_found(month):
    invoice = invoiced(month, "10.00")
    other = Month()

    with pytest.raises(NotFound):
        credit(other, invoice)
    with pytest.raises(NotFound):
        invoice_numbered(acting=other.acting, number=invoice.number)
    assert not find_invoices(acting=other.acting).exists()


def test_invoices_are_found_by_name_and_number_whatever_their_state(month):
    invoice = invoiced(month, "10.00")
    note = credit(month, invoice)

    assert set(find_invoices(acting=month.acting, search="nauta")) == {invoice, note}
    assert list(find_invoices(acting=month.acting, search=note.number)) == [note]


def test_issuing_is_refused_when_the_clock_was_set_back(month):
    invoiced(month, "10.00")
    month.prepare(date(2026, 9, 1))
    month.approve_all()

    with pytest.raises(Conflict, match="Set the clock right"):
        month.issue(date(2026, 7, 1))
