"""Erasing a person on the customer's page: what the dialog says beforehand, and what is done."""

from uuid import uuid4

import pytest

from rebill.access.acting import Role
from rebill.kit.models import Event, KeptAnswer
from rebill.parties.commands import add_contact
from rebill.parties.models import Customer
from rebill.sources.tabs.commands import add_holder, link_holder
from tests.factories import NOW, make_customer, make_seller
from tests.sources.tabs.bar import Bar

EFFECTS = [
    "The card loses name, addresses, ids, cost centre, reference and notes; links to the portal end.",
    "1 contact goes.",
    "1 tab is closed and loses its description and what tills wrote beside orders.",
    "1 holder of these tabs is erased, with what is recorded of their consent.",
    "The history keeps that something happened and when, not what was said of them.",
    "1 issued document stays as it was printed, with how it was sent: the law asks so until 31 Dec 2033.",
    "Orders, calls and lines that were billed stay without the name, for the books.",
    "This cannot be taken back.",
]


@pytest.fixture
def bar(seller) -> Bar:
    return Bar(seller)


@pytest.fixture
def jelle(bar) -> Customer:
    return bar.customer("Jelle Bos", kind="person", number="1234", invoice_emails=["jelle@bos.example"])


def page_of(customer: Customer) -> str:
    return f"/s/waterkant/customers/{customer.pk}/"


def effects(office, customer: Customer) -> list[tuple[str, str]]:
    dialog = office.get(f"{page_of(customer)}erase/").context["dialog"]
    return [(effect.text, effect.address) for effect in dialog.effects]


def test_the_dialog_says_what_goes_and_what_the_law_keeps_and_then_it_is_done(office, bar, jelle):
    tab = bar.tab(customer=jelle)
    holder = add_holder(acting=bar.acting, first_name="Jelle", last_name="Bos", now=NOW)
    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=holder.pk, now=NOW)
    add_contact(acting=bar.acting, customer_id=jelle.pk, name="Anna Bos", now=NOW)
    bar.buy(tab, "12.50")
    bar.prepare()
    bar.issue()

    assert [text for text, _address in effects(office, jelle)] == EFFECTS
    answer = office.post(f"{page_of(jelle)}erase/", follow=True)

    shown = answer.content.decode()
    assert answer.redirect_chain == [(page_of(jelle), 302)]
    assert "Erased. Orders and documents stay as the law asks." in shown
    assert "jelle@bos.example" not in shown
    assert "Bos" not in shown
    assert ">Erased</span>" in shown
    assert ">Erased</b>" in shown
    assert "<small>Netherlands</small>" in shown


def test_what_changes_a_card_is_not_offered_on_an_erased_one(office, bar, jelle):
    before = office.get(page_of(jelle)).content.decode()
    office.post(f"{page_of(jelle)}erase/")
    after = office.get(page_of(jelle)).content.decode()

    links = ("erase/", "edit/", "end/", "order/", "notes/", "invite/", "contacts/new/")
    assert [link for link in links if f"{page_of(jelle)}{link}" not in before] == []
    assert [link for link in (*links, "reopen/") if f"{page_of(jelle)}{link}" in after] == []
    assert f"customer={jelle.pk}" not in after


def test_while_something_is_open_the_dialog_says_what_and_where_and_offers_nothing(office, bar, jelle):
    tab = bar.tab(customer=jelle)
    bar.buy(tab, "12.50")

    dialog = office.get(f"{page_of(jelle)}erase/")
    refused = office.post(f"{page_of(jelle)}erase/")

    assert effects(office, jelle) == [
        ("This customer has 1 open order on a tab: bill or cancel it first.", "/s/waterkant/tabs/?tab=all&q=1234")
    ]
    assert "Why can Jelle Bos not be erased yet?" in dialog.content.decode()
    assert "<button" not in dialog.content.decode().split('class="f"')[1].split("</form>")[0]
    assert refused.status_code == 409
    assert "1 open order on a tab" in refused.content.decode()
    assert Customer.objects.get(pk=jelle.pk).name == "Jelle Bos"


def test_the_same_form_sent_twice_erases_once(office, jelle):
    form = {"form_key": uuid4().hex}

    answers = [office.post(f"{page_of(jelle)}erase/", form) for _time in range(2)]

    assert {answer.headers["Location"] for answer in answers} == {page_of(jelle)}
    assert Event.objects.filter(verb="erased").count() == KeptAnswer.objects.count() == 1


def test_an_organisation_a_viewer_and_another_sellers_person_are_not_erased(office, seller, member, jelle):
    base = make_customer(seller, name="Rederij Nauta")
    theirs = make_customer(make_seller("noordwal"), kind="person")

    assert f"{page_of(base)}erase/" not in office.get(page_of(base)).content.decode()
    assert effects(office, base) == [("Only a person can be erased; this customer is an organisation.", page_of(base))]
    assert office.post(f"{page_of(base)}erase/").status_code == 409
    assert office.get(f"{page_of(theirs)}erase/").status_code == 404
    assert office.post(f"{page_of(theirs)}erase/").status_code == 404
    viewer = member(Role.VIEWER)
    assert "erase/" not in viewer.get(page_of(jelle)).content.decode()
    assert viewer.post(f"{page_of(jelle)}erase/").status_code == 403
    assert not Customer.objects.exclude(erased_at=None).exists()
