"""The pages of dealers: line exports as they are laid out, margins, and what is resold."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from playwright.sync_api import expect

from rebill.catalogue.models import Product, ResalePrice
from rebill.catalogue.queries.resale import offered_product
from rebill.exports.lines.columns import COLUMNS, DEFAULT_COLUMNS
from rebill.exports.margins import By, margins, totals
from rebill.exports.models import LineLayout
from rebill.kit.errors import NotFound
from rebill.rules.money import Money
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture
def dealer(db) -> Link:
    """A dealer whose customers have August on invoices, and have been bought for."""
    top = Link.wholesaler("Elbtal Kommunikation")
    link = top.dealer("Delta Telecom", slug="delta")
    link.seat = top.sells("SEAT", "6", name="Seat")
    link.line = top.sells("LINE", "10", name="Line")
    sold = link.resells(link.seat, "WERKPLEK", "percent", "50", name="Werkplek")
    own = link.sells("EIGEN", "20", name="Eigen")
    nauta, bol = link.customer("Rederij Nauta", number="10482"), link.customer("Bakker Bol", number="10483")
    link.subscribe(nauta, sold, AUGUST, "3")
    link.subscribe(bol, sold, AUGUST, "1")
    link.subscribe(bol, own, AUGUST, "1")
    top.prepare_chain(AUGUST)
    top.issue(AUGUST)
    link.issue(AUGUST)
    return link


@pytest.fixture
def office(dealer) -> Client:
    client = Client()
    client.force_login(dealer.seller.memberships.get().user)
    return client


ADDRESS = "/s/delta/exports/lines/"


def test_the_first_rows_stand_below_the_columns_while_one_chooses(office):
    said = {
        "sent": "1", "month": "2026-08", "columns": ["price", "end_customer_name"], "headings": "de",
        "do": "add:amountnew",
    }  # fmt: skip

    shown = office.get(f"{ADDRESS}part/", said)

    assert [each["key"] for each in shown.context["columns"]] == ["price", "end_customer_name", "amountnew"]
    assert shown.context["headings"] == ["Preis", "Endkundenname", "Amountnew"]
    assert shown.context["rows"][0] == ("27,00", "Rederij Nauta", "3,0000")
    assert shown.context["count"] == 3
    content = shown.content.decode()
    assert "<html" not in content
    assert content.count('<li draggable="true">') == content.count('id="grip-') == 3


@pytest.mark.parametrize(
    ("wish", "left"),
    [
        ("up:amountnew", ["price", "amountnew", "from"]),
        ("down:price", ["from", "price", "amountnew"]),
        ("down:amountnew", ["price", "from", "amountnew"]),
        ("up:price", ["price", "from", "amountnew"]),
        ("remove:from", ["price", "amountnew"]),
        ("none", []),
        ("add:nonsense", ["price", "from", "amountnew"]),
    ],
)
def test_columns_are_ordered_added_and_removed_singly_or_all_at_once(office, wish, left):
    said = {"sent": "1", "month": "2026-08", "columns": ["price", "from", "amountnew"], "do": wish}

    shown = office.get(f"{ADDRESS}part/", said)

    assert [each["key"] for each in shown.context["columns"]] == left


def test_columns_are_searched_and_those_found_are_added_together(office):
    said = {"sent": "1", "month": "2026-08", "columns": ["price"], "q": "endkunde"}

    shown = office.get(f"{ADDRESS}part/", said)
    added = office.get(f"{ADDRESS}part/", {**said, "do": "all"})

    assert shown.context["found"] == 3
    assert [each["key"] for each in added.context["columns"]] == [
        "price", "end_customer_id", "end_customer_number", "end_customer_name",
    ]  # fmt: skip


def test_a_layout_is_kept_under_its_name_and_used_from_then_on(office, dealer):
    said = {"sent": "1", "month": "2026-08", "layout": "ERP", "columns": ["event", "price"], "numbers": ". iso"}

    office.post(f"{ADDRESS}keep/", said)

    kept = LineLayout.objects.get(seller=dealer.seller)
    assert (kept.name, kept.content["columns"], kept.content["dates"]) == ("ERP", ["event", "price"], "iso")
    shown = office.get(ADDRESS)
    assert [each["key"] for each in shown.context["columns"]] == ["event", "price"]
    file = office.get(f"{ADDRESS}file/", {"month": "2026-08"})
    assert b"".join(file.streaming_content).decode("utf-8-sig").splitlines()[1].endswith(";27.00")
    office.post(f"{ADDRESS}{kept.pk}/forget/")
    assert [each["key"] for each in office.get(ADDRESS).context["columns"]] == list(DEFAULT_COLUMNS)


def test_a_layout_of_nothing_says_so_and_is_not_kept(office):
    answer = office.post(f"{ADDRESS}keep/", {"sent": "1", "month": "2026-08"})

    assert (answer.status_code, LineLayout.objects.count()) == (422, 0)
    assert answer.context["left"] == len(COLUMNS)


def test_margins_are_what_was_sold_less_what_was_bought_for_the_same(dealer):
    def told(by: By) -> list[tuple]:
        rows = margins(acting=dealer.acting, month=AUGUST, by=by, language="nl")
        return [(row.code, row.sold.decimal, row.bought.decimal, row.earned.decimal, row.percent) for row in rows]

    assert told(By.CUSTOMER) == [
        ("10483", Decimal("29.00"), Decimal("6.00"), Decimal("23.00"), 79),
        ("10482", Decimal("27.00"), Decimal("18.00"), Decimal("9.00"), 33),
    ]
    assert told(By.PRODUCT) == [
        ("EIGEN", Decimal("20.00"), Decimal("0.00"), Decimal("20.00"), 100),
        ("WERKPLEK", Decimal("36.00"), Decimal("24.00"), Decimal("12.00"), 33),
    ]
    assert told(By.MONTH) == [("2026-08", Decimal("56.00"), Decimal("24.00"), Decimal("32.00"), 57)]


def test_what_was_bought_and_not_sold_yet_counts_for_whom_it_was_bought(dealer):
    # The wholesaler bills September; the dealer has not yet.
    top = Link(dealer.seller.as_customer.seller)
    top.prepare(SEPTEMBER)
    top.issue(SEPTEMBER)

    rows = margins(acting=dealer.acting, month=SEPTEMBER, by=By.PRODUCT, language="nl")

    assert [(row.code, row.bought) for row in rows] == [("WERKPLEK", Money(2400, "EUR"))]
    assert [row.earned for row in totals(rows)] == [Money(-2400, "EUR")]
    customers = margins(acting=dealer.acting, month=SEPTEMBER, by=By.CUSTOMER, language="nl")
    assert {row.name for row in customers} == {"Rederij Nauta", "Bakker Bol"}


def test_margins_are_a_page_and_a_file(office):
    page = office.get("/s/delta/exports/margins/?month=2026-08&by=product")
    file = office.get("/s/delta/exports/margins/?month=2026-08&by=product&file=csv")

    assert [row.code for row in page.context["rows"]] == ["EIGEN", "WERKPLEK"]
    assert file.content.decode("utf-8-sig").splitlines()[1:] == [
        "EIGEN;Eigen;EUR;20.00;0.00;20.00",
        "WERKPLEK;Werkplek;EUR;36.00;24.00;12.00",
    ]


def test_a_product_is_taken_over_and_priced_on_its_pages(office, dealer):
    offers = office.get("/s/delta/products/resell/")
    assert [(row["offer"].product.code, row["buy"], row["sell"]) for row in offers.context["rows"]] == [
        ("LINE", "10.00", None), ("SEAT", "6.00", "9.00"),
    ]  # fmt: skip

    adopted = office.post(
        f"/s/delta/products/resell/{dealer.line.pk}/",
        {"code": "LIJN", "name": "Lijn", "kind": "amount", "value": "2,50", "valid_from": "2026-08-01"},
    )

    assert adopted.status_code == 302
    product = Product.objects.get(seller=dealer.seller, code="LIJN")
    assert (product.resells, product.names["nl"]) == (dealer.line, "Lijn")
    office.post(
        f"/s/delta/products/{product.pk}/resale/",
        {"kind": "fixed", "value": "15", "months": "12", "setup_price": "25", "valid_from": "2026-08-01"},
    )
    price = ResalePrice.objects.get(product=product)
    assert (price.months, price.setup_price) == (12, Decimal(25))
    said = office.get(f"/s/delta/products/{product.pk}/resale/").context["prices"][0]["words"]
    assert said == "15.00 a year, set-up 25.00"
    offers = office.get("/s/delta/products/resell/")
    assert [row["sell"] for row in offers.context["rows"]] == ["15.00", "9.00"]
    office.post("/s/delta/products/resell/all/", {"kind": "percent", "value": "20", "valid_from": "2026-08-01"})
    assert [each["words"] for each in office.get("/s/delta/products/resell/").context["common"]]


def test_only_the_own_wholesalers_products_are_offered(dealer):
    other = Link.wholesaler("Anders BV").sells("SEAT", "1")

    with pytest.raises(NotFound):
        offered_product(dealer.acting, product_id=other.pk)


def test_columns_are_chosen_by_hand_and_keyboard_seen_at_once_and_downloaded(chromium, live_server, office):
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 1200}, locale="en-GB")
    context.add_cookies([{"name": "sessionid", "value": office.cookies["sessionid"].value, "url": live_server.url}])
    context.set_default_timeout(30_000)
    page = context.new_page()
    chosen = page.locator("[data-sort] > li .nm b")
    page.goto(f"{ADDRESS}?month=2026-08")

    page.get_by_role("button", name="Remove all").click()
    expect(page.get_by_text("Choose at least one column.")).to_be_visible()
    page.get_by_role("searchbox", name="Search columns").fill("endkunde")
    page.get_by_role("button", name="Add all 3").click()
    expect(chosen).to_have_text(["End customer id", "End customer no.", "End customer name"])
    page.get_by_role("searchbox", name="Search columns").fill("amount")
    page.get_by_role("button", name="Add Amount", exact=True).click()
    expect(chosen).to_have_count(4)

    page.get_by_role("button", name="Move the column Amount").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("table.csv th").nth(2)).to_contain_text("Amount")
    expect(page.get_by_role("button", name="Move the column Amount")).to_be_focused()
    page.locator("[data-sort] > li").nth(3).drag_to(page.locator("[data-sort] > li").nth(0))
    expect(page.locator("table.csv th").nth(0)).to_contain_text("End customer name")
    page.get_by_role("button", name="Remove End customer id").click()
    expect(page.locator("table.csv th")).to_have_count(3)

    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    rows = download.value.path().read_text("utf-8-sig").splitlines()
    assert download.value.suggested_filename == "VK_2026-08.csv"
    assert rows[:2] == ["End customer name;End customer no.;Amount", "Rederij Nauta;10482;27,00"]
    context.close()
