"""Operator's page on exporting purchase and sales, sentence by sentence: dealers, orders with a history, EK and VK."""

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

import pytest
from django.test import Client

from rebill.exports.commands import keep_line_layout
from rebill.exports.lines.columns import COLUMNS
from rebill.exports.lines.layouts import LinesLayout, Side, read_lines_layout
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import LineWriter
from rebill.exports.queries import lines_layout
from rebill.rules.reconcile import ChargeKind
from rebill.sources.oneoff.commands import LineTerms, add_credit, add_interim_line
from rebill.subscriptions.commands import cancel_subscription, change_quantity, place_order
from tests.factories import NOW, make_customer_price
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


class Operator:
    """A wholesaler, a dealer, and its customer who orders six profiles on 16 September, half of the month."""

    def __init__(self) -> None:
        self.top = Link.wholesaler("Elbtal Kommunikation", slug="elbtal", language="de")
        self.dealer = self.top.dealer("Delta Telecom", slug="delta", number="D-7", language="de")
        basic = self.top.sells("FLEX-BASIC", "6", name="Swyx Flex Basic")
        self.basic = self.dealer.resells(
            basic, "FLEX-BASIC", "fixed", "9", name="Swyx Flex Basic Profil", ledger_account="8400"
        )
        self.nauta = self.dealer.customer("Rederij Nauta", number="10482", cost_centre="KST-12")
        make_customer_price(self.nauta, self.basic, "9", months=1, setup_price=Decimal(25))
        self.order = place_order(
            acting=self.dealer.acting, customer=self.nauta, number="12345", general_reference="Projekt Nord",
            ordered_on=date(2026, 9, 16), now=NOW,
        )  # fmt: skip
        self.flex = self.dealer.subscribe(self.nauta, self.basic, date(2026, 9, 16), "6", order=self.order)

    def bill(self, day: date) -> None:
        self.top.prepare_chain(day)
        for link in (self.top, self.dealer):
            link.issue(day)

    def rows(self, side: Side, month: date, link: Link | None = None, **said: object) -> list[dict[str, str]]:
        link = link or self.dealer
        layout = read_lines_layout({"columns": list(COLUMNS), "headings": "keys", **said}, side)
        content = b"".join(LineWriter(LineReader(link.acting, side), layout).chunks(month, "de"))
        return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.fixture
def operator(db) -> Operator:
    return Operator()


def test_purchase_and_sales_are_exported_as_csv_for_a_month(operator):
    """ "… können auch die Einkaufs- und Verkaufsrechnungsdaten in CSV Dateien exportiert werden … wählbar für den
    Abrechnungsmonat, oder bzgl. Ein- oder Verkauf"."""
    operator.bill(SEPTEMBER)
    operator.bill(OCTOBER)

    kinds = {
        (side, month): [row["invoice_type"] for row in operator.rows(side, month)]
        for side in Side
        for month in (SEPTEMBER, OCTOBER)
    }

    assert kinds == {
        (Side.PURCHASE, SEPTEMBER): ["PERIODICFIRST"],
        (Side.SALES, SEPTEMBER): ["SETUP", "PERIODICFIRST"],
        (Side.PURCHASE, OCTOBER): ["PERIODIC"],
        (Side.SALES, OCTOBER): ["PERIODIC"],
    }


def test_which_columns_in_which_order_is_configured_for_each_side(operator):
    """ "… 2 Tabellen über die Sie die zu exportierenden Spalten konfigurieren … mit einem Klick auf das + Zeichen …
    mit dem - Zeichen … nach Begriffen suchen … Hinzufügen, bzw. Entfernen aller Details … Reihenfolge"."""
    operator.bill(SEPTEMBER)
    client = Client()
    client.force_login(operator.dealer.seller.memberships.get().user)

    def columns(side: str, start: list[str], wish: str, search: str = "") -> list[str]:
        said = {"sent": "1", "month": "2026-09", "side": side, "columns": start, "do": wish, "q": search}
        shown = client.get("/s/delta/exports/lines/part/", said)
        return [each["key"] for each in shown.context["columns"]]

    for side in ("purchase", "sales"):
        assert columns(side, ["price"], "add:tax") == ["price", "tax"]
        assert columns(side, ["price", "tax"], "remove:price") == ["tax"]
        assert columns(side, ["price", "tax"], "up:tax") == ["tax", "price"]
        assert columns(side, ["price"], "all", "kunden-id") == ["price", "end_customer_id", "wholesaler_id"]
        assert columns(side, ["price"], "none") == []
        assert len(columns(side, ["price"], "all")) == len(COLUMNS)


