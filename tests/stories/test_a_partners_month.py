"""A hosting partner's months, day by day, from subscriptions to invoices, credits and corrections."""

from datetime import date

import pytest

from rebill.charges.models import Charge
from rebill.invoices.commands import withdraw_invoice
from rebill.invoices.models import InvoiceLine
from rebill.rules.money import Money
from rebill.rules.periods import Alignment
from rebill.runs.models import Draft, DraftState
from rebill.runs.queries.drafts import DraftFilter, find_drafts
from tests.stories.month import Month

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_month_from_subscriptions_to_numbered_invoices():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    month.subscribe(bakery, "HOSTING-M", price="12.50", start_on=date(2026, 8, 1))
    domain = {"price": "10.00", "price_months": 12, "months": 12, "alignment": Alignment.ANNIVERSARY}
    month.subscribe(bakery, "DOMAIN-NL", start_on=date(2026, 8, 1), **domain)

    month.bill_on(date(2026, 8, 1))

    [invoice] = month.invoices()
    assert invoice.number == "2026-00001"
    assert (invoice.net_amount, invoice.tax_amount, invoice.gross_amount) == (
        Money(2250, "EUR"),
        Money(473, "EUR"),
        Money(2723, "EUR"),
    )


def test_a_yearly_domain_stands_once_a_year_on_the_monthly_invoice():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    month.subscribe(bakery, "HOSTING-M", price="12.50", start_on=date(2026, 1, 1))
    month.subscribe(bakery, "DOMAIN-NL", price="10.00", price_months=12, months=12, start_on=date(2026, 1, 1))

    for number in range(1, 13):
        month.bill_on(date(2026, number, 1))

    nets = [invoice.net_amount.minor for invoice in month.invoices()]
    assert nets == [2250] + [1250] * 11


def test_a_quarterly_customer_gets_four_invoices_a_year():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001", invoice_interval_months=3)
    month.subscribe(bakery, "HOSTING-M", price="12.50", start_on=date(2026, 1, 1))

    for number in range(1, 13):
        month.bill_on(date(2026, number, 1))

    assert [(each.issued_on, each.net_amount.minor) for each in month.invoices()] == [
        (date(2026, 1, 1), 3750),
        (date(2026, 4, 1), 3750),
        (date(2026, 7, 1), 3750),
        (date(2026, 10, 1), 3750),
    ]


def test_a_cancellation_found_late_is_corrected_by_the_next_run():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    hosting = month.subscribe(bakery, "HOSTING-M", price="31.00", start_on=date(2026, 7, 1))
    month.subscribe(bakery, "MAIL", price="5.00", start_on=date(2026, 7, 1))
    month.bill_on(date(2026, 7, 1))
    month.bill_on(date(2026, 8, 1))

    month.cancel(hosting, last_day=date(2026, 7, 15))
    month.bill_on(date(2026, 9, 1))

    corrections = InvoiceLine.objects.filter(kind="PERIODICCORRECTION").order_by("starts_on")
    assert [(line.starts_on, line.ends_before, line.net_amount.minor) for line in corrections] == [
        (date(2026, 7, 16), date(2026, 8, 1), -1600),
        (date(2026, 8, 1), date(2026, 9, 1), -3100),
    ]
    charges = Charge.objects.filter(kind="PERIODICCORRECTION").select_related("corrects").order_by("starts_on")
    assert [charge.corrects.kind for charge in charges] == ["PERIODICFIRST", "PERIODIC"]


def test_c087_a_run_repeated_makes_nothing_twice():
    month = Month()
    month.subscribe(month.customer("Bakkerij Jansen", number="1001"), "HOSTING-M", start_on=date(2026, 8, 1))
    month.prepare(date(2026, 8, 1))

    again = month.prepare(date(2026, 8, 1))

    assert (again.charges, again.drafts) == (0, 0)
    assert Draft.objects.count() == 1


