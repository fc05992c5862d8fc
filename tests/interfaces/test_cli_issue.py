"""`rebill issue`: numbers, PDFs and the queue, for what is approved."""

import json

import pytest

from rebill.delivery.models import Dispatch
from rebill.invoices.models import Document, Invoice
from rebill.runs.commands import change_invoice_date
from rebill.runs.models import Draft, Run
from tests.interfaces.conftest import THIS_MONTH

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def approved(month, typed):
    """The run of this month with its one ready draft approved."""
    typed("prepare")
    typed("drafts", "approve", "--tab", "ready")
    return month


def test_what_is_approved_is_numbered_printed_and_queued(approved, typed):
    ended = typed("issue")

    assert (ended.code, Invoice.objects.count(), Document.objects.count(), Dispatch.objects.count()) == (0, 1, 1, 1)
    assert [row.split() for row in ended.shown.splitlines() if row.strip()[:1].isdigit()] == [["1", "1", "1"]]
    assert "`rebill deliver`" in ended.shown


def test_issuing_again_does_nothing_twice(approved, typed):
    typed("issue")

    ended = typed("issue")

    assert (ended.code, Invoice.objects.count()) == (0, 1)
    assert "Nothing to issue" in ended.shown


def test_the_outcome_for_programs(approved, typed):
    told = json.loads(typed("issue", "--json").shown)

    assert told == {"documents": 1, "sent_back_to_review": 0, "pdfs_made": 1, "queued": 1, "problems": []}


def test_the_date_on_the_invoices_can_be_given(approved, typed):
    typed("issue", "--run", THIS_MONTH, "--on", THIS_MONTH.replace(day=28))

    assert Invoice.objects.get().issued_on == THIS_MONTH.replace(day=28)
    assert Run.objects.get().invoice_on == THIS_MONTH.replace(day=28)


def test_a_date_before_the_month_of_the_run_is_refused_and_nothing_is_issued(approved, typed):
    ended = typed("issue", "--on", "2020-01-01")

    assert (ended.code, Invoice.objects.count()) == (2, 0)
    assert "lies too early" in ended.aside


def test_only_the_run_that_was_named_is_issued(approved, typed):
    typed("prepare", "--on", THIS_MONTH.replace(day=2))
    approved.add_line(approved.customer("Later", number="1020"), "Telefoon", price="5", on=THIS_MONTH)
    typed("prepare", "--on", THIS_MONTH.replace(day=2))
    typed("drafts", "approve", "--tab", "ready")

    typed("issue", "--run", THIS_MONTH.replace(day=2))

    assert [invoice.customer_number for invoice in Invoice.objects.all()] == ["1020"]
    assert Draft.objects.filter(state="approved").count() == 1


def test_a_run_that_was_never_prepared_is_refused(approved, typed):
    ended = typed("issue", "--run", "2019-01-01")

    assert (ended.code, Invoice.objects.count()) == (2, 0)
    assert "There is no run" in ended.aside


def test_what_was_issued_without_pdfs_is_completed(approved, typed):
    approved.issue(THIS_MONTH)

    told = json.loads(typed("issue", "--json").shown)

    assert (told["documents"], told["pdfs_made"], told["queued"]) == (0, 1, 1)


def test_the_date_of_the_run_stands_when_nothing_is_said(approved, typed):
    change_invoice_date(
        acting=approved.acting,
        run_id=Run.objects.get().pk,
        invoice_on=THIS_MONTH.replace(day=3),
        now=approved.at(THIS_MONTH),
    )

    typed("issue")

    assert Invoice.objects.get().issued_on == THIS_MONTH.replace(day=3)
