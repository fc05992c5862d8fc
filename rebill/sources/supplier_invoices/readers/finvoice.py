"""Finvoice 1.3 to 3.0 (and 1.2, which differs in nothing that is read here), by Finance Finland.

The rows of Visma's own invoices to accounting firms are not documented, so everything that could name the end customer
is taken along. Energy companies repeat their sums in `SubInvoiceRow`: those are remarks, unless the rows add up to the
document only with them. Decimal comma, days as CCYYMMDD.
"""

from decimal import Decimal

from rebill.kit.xml import Element, local_name, parse_xml
from rebill.rules.errors import said as _
from rebill.rules.matching.identifiers import keys_of
from rebill.rules.matching.places import Place
from rebill.rules.money import round_half_up
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

CENT = Decimal("0.01")
_CREDITS = ("INV02", "INV2")
# What a header of a definition field is called that holds a number or name of the customer.
_ABOUT_A_CUSTOMER = ("tunnus", "asiakas", "business id", "customer", "yritys", "company", "kvk", "vat")


class FinvoiceReader:
    """Finvoice in the encodings that it comes in, most of it ISO-8859-15."""

    name = "finvoice"

    def recognises(self, content: bytes) -> bool:
        """See `contract.Reader`."""
        return b"<Finvoice" in content[:20_000]

    def read(self, content: bytes) -> StatedInvoice:
        """See `contract.Reader`."""
        root = parse_xml(content)
        if local_name(root) != "Finvoice":
            raise Unreadable(_("The document is no Finvoice: it begins with %(name)s.", name=local_name(root)))
        details = values.child(root, "InvoiceDetails")
        net, vat, gross = _totals(details)
        kind = _kind(details, gross)
        # Some suppliers write credit notes with a minus already.
        sign = -1 if kind is PurchaseKind.CREDIT_NOTE and gross < 0 else 1
        starts_on, ends_on = values.dated_in_order(
            values.day(details, "InvoicingPeriodStartDate"), values.day(details, "InvoicingPeriodEndDate")
        )
        rows = _counted([_read_row(each, sign) for each in values.children(root, "InvoiceRow")], sign * net)
        payment = values.child(root, "EpiDetails", "EpiPaymentInstructionDetails")
        return StatedInvoice(
            format=self.name,
            version=root.get("Version", ""),
            kind=kind,
            number=values.required(values.text(details, "InvoiceNumber"), "InvoiceNumber"),
            issued_on=values.required_day(values.day(details, "InvoiceDate"), "InvoiceDate"),
            due_on=values.day(details, "PaymentTermsDetails", "InvoiceDueDate")
            or values.day(payment, "EpiDateOptionDate"),
            starts_on=starts_on,
            ends_on=ends_on,
            currency=_currency(details),
            supplier=_party(root, "Seller"),
            buyer=_party(root, "Buyer"),
            net=sign * net,
            vat=sign * vat,
            gross=sign * gross,
            payable=values.number(payment, "EpiInstructedAmount"),
            corrects=values.text(details, "OriginalInvoiceNumber"),
            rows=rows,
            doubts=tuple(_doubts(root, details)),
        )


def _totals(details: Element | None) -> tuple[Decimal, Decimal, Decimal]:
    """Net, VAT and gross; only the gross total is mandatory, so the others may have to be made of what there is."""
    gross = values.required_number(
        values.number(details, "InvoiceTotalVatIncludedAmount"), "InvoiceTotalVatIncludedAmount"
    )
    vat = values.number(details, "InvoiceTotalVatAmount")
    net = values.number(details, "InvoiceTotalVatExcludedAmount")
    if net is None and vat is None:
        specified = [
            values.number(each, "VatRateAmount") or Decimal(0)
            for each in values.children(details, "VatSpecificationDetails")
        ]
        vat = sum(specified, Decimal(0))
    if net is None:
        net = gross - (vat or Decimal(0))
    return net, vat if vat is not None else gross - net, gross


def _kind(details: Element | None, gross: Decimal) -> PurchaseKind:
    """INV02 is a credit note, and so is what UNTDID 1001 calls 381 or what comes to less than nothing."""
    codes = {values.text(details, "InvoiceTypeCode"), values.text(details, "InvoiceTypeCodeUN")}
    is_credit = gross < 0 or bool(codes & {*_CREDITS, "381"})
    return PurchaseKind.CREDIT_NOTE if is_credit else PurchaseKind.INVOICE


def _currency(details: Element | None) -> str:
    total = values.child(details, "InvoiceTotalVatIncludedAmount")
    return values.required(total.get("AmountCurrencyIdentifier", "") if total is not None else "", "currency")


def _party(root: Element, side: str) -> StatedParty:
    party = values.child(root, f"{side}PartyDetails")
    numbers = [
        values.text(party, f"{side}{name}")
        for name in ("PartyIdentifier", "OrganisationTaxCode", "OrganisationUnitNumber")
    ]
    numbers.append(values.text(root, f"{side}OrganisationUnitNumber"))
    country = values.text(party, f"{side}PostalAddressDetails", "CountryCode")
    return StatedParty(
        name=values.text(party, f"{side}OrganisationName"),
        numbers=tuple(dict.fromkeys(each for each in numbers if each)),
        country=country or "FI",
    )


# --- rows -----------------------------------------------------------------------------------------------------------


