"""A person who is a customer asks to be forgotten: what goes, what stays, and what must be done first."""

from datetime import date

import pytest

from rebill.invoices.commands import credit_invoice
from rebill.invoices.models import Invoice
from rebill.invoices.queries.files import document_copy, document_now
from rebill.kit.errors import Conflict, NotFound
from rebill.kit.imports.outcomes import ImportRecord
from rebill.kit.models import Event
from rebill.parties.commands import (
    add_contact,
    change_customer,
    import_customers,
    make_portal_link,
    open_dealer,
    reopen_customer,
)
from rebill.parties.models import Contact, Customer, PortalLink
from rebill.parties.queries import CustomerErased, find_customers
from rebill.rules.money import Money
from rebill.runs.commands import erase_customer
from rebill.runs.queries.erasing import Hindrance, preview_erasure
from rebill.sources.supplier_invoices.commands import link_end_customer, take_purchase_invoice
from rebill.sources.supplier_invoices.models import PurchaseLink
from rebill.sources.tabs.commands import (
    TabChanges,
    add_holder,
    change_tabs,
    import_tabs,
    link_holder,
    open_tab,
    record_consent,
    undo_tab_change,
)
from rebill.sources.tabs.models import Holder, HolderConsent, Tab, TabChange, TabOrder, TabStatus
from rebill.sources.usage.commands import add_endpoint
from rebill.sources.usage.models import Endpoint, EndpointKind, UsageAccount
from tests.factories import make_user
from tests.sources.supplier_invoices.written import Finvoice, Row
from tests.sources.tabs.bar import EVENING, OCTOBER, Bar
from tests.stories.month import Month

pytestmark = pytest.mark.django_db
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
    with pytest.raises(Conflict, match="open order "):
        erase(bar, jelle)

    bar.bill_now(tab)
    with pytest.raises(Conflict, match="1 draft"):
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


def printed(bar, invoice: Invoice) -> set[bytes]:
    """The document and a copy of it, both made now."""
    return {make(acting=bar.acting, invoice=invoice) for make in (document_now, document_copy)}


def hindered(acting, customer: Customer, today: date = TODAY) -> dict[Hindrance, int]:
    found = preview_erasure(acting=acting, customer_id=customer.pk, today=today).hindered
    return {each.by: each.number for each in found}


def test_a_person_is_not_erased_before_all_subscriptions_have_ended_and_are_billed():
    month = Month()
    customer = month.customer("Jelle Bos", kind="person")
    subscription = month.subscribe(customer, "SEAT", start_on=date(2026, 8, 1))
    month.bill_on(date(2026, 8, 1))

    assert hindered(month.acting, customer) == {Hindrance.SUBSCRIPTIONS: 1}
    with pytest.raises(Conflict, match="1 subscription that has not ended"):
        erase_customer(acting=month.acting, customer_id=customer.pk, today=TODAY, now=EVENING)
    month.cancel(subscription, ends_before=date(2026, 8, 21))
    assert hindered(month.acting, customer) == {Hindrance.NOT_BILLED: 1}
    with pytest.raises(Conflict, match="not billed yet"):
        erase_customer(acting=month.acting, customer_id=customer.pk, today=TODAY, now=EVENING)

    month.bill_on(date(2026, 9, 1))
    assert hindered(month.acting, customer) == {}
    assert erase_customer(acting=month.acting, customer_id=customer.pk, today=TODAY, now=EVENING)


def test_a_person_is_not_erased_while_a_line_waits():
    month = Month()
    customer = month.customer("Jelle Bos", kind="person")
    month.add_line(customer, "Bezoek", price="45", on=date(2026, 12, 1))

    assert hindered(month.acting, customer) == {Hindrance.LINES: 1}
    with pytest.raises(Conflict, match="1 line of this customer waits"):
        erase_customer(acting=month.acting, customer_id=customer.pk, today=TODAY, now=EVENING)


