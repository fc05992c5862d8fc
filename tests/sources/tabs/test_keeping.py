"""Tabs are made once the terms are accepted, numbered by the seller's scheme, and changed many at once."""

import pytest

from rebill.access.acting import Role
from rebill.kit.errors import Conflict, Forbidden, Invalid, NotFound
from rebill.rules.money import Money
from rebill.sources.tabs.commands import (
    TabChanges,
    accept_tab_terms,
    add_holder,
    change_tabs,
    link_holder,
    open_tab,
    set_tab_rules,
    undo_tab_change,
)
from rebill.sources.tabs.commands.agreeing import TermsOutdated
from rebill.sources.tabs.models import Tab, TabStatus, TermsAcceptance
from rebill.sources.tabs.queries.agreeing import TermsNotAccepted, acceptances_of
from rebill.sources.tabs.queries.tabs import TabTab, count_tabs, find_tabs, tab_of, tabs_for_till
from rebill.sources.tabs.texts import CURRENT, terms_text
from tests.factories import acting_of, events_of, make_customer, make_seller
from tests.sources.tabs.bar import EVENING, Bar


def limits(tabs) -> list[str]:
    return [str(tab.limit.decimal) for tab in tabs]


def test_no_tab_without_the_terms(db):
    seller = make_seller()
    acting, customer = acting_of(seller), make_customer(seller)
    with pytest.raises(TermsNotAccepted):
        open_tab(acting=acting, customer_id=customer.pk, now=EVENING)
    with pytest.raises(TermsNotAccepted):
        add_holder(acting=acting, first_name="Jelle", now=EVENING)

    accept_tab_terms(acting=acting, version=CURRENT, language="nl", now=EVENING)

    assert open_tab(acting=acting, customer_id=customer.pk, now=EVENING).status == TabStatus.INACTIVE


def test_who_accepted_which_text_and_when_is_kept(db):
    seller = make_seller()
    acting = acting_of(seller)

    first = accept_tab_terms(acting=acting, version=CURRENT, language="nl", now=EVENING)
    accept_tab_terms(acting=acting, version=CURRENT, language="de", now=EVENING.replace(hour=22))

    [kept] = acceptances_of(acting)
    assert kept == first
    assert (kept.version, kept.language, kept.accepted_at) == (CURRENT, "nl", EVENING)
    assert (kept.accepted_by, kept.accepted_name) == (acting.user_id, seller.memberships.get().user.username)
    assert kept.text_sha256 == terms_text("nl").sha256
    assert [event["verb"] for event in events_of(seller)].count("tab_terms_accepted") == 1


def test_only_an_owner_accepts_and_only_what_holds_now(db):
    seller = make_seller()
    with pytest.raises(Forbidden):
        accept_tab_terms(acting=acting_of(seller, role=Role.CLERK), version=CURRENT, language="nl", now=EVENING)
    with pytest.raises(TermsOutdated):
        accept_tab_terms(acting=acting_of(seller), version="2019-1", language="nl", now=EVENING)

    assert not TermsAcceptance.objects.exists()


def test_the_terms_read_in_every_language():
    texts = {language: terms_text(language).text for language in ("en", "nl", "de", "fi")}

    assert len(set(texts.values())) == 4
    assert all(text.count("\n\n") == 7 for text in texts.values())


def test_tabs_are_numbered_on_by_the_scheme(bar):
    set_tab_rules(acting=bar.acting, scheme="2890-{number:04}", now=EVENING)
    bar.tab(number="2890-0002")

    assert [bar.tab().number for _ in range(2)] == ["2890-0001", "2890-0003"]


def test_each_customer_has_a_count_of_its_own(bar):
    one, two = bar.customer(number="10482"), bar.customer(number="20482")

    numbers = [bar.tab(customer=customer).number for customer in (one, one, two)]

    assert numbers == ["10482-01", "10482-02", "20482-01"]


def test_a_number_is_given_once_per_seller(bar):
    bar.tab(number="7")
    with pytest.raises(Conflict, match="7"):
        bar.tab(number="7")

    assert Bar().tab(number="7").number == "7"


