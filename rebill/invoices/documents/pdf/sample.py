"""Documents of nobody, on which a look is tried: every part of a document is in one of them, and missing in another."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from rebill.invoices.documents.contract import (
    CustomerBlock,
    DocumentContent,
    DocumentKind,
    LineContent,
    Look,
    PartyBlock,
    PaymentContent,
    TaxContent,
)
from rebill.rules.epc import epc_payload
from rebill.rules.money import Money
from rebill.rules.periods import Period
from rebill.rules.tax import TaxCategory

_MONTH = Period(date(2026, 1, 1), date(2026, 2, 1))
_STANDARD, _REDUCED, _NONE = Decimal(21), Decimal(9), Decimal(0)
_SELLER = PartyBlock(
    name="Voorbeeld Groep B.V.",
    address=("Voorbeeldkade 1", "1000 AA Amsterdam"),
    country="NL",
    vat_id="NL000099998B57",
    chamber_id="12 345 678",
    iban="NL91ABNA0417164300",
    bic="ABNANL2A",
    phone="+31 20 000 00 00",
    email="facturen@voorbeeld.example",
    website="voorbeeld.example",
)


def samples(look: Look) -> tuple[DocumentContent, ...]:
    """An invoice with all there is, a credit note with little, a reverse charge and a copy of many pages."""
    return _full(look), _credit_note(look), _reverse_charge(look), _many_pages(look)


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands on the sample in one language."""

    customer: str
    attention: str
    seat: str
    place: str
    unit: str
    monthly: str
    book: str
    once: str
    revenue: str


_WORDS = {
    "nl": _Words(
        "Proefklant V.O.F.", "de administratie", "Werkplek", "Locatie Utrecht", "st.", "Maandelijkse kosten",
        "Handboek", "Eenmalige kosten", "Servicenummers, opbrengst",
    ),
    "de": _Words(
        "Beispiel GmbH", "die Buchhaltung", "Arbeitsplatz", "Standort Bremen", "St.", "Monatliche Kosten", "Handbuch",
        "Einmalige Kosten", "Servicenummern, Erlös",
    ),
    "fi": _Words(
        "Esimerkki Oy", "kirjanpito", "Työpaikka", "Turun toimipiste", "kpl", "Kuukausimaksut", "Käsikirja",
        "Kertamaksut", "Palvelunumerot, tuotto",
    ),
    "en": _Words(
        "Sample Ltd", "the accounts office", "Workplace", "Dublin office", "pcs", "Monthly costs", "Handbook",
        "One-off costs", "Service numbers, revenue",
    ),
}  # fmt: skip


def sample_invoice(
    look: Look, *, language: str, seller: PartyBlock, account_holder: str, opening: str, closing: str
) -> DocumentContent:
    """The first of the samples in another language and from a seller, to be looked at while its look is chosen."""
    words, sample = _WORDS.get(language, _WORDS["en"]), _full(look)
    lines = (
        replace(sample.lines[0], text=words.seat, detail=words.place, unit=words.unit, group=words.monthly),
        replace(sample.lines[1], text=words.book, group=words.once),
        replace(sample.lines[2], text=words.revenue, group=words.once),
    )
    party = replace(sample.customer.party, name=words.customer)
    payment = None
    if seller.iban and sample.payment is not None:
        payment = replace(
            sample.payment, iban=seller.iban, bic=seller.bic, account_holder=account_holder, epc_payload=None
        )
    return replace(
        sample,
        language=language,
        seller=seller,
        customer=replace(sample.customer, party=party, attention=words.attention),
        lines=lines,
        payment=payment,
        opening=opening,
        closing=closing,
    )


def _euro(minor: int) -> Money:
    return Money(minor, "EUR")


