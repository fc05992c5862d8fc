"""Re-billing after an invoice was withdrawn: its rows wait as they were until they are re-billed anew, and nothing is
billed twice."""

from datetime import date, timedelta

import pytest

from rebill.charges.checks import check_charges, check_rebilled
from rebill.invoices.commands import credit_invoice, issue_invoices, withdraw_invoice
from rebill.invoices.commands.crediting import PartlyCredited
from rebill.invoices.models import Invoice
from rebill.parties.models import Customer
from rebill.runs.checks import check_claims, check_drafts
from rebill.runs.commands import approve_drafts, discard_drafts, prepare_run
from rebill.runs.models import Draft
from rebill.runs.queries.rebilled import drafts_of_purchase
from rebill.sources.supplier_invoices.checks import check_purchases
from rebill.sources.supplier_invoices.commands import assign_rows, set_row_price
from rebill.sources.supplier_invoices.commands.linking import RowRebilled
from rebill.sources.supplier_invoices.commands.rebilling import NothingToRebill
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseState, Target
from rebill.sources.supplier_invoices.queries.splitting import Sums
from tests.factories import NOW
from tests.sources.supplier_invoices.books import BILLED_ON, TOINEN, YRITYS, Firm
from tests.sources.supplier_invoices.written import Finvoice, Row

NEXT = date(2026, 12, 1)
LATER = NOW + timedelta(days=70)


@pytest.fixture
def firm(db):
    return Firm()


@pytest.fixture
def purchase(firm) -> PurchaseInvoice:
    """Re-billed and issued to both customers; the invoice to one of them is withdrawn."""
    invoice = firm.take(Finvoice([Row(party=YRITYS), Row(quantity="30", price="1.00", party=TOINEN)]))
    firm.rebill(invoice)
    issue(firm)
    withdraw(firm)
    return invoice


def issue(firm: Firm) -> None:
    approve_drafts(acting=firm.acting, drafts=Draft.objects.filter(state="open"), now=NOW)
    issue_invoices(acting=firm.acting, today=BILLED_ON, now=LATER)


def withdraw(firm: Firm) -> None:
    invoice = Invoice.objects.filter(customer=firm.yritys, kind="invoice").latest("id")
    withdraw_invoice(acting=firm.acting, invoice_id=invoice.pk, reason="Wrong price", today=NEXT, now=LATER)


def run(firm: Firm) -> None:
    prepare_run(acting=firm.acting, billed_on=NEXT, now=LATER)


def open_drafts(firm: Firm) -> list[tuple[str, str]]:
    return [(draft.customer.name, str(draft.net_amount)) for draft in firm.drafts("open")]


def billed(firm: Firm) -> int:
    """What stands on documents, less what was given back, without VAT."""
    return sum(each.net_amount.minor for each in Invoice.objects.filter(seller=firm.seller))


def sound_sums(firm: Firm, invoice: PurchaseInvoice) -> Sums:
    """What the purchase invoice comes to, when everything about it is as it has to be."""
    for check in (check_purchases, check_charges, check_rebilled, check_drafts, check_claims):
        assert check(acting=firm.acting) == []
    sums = firm.split(invoice).sums
    assert sums.adds_up
    return sums


def test_what_a_withdrawn_invoice_billed_is_shown_and_billed_again_by_the_next_run(firm, purchase):
    assert [end.standing for end in firm.split(purchase).customers] == ["withdrawn", "billed"]
    assert [(each.state, each.drafts) for each in drafts_of_purchase(firm.acting, purchase)] == [("issued", 1)]
    assert sound_sums(firm, purchase) == (8_000, 8_000, 0, 0, 8_000)

    run(firm)

    assert open_drafts(firm) == [("Yritys Oy", "50.00 EUR")]
    assert [end.standing for end in firm.split(purchase).customers] == ["billed", "billed"]
    sound_sums(firm, purchase)
    issue(firm)
    assert billed(firm) == 8_000
    run(firm)
    assert open_drafts(firm) == []


def test_re_billed_anew_it_is_billed_at_the_prices_of_now(firm, purchase):
    firm.margin("2", firm.yritys, firm.toinen)

    told = firm.rebill(purchase)

    assert (told.drafts, told.stayed) == (1, 1)
    assert open_drafts(firm) == [("Yritys Oy", "100.00 EUR")]
    assert sound_sums(firm, purchase) == (8_000, 8_000, 0, 0, 13_000)
    assert PurchaseInvoice.objects.get().state == PurchaseState.REBILLED
    run(firm)
    issue(firm)
    assert billed(firm) == 13_000
    with pytest.raises(NothingToRebill):
        firm.rebill(purchase)


