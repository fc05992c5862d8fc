"""A line whose VAT rate or ledger account is changed on its draft: the document, and what later runs make of it."""

from datetime import date

import pytest

from rebill.charges.models import Charge
from rebill.invoices.checks import check_billing, check_invoices
from rebill.kit.errors import Invalid
from rebill.kit.models import Event
from rebill.rules.money import Money
from rebill.rules.tax import RateClass
from rebill.runs.checks import check_claims, check_drafts
from rebill.runs.commands import change_draft_line, reset_draft_line
from rebill.runs.models import Draft
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

DAY = date(2026, 8, 1)


@pytest.fixture
def month() -> Month:
    return Month()


@pytest.fixture
def said(month) -> dict[str, object]:
    """Which line: a month of hosting at ten, at the Dutch standard rate."""
    month.subscribe(month.customer("Bakkerij Jansen"), "HOSTING-M", price="10", start_on=DAY)
    month.prepare(DAY)
    draft = Draft.objects.get(seller=month.seller)
    line = Charge.objects.get(claim=draft.id)
    return {"acting": month.acting, "draft_id": draft.id, "charge_id": line.id, "now": month.at(DAY)}


def test_vat_is_computed_anew_for_this_document_and_later_runs_go_by_the_product(month, said):
    changed = change_draft_line(**said, rate_class=RateClass.REDUCED, ledger_account="8020", reason="A book")
    month.approve_all()
    month.issue(DAY)
    month.bill_on(date(2026, 9, 1))

    first, second = [invoice.lines.get() for invoice in month.invoices()]
    assert changed.gross_amount == Money(1090, "EUR")
    assert (first.tax_rate, first.ledger_account) == (9, "8020")
    assert (second.tax_rate, second.ledger_account) == (21, "")
    assert Charge.objects.get(id=said["charge_id"]).rate_class == "standard"
    for check in (check_claims, check_drafts, check_invoices, check_billing):
        assert check(acting=month.acting) == []


def test_what_was_and_what_is_said_stands_in_the_history(said):
    change_draft_line(**said, rate_class=RateClass.ZERO, ledger_account="8030", reason="Export")

    [event] = Event.objects.filter(verb="line_changed")
    assert (event.details["before"]["rate_class"], event.details["rate_class"]) == ("standard", "zero")
    assert (event.details["ledger_account"], event.details["reason"]) == ("8030", "Export")


def test_another_rate_and_another_account_ask_for_a_reason(said):
    with pytest.raises(Invalid, match="reason"):
        change_draft_line(**said, rate_class=RateClass.ZERO)
    with pytest.raises(Invalid, match="reason"):
        change_draft_line(**said, ledger_account="8030")


def test_a_line_that_is_put_back_has_its_own_rate_again(said):
    change_draft_line(**said, rate_class=RateClass.REDUCED, reason="A book")

    draft = reset_draft_line(**said)

    assert draft.gross_amount == Money(1210, "EUR")