def _read_row(row: Element, sign: int) -> tuple[str, StatedRow]:
    """The row, and how sure its amount is: stated without VAT ("net"), only with VAT at a known rate ("gross"), only
    with VAT ("sum"), in a row below the row ("sub"), or not at all ("none")."""
    below = values.child(row, "SubInvoiceRow")
    prefix, row, surety = ("", row, "") if below is None else ("Sub", below, "sub")
    row_prefix = f"{prefix}Row"
    net = values.number(row, f"{row_prefix}VatExcludedAmount")
    gross = values.number(row, f"{row_prefix}Amount")
    rate = values.number(row, f"{row_prefix}VatRatePercent")
    if net is not None:
        surety = surety or "net"
    elif gross is not None and rate is not None:
        net = round_half_up(gross * 100 / (100 + rate), 2)
        surety = surety or "gross"
    elif gross is not None:
        net, surety = gross, surety or "sum"
    else:
        surety = "none"
    quantity, unit = _quantity(row, prefix)
    starts_on, ends_on = values.dated_in_order(
        values.day(row, f"{prefix}StartDate"), values.day(row, f"{prefix}EndDate")
    )
    return surety, StatedRow(
        kind=RowKind.REMARK if surety == "none" else RowKind.ROW,
        code=values.text(row, f"{prefix}ArticleIdentifier"),
        name=values.text(row, f"{prefix}ArticleName"),
        unit=unit,
        quantity=quantity if quantity is not None else Decimal(1),
        unit_price=_unit_price(row, prefix),
        net=sign * (net or Decimal(0)),
        vat_rate=rate,
        gross=None if gross is None else sign * gross,
        starts_on=starts_on,
        ends_on=ends_on,
        named=_named(row, prefix),
        texts=(
            *values.texts(row, f"{row_prefix}FreeText"),
            *values.texts(row, f"{prefix}ArticleDescription"),
            *values.texts(row, f"{prefix}ArticleName"),
        ),
    )


def _quantity(row: Element, prefix: str) -> tuple[Decimal | None, str]:
    for name in ("InvoicedQuantity", "DeliveredQuantity", "OrderedQuantity"):
        found = values.child(row, f"{prefix}{name}")
        if found is not None and (found.text or "").strip():
            return values.number(row, f"{prefix}{name}"), found.get("QuantityUnitCode", "")
    return None, ""


def _unit_price(row: Element, prefix: str) -> Decimal | None:
    """What one unit costs after discounts; a price for a hundred of them says so in its base."""
    price = values.number(row, f"{prefix}UnitPriceNetAmount")
    if price is None:
        price = values.number(row, f"{prefix}UnitPriceAmount")
    base = values.number(row, f"{prefix}UnitPriceBaseQuantity")
    return price / base if price is not None and base else price


def _named(row: Element, prefix: str) -> dict[Place, tuple[str, str]]:
    row_prefix = f"{prefix}Row"
    named: dict[Place, tuple[str, str]] = {}
    for party in values.children(row, f"{row_prefix}AnyPartyDetails"):
        ids = [
            values.text(party, f"{row_prefix}AnyParty{name}")
            for name in ("Identifier", "OrganisationTaxCode", "OrganisationUnitNumber")
        ]
        number = next((each for each in ids if each), "")
        name = values.text(party, f"{row_prefix}AnyPartyOrganisationName")
        if (number or name) and Place.PARTY not in named:
            named[Place.PARTY] = (number, name)
    for place, field in (
        (Place.ROW_IDENTIFIER, f"{row_prefix}Identifier"),
        (Place.SUB_IDENTIFIER, f"{row_prefix}SubIdentifier"),
        (Place.BUYER_REFERENCE, f"{row_prefix}BuyerReferenceIdentifier"),
        (Place.GROUP, f"{prefix}ArticleGroupIdentifier"),
    ):
        if found := values.text(row, field):
            named[place] = (found, "")
    if definition := _definition(row, row_prefix):
        named[Place.DEFINITION] = definition
    return named


def _definition(row: Element, row_prefix: str) -> tuple[str, str] | None:
    """The number, and the name beside it, of the definition fields that are about a customer."""
    number = name = ""
    for each in values.children(row, f"{row_prefix}DefinitionDetails"):
        header = values.text(each, f"{row_prefix}DefinitionHeaderText").casefold()
        value = values.text(each, f"{row_prefix}DefinitionValue")
        if not value or not (keys_of(value, country="FI") or any(word in header for word in _ABOUT_A_CUSTOMER)):
            continue
        if keys_of(value, country="FI"):
            number = number or value
        else:
            name = name or value
    return (number, name) if number or name else None


def _counted(read: list[tuple[str, StatedRow]], net: Decimal) -> tuple[StatedRow, ...]:
    """The rows, of which those count that add up to the document; the others are remarks."""
    ways = ({"net", "gross"}, {"net", "gross", "sub"}, {"net", "gross", "sum"}, {"net", "gross", "sum", "sub"})
    tolerance = CENT * (1 + sum(surety == "gross" for surety, _row in read))
    chosen = {"net", "gross", "sum"}
    for way in ways:
        total = sum((row.net for surety, row in read if surety in way), Decimal(0))
        if abs(total - net) < tolerance:
            chosen = way
            break
    return tuple(row if surety in chosen else _as_remark(row) for surety, row in read)


def _as_remark(row: StatedRow) -> StatedRow:
    return StatedRow(
        kind=RowKind.REMARK, code=row.code, name=row.name, starts_on=row.starts_on, ends_on=row.ends_on,
        named=row.named, texts=row.texts,
    )  # fmt: skip


def _doubts(root: Element, details: Element | None) -> list[Doubt]:
    found = []
    if values.text(details, "OriginCode") == "Copy":
        found.append(Doubt("copy"))
    if values.text(details, "OriginCode") == "Cancel":
        found.append(Doubt("cancelled"))
    version = root.get("Version", "")
    if version not in {"1.2", "1.3", "2.0", "2.01", "3.0"}:
        found.append(Doubt("version_unknown", version))
    if (values.number(details, "InvoicePaidAmount") or 0) != 0:
        found.append(Doubt("paid_before", values.text(details, "InvoicePaidAmount")))
    return found
