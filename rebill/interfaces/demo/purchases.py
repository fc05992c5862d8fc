"""A supplier's e-invoice for services that the partner's customers use: taken in, and passed on as far as it goes."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from xml.sax.saxutils import escape

from rebill.catalogue.commands import create_product
from rebill.catalogue.models import Product, ProductKind
from rebill.interfaces.demo.stage import Stage
from rebill.parties.models import Customer
from rebill.parties.queries import customers_of, seller_of
from rebill.rules.tax import tax_of
from rebill.runs.commands import rebill_purchase
from rebill.sources.supplier_invoices.commands import assign_price_group, set_price_factor, take_purchase_invoice
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms
from rebill.sources.supplier_invoices.queries.splitting import Standing, split_invoice

_SUPPLIER, _NUMBER = "Nimbus Distributie B.V.", "ND-{month:%Y%m}-0311"
_GROUP, _FACTOR = "Nimbus", Decimal("1.25")
_CUSTOMERS, _SEED = 64, 20_261_104
# What the supplier bills, its price a month, and how often it is taken; the last is in nobody's catalogue yet.
_ARTICLES = (
    ("NB-M365-BS", "Microsoft 365 Business Standard", "9.85", 50),
    ("NB-M365-BP", "Microsoft 365 Business Premium", "18.20", 25),
    ("NB-AV", "Endpoint protection", "2.15", 22),
    ("NB-COPILOT", "Copilot for Business", "24.60", 3),
)
_NOT_KNOWN = "NB-COPILOT"

_LINE = """<cac:InvoiceLine><cbc:ID>{id}</cbc:ID><cbc:InvoicedQuantity unitCode="EA">{quantity}</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount><cac:Item><cbc:Name>{name}</cbc:Name>
<cac:SellersItemIdentification><cbc:ID>{code}</cbc:ID></cac:SellersItemIdentification>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:ClassifiedTaxCategory><cac:AdditionalItemProperty><cbc:Name>KvK-nummer</cbc:Name>
<cbc:Value>{customer}</cbc:Value></cac:AdditionalItemProperty></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
"""
_INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>{issued_on}</cbc:IssueDate><cbc:DueDate>{due_on}</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>NL004495445B01</cbc:CompanyID>
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


def take_purchases(stage: Stage) -> None:
    """Products, a mark-up and the supplier's invoice: all but a few of its rows find their customer and product, and
    become drafts; the others wait for somebody to say what they are."""
    if stage.diary.is_done("purchases"):
        return
    with stage.diary.step("purchases"):
        acting, now = stage.acting, stage.days.corrected_at
        for code, name, _price, _weight in _ARTICLES:
            is_there = Product.objects.filter(seller_id=acting.seller_id, code=code).exists()
            if code != _NOT_KNOWN and not is_there:
                create_product(acting=acting, code=code, name=name, kind=ProductKind.RECURRING, now=now)
        customers = _customers(stage)
        since = stage.days.first_month
        set_price_factor(acting=acting, group=_GROUP, factor=_FACTOR, valid_from=since, now=now)
        assign_price_group(
            acting=acting, customer_ids=[each.pk for each in customers[: len(customers) // 2]], group=_GROUP, now=now
        )
        number = _NUMBER.format(month=stage.days.month)
        path = stage.folder / "files" / f"nimbus-{number}.xml"
        path.write_text(_document(stage, number, customers), encoding="utf-8")
        invoice = take_purchase_invoice(acting=acting, content=path.read_bytes(), file_name=path.name, now=now)
        split = split_invoice(acting, invoice)
        ready = len(split.standing(Standing.READY))
        terms = RebillingTerms(invoice_on=stage.days.next_week)
        told = rebill_purchase(acting=acting, purchase_id=invoice.pk, terms=terms, now=now)
        stage.diary.note(
            purchases={
                "number": number, "customers": len(split.customers), "ready": ready, "drafts": told.drafts,
            }
        )  # fmt: skip


def _customers(stage: Stage) -> list[Customer]:
    """Organisations with a register number, by which the supplier knows them."""
    found = customers_of(stage.acting).filter(country="NL").exclude(chamber_id="")
    return list(found[:_CUSTOMERS])


def _document(stage: Stage, number: str, customers: list[Customer]) -> str:
    """The invoice as the supplier writes it; the same every time."""
    seller = seller_of(stage.acting)
    rows = list(_rows(customers))
    net = sum((quantity * price for *_said, quantity, price in rows), Decimal(0))
    tax = Decimal(tax_of(int(net.scaleb(2)), 21_000_000)).scaleb(-2)
    lines = "".join(
        _LINE.format(
            id=position, quantity=quantity, net=quantity * price, name=escape(name), code=code,
            customer=escape(customer), price=price,
        )
        for position, (customer, code, name, quantity, price) in enumerate(rows, start=1)
    )  # fmt: skip
    day = stage.days.month
    return _INVOICE.format(
        number=number, issued_on=day.replace(day=3), due_on=day.replace(day=28), supplier=_SUPPLIER,
        buyer_vat_id=seller.vat_id, buyer=escape(seller.name), net=net, tax=tax, gross=net + tax, lines=lines,
    )  # fmt: skip


def _rows(customers: list[Customer]) -> Iterator[tuple[str, str, str, int, Decimal]]:
    random = Random(_SEED)
    weights = [weight for *_article, weight in _ARTICLES]
    for customer in customers:
        for code, name, price, _weight in dict.fromkeys(random.choices(_ARTICLES, weights, k=random.randint(1, 3))):
            yield customer.chamber_id, code, name, random.randint(1, 40), Decimal(price)
    # Somebody whom the supplier knows by a number that nobody here has.
    yield "00990311", *_ARTICLES[0][:2], 5, Decimal(_ARTICLES[0][2])
