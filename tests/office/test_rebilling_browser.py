"""A reviewer passes a supplier's invoice on in a browser: what is red is mended in place, the drafts are looked at."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from rebill.parties.commands import change_seller
from rebill.parties.models import Seller
from rebill.runs.models import Draft
from rebill.sources.supplier_invoices.models import PurchaseLink
from tests.factories import NOW, acting_of, make_customer, make_product
from tests.sources.supplier_invoices.written import Finvoice, Row


def test_a_suppliers_invoice_is_passed_on(page: Page, seller: Seller, tmp_path: Path):
    change_seller(acting=acting_of(seller), vat_id="", chamber_id="", now=NOW)
    make_customer(seller, name="Yritys Oy", number="10482", chamber_id="1478523-2", country="FI")
    make_customer(seller, name="Kompas Reizen B.V.", number="10388")
    make_product(seller, "NV-1")
    rows = [Row(party=("1478523-2", "Yritys Oy")), Row(price="30.00", party=("0201256-6", "Kompas Reizen BV"))]
    file = tmp_path / "netvisor.xml"
    file.write_bytes(Finvoice(rows).written())

    # It is taken in; one customer is red.
    page.goto("/s/waterkant/re-billing/")
    page.get_by_role("link", name="Take an invoice in").first.click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name=re.compile("Take it in")).click()
    expect(page.get_by_text("1 customer cannot be billed yet")).to_be_visible()
    expect(page.get_by_text("Customer not linked").first).to_be_visible()

    # The nearest candidate is linked in place, and remembered.
    page.get_by_role("button", name="Link to 10388").click()
    expect(page.get_by_text("cannot be billed yet")).to_have_count(0)
    assert PurchaseLink.objects.get().customer.number == "10388"

    # A price group puts a quarter on top of what Yritys is asked.
    page.goto("/s/waterkant/re-billing/groups/")
    page.get_by_label("Name").fill("Netvisor")
    page.get_by_label("Times the buy price").fill("1,25")
    page.get_by_label("From", exact=True).fill("2026-01-01")
    page.get_by_role("button", name=re.compile("Make it")).click()
    page.get_by_label("Customer", exact=True).fill("Yritys")
    page.get_by_role("link", name=re.compile("Yritys Oy")).first.click()
    page.get_by_role("button", name="Put into the group").click()
    expect(page.get_by_text("Yritys Oy is in this price group.")).to_be_visible()

    # Billing says first what will happen.
    page.goto("/s/waterkant/re-billing/")
    page.get_by_role("link", name="900123").click()
    page.get_by_label("Text above the lines").fill("Netvisor, lokakuu")
    page.get_by_role("button", name=re.compile("^Bill 2 customers")).click()
    expect(page.get_by_text("Bill 2 customers from Ohjelmistotalo Esimerkki Oy 900123?")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Bill 2 customers")).last.click()

    # The drafts of the run, unsent, and what was earned.
    expect(page.get_by_text("2 drafts made.")).to_be_visible()
    expect(page.get_by_role("link", name="Kompas Reizen B.V.")).to_be_visible()
    assert sorted(str(draft.net_amount) for draft in Draft.objects.all()) == ["30.00 EUR", "62.50 EUR"]
    page.goto("/s/waterkant/re-billing/margins/")
    row = page.get_by_role("row", name=re.compile("900123"))
    expect(row).to_contain_text("12.50")
    expect(row).to_contain_text("92.50")
