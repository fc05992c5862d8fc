"""Line exports beside their plain definition, row by row from the models: the same bytes, whatever is on them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from random import Random

import pytest

from rebill.charges.models import Charge
from rebill.exports.lines import reading
from rebill.exports.lines.columns import COLUMNS
from rebill.exports.lines.layouts import LinesLayout, Side, headings_of, read_lines_layout
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import LineWriter
from rebill.invoices.models import Invoice, InvoiceLine
from rebill.kit.imports.spreadsheet import neutralise_cell as text
from rebill.parties.models import Customer
from rebill.rules.checkable import checkable_quantity
from rebill.rules.money import digits_of
from rebill.subscriptions.commands import change_quantity, place_order
from rebill.subscriptions.models import Change
from tests.factories import NOW
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

MONTH = date(2026, 9, 1)
HOSTILE = (
    "", "-", "- 5", "-5", "-5,20", "+1", "=1+1", "@x", " =SUM(A1)", " plain", "＝1", "a;b", "a,b", 'say "so"', '"',
    "a|b", "two\nlines", "two\r\nlines", "tab\there", "\tfirst", "Ä ≠ € ñ 日本", "a.b", "a b", "0012", "null", "\\N",
    "(NULL)", "%s", "'", "a:b", "-5.000,10",
)  # fmt: skip
LAYOUTS = (
    {},
    {"delimiter": ",", "dates": "iso"},
    {"delimiter": ".", "decimal_mark": ".", "dates": "dots", "headings": "keys"},
    {"delimiter": "-", "dates": "dashes", "headings": "fi"},
    {"delimiter": "\t", "decimal_mark": ".", "encoding": "cp1252"},
    {"delimiter": "|", "encoding": "iso8859-15", "byte_order_mark": False},
    {"delimiter": " ", "encoding": "utf-16"},
    {"delimiter": "§", "headings": "nl"},
    {"columns": ["reference"]},
    {"columns": ["end_customer_name"]},
    {"columns": ["price", "invoice_number"]},
)
PATTERNS = {"short": "%d.%m.%Y", "dots": "%d.%m.%Y", "dashes": "%d-%m-%Y", "iso": "%Y-%m-%d"}


def decimal(number: int, places: int, least: int, mark: str) -> str:
    """An integer of 10⁻ᵖ with the decimals that say something, and at least so many."""
    sign, digits = ("-" if number < 0 else ""), f"{abs(number):0{places + 1}}"
    whole, rest = (digits[:-places], digits[-places:]) if places else (digits, "")
    rest = rest[:least] + rest[least:].rstrip("0")
    return f"{sign}{whole}{mark}{rest}" if rest else f"{sign}{whole}"


@dataclass
class Plain:
    """How one seller's side is written in a layout."""

    link: Link
    side: Side
    layout: LinesLayout

    def day(self, value: date | None) -> str:
        return "" if value is None else value.strftime(PATTERNS[self.layout.dates])

    def short(self, value: date | None) -> str:
        return value.strftime("%d.%m.%y") if value is not None and self.layout.dates == "short" else self.day(value)

    def rows(self) -> Iterator[list[str]]:
        """The cells of every line, by the words of the manual and one line at a time."""
        seller, as_customer = self.link.seller, self.link.seller.as_customer
        lines = InvoiceLine.objects.select_related("invoice").order_by("invoice_id", "position")
        if self.side is Side.SALES:
            lines = lines.filter(invoice__seller=seller)
        else:
            lines = lines.filter(invoice__seller=as_customer.seller, invoice__customer=as_customer)
        for line in lines:
            charge = Charge.objects.filter(pk=line.charge or 0).first()
            cells = {
                **self.of_invoice(line.invoice, line),
                **self.of_parties(line, charge),
                **self.of_order(line, charge),
                **self.of_line(line),
                "event": f"{charge.source}:{charge.key}" if charge else "",
            }
            assert cells.keys() == COLUMNS.keys()
            yield [cells[key] for key in self.layout.columns]

    def of_invoice(self, invoice: Invoice, line: InvoiceLine) -> dict[str, str]:
        return {
            "invoice_number": text(invoice.number),
            "invoice_date": self.day(invoice.issued_on),
            "invoice_kind": invoice.kind,
            "due_date": self.day(invoice.due_on),
            "position": str(line.position),
            "corrects_number": text(line.corrects_number),
            "payment_reference": text(invoice.payment_reference),
            "customer_reference": text(invoice.customer_reference),
        }

    def of_parties(self, line: InvoiceLine, charge: Charge | None) -> dict[str, str]:
        seller, as_customer = self.link.seller, self.link.seller.as_customer
        end = Customer.objects.get(pk=charge.end_customer_id if charge else line.invoice.customer_id)
        is_own = end.seller_id == seller.pk
        buyer = Customer.objects.select_related("as_seller").get(pk=line.invoice.customer_id)
        dealer, top = as_customer, as_customer.seller if as_customer else seller
        if self.side is Side.SALES and getattr(buyer, "as_seller", None) is not None:
            dealer, top = buyer, seller
        return {
            "end_customer_id": str(end.pk),
            "end_customer_number": text(end.number or ""),
            "end_customer_name": text(end.name),
            "cost_centre": text((end.cost_centre if is_own else "") or line.cost_centre),
            "end_customer_vat_id": text(end.vat_id) if is_own else "",
            "end_customer_country": end.country if is_own else "",
            "end_customer_city": text(end.city) if is_own else "",
            "dealer_id": str(dealer.pk) if dealer else "",
            "dealer_number": text(dealer.number or "") if dealer else "",
            "dealer_name": text(dealer.name) if dealer else "",
            "wholesaler_id": str(top.pk),
            "wholesaler_number": text(top.slug),
            "wholesaler_name": text(top.name),
        }

    def of_order(self, line: InvoiceLine, charge: Charge | None) -> dict[str, str]:
        start, before = line.starts_on, line.ends_before
        has_days = start is not None and before is not None
        bought = charge and charge.subscription
        order = bought and bought.order
        change = bought and Change.objects.filter(subscription=bought, sequence=charge.sequence).first()
        return {
            "from": self.short(start),
            "until": self.short(before),
            "period": f"{self.day(start)} - {self.day(before)}" if has_days else self.day(start),
            "last_day": self.day(before - timedelta(1) if has_days and before > start else start),
            "order_number": text(order.number) if order else "",
            "product_id": f"BUNDLE_{order.number}" if order else "",
            "subscription_id": str(bought.uuid) if bought else "",
            "general_reference": text((order and order.general_reference) or bought.reference) if bought else "",
            "reference": text(change.reference) if change else "",
            "order_date": self.day(order.ordered_on) if order else "",
            "subscription_start": self.day(bought.start_on) if bought else "",
        }

    def of_line(self, line: InvoiceLine) -> dict[str, str]:
        mark, digits = self.layout.decimal_mark, digits_of(line.currency)
        price_e6, net = int(line.unit_price.scaleb(6)), line.net_amount.minor
        quantity, places = checkable_quantity(int(line.prorated_quantity.scaleb(8)), price_e6, net, digits)
        account = line.ledger_account
        if self.side is Side.PURCHASE:
            resold = self.link.seller.products.exclude(resells=None)
            account = {each.resells.code: each.ledger_account for each in resold}.get(line.product_code, "")
        return {
            "quantity": decimal(int(line.quantity.scaleb(8)), 8, 0, mark),
            "amountnew": decimal(quantity, places, places, mark),
            "unit": text(line.unit),
            "article_code": text(line.product_code),
            "article_name": text(line.description),
            "unit_price": decimal(price_e6, 6, 2, mark),
            "tax": decimal(int(line.tax_rate.scaleb(6)), 6, 0, mark),
            "price": decimal(net, digits, digits, mark),
            "currency": line.currency,
            "ledger_account": text(account),
            "dimensions": text("; ".join(f"{key}: {value}" for key, value in line.dimensions.items()))
            if self.side is Side.SALES
            else "",
            "invoice_type": line.kind,
            "tax_category": line.tax_category,
            "summary_group": str(line.summary_group),
        }


