"""Exports: a clerk sees the first rows before a file is made, downloads it, and mails it once."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from playwright.sync_api import Page, expect

from rebill.access.acting import Role
from rebill.exports.commands import make_combined_export
from rebill.exports.contract import Layout
from rebill.exports.formats.combined import COMBINED
from rebill.exports.models import Export
from rebill.invoices.models import Invoice
from rebill.parties.commands import change_seller
from rebill.parties.models import Seller
from tests.delivery.mail_server import MailServer, mails_go_to_a_server
from tests.factories import NOW, acting_of
from tests.stories.month import Month

AUGUST = date(2026, 8, 1)

EXPORTS = "/s/waterkant/exports/"


@pytest.fixture
def seller(owner):
    """A seller whose August was issued."""
    return billed(Month(slug="waterkant", name="Waterkant Groep", owner=owner), "Rederij Nauta")


@pytest.fixture
def mail_server(settings):
    """Where all mails of a test go."""
    with mails_go_to_a_server(settings) as server:
        yield server


def billed(month: Month, customer: str) -> Seller:
    """The month's seller, with one customer billed on the first of August."""
    month.product("HOSTING-M")
    month.subscribe(month.customer(customer), "HOSTING-M", start_on=AUGUST, quantity="2")
    month.bill_on(AUGUST)
    return month.seller


def make_export(seller) -> Export:
    """The export of August, as the seller's own layout has it."""
    layout = Layout(columns=COMBINED.default_columns)
    return make_combined_export(acting=acting_of(seller), month=AUGUST, layout=layout, now=NOW)


def name_addressee(seller, *addresses: str) -> None:
    change_seller(acting=acting_of(seller), email="office@waterkant.example", export_emails=list(addresses), now=NOW)


def choices(**changes: object) -> dict[str, object]:
    """What the form sends for August in the usual layout."""
    return {
        "month": "2026-08",
        "basis": "issued",
        "kind": "csv",
        "language": "nl",
        "decimal_mark": ",",
        "delimiter": ";",
        "encoding": "utf-8",
        "columns": ["customer_number", "customer_name", "group", "amount"],
        **changes,
    }


def invoiced(seller) -> str:
    """What August's invoices come to, as the page writes it."""
    invoice = Invoice.objects.get(seller=seller)
    return f"€{invoice.net_amount.decimal:,.2f}"


def test_the_first_rows_stand_there_before_it_is_made(office, seller):
    page = office.get(f"{EXPORTS}new/preview/", choices(language="de", columns=["customer_name", "amount"]))

    text = page.content.decode()
    assert "Kundenname" in text
    assert "Rederij Nauta" in text
    assert "Artikelnummer" not in text
    assert not Export.objects.exists()


def test_the_rows_are_shown_to_add_up_to_the_invoices(office, seller):
    text = office.get(f"{EXPORTS}new/preview/", choices()).content.decode()

    assert "The rows add up to the documents." in text
    assert text.count(invoiced(seller)) == 2


def test_a_month_without_invoices_says_so(office, seller):
    text = office.get(f"{EXPORTS}new/", choices(month="2026-03")).content.decode()

    assert "Nothing was billed in March 2026" in text


def test_an_export_is_made_once_and_downloaded(office, seller):
    for _time in range(2):
        answer = office.post(f"{EXPORTS}new/", choices())

    assert answer.headers["Location"] == EXPORTS
    export = Export.objects.get()
    file = office.get(f"{EXPORTS}{export.pk}/file/")
    rows = list(csv.reader(StringIO(file.content.decode()), delimiter=";"))
    assert rows[0] == ["Klantnummer", "Klantnaam", "Artikelcode", "Bedrag excl. btw"]
    assert rows[1][1] == "Rederij Nauta"
    assert file.headers["Content-Disposition"] == 'attachment; filename="waterkant-2026-08.csv"'
    assert invoiced(seller).removeprefix("€") in office.get(EXPORTS).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"), [({"month": "soon"}, "Enter a month such as 2026-11."), ({"columns": []}, "This field is")]
)
def test_what_cannot_be_exported_is_said_at_its_field(office, seller, changes, words):
    answer = office.post(f"{EXPORTS}new/", choices(**changes))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Export.objects.exists()


