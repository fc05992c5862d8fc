"""What people type into fields."""

from decimal import Decimal

import pytest
from django.utils import translation

from rebill.interfaces.office.forms import NumberField, id_or_none, ids_in


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("7.95", "7.95"),
        ("7,95", "7.95"),
        ("0.0235", "0.0235"),
        ("1,231.40", "1231.40"),
        ("1.231,40", "1231.40"),
        ("1 231,40", "1231.40"),
        ("1,231,400", "1231400"),
        ("−8.21", "-8.21"),
    ],
)
def test_numbers_are_read_as_people_write_them(written, number):
    assert NumberField().clean(written) == Decimal(number)


def test_a_number_is_shown_with_the_readers_mark_and_can_be_sent_back():
    field = NumberField()

    with translation.override("nl"):
        shown = field.prepare_value(Decimal("1231.400000"))
        read = field.clean(shown)

    assert shown == "1231,4"
    assert read == Decimal("1231.4")
    assert not field.has_changed(Decimal("1231.400000"), shown)


@pytest.mark.parametrize("written", ["", "x", "-1", "²", "٣", "1.5", "9" * 19])
def test_what_is_no_id_counts_as_not_said(written):
    assert id_or_none(written) is None
    assert ids_in(["7", written, "12"]) == [7, 12]
