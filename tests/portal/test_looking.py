"""What a customer sees: its own invoices, calls, subscriptions and details, and nothing of anybody else's."""

from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import get_resolver

from rebill.invoices.models import Invoice
from rebill.parties.commands import change_customer
from rebill.parties.models import Seller
from rebill.rules.money import Money
from rebill.rules.references import grouped_iban
from rebill.sources.tabs.commands import change_holder, erase_holder, link_holder, open_tab, unlink_holder
from tests.factories import NOW, make_customer
from tests.office.world import World


def addresses() -> list[str]:
    """The names of all addresses of the portal, from its own configuration."""
    portal = get_resolver("rebill.interfaces.portal.urls").url_patterns[0]
    return [each.name for each in portal.url_patterns]


def paths_of(invoice_id: int) -> dict[str, str]:
    """The path of each address for who has come in."""
    return {
        "customers": "customers/",
        "invoices": "invoices/",
        "invoice-pdf": f"invoices/{invoice_id}.pdf",
        "calls": f"invoices/{invoice_id}/calls/",
        "calls-file": f"invoices/{invoice_id}/calls.csv",
        "usage": "usage/",
        "subscriptions": "subscriptions/",
        "tabs": "tabs/",
        "details": "details/",
    }


DOORS = {"enter", "colours", "logo", "link", "leave"}


def test_every_address_is_asked_here(world):
    assert set(addresses()) == DOORS | paths_of(1).keys()


def test_nobody_sees_anything(client, world):
    for path in paths_of(world.invoice.pk).values():
        answer = client.get(f"/p/waterkant/{path}")
        assert answer.headers.get("Location") == "/p/waterkant/", path
        assert b"Nauta" not in answer.content


def test_the_customer_sees_its_invoices_and_their_files(reader, world):
    shown = reader.get("/p/waterkant/invoices/").content.decode()
    pdf = reader.get(f"/p/waterkant/invoices/{world.invoice.pk}.pdf")

    assert world.invoice.number in shown
    assert f"invoices/{world.invoice.pk}/calls/" in shown
    assert grouped_iban(world.account.iban) in shown
    assert pdf.content == b"%PDF-1.7"
    assert pdf.headers["Cache-Control"] == "private, no-store"


def test_each_call_of_the_bill_can_be_checked(reader, world):
    usage = reader.get("/p/waterkant/usage/").content.decode()
    page = f"/p/waterkant/invoices/{world.invoice.pk}/calls"
    calls = reader.get(f"{page}/").content.decode()
    table = reader.get(f"{page}.csv").content.decode("utf-8-sig")
    book = openpyxl.load_workbook(BytesIO(reader.get(f"{page}.xlsx").content))

    for shown in (usage, calls, table):
        assert "Netherlands, mobile" in shown
    assert "31612345678" in calls
    assert "31612345678" in table
    assert book.active.max_row == 2
    assert reader.get(f"{page}.pdf").content.startswith(b"%PDF")
    assert reader.get(f"{page}.exe").status_code == 404


def test_hidden_digits_stay_hidden(reader, world):
    Seller.objects.filter(pk=world.seller.pk).update(masked_digits=3)
    page = f"/p/waterkant/invoices/{world.invoice.pk}/calls"

    for path in (f"{page}/", f"{page}.csv"):
        content = reader.get(path).content.decode("utf-8-sig")
        assert "31612345xxx" in content
        assert "31612345678" not in content


def test_subscriptions_and_details_are_shown(reader, world):
    subscriptions = reader.get("/p/waterkant/subscriptions/").content.decode()
    details = reader.get("/p/waterkant/details/").content.decode()

    assert "HOSTING-M" in subscriptions or "Hosting" in subscriptions
    assert "Zuiderkade 3" in details
    assert "f@nauta.example" in details