def test_a_draft_that_a_run_made_of_it_meanwhile_is_replaced(firm, purchase):
    run(firm)
    firm.margin("2", firm.yritys)

    told = firm.rebill(purchase)

    assert (told.drafts, told.stayed) == (1, 1)
    assert [amount for _name, amount in open_drafts(firm) if amount != "0.00 EUR"] == ["100.00 EUR"]
    sound_sums(firm, purchase)
    run(firm)
    issue(firm)
    assert billed(firm) == 13_000


def test_a_draft_thrown_away_waits_again_and_withdrawn_twice_is_billed_once(firm, purchase):
    run(firm)
    discard_drafts(acting=firm.acting, drafts=Draft.objects.filter(state="open"), reason="Not yet", now=LATER)
    assert [end.standing for end in firm.split(purchase).customers] == ["withdrawn", "billed"]
    sound_sums(firm, purchase)
    run(firm)
    issue(firm)

    withdraw(firm)

    sound_sums(firm, purchase)
    firm.rebill(purchase, target=Target.NEXT_RUN)
    run(firm)
    issue(firm)
    assert billed(firm) == 8_000
    assert sound_sums(firm, purchase).rebilled == 8_000
    assert [charge.told_anew for charge in firm.charges() if charge.buyer_id == firm.yritys.pk] == [True, True, False]


def test_read_again_a_withdrawn_row_goes_to_whom_it_matches_now(firm, purchase):
    Customer.objects.filter(pk=firm.yritys.pk).update(chamber_id="", name="Vanha Oy")
    other = firm.customer(YRITYS)

    firm.read_again(purchase)

    assert sound_sums(firm, purchase) == (8_000, 3_000, 5_000, 0, 3_000)
    assert PurchaseInvoice.objects.get().state == PurchaseState.UNHANDLED
    run(firm)
    assert open_drafts(firm) == []
    firm.rebill(purchase)
    issue(firm)
    assert Invoice.objects.filter(customer=other).count() == 1
    assert billed(firm) == 8_000
    sound_sums(firm, purchase)


def test_read_again_a_withdrawn_row_that_matches_as_before_still_waits_for_the_next_run(firm, purchase):
    firm.read_again(purchase)

    assert [end.standing for end in firm.split(purchase).customers] == ["withdrawn", "billed"]
    run(firm)
    assert open_drafts(firm) == [("Yritys Oy", "50.00 EUR")]


def test_read_again_what_a_run_has_billed_anew_stays(firm, purchase):
    run(firm)
    Customer.objects.filter(pk=firm.yritys.pk).update(chamber_id="", name="Vanha Oy")
    firm.customer(YRITYS)

    firm.read_again(purchase)

    assert open_drafts(firm) == [("Vanha Oy", "50.00 EUR")]
    assert sound_sums(firm, purchase) == (8_000, 8_000, 0, 0, 8_000)


def test_what_is_said_of_a_withdrawn_row_counts_when_it_is_re_billed(firm, purchase):
    row = purchase.rows.get(position=1)

    assign_rows(acting=firm.acting, invoice_id=purchase.pk, row_ids=[row.pk], customer_id=firm.toinen.pk, now=NOW)

    assert sound_sums(firm, purchase) == (8_000, 3_000, 5_000, 0, 3_000)
    assert PurchaseInvoice.objects.get().state == PurchaseState.UNHANDLED
    run(firm)
    assert open_drafts(firm) == []
    firm.rebill(purchase)
    assert open_drafts(firm) == [("Toinen Oy", "50.00 EUR")]
    assert sound_sums(firm, purchase).left_over == 0


def test_a_row_that_a_run_billed_again_is_not_changed_any_more(firm, purchase):
    run(firm)
    row_ids = [purchase.rows.get(position=1).pk]

    with pytest.raises(RowRebilled):
        set_row_price(acting=firm.acting, invoice_id=purchase.pk, row_ids=row_ids, price=None, now=NOW)


def test_an_invoice_credited_in_part_keeps_its_rows_billed(firm, purchase):
    invoice = Invoice.objects.get(customer=firm.toinen)
    credit_invoice(acting=firm.acting, invoice_id=invoice.pk, reason="Goodwill", net_minor=500, today=NEXT, now=LATER)

    with pytest.raises(PartlyCredited):
        withdraw_invoice(acting=firm.acting, invoice_id=invoice.pk, reason="Wrong", today=NEXT, now=LATER)

    assert firm.rebill(purchase).stayed == 1
    assert sound_sums(firm, purchase).rebilled == 8_000
