"""A supplier's invoice as Factur-X: a PDF for people with the invoice for machines inside it."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from rebill.interfaces.demo.supplied import Bought, Paper
from rebill.rules.tax import tax_of

SERVERHAL, SERVERHAL_VAT_ID = "Serverhal Noord B.V.", "NL004495457B01"

_LINE = """<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{id}</ram:LineID>
</ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:SellerAssignedID>{code}</ram:SellerAssignedID>
<ram:Name>{name}</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement>
<ram:NetPriceProductTradePrice><ram:ChargeAmount>{price}</ram:ChargeAmount></ram:NetPriceProductTradePrice>
</ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery>
<ram:BilledQuantity unitCode="C62">{quantity}</ram:BilledQuantity>
<ram:ShipToTradeParty><ram:Name>{customer_name}</ram:Name><ram:SpecifiedLegalOrganization>
<ram:ID schemeID="0106">{customer}</ram:ID></ram:SpecifiedLegalOrganization></ram:ShipToTradeParty>
</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>
<ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>21</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{net}</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>
"""
_PARTY = """<ram:{role}><ram:Name>{name}</ram:Name><ram:PostalTradeAddress><ram:CountryID>NL</ram:CountryID>
</ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{vat_id}</ram:ID>
</ram:SpecifiedTaxRegistration></ram:{role}>"""
_INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"><rsm:ExchangedDocumentContext>
<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext><rsm:ExchangedDocument>
<ram:ID>{number}</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime>
<udt:DateTimeString format="102">{issued_on:%Y%m%d}</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
{lines}<ram:ApplicableHeaderTradeAgreement>{seller}{buyer}</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery/><ram:ApplicableHeaderTradeSettlement>
<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:ApplicableTradeTax>
<ram:CalculatedAmount>{tax}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
<ram:BasisAmount>{net}</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>21</ram:RateApplicablePercent></ram:ApplicableTradeTax><ram:SpecifiedTradePaymentTerms>
<ram:DueDateDateTime><udt:DateTimeString format="102">{due_on:%Y%m%d}</udt:DateTimeString></ram:DueDateDateTime>
</ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:LineTotalAmount>{net}</ram:LineTotalAmount><ram:TaxBasisTotalAmount>{net}</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="EUR">{tax}</ram:TaxTotalAmount><ram:GrandTotalAmount>{gross}</ram:GrandTotalAmount>
<ram:DuePayableAmount>{gross}</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>
"""


def hybrid_invoice(paper: Paper, rows: Sequence[Bought]) -> bytes:
    """Serverhal sends a page to read, and its rows as CII inside; each names the end customer as where it goes to."""
    net = sum((row.net for row in rows), Decimal(0))
    tax = Decimal(tax_of(int(net.scaleb(2)), 21_000_000)).scaleb(-2)
    lines = "".join(
        _LINE.format(
            id=position, code=row.code, name=escape(row.article), price=row.price, quantity=row.quantity, net=row.net,
            customer=row.customer, customer_name=escape(row.name),
        )
        for position, row in enumerate(rows, start=1)
    )  # fmt: skip
    written = _INVOICE.format(
        number=paper.number, issued_on=paper.issued_on, due_on=paper.due_on, lines=lines, net=net, tax=tax,
        gross=net + tax,
        seller=_PARTY.format(role="SellerTradeParty", name=SERVERHAL, vat_id=SERVERHAL_VAT_ID),
        buyer=_PARTY.format(role="BuyerTradeParty", name=escape(paper.buyer), vat_id=paper.buyer_vat_id),
    )  # fmt: skip
    told = [
        f"{SERVERHAL}, factuur {paper.number} van {paper.issued_on:%d-%m-%Y}",
        f"{len(rows)} regels, {net + tax} euro",
    ]
    return _page(told, written.encode())


def _page(lines: Sequence[str], attached: bytes) -> bytes:
    """One page with these lines, and the invoice for machines attached as Factur-X asks."""
    content = BytesIO()
    with Pdf.new() as document:
        page = document.add_blank_page(page_size=(595, 842))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        shown = b" T* ".join(b"%s Tj" % String(line).unparse() for line in lines)
        page.Contents = document.make_stream(b"BT /F1 11 Tf 16 TL 60 760 Td " + shown + b" ET")
        file = pikepdf.AttachedFileSpec(
            document, attached, description="", filename="factur-x.xml", mime_type="text/xml", creation_date="",
            mod_date="",
        )  # fmt: skip
        file.relationship = Name.Alternative
        document.attachments["factur-x.xml"] = file
        document.Root.AF = Array([file.obj])
        document.save(content, deterministic_id=True)
    return content.getvalue()