def plain_file(link: Link, side: Side, layout: LinesLayout) -> bytes:
    written = StringIO(newline="")
    writer = csv.writer(written, delimiter=layout.delimiter, lineterminator="\r\n")
    writer.writerow([text(each) for each in headings_of(layout, "de")])
    writer.writerows(Plain(link, side, layout).rows())
    mark = "\ufeff" if layout.byte_order_mark and layout.encoding == "utf-8" else ""
    return (mark + written.getvalue()).encode(layout.encoding, errors="rebill.nearest_letter")


@pytest.fixture
def hostile(db):
    """A wholesaler and a dealer whose lines hold every text and figure that could be written wrongly."""
    random = Random(7)
    top = Link.wholesaler("Elbtal; Kommunikation")
    dealer = top.dealer('Delta "Telecom"', number="=D-1")
    sold = dealer.resells(top.sells("SEAT", "6"), "WERKPLEK", "percent", "50", ledger_account="=80")
    for position in range(6):
        customer = dealer.customer(HOSTILE[6 + position], number=f"-{position}", cost_centre=HOSTILE[position])
        order = None
        if position % 3:
            order = place_order(
                acting=dealer.acting, customer=customer, number=f"{HOSTILE[13 + position]}{position}",
                general_reference=HOSTILE[position], now=NOW,
            )  # fmt: skip
        subscription = dealer.subscribe(customer, sold, date(2026, 8, 3 + position), "5", order=order)
        change_quantity(
            acting=dealer.acting, subscription=subscription, quantity=Decimal(11), effective_on=date(2026, 8, 22),
            reference=random.choice(HOSTILE), now=NOW,
        )  # fmt: skip
    top.prepare_chain(MONTH)
    for link in (top, dealer):
        link.issue(MONTH)
    lines = list(InvoiceLine.objects.order_by("id"))
    for line in lines:
        line.description = random.choice(HOSTILE) or "x"
        line.product_code, line.unit = random.choice(("SEAT", *HOSTILE)), random.choice(HOSTILE)
        line.cost_centre, line.corrects_number = random.choice(HOSTILE), random.choice(HOSTILE)
        line.ledger_account = random.choice(HOSTILE)
        line.currency = random.choice(("EUR", "EUR", "JPY", "KWD"))
        line.quantity = Decimal(random.choice((0, 1, -100, 10**8, random.randrange(-(10**12), 10**12)))).scaleb(-8)
        line.prorated_quantity = line.quantity / 3 if random.random() < 0.5 else line.quantity
        line.prorated_quantity = line.prorated_quantity.quantize(Decimal("1e-8"))
        line.unit_price = Decimal(random.choice((0, 1, 10**6, 9_990_000, random.randrange(10**9)))).scaleb(-6)
        line.net_amount = random.choice((0, 5, -7, 100, -123_456, random.randrange(-(10**9), 10**9)))
        line.tax_rate = Decimal(random.choice(("0", "21", "25.5", "8.25")))
        line.starts_on = random.choice((None, date(2026, 8, 3), date(2026, 12, 31), date(2027, 1, 1)))
        line.ends_before = random.choice((None, date(2026, 9, 1), date(2027, 1, 1)))
        line.dimensions = random.choice(({}, {"=Afdeling": "a;b"}, {"Ä": random.choice(HOSTILE), "B": 'say "so"'}))
        if random.random() < 0.2:
            line.charge = random.choice((None, 10**9))
        line.save()
    return top, dealer


