"""Damage that no command does, found by the checks."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.db.models import F

from rebill.charges.models import Charge
from rebill.invoices.checks import check_billing, check_credits, check_documents, check_invoices, check_numbers
from rebill.invoices.commands import credit_invoice, withdraw_invoice
from rebill.invoices.models import Invoice, InvoiceLine, InvoiceTax
from rebill.kit.models import Sequence
from rebill.parties.commands import set_number_series
from rebill.parties.models import SeriesPurpose
from rebill.rules.crediting import LineRequest
from rebill.runs.commands import change_draft_line
from rebill.runs.models import Draft, DraftState
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 1)
NOW = datetime.combine(TODAY, time(8), tzinfo=UTC)


@pytest.fixture
def month() -> Month:
    """Two customers with two lines each, invoiced."""
    month = Month()
    for name in ("Bakkerij Jansen", "Rederij Nauta"):
        customer = month.customer(name)
        month.subscribe(customer, "HOSTING-M", price="31", start_on=TODAY)
        month.add_line(customer, "Telefoon", price="89", on=TODAY)
    month.bill_on(TODAY)
    return month


@pytest.fixture
def invoice(month) -> Invoice:
    return Invoice.objects.order_by("id").first()


def whats(month: Month) -> list[str]:
    checks = (check_invoices, check_billing, check_credits, check_numbers)
    return sorted({problem.what for check in checks for problem in check(acting=month.acting)})


def credit(month: Month, invoice: Invoice, **wish) -> Invoice:
    return credit_invoice(acting=month.acting, invoice_id=invoice.id, reason="Fault", today=TODAY, now=NOW, **wish)


def test_sound_documents_have_no_problems(month, invoice):
    credit(month, invoice, lines=[LineRequest(1, net_minor=333)])
    credit(month, invoice, net_minor=1000)
    credit(month, invoice)
    withdraw_invoice(acting=month.acting, invoice_id=invoice.id + 1, reason="Fault", today=TODAY, now=NOW)

    assert whats(month) == []

    month.bill_on(date(2026, 10, 1))

    assert whats(month) == []


def test_an_edited_line_is_no_problem():
    month = Month()
    month.add_line(month.customer("Bakkerij Jansen"), "Telefoon", price="89", on=TODAY)
    month.prepare(TODAY)
    draft, charge = Draft.objects.get(), Charge.objects.get()
    change_draft_line(
        acting=month.acting, draft_id=draft.id, charge_id=charge.id, unit_price=Decimal(80), reason="Deal", now=NOW
    )
    month.approve_all()
    month.issue(TODAY)

    assert whats(month) == []


@pytest.mark.parametrize("column", ["net_amount", "tax_amount", "gross_amount"])
def test_a_total_that_is_not_the_sum_is_found(month, invoice, column):
    Invoice.objects.filter(id=invoice.id).update(**{column: F(column) + 1})

    assert "invoice.total_differs" in whats(month)


def test_a_line_that_is_gone_is_found(month, invoice):
    invoice.lines.filter(position=2).delete()

    assert whats(month) == [
        "charge.not_on_document",
        "invoice.draft_differs",
        "invoice.tax_base_differs",
        "invoice.total_differs",
        "revenue.differs",
    ]


def test_vat_that_is_not_its_rate_of_its_base_is_found(month, invoice):
    InvoiceTax.objects.filter(invoice=invoice).update(tax_amount=F("tax_amount") + 1)
    Invoice.objects.filter(id=invoice.id).update(tax_amount=F("tax_amount") + 1, gross_amount=F("gross_amount") + 1)

    assert whats(month) == ["invoice.tax_differs"]


def test_a_line_of_another_rate_than_its_vat_is_found(month, invoice):
    invoice.lines.filter(position=1).update(tax_rate=Decimal(9))

    assert whats(month) == ["invoice.tax_base_differs"]


def test_a_line_that_is_not_quantity_times_price_is_found(month, invoice):
    invoice.lines.filter(position=1).update(unit_price=Decimal(30))

    assert whats(month) == ["invoice_line.amount_differs"]


def test_an_issued_draft_without_its_document_is_found(month, invoice):
    invoice.taxes.all().delete()
    invoice.lines.all().delete()
    Invoice.objects.filter(id=invoice.id).delete()

    assert whats(month) == ["charge.not_on_document", "draft.without_document", "number.missing", "revenue.differs"]


def test_a_document_whose_draft_is_not_issued_is_found(month, invoice):
    Draft.objects.filter(id=invoice.draft).update(state=DraftState.APPROVED)

    assert whats(month) == ["invoice.draft_differs"]


def test_c091_a_line_of_another_customers_charge_is_found(month, invoice):
    strange = InvoiceLine.objects.exclude(invoice=invoice).filter(position=1).get()
    invoice.lines.filter(position=1).update(charge=strange.charge)

    problems = check_billing(acting=month.acting)

    assert ("invoice_line.charge_misplaced", f"invoice {invoice.number}, line 1") in [
        (problem.what, problem.where) for problem in problems
    ]


def test_a_charge_that_could_be_billed_again_is_found(month, invoice):
    Charge.objects.filter(id=invoice.lines.get(position=1).charge).update(claim=None)

    assert whats(month) == ["invoice_line.charge_open"]


def test_a_line_that_says_another_amount_than_its_charge_is_found(month, invoice):
    Charge.objects.filter(id=invoice.lines.get(position=1).charge).update(amount=1)

    assert whats(month) == ["invoice_line.charge_differs"]


def test_a_credit_of_more_than_was_invoiced_is_found(month, invoice):
    note = credit(month, invoice, lines=[LineRequest(1)])
    line, of = note.lines.get(), invoice.lines.get(position=1)
    InvoiceLine.objects.filter(id=line.id).update(net_amount=-of.net_amount.minor - 1)

    assert "invoice_line.credited_too_much" in whats(month)


def test_a_quantity_credited_twice_is_found(month, invoice):
    note = credit(month, invoice, lines=[LineRequest(1)])
    note.lines.update(quantity=Decimal(-2))

    assert "invoice_line.credited_too_much" in whats(month)


def test_vat_that_is_kept_when_all_is_credited_is_found(month, invoice):
    note = credit(month, invoice)
    InvoiceTax.objects.filter(invoice=note).update(tax_amount=F("tax_amount") + 1)
    Invoice.objects.filter(id=note.id).update(tax_amount=F("tax_amount") + 1, gross_amount=F("gross_amount") + 1)

    assert whats(month) == ["invoice.credited_too_much"]


def test_a_credit_note_of_another_customer_is_found(month, invoice):
    note = credit(month, invoice)
    Invoice.objects.filter(id=note.id).update(customer=Invoice.objects.exclude(customer=invoice.customer)[0].customer)

    assert "credit_note.misplaced" in whats(month)


def test_a_withdrawal_of_a_part_is_found(month, invoice):
    note = credit(month, invoice, net_minor=100)
    Invoice.objects.filter(id=note.id).update(withdraws=True)

    assert "credit_note.misplaced" in whats(month)


def test_a_gap_in_the_numbers_is_found(month, invoice):
    last = Invoice.objects.order_by("id").last()
    Invoice.objects.filter(id=last.id).update(sequence_number=5)

    [gap, end] = check_numbers(acting=month.acting)

    assert gap.why == "The numbers 2 to 4 before it are missing."
    assert (end.what, end.where) == ("number.given_twice", f"series {last.sequence_key}")


def test_numbers_that_no_document_has_are_found(month):
    Sequence.objects.filter(key=f"{month.seller.pk}:invoice:2026").update(next_number=9)

    [problem] = check_numbers(acting=month.acting)

    assert problem.why == "The numbers 3 to 8 were given, and no document has them."


def test_a_jump_that_somebody_ordered_is_no_gap(month):
    set_number_series(
        acting=month.acting,
        purpose=SeriesPurpose.INVOICE,
        pattern="{year}-{number:05}",
        first_number=500,
        today=TODAY,
        now=NOW,
    )
    assert check_numbers(acting=month.acting) == []

    month.bill_on(date(2026, 10, 1))

    assert check_numbers(acting=month.acting) == []
    assert Invoice.objects.order_by("id").last().number == "2026-00501"


def test_documents_without_a_pdf_are_told_together(month):
    [problem] = check_documents(acting=month.acting)

    assert (problem.what, problem.where, problem.blocking) == ("document.not_made", "2 documents", False)


def test_another_sellers_damage_is_not_ours(month):
    Invoice.objects.update(net_amount=1)

    assert whats(Month()) == []
