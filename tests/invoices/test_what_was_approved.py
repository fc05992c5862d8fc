"""What is issued is what was approved: whatever changed in between sends the draft back to the people who approve."""

from datetime import date

import pytest

from rebill.parties.commands import change_customer
from rebill.runs.models import DraftState
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

DAY = date(2026, 8, 1)


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"vat_id": ""}, "missing_vat_id"),
        ({"country": "NL", "vat_id": "", "postcode": "9711 AA"}, None),
        ({"street": "", "city": ""}, "no_address"),
        ({"invoice_emails": []}, "no_email"),
    ],
)
def test_a_customer_changed_after_approval_sends_its_draft_back(change, warning):
    month = Month()
    customer = month.customer("Hanse GmbH", country="DE", postcode="28195", city="Bremen", vat_id="DE136695976")
    month.subscribe(customer, "HOSTING-M", price="10.00", start_on=DAY)
    month.subscribe(month.customer("Bakkerij Jansen"), "HOSTING-M", start_on=DAY)
    month.prepare(DAY)
    month.approve_all()

    change_customer(acting=month.acting, customer_id=customer.pk, now=month.at(DAY), **change)
    issued = month.issue(DAY)

    assert (issued.documents, issued.returned) == (1, 1)
    draft = month.drafts().get(customer=customer)
    assert (draft.state, draft.approved_by) == (DraftState.OPEN, None)
    assert draft.warnings.filter(code=warning).exists() is (warning is not None)
    month.approve_all()
    assert month.issue(DAY).documents == (1 if warning is None else 0)


def test_a_customer_renamed_after_approval_is_printed_as_it_is_now():
    month = Month()
    customer = month.customer("Bakkerij Jansen")
    month.subscribe(customer, "HOSTING-M", start_on=DAY)
    month.prepare(DAY)
    month.approve_all()

    change_customer(acting=month.acting, customer_id=customer.pk, now=month.at(DAY), name="Bakkerij Jansen B.V.")
    month.issue(DAY)

    [invoice] = month.invoices()
    assert invoice.customer_name == "Bakkerij Jansen B.V."
