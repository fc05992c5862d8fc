"""Cross Industry Invoice D16B, which Factur-X and XRechnung use, and its forerunner of ZUGFeRD 1.

ZUGFeRD 1 has other names for the same elements; they are looked for beside the newer ones. Rows that only group others
or inform (`LineStatusReasonCode`) are remarks.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from rebill.kit.xml import Element, local_name, parse_xml
from rebill.rules.errors import said as _
from rebill.rules.matching.places import Place
from rebill.sources.supplier_invoices.contract import (
    Doubt,
    PurchaseKind,
    RowKind,
    StatedInvoice,
    StatedParty,
    StatedRow,
    Unreadable,
)
from rebill.sources.supplier_invoices.readers import values
from rebill.sources.supplier_invoices.readers.en16931 import (
    CREDIT_CODES,
    DocumentFacts,
    PartyFacts,
    VatGroup,
    doubts_of,
)
from rebill.sources.supplier_invoices.readers.ubl import definition_of

ZERO = Decimal(0)
_ROOTS = ("CrossIndustryInvoice", "CrossIndustryDocument")
_WITHOUT_AMOUNT = frozenset({"GROUP", "INFORMATION"})


class CiiReader:
    """Reads CrossIndustryInvoice, and CrossIndustryDocument of ZUGFeRD 1."""

    name = "cii"

    def recognises(self, content: bytes) -> bool:
        """See `contract.Reader`."""
        head = content[:20_000]
        return any(root.encode() in head for root in _ROOTS)

    def read(self, content: bytes) -> StatedInvoice:
        """See `contract.Reader`."""
        root = parse_xml(content)
        if local_name(root) not in _ROOTS:
            raise Unreadable(_("The document is no CII invoice: it begins with %(name)s.", name=local_name(root)))
        return read_cii(root, self.name)


def either(parent: Element | None, *names: str) -> Element | None:
    """The first child that has one of these names."""
    return next((found for name in names if (found := values.child(parent, name)) is not None), None)


def read_cii(root: Element, name: str) -> StatedInvoice:
    """The invoice under this root."""
    document = either(root, "ExchangedDocument", "HeaderExchangedDocument")
    trade = either(root, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
    agreement = either(trade, "ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
    settlement = either(trade, "ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
    facts = _facts(root, document, trade, agreement, settlement)
    is_credit = facts.type_code in CREDIT_CODES or facts.gross < 0
    facts.is_credit_note = facts.type_code in CREDIT_CODES
    sign = -1 if is_credit and facts.gross < 0 else 1
    rows = [_row(each, sign) for each in values.children(trade, "IncludedSupplyChainTradeLineItem")]
    doubts = list(dict.fromkeys(doubts_of(facts)))
    if not rows:
        # MINIMUM and BASIC WL are no invoices in Germany and name nothing that was bought.
        doubts.append(Doubt("no_rows"))
    starts_on, ends_on = _period(values.child(settlement, "BillingSpecifiedPeriod"))
    corrects = values.child(settlement, "InvoiceReferencedDocument")
    return StatedInvoice(
        format=name,
        version=facts.profile[:120],
        kind=PurchaseKind.CREDIT_NOTE if is_credit else PurchaseKind.INVOICE,
        number=values.required(values.text(document, "ID"), "ID"),
        issued_on=values.required_day(_day(values.child(document, "IssueDateTime")), "IssueDateTime"),
        due_on=_due_on(settlement),
        starts_on=starts_on,
        ends_on=ends_on,
        currency=values.required(values.text(settlement, "InvoiceCurrencyCode"), "InvoiceCurrencyCode"),
        supplier=_party(values.child(agreement, "SellerTradeParty")),
        buyer=_party(values.child(agreement, "BuyerTradeParty")),
        net=sign * facts.net,
        vat=sign * facts.vat,
        gross=sign * facts.gross,
        payable=None if facts.payable is None else sign * facts.payable,
        corrects=values.text(corrects, "IssuerAssignedID") or values.text(corrects, "ID"),
        rows=(*rows, *_document_charges(settlement, sign)),
        doubts=tuple(doubts),
    )


def _day(holder: Element | None) -> date | None:
    return values.day(holder, "DateTimeString") or values.day(holder, "DateString")


def _due_on(settlement: Element | None) -> date | None:
    days = [
        _day(values.child(each, "DueDateDateTime"))
        for each in values.children(settlement, "SpecifiedTradePaymentTerms")
    ]
    return max((each for each in days if each), default=None)


def _period(period: Element | None) -> tuple[date | None, date | None]:
    return values.dated_in_order(_day(values.child(period, "StartDateTime")), _day(values.child(period, "EndDateTime")))


def _party(party: Element | None) -> StatedParty:
    numbers = [values.text(each, "ID") for each in values.children(party, "SpecifiedTaxRegistration")]
    numbers.append(_schemed(values.child(party, "SpecifiedLegalOrganization", "ID")))
    numbers += [_schemed(each) for each in values.children(party, "GlobalID")]
    numbers += [_schemed(each) for each in values.children(party, "ID")]
    return StatedParty(
        name=values.text(party, "Name"),
        numbers=tuple(dict.fromkeys(each for each in numbers if each)),
        country=values.text(party, "PostalTradeAddress", "CountryID"),
    )


def _schemed(element: Element | None) -> str:
    if element is None or not (element.text or "").strip():
        return ""
    number, scheme = (element.text or "").strip(), element.get("schemeID", "")
    return f"{scheme}:{number}" if scheme.isdigit() else number


# --- rows -----------------------------------------------------------------------------------------------------------


def _parts(line: Element) -> tuple[Element | None, Element | None, Element | None, Element | None]:
    """The product, agreement, delivery and settlement of a row."""
    return (
        values.child(line, "SpecifiedTradeProduct"),
        either(line, "SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement"),
        either(line, "SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery"),
        either(line, "SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement"),
    )


def _total_of(settlement: Element | None) -> Decimal | None:
    summation = either(
        settlement, "SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"
    )
    return values.number(summation, "LineTotalAmount")


def _counts(line: Element) -> bool:
    status = values.text(line, "AssociatedDocumentLineDocument", "LineStatusReasonCode")
    return status not in _WITHOUT_AMOUNT and _total_of(_parts(line)[3]) is not None


def _rate(settlement: Element | None) -> Decimal | None:
    tax = values.child(settlement, "ApplicableTradeTax")
    rate = values.number(tax, "RateApplicablePercent")
    return rate if rate is not None else values.number(tax, "ApplicablePercent")


def _row(line: Element, sign: int) -> StatedRow:
    product, agreement, delivery, settlement = _parts(line)
    counted = values.child(delivery, "BilledQuantity")
    quantity = values.number(delivery, "BilledQuantity")
    price = values.number(agreement, "NetPriceProductTradePrice", "ChargeAmount")
    base = values.number(agreement, "NetPriceProductTradePrice", "BasisQuantity")
    starts_on, ends_on = _period(values.child(settlement, "BillingSpecifiedPeriod"))
    counts = _counts(line)
    notes = [
        *values.children(values.child(line, "AssociatedDocumentLineDocument"), "IncludedNote"),
    ]
    return StatedRow(
        kind=RowKind.ROW if counts else RowKind.REMARK,
        code=values.text(product, "SellerAssignedID") or values.text(product, "GlobalID"),
        name=values.text(product, "Name"),
        unit=counted.get("unitCode", "") if counted is not None else "",
        quantity=sign * quantity if quantity is not None else Decimal(1),
        unit_price=price / base if price is not None and base else price,
        net=sign * (_total_of(settlement) or ZERO) if counts else ZERO,
        vat_rate=_rate(settlement),
        starts_on=starts_on,
        ends_on=ends_on,
        named=_named(line, product, agreement, delivery, settlement),
        texts=tuple(
            each
            for each in (
                *(values.text(note, "Content") for note in notes),
                values.text(product, "Description"),
                values.text(product, "Name"),
            )
            if each
        ),
    )


def _named(
    line: Element,
    product: Element | None,
    agreement: Element | None,
    delivery: Element | None,
    settlement: Element | None,
) -> dict[Place, tuple[str, str]]:
    named: dict[Place, tuple[str, str]] = {}
    for party in (
        values.child(delivery, "UltimateShipToTradeParty"),
        values.child(delivery, "ShipToTradeParty"),
        values.child(agreement, "UltimateCustomerOrderReferencedDocument"),
    ):
        stated = _party(party)
        if (stated.name or stated.numbers) and Place.PARTY not in named:
            named[Place.PARTY] = (stated.numbers[0] if stated.numbers else "", stated.name)
    properties = [
        (values.text(each, "Description"), values.text(each, "Value"))
        for each in values.children(product, "ApplicableProductCharacteristic")
    ]
    if definition := definition_of(properties):
        named[Place.DEFINITION] = definition
    for place, parent, path in (
        (Place.BUYER_REFERENCE, settlement, ("ReceivableSpecifiedTradeAccountingAccount", "ID")),
        (Place.ROW_IDENTIFIER, agreement, ("BuyerOrderReferencedDocument", "LineID")),
        (Place.SUB_IDENTIFIER, settlement, ("AdditionalReferencedDocument", "IssuerAssignedID")),
    ):
        if found := values.text(parent, *path):
            named[place] = (found, "")
    return named


def _document_charges(settlement: Element | None, sign: int) -> Iterator[StatedRow]:
    for each in values.children(settlement, "SpecifiedTradeAllowanceCharge"):
        amount = values.number(each, "ActualAmount") or ZERO
        is_charge = values.is_true(each, "ChargeIndicator")
        yield StatedRow(
            kind=RowKind.CHARGE,
            name=values.text(each, "Reason"),
            net=sign * (amount if is_charge else -amount),
            vat_rate=values.number(each, "CategoryTradeTax", "RateApplicablePercent"),
        )
    for each in values.children(settlement, "SpecifiedLogisticsServiceCharge"):
        yield StatedRow(
            kind=RowKind.CHARGE,
            name=values.text(each, "Description"),
            net=sign * (values.number(each, "AppliedAmount") or ZERO),
        )


# --- what the doubts are about --------------------------------------------------------------------------------------


def _facts(
    root: Element,
    document: Element | None,
    trade: Element | None,
    agreement: Element | None,
    settlement: Element | None,
) -> DocumentFacts:
    context = either(root, "ExchangedDocumentContext", "SpecifiedExchangedDocumentContext")
    total = either(
        settlement,
        "SpecifiedTradeSettlementHeaderMonetarySummation",
        "SpecifiedTradeSettlementMonetarySummation",
    )
    currency = values.text(settlement, "InvoiceCurrencyCode")
    taxes = [each for each in values.children(total, "TaxTotalAmount") if each.get("currencyID", currency) == currency]
    gross = values.required_number(values.number(total, "GrandTotalAmount"), "GrandTotalAmount")
    net = values.number(total, "TaxBasisTotalAmount")
    vat = values.number_in((taxes[0].text or "").strip(), "TaxTotalAmount") if taxes else None
    if net is None:
        net = gross - (vat or ZERO)
    charged = values.number(total, "ChargeTotalAmount") or ZERO
    delivery = either(trade, "ApplicableHeaderTradeDelivery", "ApplicableSupplyChainTradeDelivery")
    lines = [each for each in values.children(trade, "IncludedSupplyChainTradeLineItem") if _counts(each)]
    return DocumentFacts(
        profile=values.text(context, "GuidelineSpecifiedDocumentContextParameter", "ID"),
        type_code=values.text(document, "TypeCode"),
        stated_rows=values.number(total, "LineTotalAmount") if lines else None,
        allowances=values.number(total, "AllowanceTotalAmount") or ZERO,
        charges=charged,
        net=net,
        vat=vat if vat is not None else gross - net,
        gross=gross,
        prepaid=values.number(total, "TotalPrepaidAmount") or ZERO,
        rounding=values.number(total, "RoundingAmount") or ZERO,
        payable=values.number(total, "DuePayableAmount"),
        groups=[_vat_group(each) for each in values.children(settlement, "ApplicableTradeTax")],
        lines=[_line_group(each) for each in lines],
        address_schemes=_schemes(root, "URIID"),
        party_schemes=_schemes(agreement, "GlobalID"),
        class_lists=[each.get("listID", "") for each in root.iter() if local_name(each) == "ClassCode"],
        seller=_party_facts(values.child(agreement, "SellerTradeParty")),
        buyer=_party_facts(values.child(agreement, "BuyerTradeParty")),
        has_reference=bool(values.text(agreement, "BuyerReference")),
        has_order=values.child(agreement, "BuyerOrderReferencedDocument") is not None,
        has_original=values.child(settlement, "InvoiceReferencedDocument") is not None,
        has_payment_means=values.child(settlement, "SpecifiedTradeSettlementPaymentMeans") is not None
        or delivery is None,
        has_advances=values.child(settlement, "SpecifiedAdvancePayment") is not None,
    )


def _vat_group(tax: Element) -> VatGroup:
    rate = values.number(tax, "RateApplicablePercent")
    return VatGroup(
        values.text(tax, "CategoryCode"),
        (rate if rate is not None else values.number(tax, "ApplicablePercent") or ZERO).normalize(),
        values.number(tax, "BasisAmount") or ZERO,
        values.number(tax, "CalculatedAmount") or ZERO,
    )


def _line_group(line: Element) -> VatGroup:
    settlement = _parts(line)[3]
    return VatGroup(
        values.text(settlement, "ApplicableTradeTax", "CategoryCode"),
        (_rate(settlement) or ZERO).normalize(),
        _total_of(settlement) or ZERO,
    )


def _schemes(parent: Element | None, name: str) -> list[str]:
    return [] if parent is None else [each.get("schemeID", "") for each in parent.iter() if local_name(each) == name]


def _party_facts(party: Element | None) -> PartyFacts:
    address = values.child(party, "PostalTradeAddress")
    legal = values.child(party, "SpecifiedLegalOrganization", "ID")
    return PartyFacts(
        country=values.text(address, "CountryID"),
        street=values.text(address, "LineOne"),
        city=values.text(address, "CityName"),
        postcode=values.text(address, "PostcodeCode"),
        scheme=legal.get("schemeID", "") if legal is not None else "",
        number=values.text(party, "SpecifiedLegalOrganization", "ID"),
    )
