"""Invoices of EN 16931 that write the same thing in another way: charges, advances, totals that are none."""

import pytest

from rebill.sources.supplier_invoices.contract import Unreadable
from rebill.sources.supplier_invoices.registry import read_invoice

UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
<CustomizationID>urn:cen.eu:en16931:2017</CustomizationID><ID>1</ID><IssueDate>2026-11-01</IssueDate>
<InvoiceTypeCode>380</InvoiceTypeCode><DocumentCurrencyCode>EUR</DocumentCurrencyCode>
<AccountingSupplierParty><Party><PartyTaxScheme><CompanyID>NL004495445B01</CompanyID></PartyTaxScheme></Party>
</AccountingSupplierParty>{charges}<TaxTotal><TaxAmount currencyID="EUR">21.00</TaxAmount></TaxTotal>
<LegalMonetaryTotal>{totals}</LegalMonetaryTotal><InvoiceLine><InvoicedQuantity>1</InvoicedQuantity>
<LineExtensionAmount>{row}</LineExtensionAmount><Item><Name>Line</Name></Item>
<Price><PriceAmount>{row}</PriceAmount></Price></InvoiceLine></Invoice>"""
CII = """<CrossIndustryInvoice><ExchangedDocument><ID>1</ID><TypeCode>380</TypeCode><IssueDateTime>
<DateTimeString>20261101</DateTimeString></IssueDateTime></ExchangedDocument><SupplyChainTradeTransaction>
<ApplicableHeaderTradeAgreement><SellerTradeParty><Name>Kabelhuis</Name></SellerTradeParty>
</ApplicableHeaderTradeAgreement><ApplicableHeaderTradeSettlement><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>
<SpecifiedTradeAllowanceCharge><ChargeIndicator><Indicator>{indicator}</Indicator></ChargeIndicator>
<ActualAmount>10.00</ActualAmount></SpecifiedTradeAllowanceCharge>
<SpecifiedTradeSettlementHeaderMonetarySummation><TaxBasisTotalAmount>100.00</TaxBasisTotalAmount>
<TaxTotalAmount currencyID="EUR">{vat}</TaxTotalAmount><GrandTotalAmount>121.00</GrandTotalAmount>
</SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement>
</SupplyChainTradeTransaction></CrossIndustryInvoice>"""


def ubl(*, row: str = "100.00", charges: str = "", prepaid: str = "0.00", payable: str = "121.00") -> bytes:
    amounts = {"LineExtensionAmount": row, "TaxExclusiveAmount": "100.00", "TaxInclusiveAmount": "121.00"}
    if charges:
        amounts["ChargeTotalAmount"] = "10.00"
    amounts |= {"PrepaidAmount": prepaid, "PayableAmount": payable}
    totals = "".join(f"<{name}>{amount}</{name}>" for name, amount in amounts.items())
    return UBL.format(row=row, charges=charges, totals=totals).encode()


@pytest.mark.parametrize("indicator", ["true", "1"])
def test_a_charge_is_told_in_either_way_that_xml_says_yes(indicator):
    charge = f"<AllowanceCharge><ChargeIndicator>{indicator}</ChargeIndicator><Amount>10.00</Amount></AllowanceCharge>"

    read = read_invoice(ubl(row="90.00", charges=charge))

    assert [str(row.net) for row in read.rows] == ["90.00", "10.00"]
    assert read.doubts == ()
    assert [str(row.net) for row in read_invoice(CII.format(indicator=indicator, vat="21.00").encode()).rows] == [
        "10.00"
    ]


def test_what_was_paid_in_advance_is_said():
    read = read_invoice(ubl(prepaid="50.00", payable="71.00"))

    assert (str(read.gross), str(read.payable)) == ("121.00", "71.00")
    assert [tuple(doubt) for doubt in read.doubts] == [("paid_before", "50.00")]


def test_a_total_of_vat_is_read_with_a_comma_and_refused_where_it_is_no_number():
    assert str(read_invoice(CII.format(indicator="true", vat="21,00").encode()).vat) == "21.00"
    with pytest.raises(Unreadable, match="TaxTotalAmount"):
        read_invoice(CII.format(indicator="true", vat="none").encode())
