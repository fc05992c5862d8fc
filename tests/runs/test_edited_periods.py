"""A line that is said to be for other days: what the document says, its VAT, and what later runs make of it."""

from datetime import date

import pytest

from rebill.charges.checks import check_charges
from rebill.charges.models import Charge
from rebill.invoices.checks import check_billing, check_invoices
from rebill.kit.errors import Invalid
from rebill.rules.money import Money
from rebill.rules.periods import Period
from rebill.runs.checks import check_claims, check_drafts
from rebill.runs.commands import change_draft_line
from rebill.runs.models import Draft
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

DAY = date(2026, 8, 1)


@pytest.fixture
def month() -> Month:
    return Month()


@pytest.fixture
def draft(month) -> Draft:
    """A month of hosting at ten."""
    month.subscribe(month.customer("Bakkerij Jansen"), "HOSTING-M", price="10", start_on=DAY)
    month.prepare(DAY)
    return Draft.objects.get(seller=month.seller)


def line_of(draft: Draft) -> Charge:
    return Charge.objects.get(claim=draft.id)


def test_another_period_stands_on_the_document_and_later_runs_go_on_from_the_charges_own(month, draft):
    charge = line_of(draft)
    weeks = Period(date(2026, 8, 3), date(2026, 8, 31))

    change_draft_line(
        acting=month.acting, draft_id=draft.id, charge_id=charge.id, period=weeks, reason="As the customer books it",
        now=month.at(DAY),
    )  # fmt: skip
    month.approve_all()
    month.issue(DAY)
    month.bill_on(date(2026, 9, 1))

    kept = Charge.objects.get(id=charge.id)
    lines = [invoice.lines.get() for invoice in month.invoices()]
    assert (kept.starts_on, kept.ends_before) == (date(2026, 8, 1), date(2026, 9, 1))
    assert [(line.starts_on, line.ends_before) for line in lines] == [
        (date(2026, 8, 3), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 10, 1)),
    ]
    for check in (check_claims, check_drafts, check_charges, check_invoices, check_billing):
        assert check(acting=month.acting) == []


def test_another_period_asks_for_a_reason_and_for_a_day_at_least(month, draft):
    charge = line_of(draft)
    said = {"acting": month.acting, "draft_id": draft.id, "charge_id": charge.id, "now": month.at(DAY)}

    with pytest.raises(Invalid, match="reason"):
        change_draft_line(**said, period=Period(DAY, date(2026, 8, 31)))
    with pytest.raises(Invalid, match="end before it begins"):
        change_draft_line(**said, period=Period(DAY, DAY), reason="Slip")


def test_the_vat_of_a_line_is_that_of_the_last_day_it_is_said_to_be_for(month):
    """Finland's standard rate rose from 24 % to 25.5 % on 1 September 2024."""
    september = date(2024, 9, 1)
    month = Month(slug="tukku", country="FI", language="fi")
    month.subscribe(month.customer("Satama", country="FI"), "HOSTING", price="10", start_on=september)
    month.prepare(september)
    draft = Draft.objects.get(seller=month.seller)

    august = Period(date(2024, 8, 1), september)
    changed = change_draft_line(
        acting=month.acting, draft_id=draft.id, charge_id=line_of(draft).id, period=august, reason="Used in August",
        now=month.at(september),
    )  # fmt: skip

    assert draft.gross_amount == Money(1255, "EUR")
    assert changed.gross_amount == Money(1240, "EUR")
