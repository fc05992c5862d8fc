"""What suppliers write: an e-invoice as UBL, a Finvoice and a credit note of it in mail messages, a table, and who
they are."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple
from xml.sax.saxutils import escape

from rebill.rules.tax import tax_of


class Bought(NamedTuple):
    """A row: whom it is for, as a number or a name, and what of it at which price."""

    customer: str
    name: str
    code: str
    article: str
    quantity: int
    price: Decimal

    @property
    def net(self) -> Decimal:
        """Without VAT."""
        return self.quantity * self.price


class Paper(NamedTuple):
    """Everything around the rows of an invoice."""

    number: str
    issued_on: date
    due_on: date
    buyer: str
    buyer_vat_id: str


NIMBUS, NIMBUS_VAT_ID = "Nimbus Distributie B.V.", "NL004495445B01"
TILIPILVI, TILIPILVI_ID = "Tilipilvi Oy", "7288829-9"
KABELHUIS = "Kabelhuis Noord"
# The columns of its table are called as nobody else calls them.
KABELHUIS_COLUMNS = {
    "Bon": "invoice_number", "Bondatum": "invoice_date", "Afnemer": "customer_name", "Art": "code",
    "Wat": "name", "Stuks": "quantity", "Per stuk": "unit_price", "Btw %": "vat_rate",
}  # fmt: skip
COMMISSION = "PALKKIO"

_UBL_LINE = """<cac:InvoiceLine><cbc:ID>{id}</cbc:ID>
<cbc:InvoicedQuantity unitCode="EA">{quantity}</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount><cac:Item><cbc:Name>{name}</cbc:Name>
<cac:SellersItemIdentification><cbc:ID>{code}</cbc:ID></cac:SellersItemIdentification>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:ClassifiedTaxCategory><cac:AdditionalItemProperty><cbc:Name>KvK-nummer</cbc:Name>
<cbc:Value>{customer}</cbc:Value></cac:AdditionalItemProperty></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
"""
_UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>{issued_on}</cbc:IssueDate><cbc:DueDate>{due_on}</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{vat_id}</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>
<cbc:RegistrationName>{supplier}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{buyer_vat_id}</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>
<cbc:RegistrationName>{buyer}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount currencyID="EUR">{net}</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal><cac:LegalMonetaryTotal>
<cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="EUR">{net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">{gross}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="EUR">{gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>
{lines}</Invoice>
"""
_FINVOICE_ROW = """<InvoiceRow><ArticleIdentifier>{code}</ArticleIdentifier><ArticleName>{article}</ArticleName>
<InvoicedQuantity QuantityUnitCode="kpl">{quantity}</InvoicedQuantity><UnitPriceAmount>{price}</UnitPriceAmount>
{party}<RowVatRatePercent>0</RowVatRatePercent><RowVatExcludedAmount>{net}</RowVatExcludedAmount></InvoiceRow>
"""
_FINVOICE_PARTY = """<RowAnyPartyDetails><RowAnyPartyText>Loppuasiakas</RowAnyPartyText>
<RowAnyPartyIdentifier>{customer}</RowAnyPartyIdentifier>
<RowAnyPartyOrganisationName>{name}</RowAnyPartyOrganisationName></RowAnyPartyDetails>"""
_FINVOICE = """<?xml version="1.0" encoding="UTF-8"?><Finvoice Version="3.0"><SellerPartyDetails>
<SellerPartyIdentifier>{supplier_id}</SellerPartyIdentifier>
<SellerOrganisationName>{supplier}</SellerOrganisationName></SellerPartyDetails><BuyerPartyDetails>
<BuyerOrganisationName>{buyer}</BuyerOrganisationName>
<BuyerOrganisationTaxCode>{buyer_vat_id}</BuyerOrganisationTaxCode><BuyerPostalAddressDetails>
<CountryCode>NL</CountryCode></BuyerPostalAddressDetails></BuyerPartyDetails><InvoiceDetails>
<InvoiceTypeCode>{kind}</InvoiceTypeCode><OriginCode>Original</OriginCode><InvoiceNumber>{number}</InvoiceNumber>
<InvoiceDate>{issued_on:%Y%m%d}</InvoiceDate><InvoiceTotalVatExcludedAmount>{net}</InvoiceTotalVatExcludedAmount>
<InvoiceTotalVatAmount>0</InvoiceTotalVatAmount>
<InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">{net}</InvoiceTotalVatIncludedAmount>
<PaymentTermsDetails><InvoiceDueDate>{due_on:%Y%m%d}</InvoiceDueDate></PaymentTermsDetails></InvoiceDetails>
{rows}</Finvoice>
"""


def ubl_invoice(paper: Paper, rows: Sequence[Bought]) -> str:
    """Nimbus writes the register number of the end customer into a property of each line."""
    net = _net(rows)
    tax = Decimal(tax_of(int(net.scaleb(2)), 21_000_000)).scaleb(-2)
    lines = "".join(
        _UBL_LINE.format(
            id=position, quantity=row.quantity, net=row.net, name=escape(row.article), code=row.code,
            customer=escape(row.customer), price=row.price,
        )
        for position, row in enumerate(rows, start=1)
    )  # fmt: skip
    return _UBL.format(
        **{**paper._asdict(), "buyer": escape(paper.buyer)}, supplier=NIMBUS, vat_id=NIMBUS_VAT_ID, net=net, tax=tax,
        gross=net + tax, lines=lines,
    )  # fmt: skip


def finvoice(paper: Paper, rows: Sequence[Bought], *, is_credit: bool = False) -> str:
    """Tilipilvi names the end customer as a party of the row. It is abroad, and asks no VAT."""
    written = "".join(
        _FINVOICE_ROW.format(
            code=row.code,
            article=escape(row.article),
            quantity=row.quantity,
            price=_comma(row.price),
            net=_comma(row.net),
            party=_FINVOICE_PARTY.format(customer=row.customer, name=escape(row.name)) if row.customer else "",
        )
        for row in rows
    )
    return _FINVOICE.format(
        **{**paper._asdict(), "buyer": escape(paper.buyer)}, supplier=TILIPILVI, supplier_id=TILIPILVI_ID,
        kind="INV02" if is_credit else "INV01", net=_comma(_net(rows)), rows=written,
    )  # fmt: skip


def mail_with(attached: str, *, name: str, subject: str, to: str) -> bytes:
    """A mail message that brings a file."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "laskutus@tilipilvi.example"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("Hei,\n\nlasku liitteenä.\n\nTilipilvi Oy\n")
    message.add_attachment(attached.encode(), maintype="application", subtype="xml", filename=name)
    return message.as_bytes()


def kabelhuis_table(paper: Paper, rows: Sequence[Bought]) -> list[list[str]]:
    """Kabelhuis sends no e-invoice but a table, with names for whom the goods are."""
    return [
        list(KABELHUIS_COLUMNS),
        *(
            [
                paper.number, f"{paper.issued_on:%d-%m-%Y}", row.name, row.code, row.article, str(row.quantity),
                _comma(row.price), "21",
            ]
            for row in rows
        ),
    ]  # fmt: skip


def _net(rows: Sequence[Bought]) -> Decimal:
    return sum((row.net for row in rows), Decimal(0))


def _comma(number: Decimal) -> str:
    return f"{number:.2f}".replace(".", ",")
