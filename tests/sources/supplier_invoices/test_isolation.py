"""What a seller bought, from whom, and at which price it passes it on: an id of it is unknown to anybody else."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from rebill.access.acting import Acting
from rebill.kit.errors import Refused
from rebill.kit.events import Event
from rebill.sources.supplier_invoices import commands
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, PurchaseState, Supplier
from rebill.sources.supplier_invoices.queries.pricing import price_group_with_id
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of
from tests.factories import acting_of, make_customer, make_product, make_seller
from tests.sources.supplier_invoices.written import Finvoice, Row

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)


class Theirs:
    """An invoice of another seller's supplier, and what is named of it."""

    def __init__(self) -> None:
        seller = make_seller(name="Anders BV")
        acting = acting_of(seller)
        self.customer, self.product = make_customer(seller, name="Geheim"), make_product(seller, "GEHEIM")
        content = Finvoice([Row(code="NV-1"), Row(code="NV-2")]).written()
        self.invoice = commands.take_purchase_invoice(acting=acting, content=content, file_name="a.xml", now=NOW)
        self.row = self.invoice.rows.order_by("position").first()
        self.supplier = self.invoice.supplier
        factor = commands.set_price_factor(
            acting=acting, group="Geheim", factor=Decimal(2), valid_from=NOW.date(), now=NOW
        )
        self.group = factor.group


Asked = Callable[[Acting, Theirs], Any]
CALLS: dict[str, Asked] = {
    "supplier": lambda me, it: commands.change_supplier(acting=me, supplier_id=it.supplier.pk, model="older", now=NOW),
    "read": lambda me, it: commands.renew_matches(acting=me, invoice_id=it.invoice.pk, now=NOW),
    "move": lambda me, it: commands.move_purchase_invoice(
        acting=me, invoice_id=it.invoice.pk, to=PurchaseState.BOOKED, now=NOW
    ),
    "settle": lambda me, it: commands.settle_credit(
        acting=me, credit_id=it.invoice.pk, invoice_id=it.invoice.pk, now=NOW
    ),
    "undo settled": lambda me, it: commands.undo_settlement(
        acting=me, credit_id=it.invoice.pk, invoice_id=it.invoice.pk, now=NOW
    ),
    "customer": lambda me, it: commands.link_end_customer(
        acting=me, invoice_id=it.invoice.pk, identity=it.row.end_identity, customer_id=None, now=NOW
    ),
    "article": lambda me, it: commands.link_article(
        acting=me, invoice_id=it.invoice.pk, row_id=it.row.pk, product_id=None, now=NOW
    ),
    "leave out": lambda me, it: commands.leave_rows_out(
        acting=me, invoice_id=it.invoice.pk, row_ids=[it.row.pk], reason="Ours", now=NOW
    ),
    "price": lambda me, it: commands.set_row_price(
        acting=me, invoice_id=it.invoice.pk, row_ids=[it.row.pk], price=Decimal(1), now=NOW
    ),
    "factor": lambda me, it: commands.set_price_factor(
        acting=me, group="Ours", factor=Decimal(2), valid_from=NOW.date(), product_id=it.product.pk, now=NOW
    ),
    "group": lambda me, it: commands.assign_price_group(
        acting=me, customer_ids=[it.customer.pk], group="Ours", now=NOW
    ),
    "invoice": lambda me, it: purchase_invoice_of(me, it.invoice.pk),
    "group shown": lambda me, it: price_group_with_id(me, it.group.pk),
}


@pytest.fixture
def theirs() -> Theirs:
    return Theirs()


def everything() -> list[object]:
    models = (PurchaseInvoice, PurchaseRow, Supplier, Event)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


@pytest.mark.parametrize("call", CALLS)
def test_another_sellers_ids_are_unknown_and_change_nothing(theirs, call):
    me = acting_of(make_seller(name="Ik BV"))
    before = everything()

    with pytest.raises(Refused):
        CALLS[call](me, theirs)

    assert everything() == before


@pytest.mark.parametrize("call", ["leave out", "price", "article"])
def test_rows_of_another_sellers_invoice_are_none_of_ones_own(theirs, call):
    """Their row named on an invoice of one's own."""
    me = acting_of(make_seller(name="Ik BV"))
    mine = commands.take_purchase_invoice(acting=me, content=Finvoice().written(), file_name="b.xml", now=NOW)
    theirs.invoice, before = mine, everything()

    with pytest.raises(Refused):
        CALLS[call](me, theirs)

    assert everything() == before
