"""A person who is a customer asks to be forgotten: what goes, what stays, and what must be done first."""

from datetime import date

import pytest

from rebill.invoices.models import Invoice
from rebill.kit.errors import Conflict, NotFound
from rebill.kit.models import Event
from rebill.parties.commands import add_contact, change_customer
from rebill.parties.models import Contact, Customer
from rebill.runs.commands import erase_customer
from rebill.sources.tabs.commands import add_holder, link_holder, record_consent
from rebill.sources.tabs.models import Holder, HolderConsent, Tab, TabOrder
from tests.sources.tabs.bar import EVENING, Bar

TODAY = date(2026, 9, 2)
PERSONAL = ("Jelle", "Bos", "jelle@bos.example", "Kade 4", "8891", "Terschelling")


@pytest.fixture
def bar(db) -> Bar:
    return Bar()


@pytest.fixture
def jelle(bar) -> Customer:
    customer = bar.customer("Jelle Bos", kind="person", number="1234", invoice_emails=["jelle@bos.example"])
    change_customer(
        acting=bar.acting, customer_id=customer.pk, street="Kade 4", postcode="8891 AA", city="Terschelling",
        notes="Belt liever", now=EVENING,
    )  # fmt: skip
    add_contact(acting=bar.acting, customer_id=customer.pk, name="Anna Bos", phone="0612345678", now=EVENING)
    return customer


def erase(bar, customer: Customer) -> bool:
    return erase_customer(acting=bar.acting, customer_id=customer.pk, today=TODAY, now=EVENING)


def test_c130_a_person_with_invoices_is_erased_and_fiscal_documents_stay_intact(bar, jelle):
    tab = bar.tab(customer=jelle, description="Tafel van Jelle")
    holder = add_holder(acting=bar.acting, first_name="Jelle", last_name="Bos", email="jelle@bos.example", now=EVENING)
    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=holder.pk, now=EVENING)
    record_consent(acting=bar.acting, holder_id=holder.pk, how="Aan de bar", now=EVENING)
    bar.buy(tab, "12.50", holder_id=holder.pk, reference="Jelle, tafel 4")
    bar.buy(tab, "2.50", reference="Jelle Bos")
    bar.bill_now(tab)
    [invoice] = bar.issue()
    before = Invoice.objects.values().get(pk=invoice.pk)

    assert erase(bar, jelle)
    told = list(Event.objects.values_list("id", "verb"))
    assert not erase(bar, jelle)

    assert list(Event.objects.values_list("id", "verb")) == told
    assert Invoice.objects.values().get(pk=invoice.pk) == before
    assert not HolderConsent.objects.exists()
    assert not Contact.objects.exists()
    assert Holder.objects.get().erased_at == EVENING
    assert set(TabOrder.objects.values_list("reference", "state")) == {("", "billed")}
    kept = Customer.objects.values().get(pk=jelle.pk)
    assert (kept["number"], kept["status"], kept["channel"], kept["invoice_emails"]) == ("1234", "ended", "none", [])
    assert "1234" in kept["name"]
    about = Event.objects.filter(subject_type__in=["parties.customer", "tabs.tab", "tabs.holder"])
    rows = (kept, list(Holder.objects.values()), list(Tab.objects.values()), list(about.values("verb", "details")))
    assert [word for word in PERSONAL if word.lower() in str(rows).lower()] == []
    erased = about.get(subject_type="parties.customer", verb="erased")
    assert (erased.actor_id, erased.occurred_at) == (bar.acting.user_id, EVENING)
    assert bar.problems() == []


def test_a_person_is_not_erased_while_an_order_or_a_draft_is_open(bar, jelle):
    tab = bar.tab(customer=jelle)
    bar.buy(tab, "12.50")
    with pytest.raises(Conflict, match="open orders"):
        erase(bar, jelle)

    bar.bill_now(tab)
    with pytest.raises(Conflict, match="drafts"):
        erase(bar, jelle)

    jelle.refresh_from_db()
    assert jelle.name == "Jelle Bos"


def test_somebody_else_who_holds_another_tab_is_only_parted_from_the_persons(bar, jelle):
    tab, other = bar.tab(customer=jelle), bar.tab()
    anna = add_holder(acting=bar.acting, first_name="Anna", last_name="Visser", now=EVENING)
    for each in (tab, other):
        link_holder(acting=bar.acting, tab_id=each.pk, holder_id=anna.pk, now=EVENING)

    erase(bar, jelle)

    assert [holding.tab_id for holding in anna.holdings.all()] == [other.pk]
    assert Holder.objects.get().name == "Anna Visser"


def test_an_organisation_is_not_erased_and_another_sellers_customer_not_found(bar, jelle):
    with pytest.raises(Conflict, match="organisation"):
        erase(bar, bar.customer())
    with pytest.raises(NotFound):
        erase(Bar(), jelle)
