"""Customers: who is invoiced, where to, how often and under which terms."""

from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.imports import words
from rebill.interfaces.imports.importable import Importable, choice, headings, whole_numbers
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.parties.commands import import_customers
from rebill.parties.models import CustomerKind, DeliveryChannel

KINDS = (
    choice(
        CustomerKind.ORGANISATION,
        "bedrijf|zakelijk|organisatie|firma|unternehmen|organisation|gewerblich|geschäftskunde|yritys|yhteisö|company"
        "|business|b2b|organization",
    ),
    choice(
        CustomerKind.PERSON,
        "particulier|persoon|consument|privat|privatperson|privatkunde|verbraucher|yksityinen|henkilö|kuluttaja"
        "|yksityishenkilö|private|consumer|individual|b2c",
    ),
)
CHANNELS = (
    choice(DeliveryChannel.EMAIL, "e-mail|mail|per e-mail|elektronisch|sähköposti|electronic"),
    choice(DeliveryChannel.PRINT, "post|per post|brief|papier|papierrechnung|paperi|kirje|posti|paper|letter"),
    choice(DeliveryChannel.NONE, "geen|niet|keine|kein versand|ei|ei lähetystä|no|not sent"),
)


def number_field() -> FieldSpec:
    """The number by which every file names a customer."""
    return FieldSpec(
        "number",
        _("Customer number"),
        required=True,
        help=_("Your own number of the customer. A number that is known changes that customer."),
        length_max=40,
        synonyms=headings(
            nl="klantnummer|klantnr|klant nr|debiteurnummer|debiteurnr|relatienummer|relatiecode|klantcode|debiteur",
            de="Kundennummer|Kundennr|Kunden-Nr|KdNr|Kd-Nr|Debitorennummer|Debitor|Debitornr",
            fi="asiakasnumero|asiakasnro|asiakastunnus|asiakas nro",
            en="customer number|customer no|customer id|customerID|client number|account number|debtor number",
        ),
    )


def name_field() -> FieldSpec:
    """Every new customer has a name; known ones keep theirs where the cell is empty."""
    return FieldSpec(
        "name",
        _("Name"),
        length_max=120,
        help=_("The name on the invoice; new customers need one."),
        synonyms=headings(
            nl="naam|klantnaam|bedrijfsnaam|bedrijf|organisatie|klant|debiteurnaam",
            de="Name|Firma|Firmenname|Kundenname|Kunde|Name 1|Unternehmen",
            fi="nimi|asiakkaan nimi|yritys|yrityksen nimi|asiakas",
            en="customer name|company|company name|customer|organisation|client|client name",
        ),
    )


def address_fields() -> tuple[FieldSpec, ...]:
    """The postal address."""
    return (
        FieldSpec(
            "attention",
            _("For the attention of"),
            length_max=120,
            synonyms=headings(
                nl="ter attentie van|t.a.v.|tav|contactpersoon",
                de="zu Händen|z. Hd.|Ansprechpartner|Name 2",
                fi="yhteyshenkilö|vastaanottaja",
                en="attention|attn|contact|contact person",
            ),
        ),
        FieldSpec(
            "street",
            _("Street and number"),
            length_max=120,
            synonyms=headings(
                nl="straat|adres|straat en huisnummer|adresregel 1|factuuradres|straatnaam",
                de="Straße|Strasse|Straße und Hausnummer|Adresse|Anschrift|Straße Nr",
                fi="katuosoite|osoite|katu|laskutusosoite",
                en="street|address|address line 1|address 1|street address",
            ),
        ),
        FieldSpec(
            "street_extra",
            _("Second address line"),
            length_max=120,
            synonyms=headings(
                nl="adresregel 2|adres 2|toevoeging adres",
                de="Adresszusatz|Zusatz|Adresse 2",
                fi="osoite 2|lisäosoite",
                en="address line 2|address 2",
            ),
        ),
        FieldSpec(
            "postcode",
            _("Postcode"),
            length_max=16,
            synonyms=headings(nl="postcode", de="PLZ|Postleitzahl", fi="postinumero", en="zip|zip code|postal code"),
        ),
        FieldSpec(
            "city",
            _("City"),
            length_max=80,
            synonyms=headings(
                nl="plaats|woonplaats|stad|vestigingsplaats",
                de="Ort|Stadt|Wohnort",
                fi="postitoimipaikka|kaupunki|paikkakunta",
                en="town|place",
            ),
        ),
        FieldSpec(
            "country",
            _("Country"),
            help=_("A code of two letters or a name; a new customer without one has the seller's country."),
            synonyms=headings(nl="land|landcode", de="Land|Länderkennzeichen", fi="maa|maakoodi", en="country code"),
        ),
    )


def terms_fields() -> tuple[FieldSpec, ...]:
    """Who they are for VAT, and where invoices go, in which language and how often."""
    return (*_delivery_fields(), *_identity_fields(), *_rhythm_fields())


def _delivery_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "invoice_emails",
            _("E-mail addresses for invoices"),
            kind=FieldKind.EMAIL_LIST,
            help=_("One or several, with commas or semicolons between them."),
            synonyms=headings(
                nl="e-mail|email|e-mailadres|factuur e-mail|factuuremail|e-mail facturen|mailadres",
                de="E-Mail|E-Mail-Adresse|Rechnungs-E-Mail|Rechnungsmail|Mail",
                fi="sähköposti|sähköpostiosoite|laskutussähköposti|laskutuksen sähköposti",
                en="email address|invoice email|billing email|e-mail address|invoice e-mail",
            ),
        ),
        FieldSpec(
            "channel",
            _("How invoices are delivered"),
            kind=FieldKind.CHOICE,
            choices=CHANNELS,
            synonyms=headings(
                nl="verzendwijze|factuurverzending|verzending",
                de="Versandart|Rechnungsversand|Versand",
                fi="toimitustapa|laskun toimitustapa|lähetystapa",
                en="delivery|delivery channel|invoice delivery|channel",
            ),
        ),
    )


