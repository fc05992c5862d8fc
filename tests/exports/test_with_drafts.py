"""With the drafts of the month's runs: what is about to be issued is exported on the morning of the first."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from rebill.charges.models import Charge
from rebill.exports.commands import make_combined_export
from rebill.exports.contract import Basis, Layout
from rebill.kit.files import read_file
from rebill.runs.models import Draft, DraftState, LineEdit
from tests.delivery.factories import NOW, acting_of, make_customer, make_invoice, make_seller
from tests.exports.factories import draft_of

pytestmark = pytest.mark.django_db

OCTOBER = date(2026, 10, 1)
LAYOUT = Layout(columns=("customer_number", "group", "amount", "documents"), basis=Basis.RUN)


@pytest.fixture
def seller():
    return make_seller()


def rows(seller) -> list[list[str]]:
    made = make_combined_export(acting=acting_of(seller), month=OCTOBER, layout=LAYOUT, now=NOW)
    return list(csv.reader(io.StringIO(read_file(made.file_id).decode()), delimiter=";"))[1:]


def test_open_and_approved_drafts_are_added_to_what_is_issued(seller):
    first, second = make_customer(seller, number="1001"), make_customer(seller, number="1002")
    make_invoice(first, gross=12_100, pdf=None)
    draft_of(first, (2, 2_500), (5, 900))
    draft_of(second, (3, 1_234), state=DraftState.APPROVED)

    assert rows(seller) == [
        ["1001", "2", "125,00", "2"],
        ["1001", "5", "9,00", "1"],
        ["1002", "3", "12,34", "1"],
    ]


def test_held_and_discarded_drafts_and_other_months_are_left_out(seller):
    customer = make_customer(seller, number="1001")
    draft_of(customer, (2, 100))
    draft_of(make_customer(seller), (2, 200), state=DraftState.HELD)
    draft_of(make_customer(seller), (2, 400), state=DraftState.DISCARDED)
    draft_of(make_customer(seller), (2, 800), state=DraftState.ISSUED)
    draft_of(make_customer(seller), (2, 1_600), billed_on=date(2026, 11, 1))

    assert rows(seller) == [["1001", "2", "1,00", "1"]]


def test_edited_lines_count_as_edited(seller):
    draft = draft_of(make_customer(seller, number="1001"), (2, 2_500), (2, 700))
    edited = Charge.objects.filter(claim=draft.pk).order_by("id").first()
    LineEdit.objects.create(draft=draft, charge=edited, reason="agreed", edited_at=NOW)
    Charge.objects.filter(pk=edited.pk).update(edited_price=Decimal("12.50"))
    Draft.objects.filter(pk=draft.pk).update(net_amount=1_950)

    assert rows(seller) == [["1001", "2", "19,50", "1"]]
