"""Tabs in the office: the terms, the list with its bulk change and one undo, a tab's page, billing, and the import."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from rebill.access.acting import Role
from rebill.parties.commands import grant_role
from rebill.runs.models import Draft
from rebill.sources.tabs.models import Holder, HolderConsent, Tab, TabHolder, TermsAcceptance
from tests.factories import NOW, acting_of, make_customer, make_user
from tests.sources.tabs.bar import Bar

LIST = "/s/waterkant/tabs/"


@pytest.fixture
def bar(seller) -> Bar:
    """A bar around the office's own seller."""
    return Bar(seller)


def shown(office, address: str = LIST) -> str:
    return office.get(address).content.decode()


def test_the_terms_come_before_the_first_tab(office, seller):
    assert office.get(LIST)["Location"].endswith("/tabs/terms/")
    page = office.get(f"{LIST}terms/")
    text = page.context["text"]

    office.post(f"{LIST}terms/", {"version": text.version, "language": text.language})

    assert TermsAcceptance.objects.get().accepted_by == acting_of(seller).user_id
    assert office.get(LIST).status_code == 200
    assert "was accepted by" in shown(office, f"{LIST}terms/")


def test_a_clerk_may_not_accept_them(client, seller):
    clerk = make_user("clerk")
    grant_role(acting=acting_of(seller), user=clerk, role=Role.CLERK, now=NOW)
    client.force_login(clerk)

    assert client.post(f"{LIST}terms/", {"version": "2026-1", "language": "en"}).status_code == 403
    assert not TermsAcceptance.objects.exists()


def test_a_tab_is_opened_from_the_page(office, bar, seller):
    customer = make_customer(seller, name="Zeilschool Lauwers", number="2890")
    assert "Who pays?" in shown(office, f"{LIST}new/")

    answer = office.post(
        f"{LIST}new/?customer={customer.pk}",
        {"customer": customer.pk, "limit": "1.250,50", "is_active": "on", "may_buy": "on"},
    )

    tab = Tab.objects.get()
    assert answer["Location"].endswith(f"/tabs/{tab.pk}/")
    assert (tab.number, str(tab.limit), tab.may_buy, tab.is_shown) == ("2890-01", "1250.50 EUR", True, False)


def test_the_list_says_who_is_over_and_the_tabs_narrow_it(office, bar):
    full = bar.tab("100", customer=bar.customer("Bijna Vol"))
    over = bar.tab("100", customer=bar.customer("Eroverheen"))
    bar.buy(full, "95")
    bar.buy(over, "120", is_late=True)

    page = shown(office)

    assert "Nearly full" in page
    assert "1 tab over its limit, by €20.00" in page
    assert "Bijna Vol" not in shown(office, f"{LIST}?tab=over")
    assert "Eroverheen" not in shown(office, f"{LIST}?q=bijna")


def test_all_that_match_change_at_once_and_one_undo_takes_it_back(office, bar):
    tabs = [bar.tab("400"), bar.tab("250")]
    asked = office.get(f"{LIST}change/?all=1")
    assert "Change 2 tabs?" in asked.content.decode()
    assert "€650.00" in asked.content.decode()

    office.post(f"{LIST}change/", {"all": "1", "tab": "active", "limit": "600", "may_buy": "no", "is_shown": "yes"})

    found = Tab.objects.order_by("id")
    assert [(tab.limit.minor, tab.may_buy, tab.is_shown) for tab in found] == [(60000, False, True)] * 2
    [toast] = office.get(LIST).context["toasts"]
    assert toast.text == "2 tabs are changed."
    office.post(toast.undo, toast.fields)
    assert [tab.limit.minor for tab in Tab.objects.order_by("id")] == [40000, 25000]
    assert [tab.pk for tab in Tab.objects.filter(may_buy=True)] == [tab.pk for tab in tabs]


def test_what_is_refused_stands_in_the_dialog(office, bar):
    tab = bar.tab("400")
    bar.buy(tab, "10")

    refused = office.post(f"{LIST}change/", {"ids": str(tab.pk), "status": "closed"})

    assert refused.status_code == 422
    assert "has open orders" in refused.content.decode()


