"""Letters on paper: one file in postal order, every letter in one batch and no other."""

from io import BytesIO

import pikepdf
import pytest

from rebill.delivery.commands import make_print_batch, queue_dispatches
from rebill.delivery.commands.printing import _accept, _TakenMeanwhile
from rebill.delivery.contract import PostalAddress
from rebill.delivery.models import Attempt, Dispatch, PrintBatch
from rebill.delivery.queries import print_batches_of
from rebill.kit.files import read_file
from tests.delivery.factories import (
    NOW,
    acting_of,
    keep_pdf,
    make_customer,
    make_invoice,
    make_pdf,
    make_seller,
    withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return make_seller()


def post(seller, *address: str, pages: int = 1):
    country, postcode, city, street = address
    customer = make_customer(
        seller, " ".join(address), channel="print", country=country, postcode=postcode, city=city, street=street
    )
    invoice = make_invoice(customer, pdf=None)
    keep_pdf(invoice, make_pdf(invoice.number, pages=pages))
    return invoice


def make_batch(seller, **limits):
    queue_dispatches(acting=acting_of(seller), now=NOW)
    return make_print_batch(acting=acting_of(seller), now=NOW, **limits)


def page_count(batch: PrintBatch) -> int:
    with pikepdf.open(BytesIO(read_file(batch.file_id))) as pdf:
        return len(pdf.pages)


def test_all_letters_are_bound_in_postal_order(seller):
    last = post(seller, "NL", "9711 AA", "Groningen", "Dorpsstraat 1", pages=3)
    third = post(seller, "NL", "1011 AB", "Amsterdam", "Gracht 10", pages=2)
    second = post(seller, "NL", "1011AB", "Amsterdam", "Gracht 9")
    first = post(seller, "BE", "9000", "Gent", "Korenlei 4")

    batch = make_batch(seller)

    order = Attempt.objects.order_by("id").values_list("dispatch__invoice_id", flat=True)
    assert list(order) == [first.pk, second.pk, third.pk, last.pk]
    assert (batch.letters, page_count(batch)) == (4, 7)


def test_letters_count_as_sent_when_their_batch_is_kept(seller):
    invoice = post(seller, "NL", "9711 AA", "Groningen", "Dorpsstraat 1")

    batch = make_batch(seller)

    dispatch = Dispatch.objects.get(invoice=invoice)
    assert (dispatch.state, dispatch.accepted_at) == ("accepted", NOW)
    assert dispatch.last_words == f"Letter 1 of print batch {batch.pk}."
    assert dispatch.attempts_made == dispatch.attempts.count() == 1
    assert list(print_batches_of(acting_of(seller))) == [batch]


def test_a_letter_is_in_one_batch_only(seller):
    post(seller, "NL", "9711 AA", "Groningen", "Dorpsstraat 1")
    make_batch(seller)
    post(seller, "NL", "9711 AA", "Groningen", "Dorpsstraat 2")

    second = make_batch(seller)

    assert second.letters == 1
    assert make_batch(seller) is None
    assert PrintBatch.objects.count() == 2


def test_a_letter_that_another_batch_took_meanwhile_undoes_this_one(seller):
    post(seller, "NL", "9711 AA", "Groningen", "Dorpsstraat 1")
    queue_dispatches(acting=acting_of(seller), now=NOW)
    seen_by_both = [Dispatch.objects.get()]
    batch = make_batch(seller)

    with pytest.raises(_TakenMeanwhile):
        _accept(seen_by_both, batch, NOW)


def test_many_letters_make_several_files_in_one_order(seller):
    for number in (5, 3, 1, 4, 2):
        post(seller, "NL", "9711 AA", "Groningen", f"Dorpsstraat {number}")

    batches = [make_batch(seller, letters_max=2), make_batch(seller, letters_max=2), make_batch(seller, letters_max=2)]

    streets = [attempt.dispatch.invoice.customer_frozen["street"] for attempt in Attempt.objects.order_by("id")]
    assert [batch.letters for batch in batches] == [2, 2, 1]
    assert streets == [f"Dorpsstraat {number}" for number in (1, 2, 3, 4, 5)]


def test_a_letter_that_cannot_be_read_fails_alone(seller):
    broken = make_invoice(make_customer(seller, channel="print"), pdf=b"no PDF at all")
    post(seller, "NL", "9711 AA", "Groningen", "Dorpsstraat 1")

    batch = make_batch(seller)

    dispatch = Dispatch.objects.get(invoice=broken)
    assert batch.letters == 1
    assert dispatch.state == "failed"
    assert "cannot be read" in dispatch.last_words


def test_when_no_letter_can_be_read_there_is_no_batch(seller):
    make_invoice(make_customer(seller, channel="print"), pdf=b"no PDF at all")

    assert make_batch(seller) is None
    assert not PrintBatch.objects.exists()


def test_a_withdrawn_invoice_is_not_printed(seller):
    invoice = post(seller, "NL", "9711 AA", "Groningen", "Dorpsstraat 1")
    queue_dispatches(acting=acting_of(seller), now=NOW)
    withdraw(invoice, pdf=None)

    assert make_print_batch(acting=acting_of(seller), now=NOW) is None


def test_mails_are_not_printed_and_other_sellers_letters_neither(seller):
    make_invoice(make_customer(seller))
    other = make_seller("other")
    post(other, "NL", "9711 AA", "Groningen", "Dorpsstraat 1")
    queue_dispatches(acting=acting_of(other), now=NOW)

    assert make_batch(seller) is None


def test_house_numbers_are_ordered_as_numbers():
    addresses = [PostalAddress("NL", "1011 AB", "Amsterdam", f"Gracht {number}") for number in ("10", "9", "9a", "100")]

    streets = [address.street for address in sorted(addresses, key=lambda address: address.postal_order)]

    assert streets == ["Gracht 9", "Gracht 9a", "Gracht 10", "Gracht 100"]