def test_an_approved_draft_is_not_proposed_again():
    month = Month()
    month.subscribe(month.customer("Bakkerij Jansen", number="1001"), "HOSTING-M", start_on=date(2026, 8, 1))
    month.prepare(date(2026, 8, 1))
    month.approve_all()

    month.prepare(date(2026, 8, 1))

    assert Draft.objects.count() == 1


def test_a_line_added_after_approval_comes_on_a_draft_of_its_own():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    month.subscribe(bakery, "HOSTING-M", start_on=date(2026, 8, 1))
    month.prepare(date(2026, 8, 1))
    month.approve_all()

    month.add_line(bakery, "Telefoon", price="89.00", on=date(2026, 8, 1))
    month.prepare(date(2026, 8, 1))

    assert [(each.state, each.net_amount.minor) for each in Draft.objects.order_by("id")] == [
        ("approved", 1250),
        ("open", 8900),
    ]


def test_c025_a_subscription_cancelled_before_its_start_makes_no_invoice():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    hosting = month.subscribe(bakery, "HOSTING-M", start_on=date(2026, 7, 1))
    month.cancel(hosting, ends_before=date(2026, 6, 20))

    month.bill_on(date(2026, 7, 1))

    assert month.invoices() == []


def test_c089_one_customer_without_a_price_keeps_only_itself_back():
    month = Month()
    for index in range(9):
        month.subscribe(month.customer(f"Klant {index}", number=str(index)), "HOSTING-M", start_on=date(2026, 8, 1))
    month.subscribe(month.customer("Arm", number="99"), "UNPRICED", price=None, start_on=date(2026, 8, 1))

    month.prepare(date(2026, 8, 1))
    approved = month.approve_all()
    month.issue(date(2026, 8, 1))

    assert (approved.approved, approved.blocked) == (9, 1)
    assert len(month.invoices()) == 9
    [kept] = find_drafts(acting=month.acting, wanted=DraftFilter(tab="blocked"))
    assert [(warning.code, warning.details["product"]) for warning in kept.warnings.all()] == [
        ("price_missing", "UNPRICED")
    ]


def test_a_price_added_later_is_billed_without_loss():
    month = Month()
    month.subscribe(month.customer("Arm", number="99"), "UNPRICED", price=None, start_on=date(2026, 8, 1))
    month.prepare(date(2026, 8, 1))

    month.set_price("UNPRICED", "7.00", valid_from=date(2026, 8, 1))
    month.prepare(date(2026, 8, 1))

    [draft] = Draft.objects.all()
    assert (draft.net_amount.minor, draft.warnings.count()) == (700, 0)


def test_c091_every_line_belongs_to_its_invoices_customer():
    month = Month()
    for index in range(5):
        month.subscribe(month.customer(f"Klant {index}", number=str(index)), "HOSTING-M", start_on=date(2026, 8, 1))
    month.bill_on(date(2026, 8, 1))

    for line in InvoiceLine.objects.select_related("invoice"):
        assert Charge.objects.get(id=line.charge).buyer_id == line.invoice.customer_id


def test_c092_due_dates_follow_the_term_and_never_precede_the_invoice():
    month = Month(payment_term_days=30)
    month.subscribe(month.customer("A", number="1"), "HOSTING-M", start_on=date(2026, 8, 1))
    month.subscribe(month.customer("B", number="2", payment_term_days=0), "HOSTING-M", start_on=date(2026, 8, 1))

    month.bill_on(date(2026, 8, 1))

    assert [each.due_on for each in month.invoices()] == [date(2026, 8, 31), date(2026, 8, 1)]


def test_c094_more_credits_than_charges_become_a_credit_note():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    month.subscribe(bakery, "HOSTING-M", price="10.00", start_on=date(2026, 8, 1))
    month.add_credit(bakery, "Storing", price="25.00", on=date(2026, 8, 1))

    month.prepare(date(2026, 8, 1))
    [draft] = Draft.objects.all()
    assert [warning.code for warning in draft.warnings.all()] == ["negative_total"]
    month.approve_all()
    month.issue(date(2026, 8, 1))

    [note] = month.invoices()
    assert (note.kind, note.net_amount.minor, note.payment_reference) == ("credit_note", -1500, "")


