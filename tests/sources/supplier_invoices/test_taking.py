"""Taking purchase invoices in: what is kept of them, whom their rows are for, and what is refused."""

import pytest

from rebill.access.acting import Role
from rebill.kit.errors import Forbidden
from rebill.kit.files import read_file
from rebill.kit.xml import DEPTH_MAX, XmlRefused, parse_xml
from rebill.sources.supplier_invoices.checks import check_purchases
from rebill.sources.supplier_invoices.commands import take_purchase_invoice
from rebill.sources.supplier_invoices.commands.taking import TakenAlready
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, Supplier
from tests.factories import NOW, acting_of, make_customer, make_product, make_seller
from tests.sources.supplier_invoices.written import Finvoice, Row

YRITYS, TOINEN = ("1478523-2", "Yritys Oy"), ("0201256-6", "Toinen Oy")


@pytest.fixture
def seller(db):
    return make_seller("tilitoimisto", country="FI", vat_id="FI20774740", chamber_id="2077474-0")


@pytest.fixture
def take(seller):
    def take(finvoice: Finvoice) -> PurchaseInvoice:
        return take_purchase_invoice(
            acting=acting_of(seller), content=finvoice.written(), file_name="finvoice.xml", now=NOW
        )

    return take


def rows_of(invoice: PurchaseInvoice) -> list[PurchaseRow]:
    return list(invoice.rows.order_by("position"))


def test_the_original_is_kept_byte_for_byte(take):
    finvoice = Finvoice()

    invoice = take(finvoice)

    assert read_file(invoice.file_id) == finvoice.written()
    assert (invoice.number, str(invoice.net), str(invoice.gross)) == ("900123", "50.00 EUR", "62.75 EUR")
    assert check_purchases(acting=acting_of(invoice.seller)) == []


def test_the_same_invoice_twice_is_refused_and_names_the_first(take):
    first = take(Finvoice())

    for again in (Finvoice(), Finvoice(rows=[Row(price="51.00")])):
        with pytest.raises(TakenAlready, match="900123") as refused:
            take(again)
        assert refused.value.first_id == first.pk
    assert PurchaseInvoice.objects.count() == 1


def test_the_number_of_another_supplier_is_another_invoice(take):
    take(Finvoice())
    take(Finvoice(supplier=("0112038-9", "Muu Oy")))
    take(Finvoice(number="900124"))

    assert [supplier.name for supplier in Supplier.objects.order_by("id")] == ["Ohjelmistotalo Esimerkki Oy", "Muu Oy"]
    assert PurchaseInvoice.objects.count() == 3


@pytest.mark.parametrize("said", ["1478523-2", "FI14785232", "003714785232", "14785232"])
def test_a_customer_is_found_by_its_business_id_however_it_is_written(seller, take, said):
    customer = make_customer(seller, name="Yritys Oy Ab", chamber_id="1478523-2", country="FI")
    product = make_product(seller, "NV-1")

    [row] = rows_of(take(Finvoice([Row(party=(said, "Yritys"))])))

    assert (row.customer_id, row.product_id, row.customer_by, row.product_by) == (
        customer.pk, product.pk, "number", "code",
    )  # fmt: skip


def test_a_wrong_check_digit_warns_and_matches_all_the_same(seller, take):
    customer = make_customer(seller, chamber_id="1478523-8", country="FI")

    [row] = rows_of(take(Finvoice([Row(party=("1478523-8", "Yritys Oy"))])))

    assert (row.customer_id, row.end_is_doubtful) == (customer.pk, True)


@pytest.mark.parametrize(
    ("place", "row"),
    [
        ("text", Row(text="Netvisor 10/2026 Yritys Oy (1478523-2)")),
        ("buyer_reference", Row(extra="<RowBuyerReferenceIdentifier>1478523-2</RowBuyerReferenceIdentifier>")),
        ("row_identifier", Row(extra="<RowIdentifier>FI14785232</RowIdentifier>")),
        ("sub_identifier", Row(extra="<RowSubIdentifier>1478523-2</RowSubIdentifier>")),
        ("group", Row(extra="<ArticleGroupIdentifier>1478523-2</ArticleGroupIdentifier>")),
        (
            "definition",
            Row(
                extra="<RowDefinitionDetails><RowDefinitionHeaderText>Y-tunnus</RowDefinitionHeaderText>"
                "<RowDefinitionValue>1478523-2</RowDefinitionValue></RowDefinitionDetails>"
            ),
        ),
    ],
)
def test_the_place_at_which_a_supplier_names_customers_is_learnt(seller, take, place, row):
    customer = make_customer(seller, name="Yritys Oy", chamber_id="1478523-2", country="FI")

    invoice = take(Finvoice([row]))

    assert rows_of(invoice)[0].customer_id == customer.pk
    assert invoice.places[0] == place


