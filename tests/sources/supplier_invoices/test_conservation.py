"""Whatever a purchase invoice holds and however often it is re-billed: bought = re-billed at cost + left over + left
out, nothing is billed twice, and the same going twice gives the same."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebill.charges.checks import check_charges, check_rebilled
from rebill.runs.checks import check_drafts
from rebill.sources.supplier_invoices.checks import check_purchases
from rebill.sources.supplier_invoices.commands import leave_rows_out
from rebill.sources.supplier_invoices.commands.rebilling import NothingToRebill
from rebill.sources.supplier_invoices.models import PurchaseInvoice, Target
from tests.factories import NOW
from tests.sources.supplier_invoices.books import TOINEN, YRITYS, Firm
from tests.sources.supplier_invoices.written import Finvoice, Row

PARTIES = st.sampled_from([YRITYS, TOINEN, ("0112038-9", "Vieras Oy"), None])
AMOUNTS = st.decimals(min_value=0, max_value=999, places=4).map(lambda value: format(value, "f"))
QUANTITIES = st.sampled_from(["1", "-1", "3", "0.5", "24", "-2.25"])
ROWS = st.lists(
    st.builds(Row, code=st.sampled_from(["NV-1", "NV-1", "??"]), quantity=QUANTITIES, price=AMOUNTS, party=PARTIES),
    min_size=1,
    max_size=12,
)
FACTORS = st.sampled_from([None, "1.25", "0.9", "1.333333"])


@pytest.fixture
def firm(db):
    return Firm()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, factor=FACTORS, left_out=st.integers(0, 12), batch=st.sampled_from([None, 1, 3]))
def test_every_cent_is_somewhere_and_nothing_is_billed_twice(firm, rows, factor, left_out, batch):
    number = str(PurchaseInvoice.objects.count() + 1)
    if factor:
        firm.margin(factor, firm.yritys, firm.toinen)
    invoice = firm.take(Finvoice([*rows, Row(price="10000.00")], number=number))
    meant = list(invoice.rows.filter(position=left_out).values_list("pk", flat=True))
    if meant:
        leave_rows_out(acting=firm.acting, invoice_id=invoice.pk, row_ids=meant, reason="Ours", now=NOW)

    seen = []
    for goes_on in (False, True, False, True):
        with suppress(NothingToRebill):
            firm.rebill(invoice, goes_on=goes_on, rows_max=batch)
        seen.append(firm.split(invoice).sums)

    assert all(sums.adds_up for sums in seen)
    assert seen[0] == seen[2]
    assert seen[1] == seen[3]
    for check in (check_purchases, check_charges, check_rebilled, check_drafts):
        assert check(acting=firm.acting) == []


def test_a_customer_that_is_billed_with_one_target_is_not_billed_with_another(firm):
    invoice = firm.take(Finvoice([Row(party=YRITYS), Row(party=TOINEN)]))
    firm.rebill(invoice, target=Target.ORDERS, rows_max=1)

    firm.rebill(invoice, goes_on=True)

    assert [draft.customer for draft in firm.drafts()] == [firm.toinen]
    assert firm.split(invoice).sums.left_over == 0
