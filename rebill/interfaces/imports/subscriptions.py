"""Subscriptions: what a customer takes since when, and dated changes of what is known already."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.imports import words
from rebill.interfaces.imports.importable import Importable, headings, whole_numbers
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.outcomes import ImportRecord
from rebill.subscriptions.commands import import_subscriptions


def key_field() -> FieldSpec:
    """The key that another system gave, by which a second file finds the subscription again."""
    return FieldSpec(
        "subscription",
        _("Key of the subscription"),
        help=_("The number in your old system. With it a later file can change the subscription from a day on."),
        length_max=120,
        synonyms=headings(
            nl="abonnementsnummer|abonnement nr|contractnummer|abonnement id|contract id|regelnummer",
            de="Vertragsnummer|Abonnementnummer|Abo-Nr|Vertrag|Vertrags-ID",
            fi="sopimusnumero|tilauksen tunnus|liittymänumero",
            en="subscription id|subscription number|subscription key|contract number|contract id",
        ),
    )


def customer_number_field() -> FieldSpec:
    """Which customer takes it."""
    return FieldSpec(
        "customer_number",
        _("Customer number"),
        required=True,
        length_max=40,
        synonyms=headings(
            nl="klantnummer|klantnr|debiteurnummer|debiteurnr|relatienummer|klant|debiteur",
            de="Kundennummer|Kundennr|Kunden-Nr|KdNr|Debitorennummer|Kunde",
            fi="asiakasnumero|asiakasnro|asiakastunnus|asiakas",
            en="customer no|customer id|customerID|customer|account number",
        ),
    )


def product_code_field(*, required: bool = True) -> FieldSpec:
    """Which product."""
    return FieldSpec(
        "product_code",
        _("Product code"),
        required=required,
        length_max=60,
        synonyms=headings(
            nl="artikelcode|artikelnummer|artikelnr|productcode|artikel|product",
            de="Artikelnummer|Artikelnr|Artikel-Nr|Artikelcode|Produktcode|Artikel|Produkt",
            fi="tuotekoodi|tuotenumero|tuote|nimike|nimiketunnus",
            en="product|sku|item|item code|article|product id",
        ),
    )


def quantity_field() -> FieldSpec:
    """How many; one where the cell is empty."""
    return FieldSpec(
        "quantity",
        _("Quantity"),
        kind=FieldKind.DECIMAL,
        help=_("One where the cell is empty."),
        synonyms=headings(
            nl="aantal|hoeveelheid|stuks",
            de="Menge|Anzahl|Stück",
            fi="määrä|kpl|lukumäärä",
            en="qty|amount of units|seats",
        ),
    )


def price_field(*, required: bool = False, help: str = "") -> FieldSpec:
    """The price of one unit, without VAT."""
    return FieldSpec(
        "unit_price",
        _("Price per unit, without VAT"),
        kind=FieldKind.DECIMAL,
        required=required,
        help=help,
        synonyms=headings(
            nl="prijs|stukprijs|prijs per stuk|prijs excl. btw|eenheidsprijs|tarief|bedrag|bedrag excl. btw",
            de="Preis|Einzelpreis|Stückpreis|Preis netto|Nettopreis|EP|Betrag",
            fi="hinta|yksikköhinta|kappalehinta|hinta alv 0|veroton hinta|à-hinta",
            en="price|unit price|monthly charges|monthly charge|amount|net price|rate|price excl. vat",
        ),
    )


def order_fields() -> tuple[FieldSpec, ...]:
    """Under which order it was ordered."""
    return (
        FieldSpec(
            "order_number",
            _("Order number"),
            length_max=60,
            synonyms=headings(
                nl="bestelnummer|ordernummer|bestelling|opdrachtnummer",
                de="Bestellnummer|Auftragsnummer|Auftrag|Bestellung",
                fi="tilausnumero|tilaus",
                en="order|order no|order id",
            ),
        ),
        FieldSpec(
            "general_reference",
            _("General reference of the order"),
            length_max=120,
            synonyms=headings(
                nl="algemene referentie", de="Generalreferenz", fi="yleisviite", en="general reference|order reference"
            ),
        ),
        FieldSpec(
            "ordered_on",
            _("Ordered on"),
            kind=FieldKind.DATE,
            synonyms=headings(
                nl="besteldatum|orderdatum", de="Bestelldatum|Auftragsdatum", fi="tilauspäivä", en="order date"
            ),
        ),
    )


def day_fields() -> tuple[FieldSpec, ...]:
    """Since when, until when, from which day rebill bills, and from which day the line holds."""
    return (*_span_fields(), *_billing_day_fields())


def _span_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "start_on",
            _("Starts on"),
            kind=FieldKind.DATE,
            required=True,
            synonyms=headings(
                nl="startdatum|ingangsdatum|begindatum|start|ingang|actief sinds",
                de="Startdatum|Vertragsbeginn|Beginn|Start|Laufzeit von|gültig ab",
                fi="alkupäivä|alkaa|aloituspäivä|voimassa alkaen",
                en="start date|start|begin date|starts|active since|from",
            ),
        ),
        FieldSpec(
            "last_day",
            _("Last day"),
            kind=FieldKind.DATE,
            help=_("The last day that is still owed. Named later than the start, it is a cancellation."),
            synonyms=headings(
                nl="einddatum|laatste dag|tot en met|t/m|eindigt op",
                de="Enddatum|Vertragsende|Ende|Laufzeit bis|letzter Tag",
                fi="päättymispäivä|loppupäivä|viimeinen päivä|päättyy",
                en="end date|end|last day|until|ends on",
            ),
        ),
        FieldSpec(
            "ends_before",
            _("First day no longer owed"),
            kind=FieldKind.DATE,
            synonyms=headings(
                nl="opgezegd per|beëindigd per",
                de="gekündigt zum|beendet ab",
                fi="irtisanottu alkaen",
                en="cancelled as of",
            ),
        ),
    )


def _billing_day_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "billed_from",
            _("To be billed from"),
            kind=FieldKind.DATE,
            help=_("Days before were billed by another system and are not billed again."),
            synonyms=headings(
                nl="factureren vanaf|gefactureerd tot|facturatie vanaf",
                de="abrechnen ab|Abrechnung ab|berechnet bis",
                fi="laskutetaan alkaen|laskutus alkaen|laskutettu asti",
                en="bill from|billed from|billing start|billed until|next billing date",
            ),
        ),
        FieldSpec(
            "setup_fee",
            _("With setup fee"),
            kind=FieldKind.BOOLEAN,
            help=_("Where it is empty: no for what another system billed before, else yes."),
            synonyms=headings(
                nl="met opstartkosten|opstartkosten berekenen",
                de="mit Einrichtungsgebühr|Einrichtungsgebühr berechnen",
                fi="avausmaksu veloitetaan",
                en="charge setup fee",
            ),
        ),
        FieldSpec(
            "trial_before",
            _("Free until before"),
            kind=FieldKind.DATE,
            synonyms=headings(
                nl="proefperiode tot|gratis tot", de="Testphase bis|kostenlos bis", fi="kokeilu asti", en="trial end"
            ),
        ),
        FieldSpec(
            "effective_on",
            _("Effective on"),
            kind=FieldKind.DATE,
            help=_("The day from which the line holds, for a subscription that is known already."),
            synonyms=headings(
                nl="wijziging per|ingangsdatum wijziging|geldig vanaf|per datum",
                de="Änderung ab|Änderungsdatum|wirksam ab",
                fi="muutospäivä|muutos alkaen|voimaantulopäivä",
                en="effective date|change date|effective from",
            ),
        ),
    )


def rhythm_fields() -> tuple[FieldSpec, ...]:
    """How long a billing period is, where it begins, and whether it is billed before or after."""
    return (
        FieldSpec(
            "billing_months",
            _("Billing period"),
            kind=FieldKind.CHOICE,
            choices=words.PERIODS,
            help=_("Months from 1 to 36, or a word such as monthly, quarterly, yearly. One month where it is empty."),
            synonyms=headings(
                nl="periode|facturatieperiode|looptijd|frequentie",
                de="Abrechnungszeitraum|Periode|Zeitraum|Rhythmus",
                fi="laskutuskausi|jakso",
                en="period|months|frequency|billing cycle",
            ),
        ),
        FieldSpec(
            "timing",
            _("In advance or in arrears"),
            kind=FieldKind.CHOICE,
            choices=words.TIMINGS,
            synonyms=headings(
                nl="vooraf of achteraf|facturatiemoment",
                de="Zahlungsweise|vor- oder nachschüssig",
                fi="laskutustapa",
                en="billing timing",
            ),
        ),
        FieldSpec(
            "alignment",
            _("Calendar periods or from the start"),
            kind=FieldKind.CHOICE,
            choices=words.ALIGNMENTS,
            synonyms=headings(
                nl="periode-uitlijning|uitlijning", de="Ausrichtung", fi="jakson alku", en="period alignment"
            ),
        ),
    )


def text_fields() -> tuple[FieldSpec, ...]:
    """What stands on the invoice beside the product."""
    return (
        FieldSpec(
            "description",
            _("Description"),
            length_max=200,
            help=_("Stands on the invoice in place of the product's name, and tells twins apart."),
            synonyms=headings(
                nl="omschrijving|beschrijving|domein|domeinnaam|telefoonnummer",
                de="Beschreibung|Bezeichnung|Domain|Rufnummer",
                fi="kuvaus|selite|verkkotunnus|puhelinnumero",
                en="details|domain|domain name|phone number|text",
            ),
        ),
        FieldSpec(
            "cost_centre",
            _("Cost centre"),
            length_max=40,
            synonyms=headings(nl="kostenplaats", de="Kostenstelle|KST", fi="kustannuspaikka", en="cost center"),
        ),
        FieldSpec(
            "reference",
            _("Reference"),
            length_max=120,
            help=_("Of the subscription; on a line with its own effective day, of that change."),
            synonyms=headings(
                nl="referentie|kenmerk|uw kenmerk", de="Referenz|Bestellzeichen", fi="viite", en="ref|po"
            ),
        ),
    )


def subscription_identity(record: ImportRecord) -> Hashable:
    """A line is another line's twin when it speaks of the same subscription and the same day."""
    own = record.text("subscription")
    names = ("customer_number", "order_number", "product_code", "description", "cost_centre")
    spoken_of = (own,) if own else (*map(record.text, names), record.day("start_on"))
    return (*spoken_of, record.day("effective_on"))


def subscriptions() -> Importable:
    """Subscriptions by the key of another system, or by what tells them apart."""
    return Importable(
        name="subscriptions",
        label=_("Subscriptions"),
        help=_("One subscription a line, or one dated change of it. Import customers and products first."),
        fields=(
            key_field(),
            customer_number_field(),
            product_code_field(),
            quantity_field(),
            price_field(help=_("The price for one billing period; the price lists count where the cell is empty.")),
            *day_fields(),
            *rhythm_fields(),
            *text_fields(),
            *order_fields(),
        ),
        take=import_subscriptions,
        permission=Permission.KEEP_SUBSCRIPTIONS,
        prepare=whole_numbers("billing_months"),
        identity=subscription_identity,
    )
