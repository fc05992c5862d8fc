"""Who holds tabs, what they agreed to, and what is left when a person asks to be forgotten."""

import pytest

from rebill.invoices.models import Invoice
from rebill.kit.errors import Conflict, Invalid, NotFound
from rebill.kit.models import Event
from rebill.sources.tabs.commands import (
    add_holder,
    change_holder,
    erase_holder,
    link_holder,
    record_consent,
    unlink_holder,
    withdraw_consent,
)
from rebill.sources.tabs.models import Holder, HolderConsent, HolderKind, TabOrder
from rebill.sources.tabs.queries.holders import consents_of, holder_of, holders_of, holdings_of
from tests.sources.tabs.bar import EVENING, Bar


@pytest.fixture
def jelle(bar) -> Holder:
    return add_holder(acting=bar.acting, first_name="Jelle", last_name="Bos", email="jelle@bos.example", now=EVENING)


def test_persons_and_companies_hold_a_tab(bar, tab, jelle):
    company = add_holder(acting=bar.acting, kind=HolderKind.COMPANY, company="Rederij Nauta", now=EVENING)
    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=jelle.pk, now=EVENING)
    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=company.pk, may_buy=False, now=EVENING)

    assert [(each.holder.name, each.may_buy, each.may_see) for each in holdings_of(tab)] == [
        ("Jelle Bos", True, True), ("Rederij Nauta", False, True),
    ]  # fmt: skip
    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=company.pk, may_buy=True, now=EVENING)
    unlink_holder(acting=bar.acting, tab_id=tab.pk, holder_id=jelle.pk, now=EVENING)
    assert [(each.holder.name, each.may_buy) for each in holdings_of(tab)] == [("Rederij Nauta", True)]


def test_a_holder_has_a_name(bar, jelle):
    with pytest.raises(Invalid):
        add_holder(acting=bar.acting, email="a@b.example", now=EVENING)
    with pytest.raises(Invalid):
        change_holder(acting=bar.acting, holder_id=jelle.pk, first_name="", last_name="", now=EVENING)

    assert change_holder(acting=bar.acting, holder_id=jelle.pk, last_name="Bosma", now=EVENING).name == "Jelle Bosma"


def test_consent_is_recorded_and_may_be_taken_back(bar, tab, jelle):
    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=jelle.pk, now=EVENING)
    assert [each.has_consent for each in holders_of(bar.acting)] == [False]

    record_consent(acting=bar.acting, holder_id=jelle.pk, how="Formulier aan de bar", now=EVENING)
    assert [each.has_consent for each in holdings_of(tab)] == [True]
    assert withdraw_consent(acting=bar.acting, holder_id=jelle.pk, now=EVENING) == 1

    [consent] = consents_of(jelle)
    assert (consent.given_at, consent.how, consent.withdrawn_at) == (EVENING, "Formulier aan de bar", EVENING)
    assert consent.recorded_by == bar.acting.user_id
    assert [(each.may_buy, each.has_consent) for each in holdings_of(tab)] == [(False, False)]


def test_c130_erasing_a_person_clears_what_is_personal_and_no_document(bar, tab, jelle):
    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=jelle.pk, now=EVENING)
    record_consent(acting=bar.acting, holder_id=jelle.pk, how="Aan de bar", now=EVENING)
    bar.buy(tab, "12.50", holder_id=jelle.pk, reference="Jelle, tafel 4")
    bar.bill_now(tab)
    [invoice] = bar.issue()
    before = Invoice.objects.values().get(pk=invoice.pk)

    erased = erase_holder(acting=bar.acting, holder_id=jelle.pk, now=EVENING)
    erase_holder(acting=bar.acting, holder_id=jelle.pk, now=EVENING)

    assert (erased.name, erased.email, erased.erased_at) == ("", "", EVENING)
    assert not HolderConsent.objects.exists()
    assert not holdings_of(tab).exists()
    assert not holders_of(bar.acting, search="jelle").exists()
    assert Invoice.objects.values().get(pk=invoice.pk) == before
    order = TabOrder.objects.get()
    assert (str(order.amount), order.reference, order.state) == ("12.50 EUR", "", "billed")
    told = str(list(Event.objects.filter(subject_type="tabs.holder").values_list("verb", "details")))
    assert "Jelle" not in told
    assert "erased" in told
    with pytest.raises(Conflict):
        holder_of(bar.acting, jelle.pk)


def test_another_sellers_holders_are_not_found(bar, jelle):
    other = Bar()

    for asked in (
        lambda: holder_of(other.acting, jelle.pk),
        lambda: erase_holder(acting=other.acting, holder_id=jelle.pk, now=EVENING),
        lambda: link_holder(acting=other.acting, tab_id=other.tab().pk, holder_id=jelle.pk, now=EVENING),
        lambda: withdraw_consent(acting=other.acting, holder_id=jelle.pk, now=EVENING),
    ):
        with pytest.raises(NotFound):
            asked()