def _full(look: Look) -> DocumentContent:
    return DocumentContent(
        kind=DocumentKind.INVOICE,
        language="nl",
        number="2026-00001",
        issued_on=date(2026, 1, 1),
        due_on=date(2026, 1, 15),
        supplied=_MONTH,
        currency="EUR",
        seller=_SELLER,
        customer=CustomerBlock(
            party=PartyBlock(
                "Proefklant V.O.F.", ("Proefstraat 2", "3500 BB Utrecht"), "NL", vat_id="NL000000000B00"
            ),
            number="10001",
            attention="de administratie",
            reference="PO 4711",
            orders=("5-1187", "5-1203"),
        ),
        lines=(
            LineContent(
                "Werkplek", _euro(7950), TaxCategory.S, _STANDARD, "Maandelijkse kosten", "Locatie Utrecht",
                _MONTH, Decimal(10), "st.", Decimal("7.95"),
            ),
            LineContent(
                "Handboek", _euro(6000), TaxCategory.S, _REDUCED, "Eenmalige kosten", quantity=Decimal(2),
                unit_price=Decimal(30),
            ),
            LineContent(
                "Servicenummers, opbrengst", _euro(-735), TaxCategory.S, _STANDARD, "Eenmalige kosten",
                corrects="2025-00311",
            ),
        ),
        taxes=(
            TaxContent(TaxCategory.S, _STANDARD, _euro(7215), _euro(1515)),
            TaxContent(TaxCategory.S, _REDUCED, _euro(6000), _euro(540)),
        ),
        net=_euro(13215),
        tax=_euro(2055),
        gross=_euro(15270),
        tax_in_own_currency=_euro(2055),
        payment=PaymentContent(
            iban=_SELLER.iban,
            account_holder=_SELLER.name,
            reference="RF18 5390 0754 7034",
            bic=_SELLER.bic,
            epc_payload=epc_payload(name=_SELLER.name, iban=_SELLER.iban, amount=_euro(15270)),
            due_on=date(2026, 1, 15),
        ),
        opening="Hartelijk dank voor uw bestelling.",
        closing="Vragen? Bel ons gerust.",
        look=look,
    )  # fmt: skip


def _one_line(
    look: Look, *, kind: DocumentKind, language: str, number: str, line: LineContent, **further: object
) -> DocumentContent:
    """A document with one line, no VAT on it and nothing that can be left out."""
    return DocumentContent(
        kind=kind,
        language=language,
        number=number,
        issued_on=date(2026, 1, 1),
        currency="EUR",
        seller=PartyBlock(_SELLER.name, _SELLER.address, "NL", vat_id=_SELLER.vat_id, chamber_id=_SELLER.chamber_id),
        customer=CustomerBlock(PartyBlock("Beispiel GmbH", ("Musterweg 3", "20095 Hamburg"), "DE", "DE000000000")),
        lines=(line,),
        taxes=(TaxContent(line.category, line.rate, line.net, _euro(0)),),
        net=line.net,
        tax=_euro(0),
        gross=line.net,
        look=look,
        **further,  # type: ignore[arg-type]
    )


def _credit_note(look: Look) -> DocumentContent:
    line = LineContent("Hyvitys", _euro(-1250), TaxCategory.Z, _NONE)
    credited = ("2026-00001", date(2026, 1, 1))
    return _one_line(look, kind=DocumentKind.CREDIT_NOTE, language="fi", number="H-1", line=line, credited=credited)


def _reverse_charge(look: Look) -> DocumentContent:
    line = LineContent("Beratung", _euro(80000), TaxCategory.AE, _NONE, quantity=Decimal(8), unit="Std.")
    texts = ("Steuerschuldnerschaft des Leistungsempfängers, Art. 196 MwStSystRL.",)
    return _one_line(look, kind=DocumentKind.INVOICE, language="de", number="2026-00002", line=line, texts=texts)


def _many_pages(look: Look) -> DocumentContent:
    lines = tuple(
        LineContent(f"Seat {seat}", _euro(795), TaxCategory.E, _NONE, f"Branch {seat // 20 + 1}", period=_MONTH)
        for seat in range(120)
    )
    net = _euro(795 * len(lines))
    return DocumentContent(
        kind=DocumentKind.INVOICE,
        language="en",
        number="2026-00003",
        issued_on=date(2026, 1, 1),
        currency="EUR",
        seller=_SELLER,
        customer=CustomerBlock(PartyBlock("Example Ltd", ("1 Sample Street", "Dublin"), "IE")),
        lines=lines,
        taxes=(TaxContent(TaxCategory.E, _NONE, net, _euro(0)),),
        net=net,
        tax=_euro(0),
        gross=net,
        look=look,
        copy=True,
    )
