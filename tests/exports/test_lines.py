"""Line exports: a row for every charge, in the chosen columns, and price = quantity × unit price on every one."""

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

import pytest

from rebill.exports.commands import keep_line_layout, remove_line_layout
from rebill.exports.layouts import LayoutInvalid
from rebill.exports.lines.columns import COLUMNS, DEFAULT_COLUMNS, LANGUAGES
from rebill.exports.lines.layouts import LinesLayout, Side, lines_layout_as_json, read_lines_layout
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import CELLS, LineWriter
from rebill.exports.queries import LineLayoutUnknown, lines_layout
from rebill.invoices.commands import credit_invoice
from rebill.invoices.models import Invoice, InvoiceLine
from rebill.kit.errors import NotFound
from rebill.subscriptions.commands import cancel_subscription, change_quantity, place_order
from tests.factories import NOW, acting_of, make_seller
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture
def chain(db):
    """A dealer whose customer ordered five seats in the middle of a month, and six more later."""
    top = Link.wholesaler("Elbtal Kommunikation")
    dealer = top.dealer("Delta Telecom", number="D-1")
    bought = top.sells("SEAT", "6", name="Seat")
    sold = dealer.resells(bought, "WERKPLEK", "percent", "50", name="Werkplek", ledger_account="8010")
    nauta = dealer.customer("Rederij Nauta", number="10482", cost_centre="KST-12")
    order = place_order(
        acting=dealer.acting, customer=nauta, number="12345", general_reference="Project Noord", now=NOW,
        ordered_on=date(2026, 8, 10),
    )  # fmt: skip
    subscription = dealer.subscribe(nauta, sold, date(2026, 8, 17), "5", order=order)
    change_quantity(
        acting=dealer.acting, subscription=subscription, quantity=Decimal(11), effective_on=date(2026, 8, 22),
        reference="PO 78", now=NOW,
    )  # fmt: skip
    top.prepare_chain(SEPTEMBER)
    top.issue(SEPTEMBER)
    dealer.issue(SEPTEMBER)
    return top, dealer, nauta, subscription


def rows_of(link: Link, side: Side, month: date = SEPTEMBER, language: str = "de", **said) -> list[dict[str, str]]:
    layout = read_lines_layout({"columns": list(COLUMNS), "headings": "keys", **said}, side)
    content = b"".join(LineWriter(LineReader(link.acting, side), layout).chunks(month, language))
    text = content.decode("utf-8-sig" if layout.encoding == "utf-8" else layout.encoding)
    return list(csv.DictReader(StringIO(text, newline=""), delimiter=layout.delimiter))


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def test_both_sides_have_a_row_for_every_charge_with_the_same_event_and_quantity(chain):
    top, dealer, nauta, subscription = chain

    bought = rows_of(dealer, Side.PURCHASE)
    sold = rows_of(dealer, Side.SALES)

    assert [row["event"] for row in bought] == [row["event"] for row in sold]
    assert [row["amountnew"] for row in bought] == [row["amountnew"] for row in sold]
    assert len(sold) == InvoiceLine.objects.filter(invoice__seller=dealer.seller).count() == 3
    first = sold[0]
    assert {name: first[name] for name in DEFAULT_COLUMNS} == {
        "invoice_number": "2026-00001",
        "invoice_date": "01.09.2026",
        "end_customer_id": str(nauta.pk),
        "end_customer_number": "10482",
        "end_customer_name": "Rederij Nauta",
        "cost_centre": "KST-12",
        "dealer_id": str(dealer.seller.as_customer_id),
        "dealer_number": "D-1",
        "dealer_name": "Delta Telecom",
        "wholesaler_id": str(top.seller.pk),
        "wholesaler_number": top.seller.slug,
        "wholesaler_name": "Elbtal Kommunikation",
        "from": "17.08.26",
        "until": "01.09.26",
        "period": "17.08.2026 - 01.09.2026",
        "order_number": "12345",
        "product_id": "BUNDLE_12345",
        "subscription_id": str(subscription.uuid),
        "general_reference": "Project Noord",
        "reference": "",
        "quantity": "5",
        "amountnew": "2,4194",
        "article_name": "Werkplek",
        "unit_price": "9,00",
        "tax": "21",
        "price": "21,77",
        "ledger_account": "8010",
        "invoice_type": "PERIODICFIRST",
    }
    # The change has its own row, under the same order, with its own reference.
    assert (sold[1]["quantity"], sold[1]["from"], sold[1]["reference"]) == ("6", "22.08.26", "PO 78")
    assert {row["order_number"] for row in sold} == {"12345"}
    # On the purchase side stand the wholesaler's prices, and the dealer's own ledger account.
    assert (bought[0]["unit_price"], bought[0]["price"], bought[0]["ledger_account"]) == ("6,00", "14,52", "8010")
    assert (bought[0]["wholesaler_name"], bought[0]["dealer_name"]) == ("Elbtal Kommunikation", "Delta Telecom")


