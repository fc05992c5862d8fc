"""A club's tabs in a browser: terms, an Excel of members, one change for many with its undo, a purchase, a bill now."""

import re
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from rebill.parties.models import Seller
from rebill.runs.models import Draft
from rebill.sources.tabs.commands import OrderLine, OrderTerms, place_tab_order
from rebill.sources.tabs.models import Tab
from tests.factories import NOW, acting_of
from tests.office.importing import work_off, workbook

MEMBERS = [
    ["Voornaam", "Achternaam", "Bedrijf", "E-mail", "Krediet", "Buy on name"],
    ["Jelle", "Bos", "Zeilschool Lauwers", "jelle@zeilschool.example", 250, "ja"],
    ["Anna", "Vos", "", "anna@vos.example", 100, "ja"],
    ["Piet", "Kok", "", "piet@kok.example", 100, "nee"],
]


def test_members_get_tabs_buy_on_name_and_are_billed(page: Page, seller: Seller, tmp_path: Path):
    page.goto("/s/waterkant/tabs/")
    page.get_by_role("button", name=re.compile("Accept for this seller")).click()
    expect(page.get_by_text("The data-protection terms are accepted.")).to_be_visible()

    # The list of members comes from Excel; one of its headings is the club's own.
    file = tmp_path / "leden.xlsx"
    file.write_bytes(workbook(MEMBERS))
    page.goto("/s/waterkant/tabs/")
    page.get_by_role("link", name="Import from Excel").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Column Krediet goes to").select_option("Limit")
    expect(page.locator("#seen-4")).to_contain_text("Read as 250")
    page.get_by_role("button", name="Check 3 lines").click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    work_off()
    page.get_by_role("button", name="Import 3 lines").click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    work_off()
    expect(page.get_by_role("heading", name="leden.xlsx is in")).to_be_visible()

    # Two of the tabs get another limit at once, and their old ones back.
    page.goto("/s/waterkant/tabs/")
    for name in ("Anna Vos", "Piet Kok"):
        page.get_by_label(re.compile(f"Select {name}")).check()
    page.get_by_role("link", name="Change…").or_(page.get_by_role("button", name="Change…")).click()
    page.get_by_label("New limit").fill("400")
    page.get_by_role("button", name=re.compile("^Change 2 tabs")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert _limits() == [250, 400, 400]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row", name=re.compile("Anna Vos"))).to_contain_text("100.00")
    assert _limits() == [100, 100, 250]

    # At the till three beers are booked; the page of the tab bills them.
    tab = Tab.objects.get(customer__name="Zeilschool Lauwers")
    beers = OrderLine(description="Bier", quantity=Decimal(3), unit_price=Decimal("2.80"))
    order = OrderTerms(key="till-1", ordered_at=NOW, lines=[beers])
    place_tab_order(acting=acting_of(seller), tab_id=tab.pk, terms=order, now=NOW)
    page.goto(f"/s/waterkant/tabs/{tab.pk}/")
    expect(page.get_by_text("3 × Bier")).to_be_visible()
    page.get_by_role("link", name="Bill now…").or_(page.get_by_role("button", name="Bill now…")).click()
    page.get_by_role("button", name=re.compile("^Make drafts")).click()
    expect(page.get_by_text("The draft is made.")).to_be_visible()
    assert Draft.objects.get().customer == tab.customer


def _limits() -> list[Decimal]:
    return sorted(tab.limit.decimal for tab in Tab.objects.all())