def test_the_configuration_holds_for_the_whole_account(operator):
    """ "Die Konfiguration des Exports gilt für das komplette Account des Wholesalers!"."""
    layout = read_lines_layout({"columns": ["price", "event"]}, Side.SALES)

    keep_line_layout(acting=operator.top.acting, name="ERP", layout=layout, now=NOW)

    assert lines_layout(operator.top.acting, Side.SALES) == layout
    assert lines_layout(operator.dealer.acting, Side.SALES) == LinesLayout(Side.SALES)


def test_headings_follow_the_language_of_whoever_exports_or_never_change(operator):
    """ "Die Spaltenüberschriften werden lokalisiert exportiert … die Orientierung über die Spaltennummer robuster"."""
    operator.bill(SEPTEMBER)

    def first_row(language: str, headings: str) -> str:
        layout = read_lines_layout({"columns": ["unit_price", "tax"], "headings": headings}, Side.SALES)
        writer = LineWriter(LineReader(operator.dealer.acting, Side.SALES), layout)
        return b"".join(writer.chunks(SEPTEMBER, language)).decode("utf-8-sig").splitlines()[0]

    assert (first_row("de", "user"), first_row("nl", "user")) == ("Einzelpreis;Steuer", "Stuksprijs;Btw %")
    assert first_row("nl", "keys") == "unit_price;tax"


def test_a_row_says_everything_the_page_lists(operator):
    """From "Rechnungsnummer" to "Invoice Type", with the days as dd.mm.yy and the first of the next month as "Bis"."""
    operator.bill(SEPTEMBER)

    row = operator.rows(Side.SALES, SEPTEMBER)[1]

    told = {key: row[key] for key in LinesLayout(Side.SALES).columns}
    assert told == {
        "invoice_number": "2026-00001",
        "invoice_date": "01.09.2026",
        "end_customer_id": str(operator.nauta.pk),
        "end_customer_number": "10482",
        "end_customer_name": "Rederij Nauta",
        "cost_centre": "KST-12",
        "dealer_id": str(operator.dealer.seller.as_customer_id),
        "dealer_number": "D-7",
        "dealer_name": "Delta Telecom",
        "wholesaler_id": str(operator.top.seller.pk),
        "wholesaler_number": "elbtal",
        "wholesaler_name": "Elbtal Kommunikation",
        "from": "16.09.26",
        "until": "01.10.26",
        "period": "16.09.2026 - 01.10.2026",
        "order_number": "12345",
        "product_id": "BUNDLE_12345",
        "subscription_id": str(operator.flex.uuid),
        "general_reference": "Projekt Nord",
        "reference": "",
        # "Order Agent bestellt 6 Swyx Flex Basic Profile zur Monatsmitte … Damit läge der oben genannte Faktor bei 3."
        "quantity": "6",
        "amountnew": "3,0000",
        "article_name": "Swyx Flex Basic Profil",
        "unit_price": "9,00",
        "tax": "21",
        "price": "27,00",
        "ledger_account": "8400",
        "invoice_type": "PERIODICFIRST",
    }


def test_the_order_keeps_its_number_through_its_history(operator):
    """ "Diese Bestellnummer wird sich auch nicht ändern, wenn … weitere … hinzubestellt werden. Diese Hinzubestellung
    wird dann in eigenen Zeilen mit entspr. Zeitraum und Menge führen" — with the reference of the change."""
    operator.bill(SEPTEMBER)
    change_quantity(
        acting=operator.dealer.acting, subscription=operator.flex, quantity=Decimal(8),
        effective_on=date(2026, 9, 21), reference="Zwei mehr", now=NOW,
    )  # fmt: skip
    operator.bill(OCTOBER)

    rows = [row for row in operator.rows(Side.SALES, OCTOBER) if row["invoice_type"] == "PERIODICCORRECTION"]

    [added] = rows
    assert (added["from"], added["until"], added["quantity"], added["amountnew"]) == (
        "21.09.26", "01.10.26", "2", "0,6667",
    )  # fmt: skip
    assert (added["reference"], added["general_reference"]) == ("Zwei mehr", "Projekt Nord")
    everything = [*operator.rows(Side.SALES, SEPTEMBER), *operator.rows(Side.SALES, OCTOBER)]
    assert {row["order_number"] for row in everything} == {"12345"}
    assert {row["subscription_id"] for row in everything} == {str(operator.flex.uuid)}