def test_a_heading_names_the_customer_of_the_rows_below_it(seller, take):
    yritys = make_customer(seller, name="Yritys Oy", chamber_id="1478523-2", country="FI")
    toinen = make_customer(seller, name="Toinen Oy", chamber_id="0201256-6", country="FI")
    rows = [Row(name="Yritys Oy 1478523-2", price=None), Row(), Row(), Row(name="Toinen Oy", price=None), Row()]

    found = rows_of(take(Finvoice(rows)))

    assert [row.customer_id for row in found] == [None, yritys.pk, yritys.pk, None, toinen.pk]


def test_in_the_older_model_the_oldest_of_equal_names_wins(seller, take):
    oldest = make_product(seller, "A", name="Netvisor Premium")
    make_product(seller, "B", name="Netvisor Premium")

    [row] = rows_of(take(Finvoice([Row(code="", party=YRITYS)])))

    assert (row.product_id, row.product_by) == (oldest.pk, "name")


def test_two_customers_with_one_number_are_a_question(seller, take):
    for _twin in range(2):
        make_customer(seller, chamber_id="1478523-2", country="FI")

    [row] = rows_of(take(Finvoice()))

    assert (row.customer_id, row.customer_by) == (None, "several")


def test_another_sellers_customer_is_never_found(seller, take):
    make_customer(make_seller("other"), chamber_id="1478523-2", country="FI")

    assert rows_of(take(Finvoice()))[0].customer_id is None


def test_what_rows_and_total_differ_by_is_a_row_of_its_own(seller):
    content = (
        Finvoice().written().replace(b"<InvoiceTotalVatExcludedAmount>50,00", b"<InvoiceTotalVatExcludedAmount>50,02")
    )

    invoice = take_purchase_invoice(acting=acting_of(seller), content=content, file_name="x.xml", now=NOW)

    assert [(row.kind, str(row.net)) for row in rows_of(invoice)] == [("row", "50.00 EUR"), ("difference", "0.02 EUR")]
    assert check_purchases(acting=acting_of(seller)) == []


def test_a_credit_note_counts_backwards(seller, take):
    invoice = take(Finvoice([Row(price="12.00", party=YRITYS)], kind="INV02"))

    [row] = rows_of(invoice)
    assert (str(invoice.gross), str(row.net), row.quantity) == ("-15.06 EUR", "-12.00 EUR", -1)


def test_a_viewer_takes_nothing_in(seller):
    with pytest.raises(Forbidden):
        take_purchase_invoice(
            acting=acting_of(seller, role=Role.VIEWER), content=Finvoice().written(), file_name="x.xml", now=NOW
        )


def test_however_many_rows_there_are_the_reads_are_few(seller, django_assert_max_num_queries):
    make_customer(seller, chamber_id="1478523-2", country="FI")
    content = Finvoice([Row(party=YRITYS), Row(party=TOINEN)] * 300).written()

    with django_assert_max_num_queries(40):
        take_purchase_invoice(acting=acting_of(seller), content=content, file_name="x.xml", now=NOW)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><Finvoice>&a;</Finvoice>',
        b'<!DOCTYPE x SYSTEM "http://nowhere.example/x.dtd"><Finvoice/>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><Finvoice>&a;</Finvoice>'.encode("utf-16"),
        b"<Finvoice><InvoiceDetails>",
        b"<Finvoice>" + b"<a>" * (DEPTH_MAX + 5) + b"</a>" * (DEPTH_MAX + 5) + b"</Finvoice>",
        b"",
    ],
)
def test_xml_that_does_more_than_hold_values_is_refused(content):
    with pytest.raises(XmlRefused):
        parse_xml(content)
