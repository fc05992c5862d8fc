"""Frames hold what the tables hold, on both databases: every text, nothing where there is nothing, exact numbers."""

from datetime import date

import polars as pl
import pytest

from rebill.invoices.models import Invoice
from rebill.kit.bulk.frames import NotForFrames, read_frame
from rebill.parties.models import Customer
from rebill.subscriptions.commands import place_order
from rebill.subscriptions.models import Subscription
from tests.factories import NOW, make_customer, make_seller
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

NAMES = (
    "a",
    "",
    'say "so"',
    "a,b",
    "two\nlines",
    "two\r\nlines",
    "tab\t",
    "日本 €",
    "\\N",
    "(NULL)",
    "%s %w",
    "'",
    " x ",
    '""',
)


def test_texts_come_as_they_are_kept():
    seller = make_seller()
    for name in NAMES:
        Customer.objects.filter(pk=make_customer(seller).pk).update(name=name, number=None)

    frame = read_frame(Customer.objects.order_by("id"), id="id", name="name", number="number", dealer="as_seller__id")

    assert frame["name"].to_list() == list(NAMES)
    assert frame["number"].to_list() == [""] * len(NAMES)
    assert frame["dealer"].to_list() == [None] * len(NAMES)
    assert frame.schema["dealer"] == pl.Int64


def test_days_ids_and_what_stands_in_other_tables_come_typed():
    link = Link.wholesaler("Elbtal")
    customer, product = link.customer("Nauta"), link.sells("SEAT", "6")
    order = place_order(acting=link.acting, customer=customer, number="B-1", now=NOW, ordered_on=date(2026, 8, 3))
    kept = [link.subscribe(customer, product, date(2026, 9, 1), "2.5", order=each) for each in (order, None)]

    frame = read_frame(
        Subscription.objects.order_by("id"), uuid="uuid", start="start_on", number="order__number",
        ordered="order__ordered_on", customer="customer_id",
    )  # fmt: skip

    assert frame.rows() == [
        (str(kept[0].uuid), date(2026, 9, 1), "B-1", date(2026, 8, 3), customer.pk),
        (str(kept[1].uuid), date(2026, 9, 1), "", None, customer.pk),
    ]


def test_nothing_is_a_frame_with_columns_and_without_rows():
    frame = read_frame(Invoice.objects.order_by("id"), id="id", day="issued_on", number="number", net="net_amount")

    assert frame.schema == {"id": pl.Int64, "day": pl.Date, "number": pl.String, "net": pl.Int64}
    assert frame.height == 0


@pytest.mark.parametrize("field", ["issued_at", "withdraws"])
def test_what_a_frame_would_hold_otherwise_on_each_database_is_refused(field):
    with pytest.raises(NotForFrames):
        read_frame(Invoice.objects.all(), it=field)