def test_the_wholesalers_sales_are_the_dealers_purchases(chain):
    top, dealer, _nauta, _subscription = chain
    same = ["invoice_number", "event", "amountnew", "unit_price", "price", "end_customer_name", "dealer_name"]

    sold = [[row[name] for name in same] for row in rows_of(top, Side.SALES)]

    assert sold == [[row[name] for name in same] for row in rows_of(dealer, Side.PURCHASE)]
    assert rows_of(top, Side.PURCHASE) == []


def test_price_is_amountnew_times_unit_price_on_every_row_to_the_cent(chain):
    top, dealer, _nauta, subscription = chain
    cancel_subscription(
        acting=dealer.acting, subscription=subscription, ends_before=date(2026, 9, 14), now=NOW, reference="Ende"
    )
    top.prepare_chain(date(2026, 10, 1))
    for link in (top, dealer):
        link.issue(date(2026, 10, 1))
    invoice = Invoice.objects.filter(seller=dealer.seller).order_by("id").first()
    # A third of a line, which no quantity of four decimals gives at its price.
    credit_invoice(
        acting=dealer.acting, invoice_id=invoice.pk, reason="Storing", today=date(2026, 10, 1), now=NOW, net_minor=7_25
    )

    rows = [
        row
        for link in (top, dealer)
        for side in Side
        for month in (SEPTEMBER, date(2026, 10, 1))
        for row in rows_of(link, side, month)
    ]

    assert len(rows) >= 12
    assert {row["invoice_type"] for row in rows} >= {"PERIODICFIRST", "PERIODIC", "PERIODICCORRECTION"}
    for row in rows:
        exact = number(row["amountnew"]) * number(row["unit_price"])
        assert exact.quantize(Decimal("0.01"), ROUND_HALF_UP) == number(row["price"]), row


def test_c129_columns_stand_in_the_chosen_order_under_headings_of_a_language_or_fixed_keys(chain):
    _top, dealer, _nauta, _subscription = chain
    chosen = ["price", "invoice_number", "amountnew", "end_customer_name"]

    def headings(language: str, **said) -> list[str]:
        layout = read_lines_layout({"columns": chosen, **said}, Side.SALES)
        first = next(iter(LineWriter(LineReader(dealer.acting, Side.SALES), layout).chunks(SEPTEMBER, language)))
        rest = b"".join(LineWriter(LineReader(dealer.acting, Side.SALES), layout).chunks(SEPTEMBER, language))
        assert rest.startswith(first)
        return rest.decode("utf-8-sig").splitlines()[0].split(";")

    assert headings("de") == ["Preis", "Rechnungsnummer", "Amountnew", "Endkundenname"]
    assert headings("nl") == ["Bedrag", "Factuurnummer", "Aantal naar rato", "Eindklantnaam"]
    assert headings("fi") == ["Hinta", "Laskun numero", "Suhteutettu määrä", "Loppuasiakkaan nimi"]
    assert headings("fi", headings="de") == headings("de")
    assert headings("fi", headings="keys") == chosen


def test_a_file_is_written_as_the_receiving_system_wants_it(chain):
    _top, dealer, _nauta, _subscription = chain
    said = {"delimiter": "\t", "decimal_mark": ".", "encoding": "cp1252", "dates": "iso", "headings": "de"}
    layout = read_lines_layout({"columns": ["from", "period", "price", "dealer_number"], **said}, Side.SALES)

    content = b"".join(LineWriter(LineReader(dealer.acting, Side.SALES), layout).chunks(SEPTEMBER, "nl"))

    lines = content.decode("cp1252").splitlines()
    assert lines[:2] == ["Von\tZeitraum\tPreis\tHändler", "2026-08-17\t2026-08-17 - 2026-09-01\t21.77\tD-1"]
    assert layout.named_for(SEPTEMBER) == "VK_2026-09.csv"