def _identity_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "kind",
            _("Organisation or person"),
            kind=FieldKind.CHOICE,
            choices=KINDS,
            synonyms=headings(
                nl="soort klant|klanttype|klantsoort|zakelijk of particulier",
                de="Kundenart|Kundentyp|Art",
                fi="asiakastyyppi|asiakaslaji",
                en="customer type|customer kind|type",
            ),
        ),
        FieldSpec(
            "vat_id",
            _("VAT id"),
            help=_("A wrong check digit is a warning, not a reason to reject the line."),
            synonyms=headings(
                nl="btw-nummer|btwnummer|btw nr|btw-id",
                de="USt-IdNr|Umsatzsteuer-ID|USt-ID|UStIdNr|MwSt-Nummer",
                fi="ALV-numero|ALV-tunnus|alv nro",
                en="vat number|vat no|tax id",
            ),
        ),
        FieldSpec(
            "chamber_id",
            _("Chamber of commerce id"),
            length_max=40,
            synonyms=headings(
                nl="kvk|kvk-nummer|kvknummer|ondernemingsnummer|kbo",
                de="Handelsregister|Handelsregisternummer|HRB|HR-Nummer",
                fi="Y-tunnus|ytunnus",
                en="chamber of commerce|company number|registration number|business id",
            ),
        ),
    )


def _rhythm_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "language",
            _("Language"),
            kind=FieldKind.CHOICE,
            choices=words.LANGUAGES,
            synonyms=headings(nl="taal|factuurtaal", de="Sprache|Rechnungssprache", fi="kieli|laskun kieli", en="lang"),
        ),
        FieldSpec(
            "currency",
            _("Currency"),
            help=_("A code such as EUR; the seller's own where the cell is empty."),
            synonyms=headings(nl="valuta|munt", de="Währung", fi="valuutta", en="currency code"),
        ),
        FieldSpec(
            "payment_term_days",
            _("Payment term in days"),
            kind=FieldKind.INTEGER,
            synonyms=headings(
                nl="betaaltermijn|betalingstermijn|betaaltermijn dagen|termijn",
                de="Zahlungsziel|Zahlungsfrist|Zahlungsziel Tage",
                fi="maksuehto|maksuaika|maksuehto päivää",
                en="payment term|payment terms|terms|net days",
            ),
        ),
        FieldSpec(
            "invoice_interval_months",
            _("Invoice interval"),
            kind=FieldKind.CHOICE,
            choices=words.INTERVALS,
            help=_("Monthly, quarterly, half-yearly or yearly, or 1, 3, 6 or 12."),
            synonyms=headings(
                nl="factuurinterval|facturatie-interval|factuurperiode|facturatiefrequentie|interval|facturatie",
                de="Rechnungsintervall|Rechnungsrhythmus|Abrechnungsintervall|Intervall",
                fi="laskutusväli|laskutusjakso|laskutusrytmi",
                en="interval|invoice frequency|billing frequency|invoicing interval",
            ),
        ),
        FieldSpec(
            "invoice_months",
            _("Months in which invoices are made"),
            kind=FieldKind.LIST,
            help=_("Numbers from 1 to 12, such as 2, 5, 8, 11; the interval's own months where the cell is empty."),
            synonyms=headings(
                nl="factuurmaanden", de="Rechnungsmonate", fi="laskutuskuukaudet", en="invoice months|billing months"
            ),
        ),
    )


def own_fields() -> tuple[FieldSpec, ...]:
    """What only a file of customers says."""
    return (
        FieldSpec(
            "cost_centre",
            _("Cost centre"),
            length_max=40,
            synonyms=headings(nl="kostenplaats", de="Kostenstelle", fi="kustannuspaikka", en="cost center"),
        ),
        FieldSpec(
            "per_cost_centre",
            _("An invoice for each cost centre"),
            kind=FieldKind.BOOLEAN,
            synonyms=headings(
                nl="factuur per kostenplaats",
                de="Rechnung je Kostenstelle",
                fi="lasku kustannuspaikoittain",
                en="invoice per cost centre",
            ),
        ),
        FieldSpec(
            "invoice_reference",
            _("Reference the customer wants on invoices"),
            length_max=80,
            synonyms=headings(
                nl="factuurreferentie|uw referentie|referentie klant",
                de="Rechnungsreferenz|Ihre Referenz|Bestellzeichen",
                fi="laskun viite|asiakkaan viite|viitteenne",
                en="invoice reference|your reference|customer reference|po number",
            ),
        ),
        FieldSpec(
            "notes",
            _("Notes"),
            synonyms=headings(
                nl="notities|opmerkingen|opmerking", de="Notizen|Bemerkung|Bemerkungen", fi="huomautukset", en="remarks"
            ),
        ),
    )


def customers() -> Importable:
    """Customers by their number."""
    return Importable(
        name="customers",
        label=_("Customers"),
        help=_("One customer a line, known by its number."),
        fields=(number_field(), name_field(), *address_fields(), *terms_fields(), *own_fields()),
        take=import_customers,
        permission=Permission.KEEP_PARTIES,
        prepare=whole_numbers("invoice_interval_months"),
        identity=lambda record: " ".join(record.text("number").split()),
    )