def test_a_holder_who_may_see_sees_his_tabs_and_nobody_elses(reader, world):
    hidden = open_tab(acting=world.acting, customer_id=world.customer.pk, limit=Money.of("70", "EUR"), now=NOW)

    shown = reader.get("/p/waterkant/tabs/").content.decode()
    asked = reader.get(f"/p/waterkant/tabs/?tab={hidden.pk}").content.decode()

    for words in (world.tab.number, "3 × Bier", "8,40", "91,60"):
        assert words in shown
    assert hidden.number not in shown + asked
    assert "70,00" not in shown + asked


@pytest.mark.parametrize("how", ["may not see", "another address", "no holder", "erased"])
def test_who_may_not_see_a_tab_sees_neither_it_nor_that_there_is_one(reader, world, how):
    said = {"acting": world.acting, "holder_id": world.holder.pk, "now": NOW}
    if how == "may not see":
        link_holder(tab_id=world.tab.pk, may_see=False, **said)
    elif how == "another address":
        change_holder(email="someone@nauta.example", **said)
    elif how == "no holder":
        unlink_holder(tab_id=world.tab.pk, **said)
    else:
        erase_holder(**said)

    page = reader.get("/p/waterkant/tabs/")

    assert page.status_code == 200
    assert "Bier" not in page.content.decode()
    assert world.tab.number not in page.content.decode()
    assert "/p/waterkant/tabs/" not in reader.get("/p/waterkant/invoices/").content.decode()


@pytest.mark.parametrize("of_another_seller", [True, False])
def test_what_belongs_to_others_is_not_found(reader, world, of_another_seller):
    if of_another_seller:
        other = World("noordwal", "Geheim BV", name="Noordwal ICT").invoice
    else:
        other = Invoice.objects.get(pk=world.invoice.pk)
        stranger = make_customer(world.seller, name="Geheim BV")
        Invoice.objects.filter(pk=other.pk).update(customer=stranger)
    for name, path in paths_of(other.pk).items():
        answer = reader.get(f"/p/waterkant/{path}")
        if str(other.pk) in path:
            assert answer.status_code == 404, name
        else:
            assert answer.status_code == 200, name
            assert other.number not in answer.content.decode() or of_another_seller, name
        assert b"Geheim" not in answer.content, name


def test_another_sellers_portal_is_closed(reader, world):
    World("noordwal", "Geheim BV", name="Noordwal ICT")

    for path in paths_of(world.invoice.pk).values():
        assert reader.get(f"/p/noordwal/{path}").headers["Location"] == "/p/noordwal/"


def test_there_is_no_portal_of_nobody(client, db):
    answer = client.get("/p/nobody/")

    assert answer.status_code == 404
    assert b"<h1>" in answer.content


def test_the_customers_language_counts_until_another_is_chosen(reader, world):
    change_customer(acting=world.acting, customer_id=world.customer.pk, language="fi", now=NOW)

    assert 'lang="fi"' in reader.get("/p/waterkant/invoices/").content.decode().split("<head>")[0]
    answer = reader.get("/p/waterkant/invoices/?language=de")
    assert answer.headers["Content-Language"] == "de"
    assert 'lang="de"' in reader.get("/p/waterkant/usage/").content.decode().split("<head>")[0]
    assert reader.get("/p/waterkant/usage/?language=xx").headers["Content-Language"] == "de"


def test_the_portal_has_the_sellers_colour(client, world):
    assert client.get("/p/waterkant/look.css").content == b":root{--brand:#0b6a6f}\n"
    assert client.get("/p/waterkant/logo").status_code == 404


def test_a_signed_in_clerk_is_no_customer(world):
    clerk = Client()
    clerk.force_login(world.seller.memberships.get().user)

    assert clerk.get("/p/waterkant/invoices/").headers["Location"] == "/p/waterkant/"


def test_a_customer_is_no_clerk(reader):
    assert reader.get("/s/waterkant/").headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize("path", ["invoices/", "usage/", "subscriptions/", "details/"])
def test_a_page_asks_little(reader, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        assert reader.get(f"/p/waterkant/{path}").status_code == 200