def test_a_text_that_would_be_a_formula_is_made_harmless(chain):
    _top, dealer, nauta, _subscription = chain
    nauta.name = "=HYPERLINK(1)"
    nauta.save()

    assert {row["end_customer_name"] for row in rows_of(dealer, Side.SALES)} == {"'=HYPERLINK(1)"}


def test_of_customers_of_a_dealer_the_wholesaler_sees_who_they_are_and_no_more(chain):
    top, _dealer, nauta, _subscription = chain

    row = rows_of(top, Side.SALES)[0]

    assert (row["end_customer_name"], row["end_customer_number"]) == (nauta.name, nauta.number)
    assert (row["end_customer_vat_id"], row["end_customer_city"], row["cost_centre"]) == ("", "", "")


def test_named_layouts_hold_for_the_whole_seller_and_for_nobody_else(chain):
    _top, dealer, _nauta, _subscription = chain
    short = read_lines_layout({"columns": ["price", "event"]}, Side.SALES)
    assert lines_layout(dealer.acting, Side.SALES) == LinesLayout(Side.SALES)

    kept = keep_line_layout(acting=dealer.acting, name="ERP", layout=short, now=NOW)
    assert lines_layout(dealer.acting, Side.SALES) == lines_layout(dealer.acting, Side.SALES, "ERP") == short
    assert lines_layout(dealer.acting, Side.PURCHASE) == LinesLayout(Side.PURCHASE)

    # With several the usual one is written unless one is named.
    keep_line_layout(acting=dealer.acting, name="DATEV", layout=LinesLayout(Side.SALES), now=NOW)
    assert lines_layout(dealer.acting, Side.SALES) == LinesLayout(Side.SALES)
    theirs = acting_of(make_seller())
    with pytest.raises(LineLayoutUnknown):
        lines_layout(theirs, Side.SALES, "ERP")
    with pytest.raises(NotFound):
        remove_line_layout(acting=theirs, layout_id=kept.pk, now=NOW)
    remove_line_layout(acting=dealer.acting, layout_id=kept.pk, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": []},
        {"columns": ["price", "price"]},
        {"columns": ["profit"]},
        {"columns": "price"},
        {"headings": "se"},
        {"delimiter": ";;"},
        {"decimal_mark": "'"},
        {"encoding": "utf-9"},
        {"byte_order_mark": "yes"},
        {"dates": "us"},
        {"file_name": "../../etc/passwd"},
        {"sheet": "1"},
    ],
)
def test_a_layout_that_no_file_can_have_is_refused(wrong):
    with pytest.raises(LayoutInvalid):
        read_lines_layout(wrong, Side.SALES)


def test_every_column_has_cells_and_a_heading_in_every_language_of_its_own():
    assert CELLS.keys() == COLUMNS.keys() >= set(DEFAULT_COLUMNS)
    for language in LANGUAGES:
        headings = [column.headings[language] for column in COLUMNS.values()]
        assert all(headings)
        assert len(set(headings)) == len(headings), language
    layout = LinesLayout(Side.PURCHASE)
    assert read_lines_layout(lines_layout_as_json(layout), Side.PURCHASE) == layout


def test_reads_do_not_depend_on_how_many_lines_there_are(chain, django_assert_num_queries):
    _top, dealer, _nauta, _subscription = chain
    reader = LineReader(dealer.acting, Side.SALES)
    with django_assert_num_queries(8):
        [block] = list(reader.read(SEPTEMBER))
    few = block.height
    product = dealer.seller.products.get()
    for position in range(12):
        dealer.subscribe(dealer.customer(f"Klant {position}"), product, SEPTEMBER)
    dealer.prepare(SEPTEMBER)
    dealer.issue(SEPTEMBER)

    reader = LineReader(dealer.acting, Side.SALES)
    with django_assert_num_queries(8):
        [block] = list(reader.read(SEPTEMBER))
    assert block.height == few + 12