def test_a_sample_has_the_chosen_layout(office, seller):
    sample = office.get(f"{EXPORTS}new/sample/", choices(delimiter="|", language="en"))

    assert sample.content.decode().splitlines()[0] == "Customer number|Customer name|Article code|Amount excl. VAT"
    assert sample.headers["Content-Disposition"] == 'attachment; filename="sample.csv"'


def test_an_export_is_mailed_after_a_question(office, seller, mail_server: MailServer):
    name_addressee(seller, "books@waterkant.example")
    export = make_export(seller)

    assert "Mail the export of August 2026?" in office.get(f"{EXPORTS}{export.pk}/mail/").content.decode()
    office.post(f"{EXPORTS}{export.pk}/mail/")

    [(recipients, _message)] = mail_server.received
    assert recipients == ["books@waterkant.example"]
    assert "is mailed to books@waterkant.example" in office.get(EXPORTS).content.decode()


def test_who_mails_it_again_is_told_that_it_may_have_arrived(office, seller, mail_server: MailServer):
    name_addressee(seller, "books@waterkant.example")
    export = make_export(seller)
    Export.objects.update(mail_started_at=NOW - timedelta(days=1))

    question = office.get(f"{EXPORTS}{export.pk}/mail/").content.decode()
    assert "nobody knows whether it arrived" in question
    assert "To check" in office.get(EXPORTS).content.decode()
    office.post(f"{EXPORTS}{export.pk}/mail/", headers={"referer": f"http://testserver{EXPORTS}"})
    assert mail_server.received == []

    office.post(f"{EXPORTS}{export.pk}/mail/", {"again": "1"})
    assert len(mail_server.received) == 1


def test_without_an_address_nothing_is_mailed(office, seller):
    export = make_export(seller)

    office.post(f"{EXPORTS}{export.pk}/mail/")

    assert "There is no address for exports yet." in office.get(EXPORTS).content.decode()


def test_the_monthly_mail_keeps_its_addresses_and_layout(office, seller):
    office.post(
        f"{EXPORTS}mail/",
        choices(basis="run", encoding="utf-8-mark", export_emails="a@waterkant.example\nb@waterkant.example"),
    )

    seller.refresh_from_db()
    assert seller.export_emails == ["a@waterkant.example", "b@waterkant.example"]
    assert seller.export_layout["byte_order_mark"] is True
    assert seller.export_layout["columns"] == ["customer_number", "customer_name", "group", "amount"]
    wrong = office.post(f"{EXPORTS}mail/", choices(export_emails="nobody"))
    assert wrong.status_code == 422


def test_a_viewer_exports_and_changes_no_settings(member, seller):
    viewer = member(Role.VIEWER)

    assert viewer.post(f"{EXPORTS}new/", choices()).status_code == 302
    assert "Monthly mail" not in viewer.get(EXPORTS).content.decode()
    assert viewer.get(f"{EXPORTS}mail/").status_code == 403


def test_the_export_of_another_seller_is_not_found(office, seller):
    export = make_export(billed(Month(slug="noordwal", name="Noordwal ICT"), "Geheim BV"))

    assert office.get(f"{EXPORTS}{export.pk}/file/").status_code == 404
    assert office.get(f"{EXPORTS}{export.pk}/mail/").status_code == 404


def test_the_list_takes_few_reads(office, seller, django_assert_max_num_queries):
    make_export(seller)
    office.get(EXPORTS)

    with django_assert_max_num_queries(12):
        office.get(EXPORTS)


def test_an_export_is_made_and_downloaded_in_the_browser(page: Page, seller):
    page.goto(EXPORTS)
    page.keyboard.press("n")
    page.get_by_role("textbox", name="Month").fill("2026-08")
    expect(page.get_by_role("cell", name="Rederij Nauta").first).to_be_visible()
    page.get_by_label("Headings in").select_option("fi")
    expect(page.get_by_role("columnheader", name="Asiakkaan nimi")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The export of August 2026 has")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="August 2026", exact=True).click()

    assert download.value.suggested_filename == "waterkant-2026-08.csv"
