"""Every outside e-invoice that is valid is read with its own totals; those that are not are refused or doubted."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from rebill.rules.errors import Invalid
from rebill.sources.supplier_invoices.contract import PurchaseKind, RowKind, StatedInvoice
from rebill.sources.supplier_invoices.registry import read_invoice
from rebill.sources.supplier_invoices.words import doubt_problems
from tests.paths import CORPORA, needs_corpora

EINVOICES, FINVOICES = CORPORA / "1_einvoice", CORPORA / "2_finvoice"
pytestmark = needs_corpora("1_einvoice")


def listed() -> list[tuple[Path, dict[str, str]]]:
    """Every file that an expected.csv tells the outcome of."""
    found = []
    for table in sorted(EINVOICES.rglob("expected.csv")):
        with table.open(encoding="utf-8") as file:
            found += [(table.parent / row["file"], row) for row in csv.DictReader(file)]
    return found


def finvoices() -> list[tuple[Path, dict[str, str]]]:
    table = FINVOICES / "xsd_expected.csv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8") as file:
        return [(FINVOICES / row["file"], row) for row in csv.DictReader(file)]


def named(pair: tuple[Path, dict[str, str]]) -> str:
    return "/".join(pair[0].parts[-2:])


def is_valid(row: dict[str, str]) -> bool:
    return row["verdict"] == "valid"


VALID = [pair for pair in listed() if is_valid(pair[1])]
INVALID = [pair for pair in listed() if pair[1]["verdict"] == "invalid"]
NO_INVOICE = [pair for pair in listed() if not pair[1]["verdict"]]
XSD = ("xsd_1.3", "xsd_2.0", "xsd_2.01", "xsd_3.0")


def printed(path: Path, *names: str, currency: bool = False) -> Decimal | None:
    """The amount in the first element of one of these names, read without our reader."""
    root = etree.parse(str(path)).getroot()
    document_currency = root.xpath(
        "string(//*[local-name()='DocumentCurrencyCode' or local-name()='InvoiceCurrencyCode'])"
    )
    for name in names:
        for each in root.xpath(f"//*[local-name()='{name}']"):
            stated = each.get("currencyID") or document_currency
            if not currency or stated == document_currency:
                return Decimal(each.text.strip().replace(",", "."))
    return None


def require_whole(invoice: StatedInvoice, cents: int = 0) -> None:
    """The rows and what is taken off or put on the whole document come to its own net total."""
    if any(row.kind is not RowKind.CHARGE for row in invoice.rows):
        difference = abs(sum(row.net for row in invoice.rows) - invoice.net)
        assert difference <= Decimal(cents) / 100, difference
    assert invoice.net + invoice.vat == invoice.gross
    assert invoice.number
    assert invoice.supplier.name
    assert all(row.net == 0 for row in invoice.rows if row.kind is RowKind.REMARK)


@pytest.mark.parametrize("pair", VALID, ids=named)
def test_a_valid_invoice_is_read_with_its_totals(pair):
    path, row = pair
    is_ubl = row["root"] in ("Invoice", "CreditNote")

    invoice = read_invoice(path.read_bytes())

    sign = 1 if printed(path, "TaxInclusiveAmount", "GrandTotalAmount") == invoice.gross else -1
    net = printed(path, "TaxExclusiveAmount") if is_ubl else printed(path, "TaxBasisTotalAmount")
    assert printed(path, "TaxInclusiveAmount", "GrandTotalAmount") == sign * invoice.gross
    assert net == sign * invoice.net
    tax = printed(path, "TaxAmount" if is_ubl else "TaxTotalAmount", currency=True)
    assert (tax or 0) == sign * invoice.vat
    assert sign == 1 or invoice.kind is PurchaseKind.CREDIT_NOTE
    require_whole(invoice)


@pytest.mark.parametrize("pair", INVALID, ids=named)
def test_an_invalid_invoice_is_doubted_with_a_reason(pair):
    path, _row = pair

    doubts = read_invoice(path.read_bytes()).doubts

    assert doubts
    assert doubt_problems(doubts, where=path.name)[0].why


@pytest.mark.parametrize("pair", NO_INVOICE, ids=named)
def test_what_was_not_judged_is_read_or_refused_with_a_reason(pair):
    path, row = pair

    if row["root"] == "CrossIndustryDocument":
        require_whole(read_invoice(path.read_bytes()))
    else:
        with pytest.raises(Invalid, match="Finvoice, UBL, CII"):
            read_invoice(path.read_bytes())


@pytest.mark.parametrize("pair", finvoices(), ids=named)
def test_every_finvoice_message_is_read(pair):
    path, row = pair

    if not any(row[name] == "valid" for name in XSD):
        with pytest.raises(Invalid, match="document type"):
            read_invoice(path.read_bytes())
        return
    invoice = read_invoice(path.read_bytes())

    assert invoice.version == row["version"]
    assert invoice.gross == printed(path, "InvoiceTotalVatIncludedAmount")
    assert invoice.net == printed(path, "InvoiceTotalVatExcludedAmount")
    assert invoice.vat == printed(path, "InvoiceTotalVatAmount")


@pytest.mark.parametrize("path", sorted((EINVOICES / "facturx_pdf").glob("*.pdf")), ids=lambda path: path.stem)
def test_the_xml_inside_a_pdf_is_read(path):
    invoice = read_invoice(path.read_bytes())

    assert invoice.format == "factur-x"
    assert invoice.net + invoice.vat == invoice.gross