def test_a_person_is_not_erased_while_a_purchase_row_waits_and_what_suppliers_call_them_is_forgotten(bar, jelle):
    written = Finvoice([Row(code="SIM", name="Sim", party=("", "J. Bos"))], number="1").written()
    purchase = take_purchase_invoice(acting=bar.acting, content=written, file_name="x.xml", now=EVENING)
    identity = purchase.rows.get().end_identity
    link_end_customer(acting=bar.acting, invoice_id=purchase.pk, identity=identity, customer_id=jelle.pk, now=EVENING)

    assert hindered(bar.acting, jelle) == {Hindrance.PURCHASE_ROWS: 1}
    with pytest.raises(Conflict, match="1 row of a purchase invoice"):
        erase(bar, jelle)
    purchase.rows.update(customer=None, customer_by="")
    assert PurchaseLink.objects.count() == 1

    erase(bar, jelle)

    assert not PurchaseLink.objects.exists()
    with pytest.raises(CustomerErased):
        link_end_customer(
            acting=bar.acting, invoice_id=purchase.pk, identity=identity, customer_id=jelle.pk, now=EVENING
        )


def test_a_dealer_is_not_erased_though_it_is_a_person(bar, jelle):
    open_dealer(acting=bar.acting, customer_id=jelle.pk, owner=make_user("jelle"), slug="jelle", now=EVENING)

    assert hindered(bar.acting, jelle) == {Hindrance.NO_PERSON_ALONE: 1}
    with pytest.raises(Conflict, match="dealer"):
        erase(bar, jelle)


def test_an_issued_document_is_the_same_bytes_after_its_person_is_erased(bar, jelle):
    bar.buy(bar.tab(customer=jelle), "12.50")
    bar.prepare()
    [invoice] = bar.issue()
    before = printed(bar, invoice)

    erase(bar, jelle)

    assert printed(bar, Invoice.objects.get()) == before
    assert len(before) == 2


def test_a_credit_note_after_erasing_names_whom_was_invoiced_and_brings_nobody_back(bar, jelle):
    bar.buy(bar.tab(customer=jelle), "12.50")
    bar.prepare()
    [invoice] = bar.issue()
    erase(bar, jelle)
    card = Customer.objects.values().get(pk=jelle.pk)

    with pytest.raises(CustomerErased, match="Credit the invoice instead"):
        bar.withdraw(invoice)
    note = credit_invoice(acting=bar.acting, invoice_id=invoice.pk, reason="Te veel", today=OCTOBER, now=EVENING)

    assert (note.customer_name, note.customer_frozen["street"]) == ("Jelle Bos", "Kade 4")
    assert (note.customer_frozen["emails"], note.gross_amount) == ([], -invoice.gross_amount)
    assert b"%PDF" in document_now(acting=bar.acting, invoice=note)
    assert Customer.objects.values().get(pk=jelle.pk) == card
    assert set(TabOrder.objects.values_list("state", flat=True)) == {"billed"}


def test_a_second_erasing_changes_nothing_and_neither_does_anything_else(bar, jelle):
    tab = bar.tab(customer=jelle, number="1234-01")
    erase(bar, jelle)
    kept = list(Tab.objects.values()), list(Customer.objects.values()), list(Event.objects.values("id", "details"))

    assert not erase(bar, jelle)

    about = {"acting": bar.acting, "now": EVENING}
    new = add_holder(first_name="Jelle", last_name="Bos", **about)
    Event.objects.filter(subject_type="tabs.holder", subject_id=new.pk).delete()
    for refused in (
        lambda: change_customer(customer_id=jelle.pk, name="Jelle Bos", **about),
        lambda: reopen_customer(customer_id=jelle.pk, **about),
        lambda: add_contact(customer_id=jelle.pk, name="Jelle Bos", **about),
        lambda: open_tab(customer_id=jelle.pk, **about),
        lambda: link_holder(tab_id=tab.pk, holder_id=new.pk, **about),
        lambda: change_tabs(tabs=Tab.objects.all(), changes=TabChanges(status=TabStatus.ACTIVE), **about),
        lambda: add_endpoint(customer_id=jelle.pk, kind=EndpointKind.ACCOUNT, value="jelle", valid_from=TODAY, **about),
    ):
        with pytest.raises(CustomerErased):
            refused()
    assert (
        list(Tab.objects.values()), list(Customer.objects.values()), list(Event.objects.values("id", "details"))
    ) == kept  # fmt: skip