def test_many_tabs_change_at_once_and_back_at_once(bar):
    tabs = [bar.tab("400"), bar.tab("250"), bar.tab("600", may_buy=False, status=TabStatus.INACTIVE)]
    bar.buy(tabs[0], "380")

    changes = TabChanges(limit=Money.of("600", "EUR"), status=TabStatus.ACTIVE, may_buy=True, is_shown=True)
    change = change_tabs(acting=bar.acting, tabs=Tab.objects.all(), changes=changes, now=EVENING)

    found = Tab.objects.order_by("id")
    assert limits(found) == ["600.00"] * 3
    assert {(tab.status, tab.may_buy, tab.is_shown) for tab in found} == {("active", True, True)}
    change_tabs(
        acting=bar.acting, tabs=Tab.objects.filter(pk=tabs[1].pk), changes=TabChanges(is_shown=False), now=EVENING
    )
    assert undo_tab_change(acting=bar.acting, change_id=change.pk, now=EVENING) == 3
    found = list(Tab.objects.order_by("id"))
    assert limits(found) == ["400.00", "250.00", "600.00"]
    # What was changed again since stays as it is now.
    assert [(tab.status, tab.may_buy, tab.is_shown) for tab in found] == [
        ("active", True, False), ("active", True, False), ("inactive", False, False),
    ]  # fmt: skip
    assert bar.balance(tabs[0]) == "380.00"
    with pytest.raises(Conflict):
        undo_tab_change(acting=bar.acting, change_id=change.pk, now=EVENING)


def test_what_is_so_already_is_no_change(bar, tab):
    changes = TabChanges(limit=Money.of("100", "EUR"), may_buy=True)

    assert change_tabs(acting=bar.acting, tabs=Tab.objects.all(), changes=changes, now=EVENING) is None


def test_a_limit_of_another_currency_and_a_negative_one_are_refused(bar, tab):
    for limit in (Money.of("5", "USD"), Money.of("-5", "EUR")):
        with pytest.raises(Invalid):
            change_tabs(acting=bar.acting, tabs=Tab.objects.all(), changes=TabChanges(limit=limit), now=EVENING)


def test_a_tab_with_open_orders_is_not_closed(bar, tab):
    order = bar.buy(tab, "5")
    closed = TabChanges(status=TabStatus.CLOSED)
    with pytest.raises(Conflict, match=tab.number):
        change_tabs(acting=bar.acting, tabs=Tab.objects.all(), changes=closed, now=EVENING)

    bar.settle(order.key)

    assert change_tabs(acting=bar.acting, tabs=Tab.objects.all(), changes=closed, now=EVENING) is not None


def test_another_sellers_tabs_stay_as_they_are(bar, tab):
    other = Bar()

    assert (
        change_tabs(acting=other.acting, tabs=Tab.objects.all(), changes=TabChanges(may_buy=False), now=EVENING) is None
    )
    change = change_tabs(acting=bar.acting, tabs=Tab.objects.all(), changes=TabChanges(may_buy=False), now=EVENING)
    with pytest.raises(NotFound):
        undo_tab_change(acting=other.acting, change_id=change.pk, now=EVENING)
    with pytest.raises(NotFound):
        tab_of(other.acting, tab.pk)
    assert not find_tabs(other.acting).exists()


def test_tabs_are_counted_and_found_by_where_they_stand(bar):
    full, over, plain = bar.tab("100"), bar.tab("100"), bar.tab("100", is_shown=True, description="Zomerfeest")
    bar.tab("500", status=TabStatus.INACTIVE)
    bar.buy(full, "95")
    bar.buy(over, "120", is_late=True)
    jelle = add_holder(acting=bar.acting, first_name="Jelle", last_name="Bos", now=EVENING)
    link_holder(acting=bar.acting, tab_id=plain.pk, holder_id=jelle.pk, now=EVENING)

    counts = count_tabs(bar.acting)

    assert {part.value: count for part, count in counts.parts.items()} == {
        "active": 3, "over": 1, "nearly": 1, "hidden": 2, "inactive": 1, "all": 4,
    }  # fmt: skip
    assert counts.sums == {"EUR": (30000, 21500, 2000)}
    assert list(find_tabs(bar.acting, part=TabTab.NEARLY)) == [full]
    assert list(find_tabs(bar.acting, part=TabTab.OVER)) == [over]
    assert list(find_tabs(bar.acting, search="jelle BOS")) == [plain]
    assert list(find_tabs(bar.acting, search="zomer")) == [plain]
    # A till sees first what it shows without being asked.
    assert next(iter(tabs_for_till(bar.acting))) == plain
    assert list(tabs_for_till(bar.acting, shown_only=True)) == [plain]
