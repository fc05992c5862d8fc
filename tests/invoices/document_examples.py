"""Documents to render in tests: the invoice of the mock-up, and the cases that the law treats in its own way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from rebill.invoices.documents.contract import (
    CustomerBlock,
    DocumentContent,
    DocumentKind,
    LineContent,
    Logo,
    Look,
    PartyBlock,
    PaymentContent,
    TaxContent,
)
from rebill.rules.epc import epc_payload
from rebill.rules.money import Money
from rebill.rules.periods import Period
from rebill.rules.tax import TaxCategory

WATERKANT_LOGO = Logo((Path(__file__).parent / "waterkant.svg").read_bytes(), "image/svg+xml")
WATERKANT_LOOK = Look(accent="#0b6a6f", logo=WATERKANT_LOGO)
AUGUST = Period(date(2026, 8, 1), date(2026, 9, 1))
JULY = Period(date(2026, 7, 1), date(2026, 8, 1))
DUTCH_RATE = Decimal(21)

WATERKANT = PartyBlock(
    name="Waterkant Groep B.V.",
    address=("Oude Havenkade 14", "9700 ZZ Groningen"),
    country="NL",
    vat_id="NL8099.12.345.B01",
    chamber_id="00 123 456",
    iban="NL04RABO0100200304",
    website="waterkant.example",
)
NAUTA = CustomerBlock(
    party=PartyBlock(
        name="Rederij Nauta B.V.",
        address=("Zuiderkade 3", "8860 ZZ Harlingen"),
        country="NL",
        vat_id="NL8104.11.902.B01",
    ),
    number="10482",
    attention="administratie",
)


def euro(amount: str) -> Money:
    return Money.of(amount, "EUR")


def code_for(seller: PartyBlock, amount: str, *, rf_reference: str = "", remittance: str = "") -> str:
    """What the payment code of a seller's invoice says."""
    return epc_payload(
        name=seller.name,
        iban=seller.iban,
        amount=euro(amount),
        bic=seller.bic,
        rf_reference=rf_reference,
        remittance=remittance,
    )


def line(
    text: str,
    quantity: str | None,
    price: str | None,
    net: str,
    *,
    group: str = "",
    period: Period | str | None = AUGUST,
    detail: str = "",
    category: TaxCategory = TaxCategory.S,
    rate: Decimal = DUTCH_RATE,
    unit: str = "",
) -> LineContent:
    return LineContent(
        text=text,
        net=euro(net),
        category=category,
        rate=rate,
        group=group,
        detail=detail,
        period=period,
        quantity=None if quantity is None else Decimal(quantity),
        unit=unit,
        unit_price=None if price is None else Decimal(price),
    )


def nauta_invoice(**changes: object) -> DocumentContent:
    """The invoice of the mock-up, in Dutch."""
    monthly, calls, services = "Maandelijkse kosten", "Uitgaande gesprekskosten", "Servicenummers"
    content = DocumentContent(
        kind=DocumentKind.INVOICE,
        language="nl",
        number="2026-09117",
        issued_on=date(2026, 8, 3),
        due_on=date(2026, 8, 17),
        currency="EUR",
        seller=WATERKANT,
        customer=NAUTA,
        lines=(
            line("Zakelijk bellen, werkplek", "26", "7.95", "206.70", group=monthly),
            line("Nummerblok 100", "1", "9.50", "9.50", group=monthly),
            line("Glasvezel 500/500", "1", "64", "64.00", group=monthly),
            line("Webhosting M", "1", "12.50", "12.50", group=monthly),
            line("Data-sim 5 GB", "6", "4.50", "27.00", group=monthly),
            line("438 gesprekken, 1.341 minuten", None, None, "41.37", group=calls, period=JULY),
            line("0900, opbrengst", "58", None, "-5.85", group=services, period=JULY),
        ),
        taxes=(TaxContent(TaxCategory.S, DUTCH_RATE, euro("355.22"), euro("74.60")),),
        net=euro("355.22"),
        tax=euro("74.60"),
        gross=euro("429.82"),
        payment=PaymentContent(
            iban="NL04RABO0100200304",
            account_holder="Waterkant Groep B.V.",
            reference="RF86 2026 0911 7",
            method_text=(
                "Dit bedrag schrijven we rond 17 augustus af van uw rekening (machtiging NAU-2021-004). Liever zelf "
                "betalen? Scan de code of ga naar betaal.waterkant.example/9117-KQ7T. De gespecificeerde gesprekken "
                "staan in de bijlage."
            ),
            epc_payload=code_for(WATERKANT, "429.82", rf_reference="RF86202609117"),
            due_on=date(2026, 8, 17),
        ),
        look=WATERKANT_LOOK,
    )
    return replace(content, **changes)  # type: ignore[arg-type]


BREMEN = PartyBlock(
    name="Weserkontor GmbH",
    address=("Am Speicher 7", "28195 Bremen"),
    country="DE",
    vat_id="DE136695976",
    chamber_id="HRB 28117",
    chamber_label="Amtsgericht Bremen,",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    phone="+49 421 55501",
    email="rechnung@weserkontor.example",
    website="weserkontor.example",
)


