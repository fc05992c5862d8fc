"""What the law of each country wants to read on an invoice stands on it, and what would mislead does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rebill.invoices.documents.contract import DocumentKind, TaxContent
from rebill.rules.money import Money
from rebill.rules.periods import Period
from rebill.rules.tax import TaxCategory
from tests.invoices.document_examples import (
    NAUTA,
    WATERKANT,
    english_reverse_charge,
    euro,
    finnish_credit_note,
    german_invoice,
    line,
    nauta_invoice,
)
from tests.invoices.document_reading import text_of


def test_a_dutch_invoice_says_what_the_dutch_law_wants():
    text = text_of(nauta_invoice())

    for wanted in (
        "Factuur 2026-09117",
        "Datum 3 augustus 2026",
        "Vervaldatum 17 augustus 2026",
        "Waterkant Groep B.V. Oude Havenkade 14 9700 ZZ Groningen",
        "KvK 00 123 456",
        "Btw NL8099.12.345.B01",
        "Rederij Nauta B.V. t.a.v. administratie Zuiderkade 3 8860 ZZ Harlingen Btw NL8104.11.902.B01",
        "Klantnummer 10482",
        "Zakelijk bellen, werkplek augustus 26 7,95 206,70",
        "438 gesprekken, 1.341 minuten juli 41,37",
        "Subtotaal 355,22",
        "21% btw over 355,22 74,60",
        "Totaal € 429,82",
        "NL04 RABO 0100 2003 04 t.n.v. Waterkant Groep B.V.",
        "Pagina 1 van 1",
    ):
        assert wanted in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "Correctie van factuur 2026-0311"),
        ("de", "Korrektur der Rechnung 2026-0311"),
        ("fi", "Oikaisu laskuun 2026-0311"),
        ("en", "Correction of invoice 2026-0311"),
    ],
)
def test_a_line_that_corrects_an_earlier_invoice_names_it(language, words):
    corrected = replace(line("Kuituyhteys", "-0.5", "64", "-32.00", detail="PO 77"), corrects="2026-0311")

    text = text_of(finnish_credit_note(language=language, lines=(corrected,), credited=None))

    # Directive 2006/112 art. 219: what amends an invoice refers to it specifically and unambiguously.
    assert f"{words} PO 77" in text


def test_a_belgian_seller_is_named_with_its_register_and_court():
    seller = replace(
        WATERKANT,
        name="Scheldemond Diensten BV",
        address=("Kaai 214", "2030 Antwerpen"),
        country="BE",
        vat_id="BE 0403.019.261",
        chamber_id="0403.019.261",
        chamber_label="RPR Antwerpen, afdeling Antwerpen",
    )
    customer = replace(NAUTA, party=replace(NAUTA.party, country="BE"))

    text = text_of(nauta_invoice(seller=seller, customer=customer))

    assert "RPR Antwerpen, afdeling Antwerpen 0403.019.261" in text
    assert "Btw BE 0403.019.261" in text


@pytest.mark.parametrize(
    ("label", "entry", "shown"),
    [
        ("", "HRB 28117", "HRB 28117"),
        ("", "HRA 417", "HRA 417"),
        ("", "28117", "HRB 28117"),
        ("Amtsgericht Bremen, HRB", "HRB 28117", "Amtsgericht Bremen, HRB 28117"),
    ],
)
def test_a_german_register_is_named_once(label, entry, shown):
    party = replace(NAUTA.party, country="DE", address=("Kai 1", "28195 Bremen"), chamber_id=entry, chamber_label=label)

    text = text_of(german_invoice(customer=replace(NAUTA, party=party)))

    assert f"28195 Bremen {shown} " in text


def test_pieces_and_hours_are_said_in_the_language_of_the_document():
    phones = line("Telefon", "2", "89.00", "178.00", unit="piece")
    hours = line("Montage", "3", "75.00", "225.00", unit="hour")

    text = text_of(german_invoice(lines=(phones, hours)))

    assert "Telefon August 2 89,00" in text
    assert "Montage August 3 Std. 75,00" in text


def test_a_german_invoice_says_what_the_german_law_wants():
    text = text_of(german_invoice())

    for wanted in (
        "Rechnung RE-2026-00417",
        "Datum 1. September 2026",
        "Leistungszeitraum August 2026",
        "Amtsgericht Bremen, HRB 28117",
        "USt-IdNr. DE136695976",
        "Geschäftsführerin: Anke Wessels",
        "Bäckerei Jürgens & Söhne OHG z. Hd. Frau Jürgens Größe Straße 12 24937 Flensburg",
        "Arbeitsplatz 26 → 24 ab 16. August 16.–31. Aug. −1,0323 7,95 19 % −8,21",
        "Fachbuch Netzwerktechnik 3 Stk. 39,90 7 % 119,70",
        "Datenvolumen August 125.000 MB 0,0085 19 % 1.062,50",
        "19 % MwSt. auf 1.245,09 236,57",
        "7 % MwSt. auf 119,70 8,38",
        "Gesamtbetrag 1.609,74 €",
    ):
        assert wanted in text


def test_a_finnish_credit_note_names_the_invoice_and_the_business_id():
    text = text_of(finnish_credit_note())

    for wanted in (
        "Hyvityslasku H2026-0012",
        "Päiväys 4. syyskuuta 2026",
        "Tämä hyvityslasku korjaa laskun 2026-0311, joka on päivätty 3. elokuuta 2026.",
        "Saaristo Verkot Oy Linnankatu 5 20100 Turku",
        "Y-tunnus 0112038-9 · ALV-tunniste FI01120389",
        "Kahvila Sisu Oy Aurakatu 2 20100 Turku Y-tunnus 0737546-2",
        "elokuu −0,5161 64,00 −33,03",
        "ALV 25,5 %, veron peruste −33,03 −8,42",
        "Yhteensä −41,45 €",
    ):
        assert wanted in text


def test_reverse_charge_is_said_with_both_vat_ids_and_the_law():
    text = text_of(english_reverse_charge())

    assert "Reverse charge, on 1,231.40 0.00" in text
    assert "article 196 of Directive 2006/112/EC" in text
    assert "VAT BE0403.019.261" in text
    assert "VAT NL8099.12.345.B01" in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "Btw verlegd"),
        ("de", "Steuerschuldnerschaft des Leistungsempfängers"),
        ("fi", "Käännetty verovelvollisuus"),
        ("en", "Reverse charge"),
    ],
)
def test_reverse_charge_is_said_in_the_words_of_the_law(language, words):
    assert words in text_of(english_reverse_charge(language=language))


def test_a_german_credit_note_is_no_self_billed_invoice():
    content = german_invoice(kind=DocumentKind.CREDIT_NOTE, number="G-7", credited=("RE-2026-00400", date(2026, 8, 1)))

    text = text_of(content)

    assert "Rechnungskorrektur G-7" in text
    assert "Diese Rechnungskorrektur berichtigt die Rechnung RE-2026-00400 vom 1. August 2026." in text
    assert "Gutschrift" not in text


def test_the_country_stands_below_an_address_abroad_only():
    assert "2030 Antwerpen Belgium" in text_of(english_reverse_charge())
    assert "Nederland" not in text_of(nauta_invoice())


def test_a_supply_on_one_day_is_told_as_a_day():
    text = text_of(nauta_invoice(supplied=Period(date(2026, 7, 28), date(2026, 7, 29))))

    assert "Leverdatum 28 jul 2026" in text


@pytest.mark.parametrize(("orders", "words"), [(("A-1",), "Order A-1"), (("A-1", "A-2"), "Orders A-1, A-2")])
def test_one_order_and_several_are_named_in_their_own_words(orders, words):
    content = english_reverse_charge()

    assert words in text_of(replace(content, customer=replace(content.customer, orders=orders)))


def test_vat_in_another_currency_is_told_in_the_sellers_own_too():
    lines = (replace(line("Seat", "1", "100", "100.00"), net=Money.of("100", "USD")),)
    content = nauta_invoice(
        language="en",
        currency="USD",
        lines=lines,
        taxes=(TaxContent(TaxCategory.S, Decimal(21), Money.of("100", "USD"), Money.of("21", "USD")),),
        net=Money.of("100", "USD"),
        tax=Money.of("21", "USD"),
        gross=Money.of("121", "USD"),
        tax_in_own_currency=euro("19.30"),
    )

    text = text_of(content)

    assert "Total US$121.00" in text
    assert "VAT in EUR €19.30" in text


def test_columns_without_anything_to_say_are_left_out():
    text = text_of(nauta_invoice(lines=(line("Abonnement", None, None, "355.22", period=None),)))

    assert "Omschrijving Bedrag Abonnement 355,22" in text


def test_how_to_pay_is_said_in_the_documents_language_when_the_seller_says_nothing():
    assert (
        "Bitte überweisen Sie 1.609,74 € bis zum 15. September 2026 an Weserkontor GmbH, "
        "IBAN DE89 3704 0044 0532 0130 00. Geben Sie dabei den Verwendungszweck RE-2026-00417 an."
    ) in text_of(german_invoice())


@pytest.mark.parametrize("changes", [{"kind": DocumentKind.CREDIT_NOTE}, {"gross": euro("0")}, {"gross": euro("-1")}])
def test_what_is_not_to_be_paid_has_no_payment_block(changes):
    text = text_of(nauta_invoice(**changes))

    assert "Scan de code" not in text
    assert "Kenmerk" not in text


def test_a_copy_is_marked_on_every_page_and_the_original_is_not():
    assert "KOPIE" in text_of(nauta_invoice(copy=True))
    assert "KOPIE" not in text_of(nauta_invoice())


def test_a_draft_is_marked_and_says_that_it_has_no_number():
    text = text_of(nauta_invoice(number=""))

    assert "CONCEPT" in text
    assert "Concept nog geen nummer" in text
