"""German, for Germany."""

from rebill.invoices.documents.contract import DocumentKind
from rebill.invoices.documents.languages.wording import Wording
from rebill.rules.tax import TaxCategory

GERMAN = Wording(
    locale="de",
    kinds={DocumentKind.INVOICE: "Rechnung", DocumentKind.CREDIT_NOTE: "Gutschrift"},
    draft="Entwurf",
    no_number_yet="noch keine Nummer",
    copy="Kopie",
    # In § 14 (2) UStG a "Gutschrift" is an invoice that the customer writes; so we say that ours is a correction.
    corrects=(
        "Diese Gutschrift ist eine Rechnungskorrektur zur Rechnung {number} vom {day}, "
        "keine Gutschrift im Sinne des § 14 Abs. 2 UStG."
    ),
    date="Datum",
    due="Fällig am",
    supplied_on="Leistungsdatum",
    supplied_in="Leistungszeitraum",
    customer_number="Kundennummer",
    payment_reference="Verwendungszweck",
    customer_reference="Ihr Zeichen",
    order="Bestellung",
    orders="Bestellungen",
    attention="z. Hd. {name}",
    vat_id="USt-IdNr.",
    chambers={"NL": "KvK", "BE": "RPR", "DE": "HRB", "FI": "Y-tunnus"},
    description="Beschreibung",
    period="Zeitraum",
    quantity="Menge",
    price="Preis",
    rate="MwSt.",
    amount="Betrag",
    corrects_document="Korrektur der Rechnung {number}",
    units={"piece": "", "hour": "Std."},
    net="Zwischensumme",
    gross="Gesamtbetrag",
    taxes={
        TaxCategory.S: "{rate} MwSt. auf {base}",
        TaxCategory.Z: "{rate} MwSt. auf {base}",
        TaxCategory.E: "Steuerfrei, auf {base}",
        TaxCategory.AE: "Steuerschuldnerschaft des Leistungsempfängers, auf {base}",
        TaxCategory.K: "Innergemeinschaftliche Lieferung, 0 % MwSt. auf {base}",
        TaxCategory.G: "Ausfuhrlieferung, 0 % MwSt. auf {base}",
        TaxCategory.O: "Nicht steuerbar, auf {base}",
    },
    untaxed={TaxCategory.E: "steuerfrei", TaxCategory.AE: "Empfänger", TaxCategory.O: "keine"},
    own_currency_tax="MwSt. in {currency}",
    transfer="Bitte überweisen Sie {amount} an {holder}, IBAN {iban}.",
    transfer_before="Bitte überweisen Sie {amount} bis zum {day} an {holder}, IBAN {iban}.",
    quote="Geben Sie dabei den Verwendungszweck {reference} an.",
    foreign_bank="Aus dem Ausland: BIC\N{NO-BREAK SPACE}{bic}.",
    scan="Oder scannen Sie den Code mit Ihrer Banking-App.",
    code="QR-Code zum Bezahlen",
    account="{iban}, Kontoinhaber {holder}",
    page="Seite {page} von {pages}",
    logo="Logo von {seller}",
)