@pytest.mark.parametrize(("lines_at_once", "layouts"), [(3, LAYOUTS), (50_000, LAYOUTS[:1])])
def test_a_file_is_byte_for_byte_what_its_plain_definition_writes(hostile, monkeypatch, lines_at_once, layouts):
    monkeypatch.setattr(reading, "LINES_AT_ONCE", lines_at_once)
    monkeypatch.setattr(reading, "REMEMBERED", lines_at_once)
    top, dealer = hostile

    for link, side in ((top, Side.SALES), (dealer, Side.SALES), (dealer, Side.PURCHASE)):
        for said in layouts:
            layout = read_lines_layout({"columns": list(COLUMNS), **said}, side)
            written = b"".join(LineWriter(LineReader(link.acting, side), layout).chunks(MONTH, "de"))
            assert written == plain_file(link, side, layout), (side, said)


def test_the_preview_shows_the_cells_of_the_file(hostile):
    _top, dealer = hostile
    layout = read_lines_layout({"columns": list(COLUMNS)}, Side.SALES)
    writer = LineWriter(LineReader(dealer.acting, Side.SALES), layout)

    shown = [list(row) for block in writer.reader.read(MONTH, names=writer.names) for row in writer.cells(block)]

    assert shown == list(Plain(dealer, Side.SALES, layout).rows())