def test_what_was_paid_in_advance_and_is_cancelled_is_given_back_from_the_day_on(operator):
    """ "PERIODICCORRECTION: … vorausbezahlt wird und dann untermonatig gekündigt … Kündigungsdatum bis Monatsende
    wieder gutgeschrieben" — on both sides; and "Bis" is the end of the order."""
    operator.bill(SEPTEMBER)
    cancel_subscription(
        acting=operator.dealer.acting, subscription=operator.flex, ends_before=date(2026, 9, 26), now=NOW
    )
    operator.bill(OCTOBER)

    for side, price in ((Side.PURCHASE, "-6,00"), (Side.SALES, "-9,00")):
        [row] = operator.rows(side, OCTOBER)
        assert (row["invoice_type"], row["from"], row["until"], row["amountnew"], row["price"]) == (
            "PERIODICCORRECTION", "26.09.26", "01.10.26", "-1,0000", price,
        )  # fmt: skip


def test_setup_once_sold_and_given_back_have_their_types(operator):
    """ "SETUP: Einrichtungsgebühr … PERPETUAL: … eines Kaufproduktes … CREDIT: Manuell erstellte Gutschrift"."""
    said = {"acting": operator.dealer.acting, "customer": operator.nauta, "now": NOW}
    sold = LineTerms(quantity=Decimal(1), unit_price=Decimal(300), supplied_on=SEPTEMBER, description="Kauflizenz")
    back = LineTerms(quantity=Decimal(1), unit_price=Decimal(10), supplied_on=SEPTEMBER, description="Kulanz")
    add_interim_line(terms=sold, **said)
    add_credit(terms=back, **said)
    operator.bill(SEPTEMBER)

    told = {row["invoice_type"]: row["price"] for row in operator.rows(Side.SALES, SEPTEMBER)}

    assert told == {"SETUP": "25,00", "PERPETUAL": "300,00", "CREDIT": "-10,00", "PERIODICFIRST": "27,00"}
    assert set(told) < {kind.value for kind in ChargeKind}


def test_price_is_amountnew_times_unit_price_on_every_row_of_both_sides(operator):
    """ "Preis: … d.h. Produkt aus Amountnew * Einzelpreis"."""
    change_quantity(
        acting=operator.dealer.acting, subscription=operator.flex, quantity=Decimal(7),
        effective_on=date(2026, 9, 23), now=NOW,
    )  # fmt: skip
    for day in (SEPTEMBER, OCTOBER):
        operator.bill(day)

    for side in Side:
        for month in (SEPTEMBER, OCTOBER):
            for row in operator.rows(side, month):
                quantity, price = (Decimal(row[key].replace(",", ".")) for key in ("amountnew", "unit_price"))
                exact = (quantity * price).quantize(Decimal("0.01"), ROUND_HALF_UP)
                assert exact == Decimal(row["price"].replace(",", "."))


def test_what_the_wholesaler_asks_is_nowhere_to_be_seen_further_down(operator):
    """A dealer of the dealer walks through its pages, its exports and its API: nothing says what is paid above it."""
    second = operator.dealer.dealer("Oost ICT", slug="oost")
    resold = second.resells(operator.basic, "PROFIL", "percent", "100")
    operator.dealer.asks(operator.basic, "fixed", "77.77", since=date(2026, 1, 1))
    bol = second.customer("Bakker Bol")
    second.subscribe(bol, resold, SEPTEMBER)
    # 4.44 is what the dealer pays, 77.77 what its dealer pays, 155.54 what is asked in the end.
    make_customer_price(operator.dealer.seller.as_customer, operator.basic.resells, "4.44", months=1)
    operator.top.prepare_chain(SEPTEMBER)
    for link in (operator.top, operator.dealer, second):
        link.issue(SEPTEMBER)
    client = Client()
    client.force_login(second.seller.memberships.get().user)

    seen = []
    for address in walk(second):
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = content.decode("utf-8", "replace")
        assert answer.status_code == 200, address
        seen.append(text)
        for secret in ("4.44", "4,44", "Elbtal"):
            assert secret not in text, (address, secret)

    assert any("77.77" in text or "77,77" in text for text in seen)
    assert any("155.54" in text or "155,54" in text for text in seen)


def walk(link: Link) -> list[str]:
    """Pages of the seller on which prices stand."""
    base = f"/s/{link.seller.slug}"
    invoice = link.seller.invoices.get()
    product = link.seller.products.get()
    [charge] = link.charges()
    return [
        f"{base}/",
        f"{base}/products/",
        f"{base}/products/resell/",
        f"{base}/products/{product.pk}/",
        f"{base}/products/{product.pk}/resale/",
        f"{base}/customers/{charge.buyer_id}/",
        f"{base}/invoices/",
        f"{base}/invoices/{invoice.pk}/",
        f"{base}/subscriptions/",
        f"{base}/exports/margins/?month=2026-09",
        f"{base}/exports/lines/?month=2026-09",
        f"{base}/exports/lines/?month=2026-09&side=purchase",
        f"{base}/exports/lines/file/?month=2026-09&side=purchase",
        f"{base}/exports/lines/file/?month=2026-09&side=sales",
    ]
