"""Interim lines added by hand, changed and removed until a run has billed them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from rebill.access.acting import Acting, Role
from rebill.catalogue.models import Product, ProductKind, SummaryGroup
from rebill.kit.errors import Conflict, Forbidden, Invalid, NotFound
from rebill.kit.models import Event
from rebill.parties.commands import change_customer
from rebill.rules.tax import RateClass, Supply
from rebill.sources.oneoff.commands import (
    LineTerms,
    add_credit,
    add_interim_line,
    change_interim_line,
    remember_lines,
    remove_interim_line,
    restore_interim_line,
)
from rebill.sources.oneoff.commands.adding import content_of
from rebill.sources.oneoff.models import InterimLine
from rebill.sources.oneoff.queries import count_lines, find_waiting_lines, line_of, waiting_lines
from tests.subscriptions.conftest import NOW

TERMS = LineTerms(quantity=Decimal(2), unit_price=Decimal("49.50"), supplied_on=date(2026, 3, 9), description="Montage")
UUID_1 = UUID("7f9c24e8-3b12-4c8e-9d1a-2f6b0c5a7e11")


def test_a_line_without_a_product_is_a_service_sold_once(shop):
    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)

    assert (line.kind, line.description, line.currency) == ("PERPETUAL", "Montage", "EUR")
    assert (line.rate_class, line.supply, line.summary_group) == ("standard", "services", 1)
    assert (line.quantity, line.unit_price, line.told_at) == (2, Decimal("49.50"), None)


def test_a_line_takes_over_what_its_product_says(shop):
    router = Product.objects.create(
        seller=shop.seller,
        code="ROUTER",
        names={"nl": "Router", "de": "Router (deutsch)"},
        kind=ProductKind.HARDWARE,
        supply=Supply.GOODS,
        rate_class=RateClass.REDUCED,
        ledger_account="8010",
        summary_group=SummaryGroup.HARDWARE,
    )
    shop.customer.language = "de"

    line = add_interim_line(
        acting=shop.acting, customer=shop.customer, terms=replace(TERMS, description=""), product=router, now=NOW
    )

    assert (line.description, line.supply, line.rate_class) == ("Router (deutsch)", "goods", "reduced")
    assert (line.ledger_account, line.summary_group) == ("8010", 5)


def test_what_the_line_says_wins_over_its_product(shop):
    terms = replace(TERMS, rate_class=RateClass.EXEMPT, ledger_account="9", summary_group=4, currency="USD")

    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=terms, product=shop.hosting, now=NOW)

    assert (line.description, line.rate_class, line.ledger_account) == ("Montage", "exempt", "9")
    assert (line.summary_group, line.currency) == (4, "USD")


def test_a_setup_product_makes_a_setup_line(shop):
    setup = Product.objects.create(
        seller=shop.seller, code="SETUP", names={"nl": "Aansluiting"}, kind=ProductKind.SETUP, summary_group=1
    )

    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, product=setup, now=NOW)

    assert line.kind == "SETUP"


def test_a_credit_has_a_quantity_below_zero_and_a_plain_price(shop):
    line = add_credit(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)

    assert (line.kind, line.quantity, line.unit_price) == ("CREDIT", -2, Decimal("49.50"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": Decimal(-1)},
        {"unit_price": Decimal("-0.01")},
        {"unit_price": Decimal("0.0000001")},
        {"quantity": Decimal("1E-9")},
        {"description": " "},
        {"description": "x" * 301},
        {"currency": "EURO"},
        {"summary_group": 6},
    ],
)
@pytest.mark.parametrize("command", [add_interim_line, add_credit])
def test_a_line_that_cannot_be_kept_is_refused(shop, command, wrong):
    with pytest.raises(Invalid):
        command(acting=shop.acting, customer=shop.customer, terms=replace(TERMS, **wrong), now=NOW)

    assert not InterimLine.objects.exists()


def test_the_same_line_sent_twice_is_added_once(shop):
    for _attempt in range(2):
        add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, uuid=UUID_1, now=NOW)

    assert InterimLine.objects.count() == Event.objects.count() == 1
    with pytest.raises(Conflict):
        add_credit(acting=shop.acting, customer=shop.customer, terms=TERMS, uuid=UUID_1, now=NOW)


def test_a_waiting_line_can_be_changed(shop):
    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)

    changed = change_interim_line(acting=shop.acting, line=line, terms=replace(TERMS, unit_price=Decimal(40)), now=NOW)

    assert changed.unit_price == 40
    assert Event.objects.get(verb="changed").details == {"unit_price": ["49.500000", "40.000000"]}


def test_a_changed_credit_stays_a_credit(shop):
    line = add_credit(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)

    changed = change_interim_line(acting=shop.acting, line=line, terms=replace(TERMS, quantity=Decimal(3)), now=NOW)

    assert (changed.kind, changed.quantity) == ("CREDIT", -3)


def test_a_removed_line_is_kept_by_its_event(shop):
    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)

    remove_interim_line(acting=shop.acting, line=line, reason="dubbel", now=NOW)

    assert not waiting_lines(acting=shop.acting).exists()
    details = Event.objects.get(verb="removed").details
    assert details["reason"] == "dubbel"
    assert (details["line"]["description"], details["line"]["supplied_on"]) == ("Montage", "2026-03-09")


def test_a_removed_line_can_be_put_back(shop):
    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, product=shop.hosting, now=NOW)
    told = content_of(line)
    line_id = line.pk
    remove_interim_line(acting=shop.acting, line=line, now=NOW)

    restored = restore_interim_line(acting=shop.acting, line_id=line_id, now=NOW)
    again = restore_interim_line(acting=shop.acting, line_id=line_id, now=NOW)

    assert (restored.uuid, content_of(restored)) == (line.uuid, told)
    assert again == restored
    assert Event.objects.filter(verb="restored").count() == 1


def test_what_another_seller_removed_cannot_be_put_back(shop, other_shop):
    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)
    line_id = line.pk
    remove_interim_line(acting=shop.acting, line=line, now=NOW)

    with pytest.raises(NotFound):
        restore_interim_line(acting=other_shop.acting, line_id=line_id, now=NOW)


@pytest.mark.parametrize(
    ("search", "found"), [("monta", 1), ("oost mont", 1), ("HOST", 0), ("", 2), ("credit", 1), ("hosting", 0)]
)
def test_waiting_lines_are_found_by_words(shop, search, found):
    change_customer(acting=shop.acting, customer_id=shop.customer.pk, name="Bakkerij Oost", now=NOW)
    add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)
    add_credit(acting=shop.acting, customer=shop.customer, terms=replace(TERMS, description="Credit"), now=NOW)

    lines = find_waiting_lines(acting=shop.acting, search=search)

    assert count_lines(lines).all == found


def test_waiting_credits_are_counted_apart(shop):
    add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)
    add_credit(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)

    counts = count_lines(waiting_lines(acting=shop.acting))

    assert (counts.all, counts.charges, counts.credits) == (2, 1, 1)


def test_a_billed_line_stays_as_it_is(shop):
    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)
    remember_lines(rows=[(line.pk,)], now=NOW)

    with pytest.raises(Conflict):
        change_interim_line(acting=shop.acting, line=line, terms=replace(TERMS, quantity=Decimal(1)), now=NOW)
    with pytest.raises(Conflict):
        remove_interim_line(acting=shop.acting, line=line, now=NOW)


def test_lines_of_another_seller_are_not_found(shop, other_shop):
    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)

    with pytest.raises(NotFound):
        line_of(acting=other_shop.acting, uuid=line.uuid)
    with pytest.raises(NotFound):
        change_interim_line(acting=other_shop.acting, line=line, terms=TERMS, now=NOW)
    with pytest.raises(NotFound):
        remove_interim_line(acting=other_shop.acting, line=line, now=NOW)
    with pytest.raises(NotFound):
        add_interim_line(acting=other_shop.acting, customer=shop.customer, terms=TERMS, now=NOW)
    with pytest.raises(NotFound):
        add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, product=other_shop.hosting, now=NOW)
    assert not waiting_lines(acting=other_shop.acting).exists()


def test_a_viewer_adds_nothing(shop):
    with pytest.raises(Forbidden):
        add_interim_line(
            acting=Acting(seller_id=shop.seller.pk, role=Role.VIEWER), customer=shop.customer, terms=TERMS, now=NOW
        )