def test_an_old_file_brings_nobody_back(bar, jelle):
    bar.tab(customer=jelle, number="1234-01")
    erase(bar, jelle)
    kept = list(Tab.objects.values()), list(Customer.objects.values())
    card = ImportRecord(line=2, values={"number": "1234", "name": "Jelle Bos"})
    tabs = [
        ImportRecord(line=2, values={"number": "1234-01", "first_name": "Jelle", "last_name": "Bos"}),
        ImportRecord(line=3, values={"customer_number": "1234", "first_name": "Jelle", "last_name": "Bos"}),
    ]

    outcomes = [
        *import_customers(acting=bar.acting, records=[card], now=EVENING),
        *import_tabs(acting=bar.acting, records=tabs, now=EVENING),
    ]

    assert {outcome.kind for outcome in outcomes} == {"rejected"}
    assert {outcome.problem.why for outcome in outcomes} == {"The person with this number was erased."}
    assert (list(Tab.objects.values()), list(Customer.objects.values())) == kept


def test_taking_a_change_of_many_tabs_back_leaves_an_erased_persons_out(bar, jelle):
    tab, other = bar.tab(customer=jelle), bar.tab()
    mine = Tab.objects.filter(seller=bar.seller)
    said = {"description": "Tafel van Jelle", "limit": Money.of("50", "EUR")}
    for changes in (TabChanges(**said), TabChanges(description="", status=TabStatus.INACTIVE)):
        change = change_tabs(acting=bar.acting, tabs=mine, changes=changes, now=EVENING)
    erase(bar, jelle)
    kept = Tab.objects.values().get(pk=tab.pk)

    assert undo_tab_change(acting=bar.acting, change_id=change.pk, now=EVENING) == 1
    again = change_tabs(acting=bar.acting, tabs=mine, changes=TabChanges(is_shown=True), now=EVENING)

    assert Tab.objects.values().get(pk=tab.pk) == kept
    assert set(again.after) == {str(other.pk)}
    assert all(str(tab.pk) not in row.before | row.after for row in TabChange.objects.all())


def test_numbers_without_calls_go_and_those_calls_were_billed_by_end(bar, jelle):
    def numbers() -> list[tuple[str, date, date | None]]:
        return list(Endpoint.objects.order_by("id").values_list("value", "valid_from", "valid_before"))

    begins = {"acting": bar.acting, "kind": EndpointKind.ACCOUNT, "now": EVENING}
    other = bar.customer("Anna Bos", kind="person")
    for customer in (jelle, other):
        for value, first in ((f"{customer.pk}-a", date(2026, 1, 1)), (f"{customer.pk}-b", date(2026, 10, 1))):
            add_endpoint(customer_id=customer.pk, value=value, valid_from=first, **begins)
    UsageAccount.objects.create(
        seller=bar.seller, key="x", buyer=other, owner=other, summary_group=1, month=date(2026, 7, 1), currency="EUR",
        settled=True,
    )  # fmt: skip

    erase(bar, jelle)
    assert {value for value, *_ in numbers()} == {f"{other.pk}-a", f"{other.pk}-b"}
    erase(bar, other)

    assert numbers() == [(f"{other.pk}-a", date(2026, 1, 1), TODAY)]
    about = Event.objects.filter(subject_type="parties.customer").exclude(details={})
    assert not about.filter(subject_id__in=[jelle.pk, other.pk]).exists()


def test_an_erased_person_is_found_by_number_alone_and_has_no_link_to_the_portal(bar, jelle):
    make_portal_link(acting=bar.acting, email="jelle@bos.example", now=EVENING)

    erase(bar, jelle)

    assert not PortalLink.objects.exists()
    assert make_portal_link(acting=bar.acting, email="jelle@bos.example", now=EVENING) is None
    found = {words: find_customers(bar.acting, words).count() for words in ("Jelle", "Terschelling", "bos", "1234")}
    assert found == {"Jelle": 0, "Terschelling": 0, "bos": 0, "1234": 1}


def test_an_organisation_is_not_erased_and_another_sellers_customer_not_found(bar, jelle):
    with pytest.raises(Conflict, match="organisation"):
        erase(bar, bar.customer())
    with pytest.raises(NotFound):
        erase(Bar(), jelle)
