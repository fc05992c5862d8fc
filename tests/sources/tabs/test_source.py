"""Billing of tabs: open orders become charges once, with the till's amounts, and go back exactly as they were."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebill.charges.checks import check_charges
from rebill.charges.commands import reopen_charge, waive_charge
from rebill.charges.models import Charge
from rebill.invoices import checks
from rebill.invoices.commands import credit_invoice
from rebill.invoices.models import Invoice, InvoiceKind
from rebill.kit.errors import Conflict, Invalid
from rebill.parties.models import Customer
from rebill.rules.crediting import LineRequest
from rebill.runs.checks import check_claims, check_drafts
from rebill.runs.commands import change_draft_line, review_drafts
from rebill.runs.models import Draft
from rebill.runs.queries.preview import preview_draft
from rebill.sources.tabs.commands import set_tab_rules
from rebill.sources.tabs.models import TabLayout
from tests.sources.tabs.bar import EVENING, OCTOBER, SEPTEMBER, Bar


def lines_of(bar: Bar) -> list[tuple[str, str, str]]:
    return [
        (charge.description, f"{charge.quantity.normalize():f}", str(charge.amount.decimal)) for charge in bar.charges()
    ]


def everything_holds(bar: Bar) -> bool:
    found = [
        *check_charges(acting=bar.acting), *check_claims(acting=bar.acting), *check_drafts(acting=bar.acting),
        *checks.check_invoices(acting=bar.acting), *checks.check_billing(acting=bar.acting),
        *checks.check_credits(acting=bar.acting),
    ]  # fmt: skip
    return not found and bar.problems() == []


def test_only_booked_orders_are_billed(bar, tab):
    bar.buy(tab, "2.80", key="booked")
    bar.buy(tab, "5", key="reserved", reserve=True)
    bar.cancel(bar.buy(tab, "6", key="cancelled").key)
    bar.settle(bar.buy(tab, "7", key="settled").key)

    bar.prepare()
    [invoice] = bar.issue()

    assert str(invoice.gross_amount.decimal) == "2.80"
    assert bar.states(tab) == {
        "booked": "billed", "reserved": "reserved", "cancelled": "cancelled", "settled": "settled",
    }  # fmt: skip
    assert bar.balance(tab) == "5.00"
    assert everything_holds(bar)


@pytest.mark.parametrize(
    ("lines", "gross"),
    [
        (["10"], "10.00"),
        # What 21 % on whole cents can never come to.
        (["0.03"], "0.03"),
        (["10", ("Cola", "3", "0.33"), ("Wijn", "0.125", "21.99")], "13.74"),
    ],
)
def test_the_invoice_comes_to_what_the_till_asked(bar, tab, lines, gross):
    bar.buy(tab, *lines)

    bar.prepare()
    [draft] = Draft.objects.all()
    [invoice] = bar.issue()

    assert str(draft.gross_amount.decimal) == str(invoice.gross_amount.decimal) == gross
    assert everything_holds(bar)


MIXED = [
    [("Bier", "3", "2.80"), ("Tosti", "1", "4.50", "9"), ("Cola", "3", "0.33")],
    ["10", ("Koffie", "1", "2.95", "9")],
    [("Wijn", "0.125", "21.99"), ("Olijven", "7", "0.01")],
    ["0.03", "0.03", ("Chips", "2", "1.13", "9")],
]


@pytest.mark.parametrize("layout", TabLayout)
def test_any_mix_comes_to_what_the_till_asked(bar, layout):
    """Several rates, parts, what was given back, and a price without VAT beside it."""
    tab = bar.tab("1000")
    orders = [bar.buy(tab, *lines) for lines in MIXED for _ in range(2)]
    bar.give_back(orders[0], "back-1")
    bar.buy(tab, ("Zaal", "1.5", "33.33"), includes_vat=False)
    asked = sum(order.amount.minor for order in orders[1:])

    bar.bill_now(tab, layout=layout)
    bar.buy(tab, "10")
    bar.prepare()
    billed = bar.issue()

    # What was asked without VAT has it added once, to the sum.
    assert sum(each.gross_amount.minor for each in billed) == asked + 60_50 + 10_00
    assert everything_holds(bar)


@pytest.mark.parametrize("layout", TabLayout)
def test_what_was_asked_is_given_back_to_the_cent(bar, tab, layout):
    bar.buy(tab, "10", ("Cola", "1", "10"), ("Koffie", "3", "0.33", "9"))
    bar.bill_now(tab, layout=layout)
    [invoice] = bar.issue()

    notes = [
        credit_invoice(
            acting=bar.acting, invoice_id=invoice.pk, reason="Terug", today=SEPTEMBER, now=EVENING,
            lines=[LineRequest(position)],
        )
        for position in (2, 1, 3)
    ]  # fmt: skip

    assert [str(note.gross_amount.decimal) for note in notes] == ["-10.00", "-10.00", "-0.99"]
    assert everything_holds(bar)


def test_the_preview_of_a_draft_asks_the_same(bar, tab):
    bar.buy(tab, "10")

    [shown] = preview_draft(acting=bar.acting, customer_id=tab.customer_id, billed_on=SEPTEMBER).drafts

    assert shown.totals.gross_minor == 10_00


def test_a_line_with_another_price_is_taxed_as_any_other(bar, tab):
    bar.buy(tab, "10", "10")
    bar.bill_now(tab)
    [first, _second] = bar.charges()

    change_draft_line(
        acting=bar.acting, draft_id=first.claim, charge_id=first.pk, unit_price=Decimal("8.00"), reason="Afgesproken",
        now=EVENING,
    )  # fmt: skip
    [invoice] = bar.issue()

    # 8.00 and 1.68 VAT, and the other as it was asked.
    assert str(invoice.gross_amount.decimal) == "19.68"
    assert everything_holds(bar)


def test_who_owes_the_vat_himself_is_billed_without(bar, tab):
    bar.buy(tab, "10")
    bar.bill_now(tab)
    Customer.objects.filter(pk=tab.customer_id).update(country="BE", vat_id="BE0403019261")

    review_drafts(acting=bar.acting, drafts=Draft.objects.all())

    [draft] = Draft.objects.all()
    assert (draft.net_amount.minor, draft.gross_amount.minor) == (8_26, 8_26)


def test_what_waits_from_an_earlier_draft_is_still_billed_as_asked(bar, tab):
    bar.buy(tab, "10", "10", key="both")
    bar.bill_now(tab)
    [given_up, _kept] = bar.charges()
    waive_charge(acting=bar.acting, charge=given_up, reason="Omgestoten", now=EVENING, claim=given_up.claim)
    bar.discard()

    bar.prepare()

    [draft] = Draft.objects.filter(state="open")
    assert str(draft.gross_amount.decimal) == "10.00"
    assert everything_holds(bar)


def test_the_next_run_bills_only_what_came_since(bar, tab):
    bar.buy(tab, "10", key="august")
    bar.prepare()
    bar.issue()

    bar.buy(tab, "20", key="september", at=EVENING + timedelta(days=20))
    bar.prepare(OCTOBER)
    [invoice] = bar.issue(OCTOBER)

    assert str(invoice.gross_amount.decimal) == "20.00"
    assert bar.balance(tab) == "0.00"


def test_an_order_of_later_is_not_due_yet(bar, tab):
    bar.buy(tab, "10", at=EVENING + timedelta(days=20))

    bar.prepare()

    assert bar.charges() == []


def test_each_line_of_each_order_stands_on_a_line(bar, tab):
    bar.buy(tab, ("Bier", "3", "2.80"), ("Tosti", "1", "4.50"))
    bar.buy(tab, ("Bier", "2", "2.80"))

    bar.bill_now(tab)

    assert lines_of(bar) == [("Bier", "3", "6.94"), ("Tosti", "1", "3.72"), ("Bier", "2", "4.63")]
    assert {charge.reference for charge in bar.charges()} == {tab.number}
    # 8.40 + 4.50 + 5.60 at the till, and VAT once over the net of all of it.
    assert str(bar.issue()[0].gross_amount.decimal) == "18.50"
    assert everything_holds(bar)


def test_per_product_stands_on_one_line(bar, tab):
    set_tab_rules(acting=bar.acting, layout=TabLayout.PER_PRODUCT, now=EVENING)
    for day in range(3):
        bar.buy(tab, ("Bier", "3", "2.80"), at=EVENING - timedelta(days=day))
    bar.buy(tab, ("Bier", "1", "3.00"))
    bar.give_back(bar.buy(tab, ("Tosti", "1", "4.50")), "back-1")

    bar.bill_now(tab)

    assert lines_of(bar) == [("Bier", "9", "20.83"), ("Bier", "1", "2.48")]
    [first, _second] = bar.charges()
    assert (str(first.starts_on), str(first.ends_before)) == ("2026-08-26", "2026-08-29")
    assert bar.balance(tab) == "0.00"
    assert everything_holds(bar)


def test_prices_without_vat_are_billed_as_they_are(bar, tab):
    order = bar.buy(tab, ("Vergaderzaal", "1.5", "33.33"), includes_vat=False)
    assert str(order.amount) == "60.50 EUR"

    bar.bill_now(tab)

    assert lines_of(bar) == [("Vergaderzaal", "1.5", "50.00")]
    assert str(bar.issue()[0].gross_amount.decimal) == "60.50"


def test_one_tab_of_a_customer_is_billed_now_and_the_other_waits(bar):
    customer = bar.customer()
    one, two = bar.tab(customer=customer), bar.tab(customer=customer)
    bar.buy(one, "10")
    bar.buy(two, "20")

    bar.bill_now(one, layout=TabLayout.PER_PRODUCT)

    assert (bar.balance(one), bar.balance(two)) == ("0.00", "20.00")
    bar.prepare()
    assert (bar.balance(two), len(bar.charges())) == ("0.00", 2)


def test_many_tabs_are_billed_now_with_a_draft_for_each_customer(bar):
    tabs = [bar.tab() for _ in range(3)]
    for tab in tabs:
        bar.buy(tab, "10")

    bar.bill_now(*tabs[:2])

    assert Draft.objects.count() == 2
    assert [bar.balance(tab) for tab in tabs] == ["0.00", "0.00", "10.00"]


def test_nothing_to_bill_is_said(bar, tab):
    with pytest.raises(Invalid, match="Nothing was booked"):
        bar.bill_now(tab)


def test_a_draft_thrown_away_puts_its_orders_back(bar, tab):
    bar.buy(tab, "10", key="one")
    bar.bill_now(tab)

    bar.discard()

    assert bar.states(tab) == {"one": "booked"}
    assert bar.balance(tab) == "10.00"
    assert not Charge.objects.exists()
    bar.bill_now(tab)
    assert bar.balance(tab) == "0.00"


def test_c127_seven_orders_of_an_erroneous_invoice_go_back_and_are_billed_once(bar, tab):
    for number in range(7):
        bar.buy(tab, "1.35", key=f"order-{number}")
    bar.prepare()
    bar.buy(tab, "50", key="after")
    [invoice] = bar.issue()

    note = bar.withdraw(invoice)

    assert note.kind == InvoiceKind.CREDIT_NOTE
    assert bar.balance(tab) == "59.45"
    assert bar.states(tab) == {**{f"order-{number}": "booked" for number in range(7)}, "after": "booked"}
    # What was wrong with one of them can be put right before they are billed anew.
    bar.cancel("order-0")
    bar.prepare(OCTOBER)
    [again] = bar.issue(OCTOBER)
    assert str(again.gross_amount.decimal) == "58.10"
    assert bar.balance(tab) == "0.00"
    billed = sum(each.gross_amount.minor for each in Invoice.objects.all())
    assert billed == 945 - 945 + 5810
    bar.prepare(OCTOBER)
    assert bar.issue(OCTOBER) == []
    assert everything_holds(bar)


def test_what_was_withdrawn_is_not_opened_a_second_time(bar, tab):
    bar.buy(tab, "10")
    bar.bill_now(tab)
    [charge] = bar.charges()
    bar.withdraw(*bar.issue())

    with pytest.raises(Conflict, match="billed anew"):
        reopen_charge(acting=bar.acting, charge=charge, now=EVENING)


def test_orders_go_back_together_or_not_at_all(bar, tab):
    """One of two charges is given up: were the orders put back, it would be billed after all."""
    bar.buy(tab, "10", "5", key="both")
    bar.bill_now(tab)
    [given_up, kept] = bar.charges()
    waive_charge(acting=bar.acting, charge=given_up, reason="Omgestoten", now=EVENING, claim=given_up.claim)

    bar.discard()

    assert bar.states(tab) == {"both": "billed"}
    assert [charge.pk for charge in bar.charges()] == [kept.pk]
    bar.prepare()
    [invoice] = bar.issue()
    assert str(invoice.net_amount.decimal) == str(kept.amount.decimal)


def test_a_billed_order_is_given_back_on_the_next_invoice(bar, tab):
    order = bar.buy(tab, "10")
    bar.prepare()
    bar.issue()

    bar.give_back(order, "back-1")
    bar.buy(tab, "30")
    bar.prepare(OCTOBER)
    [invoice] = bar.issue(OCTOBER)

    assert str(invoice.gross_amount.decimal) == "20.00"


def test_billing_asks_no_query_per_tab_or_order(bar):
    def asked(customers: int, orders: int) -> int:
        for _ in range(customers):
            tab = bar.tab("1000")
            for _ in range(orders):
                bar.buy(tab, "1", "2")
        with CaptureQueriesContext(connection) as queries:
            bar.prepare()
        bar.issue()
        return len(queries)

    few = asked(2, 2)

    assert asked(6, 10) <= few + 2
