"""Passing purchase invoices on: prices, drafts, what is replaced and what stays, and that every cent is somewhere."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from rebill.access.acting import Role
from rebill.invoices.commands import issue_invoices
from rebill.invoices.models import Invoice
from rebill.invoices.queries.documents import document_contents
from rebill.kit.errors import Forbidden, Invalid
from rebill.parties.commands import change_look, change_seller
from rebill.parties.models import Customer
from rebill.runs.checks import check_claims, check_drafts
from rebill.runs.commands import approve_drafts, discard_drafts, prepare_run, rebill_purchase
from rebill.runs.models import Draft, Run
from rebill.sources.supplier_invoices.checks import check_purchases
from rebill.sources.supplier_invoices.commands import (
    assign_rows,
    confirm_orders,
    leave_rows_out,
    link_article,
    link_end_customer,
    move_purchase_invoice,
    set_row_price,
)
from rebill.sources.supplier_invoices.commands.linking import RowRebilled
from rebill.sources.supplier_invoices.commands.rebilling import (
    NothingToRebill,
    NotToBeRebilled,
    RebillingTerms,
)
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, PurchaseState, Target
from tests.factories import NOW, acting_of
from tests.sources.supplier_invoices.books import BILLED_ON, TOINEN, YRITYS, Firm
from tests.sources.supplier_invoices.written import Finvoice, Row

BOTH = Finvoice([Row(party=YRITYS), Row(quantity="30", price="1.00", party=TOINEN)])


@pytest.fixture
def firm(db):
    return Firm()


def issue(firm: Firm) -> list[Invoice]:
    approve_drafts(acting=firm.acting, drafts=Draft.objects.filter(seller=firm.seller), now=NOW)
    issue_invoices(acting=firm.acting, today=BILLED_ON, now=NOW + timedelta(days=70))
    return list(Invoice.objects.filter(seller=firm.seller).order_by("id"))


def require_sound(firm: Firm, invoice: PurchaseInvoice) -> None:
    assert firm.split(invoice).sums.adds_up
    for check in (check_purchases, check_drafts, check_claims):
        assert check(acting=firm.acting) == []


# --- prices ---------------------------------------------------------------------------------------------------------


def test_who_is_in_no_price_group_pays_the_suppliers_price(firm):
    invoice = firm.take(BOTH)

    told = firm.rebill(invoice)

    assert (told.customers, told.drafts) == (2, 2)
    assert [str(draft.net_amount) for draft in firm.drafts()] == ["30.00 EUR", "50.00 EUR"]
    assert {charge.kind for charge in firm.charges()} == {"REBILLED"}
    require_sound(firm, invoice)


def test_c120_unit_prices_keep_six_decimals_and_the_line_is_rounded_once(firm):
    firm.margin("1.25", firm.yritys)
    invoice = firm.take(Finvoice([Row(quantity="3", price="3.333", party=YRITYS)]))

    firm.rebill(invoice)

    [charge] = firm.charges()
    assert (charge.unit_price, str(charge.amount)) == (Decimal("4.166250"), "12.50 EUR")


def test_c122_a_credit_row_is_credited_with_the_same_multiplier(firm):
    firm.margin("1.25", firm.yritys)
    invoice = firm.take(Finvoice([Row(party=YRITYS), Row(quantity="-1", price="12.00", party=YRITYS)]))

    firm.rebill(invoice)

    assert [str(charge.amount) for charge in firm.charges()] == ["62.50 EUR", "-15.00 EUR"]
    assert firm.charges()[1].unit_price > 0
    require_sound(firm, invoice)


@pytest.mark.parametrize(("kind", "quantity", "price"), [("INV02", "3", "0.115"), ("INV01", "-3", "0.115"),
                                                         ("INV01", "3", "-0.115")])  # fmt: skip
def test_c122_neighbour_a_credit_keeps_the_suppliers_price_wherever_its_minus_stands(firm, kind, quantity, price):
    firm.margin("1.25", firm.yritys)
    invoice = firm.take(Finvoice([Row(quantity=quantity, price=price, party=YRITYS)], kind=kind))

    firm.rebill(invoice)

    # 3 × 0.14375: a price made of the rounded 0.35 would give back 0.44.
    [charge] = firm.charges()
    assert (charge.unit_price, str(charge.amount)) == (Decimal("0.143750"), "-0.43 EUR")
    require_sound(firm, invoice)


def test_a_products_own_factor_counts_before_the_groups_and_only_in_its_days(firm):
    other = firm.sells("NV-2")
    firm.margin("1.10", firm.yritys)
    firm.margin("1.50", firm.yritys, product=other, valid_before=date(2026, 11, 1))
    rows = [Row(price="100", party=YRITYS), Row(code="NV-2", price="100", party=YRITYS)]

    in_october = firm.split(firm.take(Finvoice(rows, number="1", issued_on="20261031")))
    in_november = firm.split(firm.take(Finvoice(rows, number="2", issued_on="20261101")))

    assert [row.sell for row in in_october.customers[0].rows] == [11_000, 15_000]
    assert [row.sell for row in in_november.customers[0].rows] == [11_000, 11_000]


def test_a_price_set_by_hand_counts_before_the_group(firm):
    firm.margin("2", firm.yritys)
    invoice = firm.take(BOTH)
    row = invoice.rows.get(position=1)

    set_row_price(acting=firm.acting, invoice_id=invoice.pk, row_ids=[row.pk], price=Decimal("49.90"), now=NOW)

    assert firm.split(invoice).customers[0].below_cost == 1
    firm.rebill(invoice)
    assert str(firm.drafts()[1].net_amount) == "49.90 EUR"


# --- who goes out -----------------------------------------------------------------------------------------------------


def test_c121_a_customer_goes_out_complete_or_not_at_all(firm):
    rows = [Row(party=YRITYS), Row(code="NEW", name="New", price="5.00", party=YRITYS), Row(party=TOINEN)]
    invoice = firm.take(Finvoice([*rows, Row(price="7.00", party=("0112038-9", "Vieras Oy"))]))

    firm.rebill(invoice)

    assert [draft.customer for draft in firm.drafts()] == [firm.toinen]
    sums = firm.split(invoice).sums
    assert (sums.bought, sums.rebilled, sums.left_over, sums.excluded) == (11_200, 5_000, 6_200, 0)
    assert PurchaseInvoice.objects.get().state == PurchaseState.UNHANDLED
    require_sound(firm, invoice)


def test_a_link_made_by_hand_is_remembered_for_the_next_invoice(firm):
    vieras = ("0112038-9", "Vieras Oy")
    first = firm.take(Finvoice([Row(code="X", name="Extra", party=vieras)], number="1"))
    row = first.rows.get()

    said = {"acting": firm.acting, "invoice_id": first.pk, "now": NOW}
    link_end_customer(identity=row.end_identity, customer_id=firm.yritys.pk, **said)
    link_article(row_id=row.pk, product_id=firm.product.pk, **said)
    second = firm.take(Finvoice([Row(code="X", name="Extra", party=vieras)], number="2"))

    for invoice in (first, second):
        [end] = firm.split(invoice).customers
        assert (end.customer_id, end.rows[0].product_id, end.standing) == (firm.yritys.pk, firm.product.pk, "ready")
        assert (end.rows[0].customer_by, end.rows[0].product_by) == ("link", "link")


def test_rows_left_out_are_excluded_with_their_reason(firm):
    invoice = firm.take(BOTH)
    row = invoice.rows.get(position=1)

    leave_rows_out(acting=firm.acting, invoice_id=invoice.pk, row_ids=[row.pk], reason="Our own use", now=NOW)
    firm.rebill(invoice)

    sums = firm.split(invoice).sums
    assert (sums.rebilled, sums.left_over, sums.excluded) == (3_000, 0, 5_000)
    assert PurchaseInvoice.objects.get().state == PurchaseState.REBILLED
    require_sound(firm, invoice)


def test_rows_for_nobody_can_be_assigned(firm):
    invoice = firm.take(Finvoice([Row()]))
    row = invoice.rows.get()
    with pytest.raises(NothingToRebill):
        firm.rebill(invoice)

    assign_rows(acting=firm.acting, invoice_id=invoice.pk, row_ids=[row.pk], customer_id=firm.toinen.pk, now=NOW)
    firm.read_again(invoice)
    firm.rebill(invoice)

    assert [draft.customer for draft in firm.drafts()] == [firm.toinen]


def test_read_again_after_the_card_was_mended(firm):
    Customer.objects.filter(pk=firm.yritys.pk).update(chamber_id="")
    invoice = firm.take(BOTH)
    assert [end.standing for end in firm.split(invoice).customers] == ["held", "ready"]

    Customer.objects.filter(pk=firm.yritys.pk).update(chamber_id="1478523-2")
    firm.read_again(invoice)

    assert [end.standing for end in firm.split(invoice).customers] == ["ready", "ready"]


# --- again and again ------------------------------------------------------------------------------------------------


def test_c123_drafts_are_replaced_and_what_was_issued_stays(firm):
    firm.margin("1.2", firm.yritys, firm.toinen)
    invoice = firm.take(BOTH)
    firm.rebill(invoice)
    approve_drafts(acting=firm.acting, drafts=Draft.objects.filter(customer=firm.yritys), now=NOW)
    issue_invoices(acting=firm.acting, today=BILLED_ON, now=NOW)
    firm.margin("1.3", firm.yritys, firm.toinen)

    told = firm.rebill(invoice)

    assert (told.replaced, told.stayed, told.drafts) == (1, 1, 1)
    assert [(draft.state, str(draft.net_amount)) for draft in firm.drafts()] == [
        ("open", "39.00 EUR"), ("issued", "60.00 EUR"),
    ]  # fmt: skip
    assert [row.sell for row in firm.split(invoice).rows] == [6_000, 3_900]
    require_sound(firm, invoice)


def test_re_billing_again_bills_nothing_twice(firm):
    invoice = firm.take(BOTH)
    for _time in range(3):
        firm.rebill(invoice)

    assert len(firm.drafts()) == len(firm.charges()) == 2
    with pytest.raises(NothingToRebill):
        firm.rebill(invoice, goes_on=True)
    require_sound(firm, invoice)


def test_drafts_thrown_away_are_left_over_again(firm):
    invoice = firm.take(BOTH)
    firm.rebill(invoice)

    discard_drafts(acting=firm.acting, drafts=Draft.objects.all(), reason="Wrong", now=NOW)

    assert firm.split(invoice).sums.left_over == 8_000
    assert PurchaseInvoice.objects.get().state == PurchaseState.UNHANDLED
    assert firm.charges() == []
    firm.rebill(invoice, goes_on=True)
    assert len(firm.drafts()) == 2


def test_batches_follow_each_other_and_take_whole_customers(firm):
    third = firm.customer(("0112038-9", "Kolmas Oy"))
    rows = [Row(party=party) for party in (YRITYS, TOINEN, YRITYS, TOINEN, ("0112038-9", "Kolmas Oy"))]
    invoice = firm.take(Finvoice(rows))

    first = firm.rebill(invoice, rows_max=3)
    rest = firm.rebill(invoice, rows_max=3, goes_on=True)

    assert (first.customers, first.rows, rest.customers, rest.rows) == (1, 2, 2, 3)
    assert [draft.customer for draft in firm.drafts()] == [third, firm.toinen, firm.yritys]
    require_sound(firm, invoice)


def test_only_unhandled_invoices_are_re_billed(firm):
    invoice = firm.take(BOTH)

    for state in (PurchaseState.IN_REVIEW, PurchaseState.BOOKED):
        move_purchase_invoice(acting=firm.acting, invoice_id=invoice.pk, to=state, now=NOW)
        with pytest.raises(NotToBeRebilled):
            firm.rebill(invoice)


def test_what_is_re_billed_cannot_be_moved_to_somebody_else(firm):
    invoice = firm.take(BOTH)
    firm.rebill(invoice)
    row_ids = list(PurchaseRow.objects.values_list("pk", flat=True))

    with pytest.raises(RowRebilled):
        assign_rows(acting=firm.acting, invoice_id=invoice.pk, row_ids=row_ids, customer_id=firm.toinen.pk, now=NOW)


def test_only_a_reviewer_or_an_owner_may_re_bill(firm):
    invoice = firm.take(BOTH)
    said = {"purchase_id": invoice.pk, "terms": RebillingTerms(invoice_on=BILLED_ON), "now": NOW}

    for role in (Role.CLERK, Role.VIEWER, Role.INTEGRATOR):
        with pytest.raises(Forbidden):
            rebill_purchase(acting=acting_of(firm.seller, role=role), **said)
    assert rebill_purchase(acting=acting_of(firm.seller, role=Role.REVIEWER), **said).drafts == 2


# --- how it is billed -----------------------------------------------------------------------------------------------


def test_texts_come_only_from_here(firm):
    change_look(acting=firm.acting, texts={"fi": {"intro": "From the look", "closing": "From the look"}}, now=NOW)
    invoice = firm.take(BOTH)
    firm.rebill(invoice, intro="Netvisor 10/2026")

    issued = issue(firm)

    documents = [content for _id, content in document_contents(invoice_ids=[each.pk for each in issued])]
    assert {(each.opening, each.closing) for each in documents} == {("Netvisor 10/2026", "")}
    with pytest.raises(Invalid, match="500"):
        firm.rebill(firm.take(replace(BOTH, number="2")), intro="x" * 501)


@pytest.mark.parametrize(
    ("customers", "sellers", "due_on"),
    [(30, 14, BILLED_ON + timedelta(days=30)), (None, 14, BILLED_ON + timedelta(days=14)),
     (None, None, date(2026, 12, 24)), (0, None, BILLED_ON)],
)  # fmt: skip
def test_c124_the_customers_term_counts_first_then_the_sellers_then_the_day_entered(firm, customers, sellers, due_on):
    change_seller(acting=firm.acting, payment_term_days=sellers, now=NOW)
    Customer.objects.filter(pk=firm.yritys.pk).update(payment_term_days=customers)
    invoice = firm.take(Finvoice([Row(party=YRITYS)]))
    firm.rebill(invoice, due_on=date(2026, 12, 24))

    [issued] = issue(firm)

    assert (issued.issued_on, issued.due_on) == (BILLED_ON, due_on)


def test_lines_go_on_the_next_runs_drafts_and_are_replaced_there(firm):
    invoice = firm.take(BOTH)
    firm.rebill(invoice, target=Target.NEXT_RUN)
    assert firm.charges() == []

    prepare_run(acting=firm.acting, billed_on=date(2026, 12, 1), now=NOW)
    assert [str(draft.net_amount) for draft in firm.drafts()] == ["30.00 EUR", "50.00 EUR"]
    firm.margin("2", firm.yritys, firm.toinen)
    firm.rebill(invoice, target=Target.NEXT_RUN)
    prepare_run(acting=firm.acting, billed_on=date(2026, 12, 1), now=NOW)

    assert [str(draft.net_amount) for draft in firm.drafts()] == ["60.00 EUR", "100.00 EUR"]
    require_sound(firm, invoice)


def test_orders_wait_until_they_are_confirmed(firm):
    invoice = firm.take(BOTH)
    firm.rebill(invoice, target=Target.ORDERS)
    prepare_run(acting=firm.acting, billed_on=date(2026, 12, 1), now=NOW)
    assert firm.charges() == []

    confirm_orders(acting=firm.acting, invoice_id=invoice.pk, customer_ids=[firm.toinen.pk], now=NOW)
    prepare_run(acting=firm.acting, billed_on=date(2026, 12, 1), now=NOW)

    assert [draft.customer for draft in firm.drafts()] == [firm.toinen]


# --- credit notes, and what is read ---------------------------------------------------------------------------------


def test_a_credit_note_to_end_customers_is_re_billed_as_a_credit(firm):
    invoice = firm.take(Finvoice([Row(price="12.00", party=YRITYS)], kind="INV02"))

    firm.rebill(invoice)

    assert str(firm.drafts()[0].net_amount) == "-12.00 EUR"


def test_runs_of_re_billing_name_their_purchase_invoice(firm):
    invoice = firm.take(BOTH)

    told = firm.rebill(invoice)

    run = Run.objects.get(pk=told.run_id)
    assert (run.kind, run.purchase_id, run.invoice_on) == ("rebilled", invoice.pk, BILLED_ON)


def test_however_many_customers_there_are_the_reads_are_few(firm, django_assert_max_num_queries):
    parties = [(f"{1_000_000 + each}-{each % 10}", f"Asiakas {each} Oy") for each in range(60)]
    for party in parties:
        firm.customer(party)
    invoice = firm.take(Finvoice([Row(party=party) for party in parties]))

    with django_assert_max_num_queries(110):
        told = firm.rebill(invoice)

    assert told.drafts == 60