def german_invoice(**changes: object) -> DocumentContent:
    """Two rates, prorated quantities and the seller's register court, in German."""
    full, reduced = Decimal(19), Decimal(7)
    part = Period(date(2026, 8, 16), date(2026, 9, 1))
    content = DocumentContent(
        kind=DocumentKind.INVOICE,
        language="de",
        number="RE-2026-00417",
        issued_on=date(2026, 9, 1),
        due_on=date(2026, 9, 15),
        supplied=AUGUST,
        currency="EUR",
        seller=BREMEN,
        customer=CustomerBlock(
            party=PartyBlock(
                name="Bäckerei Jürgens & Söhne OHG",
                address=("Größe Straße 12", "24937 Flensburg"),
                country="DE",
                vat_id="DE811907980",
            ),
            number="20077",
            attention="Frau Jürgens",
            reference="Kst. 4711",
            orders=("B-1187", "B-1203"),
        ),
        lines=(
            line("Arbeitsplatz Telefonie", "24", "7.95", "190.80", rate=full),
            line("Arbeitsplatz 26 → 24 ab 16. August", "-1.03225806", "7.95", "-8.21", rate=full, period=part),
            line("Fachbuch Netzwerktechnik", "3", "39.90", "119.70", rate=reduced, period=None, unit="Stk."),
            line("Datenvolumen", "125000", "0.0085", "1062.50", rate=full, unit="MB"),
        ),
        taxes=(
            TaxContent(TaxCategory.S, full, euro("1245.09"), euro("236.57")),
            TaxContent(TaxCategory.S, reduced, euro("119.70"), euro("8.38")),
        ),
        net=euro("1364.79"),
        tax=euro("244.95"),
        gross=euro("1609.74"),
        payment=PaymentContent(
            iban="DE89370400440532013000",
            account_holder="Weserkontor GmbH",
            reference="RE-2026-00417",
            bic="COBADEFFXXX",
            epc_payload=code_for(BREMEN, "1609.74", remittance="RE-2026-00417"),
            due_on=date(2026, 9, 15),
        ),
        look=Look(accent="#8a3b12", footer="Geschäftsführerin: Anke Wessels · Steuernummer 60/123/45678"),
    )
    return replace(content, **changes)  # type: ignore[arg-type]


def finnish_credit_note(**changes: object) -> DocumentContent:
    """A Finnish seller corrects an invoice in part."""
    rate = Decimal("25.5")
    content = DocumentContent(
        kind=DocumentKind.CREDIT_NOTE,
        language="fi",
        number="H2026-0012",
        issued_on=date(2026, 9, 4),
        currency="EUR",
        seller=PartyBlock(
            name="Saaristo Verkot Oy",
            address=("Linnankatu 5", "20100 Turku"),
            country="FI",
            vat_id="FI01120389",
            chamber_id="0112038-9",
            iban="FI2112345600000785",
            phone="+358 2 555 0123",
        ),
        customer=CustomerBlock(
            party=PartyBlock(
                name="Kahvila Sisu Oy", address=("Aurakatu 2", "20100 Turku"), country="FI", chamber_id="0737546-2"
            ),
            number="3017",
        ),
        lines=(line("Kuituyhteys 500/500, peruttu 16.8. alkaen", "-0.51612903", "64", "-33.03", rate=rate),),
        taxes=(TaxContent(TaxCategory.S, rate, euro("-33.03"), euro("-8.42")),),
        net=euro("-33.03"),
        tax=euro("-8.42"),
        gross=euro("-41.45"),
        credited=("2026-0311", date(2026, 8, 3)),
        closing="Hyvitys vähennetään seuraavasta laskustanne.",
        look=Look(accent="#1d4f91"),
    )
    return replace(content, **changes)  # type: ignore[arg-type]


def english_reverse_charge(**changes: object) -> DocumentContent:
    """A Dutch seller bills services to a Belgian company: no VAT, both VAT ids, the words and the law."""
    content = nauta_invoice(
        language="en",
        number="2026-09201",
        customer=CustomerBlock(
            party=PartyBlock(
                name="Scheldemond Logistics BV",
                address=("Kaai 214", "2030 Antwerpen"),
                country="BE",
                vat_id="BE0403.019.261",
                chamber_id="0403.019.261",
                chamber_label="RPR Antwerpen",
            ),
            number="10911",
            reference="PO 4500-1187",
            orders=("5-1187",),
        ),
        lines=(
            line(
                "Business calling, seat",
                "120",
                "7.95",
                "954.00",
                category=TaxCategory.AE,
                rate=Decimal(0),
                period=AUGUST,
            ),
            line(
                "Migration of the exchange",
                "3.5",
                "79.257143",
                "277.40",
                category=TaxCategory.AE,
                rate=Decimal(0),
                period=Period(date(2026, 8, 24), date(2026, 8, 25)),
                unit="hours",
                detail="On site at quay 214, with Mr Peeters.\nOrder 5-1187 of 12 August.",
            ),
        ),
        taxes=(TaxContent(TaxCategory.AE, Decimal(0), euro("1231.40"), euro("0.00")),),
        net=euro("1231.40"),
        tax=euro("0.00"),
        gross=euro("1231.40"),
        texts=("Reverse charge: VAT is due by the customer, article 196 of Directive 2006/112/EC.",),
        payment=PaymentContent(
            iban="NL04RABO0100200304",
            account_holder="Waterkant Groep B.V.",
            reference="RF86 2026 0911 7",
            bic="RABONL2U",
            epc_payload=code_for(WATERKANT, "1231.40", rf_reference="RF86202609117"),
            due_on=date(2026, 8, 17),
        ),
    )
    return replace(content, **changes)  # type: ignore[arg-type]


def long_invoice(count: int, **changes: object) -> DocumentContent:
    """An invoice of `count` lines under ten headings."""
    lines = tuple(
        line(f"Werkplek {number}, Zakelijk bellen", "1", "7.95", "7.95", group=f"Vestiging {number * 10 // count + 1}")
        for number in range(count)
    )
    net = Money(795 * count, "EUR")
    tax = Money.rounded(net.decimal * DUTCH_RATE / 100, "EUR")
    return nauta_invoice(
        lines=lines,
        taxes=(TaxContent(TaxCategory.S, DUTCH_RATE, net, tax),),
        net=net,
        tax=tax,
        gross=net + tax,
        **changes,
    )
