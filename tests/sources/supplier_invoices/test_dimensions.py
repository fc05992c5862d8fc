"""What re-billed lines are booked under: from the customer's card or its name, frozen, and on the purchase rows too."""

from datetime import timedelta

import pytest

from rebill.exports.lines.layouts import LinesLayout, Side
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import LineWriter
from rebill.invoices.commands import issue_invoices, withdraw_invoice
from rebill.invoices.models import Invoice
from rebill.parties.models import Customer
from rebill.runs.commands import approve_drafts
from rebill.runs.models import Draft
from rebill.sources.supplier_invoices.commands.rebilling import HeadingUnknown
from rebill.sources.supplier_invoices.models import PurchaseRow
from tests.factories import NOW
from tests.sources.supplier_invoices.books import BILLED_ON, TOINEN, YRITYS, Firm
from tests.sources.supplier_invoices.written import Finvoice, Row

BOTH = Finvoice([Row(party=YRITYS), Row(quantity="30", price="1.00", party=TOINEN)])


@pytest.fixture
def firm(db):
    return Firm()


def test_dimensions_come_from_the_card_and_the_named_one_wins(firm):
    Customer.objects.filter(pk=firm.yritys.pk).update(cost_centre="Helsinki", dimensions={"Asiakas": "Vanha"})
    invoice = firm.take(BOTH)

    firm.rebill(invoice, dimensions=["cost_centre", "Asiakas"], named_dimension="Asiakas", writes_dimensions=True)

    lines = {charge.buyer_id: (charge.cost_centre, charge.dimensions) for charge in firm.charges()}
    assert lines == {
        firm.yritys.pk: ("Helsinki", {"Asiakas": "Yritys Oy"}), firm.toinen.pk: ("", {"Asiakas": "Toinen Oy"}),
    }  # fmt: skip
    firm.yritys.refresh_from_db()
    firm.toinen.refresh_from_db()
    assert (firm.yritys.dimensions, firm.toinen.dimensions) == ({"Asiakas": "Vanha"}, {"Asiakas": "Toinen Oy"})
    assert [row.dimensions for row in PurchaseRow.objects.order_by("position")] == [
        {"cost_centre": "Helsinki", "Asiakas": "Yritys Oy"}, {"Asiakas": "Toinen Oy"},
    ]  # fmt: skip


def test_the_name_as_cost_centre_is_entered_where_cards_have_none(firm):
    Customer.objects.filter(pk=firm.yritys.pk).update(cost_centre="Helsinki")
    firm.rebill(firm.take(BOTH), named_dimension="cost_centre")

    centres = {charge.buyer_id: (charge.cost_centre, charge.dimensions) for charge in firm.charges()}
    assert centres == {firm.yritys.pk: ("Yritys Oy", {}), firm.toinen.pk: ("Toinen Oy", {})}
    cards = Customer.objects.order_by("id").values_list("cost_centre", "dimensions")
    assert list(cards) == [("Helsinki", {}), ("Toinen Oy", {})]


def test_a_heading_that_no_card_has_is_refused_and_nothing_is_passed_on(firm):
    Customer.objects.filter(pk=firm.yritys.pk).update(dimensions={"Projekti": "A"})
    invoice = firm.take(BOTH)

    with pytest.raises(HeadingUnknown, match=r"under Projektti\. Name one of these: cost_centre, Projekti\."):
        firm.rebill(invoice, dimensions=["Projekti", "Projektti"])

    assert firm.charges() == []
    firm.rebill(invoice, dimensions=["Asiakas"], named_dimension="Asiakas")


def test_what_lines_are_booked_under_is_frozen_when_they_are_told(firm):
    Customer.objects.filter(pk=firm.yritys.pk).update(dimensions={"Projekti": "A"})
    firm.rebill(firm.take(BOTH), dimensions=["Projekti"])
    Customer.objects.filter(pk=firm.yritys.pk).update(dimensions={"Projekti": "B"})
    approve_drafts(acting=firm.acting, drafts=Draft.objects.filter(seller=firm.seller), now=NOW)
    issue_invoices(acting=firm.acting, today=BILLED_ON, now=NOW + timedelta(days=70))

    invoice = Invoice.objects.get(customer=firm.yritys)
    lines = LineReader(firm.acting, Side.SALES), LinesLayout(Side.SALES, ("end_customer_name", "dimensions", "price"))
    written = b"".join(LineWriter(*lines).chunks(invoice.issued_on.replace(day=1), "en")).decode().splitlines()
    assert [line.dimensions for line in invoice.lines.all()] == [{"Projekti": "A"}]
    assert "Yritys Oy;Projekti: A;50,00" in written

    note = withdraw_invoice(acting=firm.acting, invoice_id=invoice.pk, reason="Wrong", today=BILLED_ON, now=NOW)

    assert [line.dimensions for line in note.lines.all()] == [{"Projekti": "A"}]