def test_c097_numbers_follow_the_year_of_the_documents_date():
    month = Month()
    month.subscribe(month.customer("A", number="1"), "HOSTING-M", start_on=date(2026, 12, 1))
    run = month.prepare(date(2026, 12, 1))
    month.date_invoices(run.run_id, date(2026, 12, 31))
    month.approve_all()
    month.subscribe(month.customer("B", number="2"), "HOSTING-M", start_on=date(2027, 1, 1))

    month.issue(date(2027, 1, 2))
    month.bill_on(date(2027, 1, 2))

    assert [(each.number, each.issued_on) for each in month.invoices()][:2] == [
        ("2026-00001", date(2026, 12, 31)),
        ("2027-00001", date(2027, 1, 2)),
    ]


def test_c100_a_draft_can_be_thrown_away_an_issued_invoice_only_withdrawn():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    month.subscribe(bakery, "HOSTING-M", price="10.00", start_on=date(2026, 8, 1))
    month.bill_on(date(2026, 8, 1))
    [invoice] = month.invoices()

    note = withdraw_invoice(
        acting=month.acting,
        invoice_id=invoice.id,
        reason="Wrong address",
        today=date(2026, 8, 5),
        now=month.at(date(2026, 8, 5)),
    )

    assert (note.kind, note.credits_id, note.gross_amount) == ("credit_note", invoice.id, -invoice.gross_amount)
    assert Charge.objects.filter(claim__isnull=True).count() == 1
    month.bill_on(date(2026, 9, 1))
    assert [each.net_amount.minor for each in month.invoices()] == [1000, -1000, 2000]


def test_a_draft_thrown_away_is_made_again_from_the_prices_as_they_are():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    month.subscribe(bakery, "HOSTING-M", price="10.00", start_on=date(2026, 8, 1))
    month.prepare(date(2026, 8, 1))

    month.set_price("HOSTING-M", "11.00", valid_from=date(2026, 1, 1))
    month.discard_all()
    month.prepare(date(2026, 8, 1))

    [draft] = Draft.objects.filter(state=DraftState.OPEN)
    assert (draft.net_amount.minor, draft.line_count) == (1100, 1)


def test_a_price_corrected_after_billing_is_made_good_by_the_next_run():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    month.subscribe(bakery, "HOSTING-M", price="10.00", start_on=date(2026, 8, 1))
    month.bill_on(date(2026, 8, 1))

    month.set_price("HOSTING-M", "11.00", valid_from=date(2026, 1, 1))
    month.bill_on(date(2026, 9, 1))

    last = month.invoices()[-1]
    assert [line.net_amount.minor for line in last.lines.order_by("position")] == [-1000, 1100, 1100]
    assert last.net_amount.minor == 1200


def test_c036_vat_is_computed_once_per_document():
    month = Month()
    bakery = month.customer("Bakkerij Jansen", number="1001")
    for price in ("25.06", "25.61", "25.63"):
        month.add_line(bakery, "Regel", price=price, on=date(2026, 8, 1))

    month.bill_on(date(2026, 8, 1))

    [invoice] = month.invoices()
    assert invoice.net_amount.minor == 7630
    assert invoice.tax_amount.minor == 1602  # 76.30 at 21 %; line by line it would be 5.26 + 5.38 + 5.38


def test_two_sellers_number_apart():
    one, other = Month(), Month()
    for month in (one, other):
        month.subscribe(month.customer("A", number="1"), "HOSTING-M", start_on=date(2026, 8, 1))
        month.bill_on(date(2026, 8, 1))

    assert [each.number for each in one.invoices()] == [each.number for each in other.invoices()] == ["2026-00001"]