def test_a_tab_shows_its_orders_and_bills_them_now(office, bar):
    tab = bar.tab("400")
    bar.buy(tab, ("Bier", "3", "2.80"), till="Bar")
    page = shown(office, f"{LIST}{tab.pk}/")
    assert "3 × Bier" in page
    assert "€8.40" in page
    assert "Bill 1 tab now?" in shown(office, f"{LIST}bill/?id={tab.pk}")

    answer = office.post(f"{LIST}bill/", {"ids": str(tab.pk), "until": "2026-09-30", "layout": "per_product"})

    assert answer["Location"].endswith(f"/drafts/{Draft.objects.get().pk}/")
    assert bar.balance(tab) == "0.00"
    assert "Billed" in shown(office, f"{LIST}{tab.pk}/entries/?state=billed")
    assert office.get(f"{LIST}bill/?id={tab.pk}").status_code == 302


def test_orders_are_downloaded_without_formulas(office, bar):
    tab = bar.tab("400")
    bar.buy(tab, ("=1+1", "2", "2.80"), key="-1+1")

    file = office.get(f"{LIST}{tab.pk}/entries/file/")

    rows = file.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "'=1+1;2;2,8;5,60;21;" in rows[1]
    assert "'-1+1" in rows[1]
    assert file["Content-Disposition"].startswith("attachment")


def test_orders_are_downloaded_as_a_workbook_of_texts_and_numbers(office, bar):
    tab = bar.tab("400")
    bar.buy(tab, ("=1+1", "2", "2.80"), key="-1+1")

    file = office.get(f"{LIST}{tab.pk}/entries/file/?as=xlsx")

    [_headings, row] = CalamineWorkbook.from_filelike(BytesIO(file.content)).get_sheet_by_index(0).to_python()
    assert row[1] == "-1+1"
    assert row[8:12] == ["=1+1", 2, 2.8, 5.6]
    assert file["Content-Disposition"].endswith('.xlsx"')


def test_holders_are_linked_agree_and_are_erased(office, bar):
    tab = bar.tab()
    address = f"{LIST}{tab.pk}/holders/"
    assert office.post(address, {"email": "x@y.example"}).status_code == 422

    office.post(address, {"first_name": "Jelle", "last_name": "Bos", "may_buy": "on", "consent": "Formulier"})

    jelle = Holder.objects.get()
    assert HolderConsent.objects.get().how == "Formulier"
    assert "Jelle Bos" in shown(office, f"{address}?q=jelle")
    office.post(f"{address}{jelle.pk}/consent/", {"withdraw": "1"})
    assert not TabHolder.objects.get().may_buy
    office.post(f"{address}{jelle.pk}/unlink/")
    [*_earlier, toast] = office.get(f"{LIST}{tab.pk}/").context["toasts"]
    office.post(toast.undo, toast.fields)
    assert TabHolder.objects.get().holder == jelle
    assert "for good?" in shown(office, f"{address}{jelle.pk}/erase/")
    office.post(f"{address}{jelle.pk}/erase/")
    assert "Jelle" not in shown(office, f"{LIST}{tab.pk}/")


def test_the_rules_are_changed(office, bar):
    assert office.post(f"{LIST}rules/", {"scheme": "2890", "layout": "detailed"}).status_code == 422

    office.post(f"{LIST}rules/", {"scheme": "2890-{number:04}", "layout": "per_product"})

    assert bar.tab().number == "2890-0001"


def test_what_changed_of_a_tab_is_told_in_money_and_in_the_readers_words(office, bar):
    tab = bar.tab("100", may_buy=False)
    said = {"ids": str(tab.pk), "limit": "250", "may_buy": "yes", "layout": "per_product"}

    office.post(f"{LIST}change/", said)
    told = shown(office, f"{LIST}{tab.pk}/")

    assert "Limit: 100.00 EUR → 250.00 EUR" in told
    assert "Buy on name: no → yes" in told
    assert "On invoices: – → Summed up per product" in told
