"""UBL 2.1 invoices and credit notes: Peppol BIS, NLCIUS (SI-UBL), XRechnung and the plain standard."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from rebill.kit.xml import Element, local_name, namespace, parse_xml
from rebill.rules.errors import said as _
from rebill.rules.matching.places import Place
from rebill.sources.supplier_invoices.contract import (
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

_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
ZERO = Decimal(0)


class UblReader:
    """Reads `Invoice` and `CreditNote`."""

    name = "ubl"

    def recognises(self, content: bytes) -> bool:
        """See `contract.Reader`."""
        head = content[:20_000]
        return _NAMESPACE.encode() + b"Invoice-2" in head or _NAMESPACE.encode() + b"CreditNote-2" in head

    def read(self, content: bytes) -> StatedInvoice:
        """See `contract.Reader`."""
        root = parse_xml(content)
        if local_name(root) not in {"Invoice", "CreditNote"} or not namespace(root).startswith(_NAMESPACE):
            raise Unreadable(_("The document is no UBL invoice: it begins with %(name)s.", name=local_name(root)))
        return read_ubl(root, self.name)


def read_ubl(root: Element, name: str) -> StatedInvoice:
    """The invoice or credit note under this root."""
    currency = values.required(values.text(root, "DocumentCurrencyCode"), "DocumentCurrencyCode")
    facts = _facts(root, currency)
    is_credit = local_name(root) == "CreditNote" or facts.type_code in CREDIT_CODES or facts.gross < 0
    # A credit may also be an invoice with a minus.
    sign = -1 if is_credit and facts.gross < 0 else 1
    starts_on, ends_on = _period(root)
    due_on = values.day(root, "DueDate") or values.day(root, "PaymentMeans", "PaymentDueDate")
    return StatedInvoice(
        format=name,
        version=facts.profile[:120],
        kind=PurchaseKind.CREDIT_NOTE if is_credit else PurchaseKind.INVOICE,
        number=values.required(values.text(root, "ID"), "ID"),
        issued_on=values.required_day(values.day(root, "IssueDate"), "IssueDate"),
        due_on=due_on or values.day(root, "PaymentTerms", "PaymentDueDate"),
        starts_on=starts_on,
        ends_on=ends_on,
        currency=currency,
        supplier=_party(values.child(root, "AccountingSupplierParty", "Party")),
        buyer=_party(values.child(root, "AccountingCustomerParty", "Party")),
        net=sign * facts.net,
        vat=sign * facts.vat,
        gross=sign * facts.gross,
        payable=None if facts.payable is None else sign * facts.payable,
        corrects=values.text(root, "BillingReference", "InvoiceDocumentReference", "ID"),
        rows=(*(_row(each, sign) for each in _lines(root)), *_document_charges(root, sign)),
        doubts=tuple(dict.fromkeys(doubts_of(facts))),
    )


def _lines(root: Element) -> Iterator[Element]:
    yield from values.children(root, "InvoiceLine")
    yield from values.children(root, "CreditNoteLine")


def _period(parent: Element) -> tuple[date | None, date | None]:
    return values.dated_in_order(
        values.day(parent, "InvoicePeriod", "StartDate"), values.day(parent, "InvoicePeriod", "EndDate")
    )


def _party(party: Element | None) -> StatedParty:
    legal = values.child(party, "PartyLegalEntity")
    name = values.text(legal, "RegistrationName") or values.text(party, "PartyName", "Name")
    numbers = [values.text(each, "CompanyID") for each in values.children(party, "PartyTaxScheme")]
    numbers += [_schemed(values.child(legal, "CompanyID")), _schemed(values.child(party, "EndpointID"))]
    numbers += [_schemed(values.child(each, "ID")) for each in values.children(party, "PartyIdentification")]
    return StatedParty(
        name=name,
        numbers=tuple(dict.fromkeys(each for each in numbers if each)),
        country=values.text(party, "PostalAddress", "Country", "IdentificationCode"),
    )


def _schemed(element: Element | None) -> str:
    """A number with its scheme in front where it has one, so that it says whose number it is."""
    if element is None or not (element.text or "").strip():
        return ""
    number, scheme = (element.text or "").strip(), element.get("schemeID", "")
    return f"{scheme}:{number}" if scheme.isdigit() else number


def _row(line: Element, sign: int) -> StatedRow:
    item = values.child(line, "Item")
    counted = values.child(line, "InvoicedQuantity")
    if counted is None:
        counted = values.child(line, "CreditedQuantity")
    quantity = None if counted is None else values.number(line, local_name(counted))
    price = values.number(line, "Price", "PriceAmount")
    base = values.number(line, "Price", "BaseQuantity")
    starts_on, ends_on = _period(line)
    rate = values.number(item, "ClassifiedTaxCategory", "Percent")
    net = values.required_number(values.number(line, "LineExtensionAmount"), "LineExtensionAmount")
    return StatedRow(
        code=values.text(item, "SellersItemIdentification", "ID")
        or values.text(item, "StandardItemIdentification", "ID"),
        name=values.text(item, "Name"),
        unit=counted.get("unitCode", "") if counted is not None else "",
        quantity=sign * quantity if quantity is not None else Decimal(1),
        unit_price=price / base if price is not None and base else price,
        net=sign * net,
        vat_rate=rate,
        starts_on=starts_on,
        ends_on=ends_on,
        named=_named(line, item),
        texts=(*values.texts(line, "Note"), *values.texts(item, "Description"), *values.texts(item, "Name")),
    )


def _named(line: Element, item: Element | None) -> dict[Place, tuple[str, str]]:
    """The standard has no end customer in a line: suppliers use the party of UBL, properties of the item, or a
    reference."""
    named: dict[Place, tuple[str, str]] = {}
    for path in (("OriginatorParty",), ("Delivery", "DeliveryParty")):
        party = values.child(line, *path)
        if party is not None and Place.PARTY not in named:
            stated = _party(party)
            named[Place.PARTY] = (stated.numbers[0] if stated.numbers else "", stated.name)
    properties = [
        (values.text(each, "Name"), values.text(each, "Value"))
        for each in values.children(item, "AdditionalItemProperty")
    ]
    if definition := definition_of(properties):
        named[Place.DEFINITION] = definition
    for place, path in (
        (Place.BUYER_REFERENCE, ("AccountingCost",)),
        (Place.ROW_IDENTIFIER, ("OrderLineReference", "LineID")),
        (Place.SUB_IDENTIFIER, ("DocumentReference", "ID")),
    ):
        if found := values.text(line, *path):
            named[place] = (found, "")
    return named


_NUMBER_WORDS = ("kvk", "vat", "btw", "ust", "tunnus", "business id", "company id", "customer id", "ondernemingsnummer")
_NAME_WORDS = ("customer", "klant", "kunde", "asiakas", "client", "company", "bedrijf", "firma", "end user")


def definition_of(properties: list[tuple[str, str]]) -> tuple[str, str] | None:
    """The number and the name among properties that are about a customer, as their headings say."""
    number = name = ""
    for header, value in properties:
        heading = header.casefold()
        if any(word in heading for word in _NUMBER_WORDS):
            number = number or (f"KVK {value}" if "kvk" in heading else value)
        elif any(word in heading for word in _NAME_WORDS):
            name = name or value
    return (number, name) if number or name else None


def _document_charges(root: Element, sign: int) -> Iterator[StatedRow]:
    for each in values.children(root, "AllowanceCharge"):
        amount = values.number(each, "Amount") or ZERO
        is_charge = values.is_true(each, "ChargeIndicator")
        yield StatedRow(
            kind=RowKind.CHARGE,
            name=values.text(each, "AllowanceChargeReason"),
            net=sign * (amount if is_charge else -amount),
            vat_rate=values.number(each, "TaxCategory", "Percent"),
        )


# --- what the doubts are about --------------------------------------------------------------------------------------


def _facts(root: Element, currency: str) -> DocumentFacts:
    total = values.child(root, "LegalMonetaryTotal")
    taxes = [each for each in values.children(root, "TaxTotal") if _currency_of(each, currency) == currency]
    tax = taxes[0] if taxes else None
    gross = values.required_number(values.number(total, "TaxInclusiveAmount"), "TaxInclusiveAmount")
    net = values.number(total, "TaxExclusiveAmount")
    vat = values.number(tax, "TaxAmount")
    if net is None:
        net = gross - (vat or ZERO)
    return DocumentFacts(
        profile=values.text(root, "CustomizationID"),
        type_code=values.text(root, "InvoiceTypeCode") or values.text(root, "CreditNoteTypeCode"),
        is_credit_note=local_name(root) == "CreditNote",
        stated_rows=values.number(total, "LineExtensionAmount"),
        allowances=values.number(total, "AllowanceTotalAmount") or ZERO,
        charges=values.number(total, "ChargeTotalAmount") or ZERO,
        net=net,
        vat=vat if vat is not None else ZERO,
        gross=gross,
        prepaid=values.number(total, "PrepaidAmount") or ZERO,
        rounding=values.number(total, "PayableRoundingAmount") or ZERO,
        payable=values.number(total, "PayableAmount"),
        groups=[_vat_group(each) for each in values.children(tax, "TaxSubtotal")],
        lines=[_line_group(each) for each in _lines(root)],
        address_schemes=_schemes(root, "EndpointID"),
        party_schemes=[
            scheme
            for party in ("AccountingSupplierParty", "AccountingCustomerParty")
            for each in values.children(values.child(root, party, "Party"), "PartyIdentification")
            for scheme in _schemes(each, "ID")
        ],
        class_lists=[each.get("listID", "") for each in root.iter() if local_name(each) == "ItemClassificationCode"],
        seller=_party_facts(values.child(root, "AccountingSupplierParty", "Party")),
        buyer=_party_facts(values.child(root, "AccountingCustomerParty", "Party")),
        representative=_representative(root),
        has_reference=bool(values.text(root, "BuyerReference")),
        has_order=bool(values.text(root, "OrderReference", "ID")),
        has_order_lines=any(local_name(each) == "OrderLineReference" for each in root.iter()),
        has_original=values.child(root, "BillingReference") is not None,
        has_payment_means=values.child(root, "PaymentMeans") is not None,
    )


def _currency_of(tax: Element, usual: str) -> str:
    amount = values.child(tax, "TaxAmount")
    return amount.get("currencyID", usual) if amount is not None else usual


def _vat_group(subtotal: Element) -> VatGroup:
    category = values.child(subtotal, "TaxCategory")
    return VatGroup(
        values.text(category, "ID"),
        (values.number(category, "Percent") or ZERO).normalize(),
        values.number(subtotal, "TaxableAmount") or ZERO,
        values.number(subtotal, "TaxAmount") or ZERO,
    )


def _line_group(line: Element) -> VatGroup:
    category = values.child(line, "Item", "ClassifiedTaxCategory")
    return VatGroup(
        values.text(category, "ID"),
        (values.number(category, "Percent") or ZERO).normalize(),
        values.number(line, "LineExtensionAmount") or ZERO,
    )


def _schemes(parent: Element, name: str) -> list[str]:
    return [each.get("schemeID", "") for each in parent.iter() if local_name(each) == name]


def _party_facts(party: Element | None) -> PartyFacts:
    address = values.child(party, "PostalAddress")
    legal = values.child(party, "PartyLegalEntity", "CompanyID")
    return PartyFacts(
        country=values.text(address, "Country", "IdentificationCode"),
        street=values.text(address, "StreetName"),
        city=values.text(address, "CityName"),
        postcode=values.text(address, "PostalZone"),
        scheme=legal.get("schemeID", "") if legal is not None else "",
        number=values.text(party, "PartyLegalEntity", "CompanyID"),
        legal_entities=sum(1 for _each in values.children(party, "PartyLegalEntity")),
    )


def _representative(root: Element) -> PartyFacts | None:
    party = values.child(root, "TaxRepresentativeParty")
    return None if party is None else _party_facts(party)
