"""The columns of line exports: a key that never changes, a heading in each language, and where it stands in lists.

The German headings are those that Operator's users know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

LANGUAGES = ("nl", "de", "fi", "en")


class Group(StrEnum):
    """What a column is about."""

    INVOICE = "invoice"
    END_CUSTOMER = "end_customer"
    DEALER = "dealer"
    WHOLESALER = "wholesaler"
    ORDER = "order"
    LINE = "line"
    BOOKING = "booking"


@dataclass(frozen=True, slots=True)
class LineColumn:
    """One column. `is_figure`: a number, which stands at the right and is written with the decimal mark."""

    key: str
    group: Group
    headings: Mapping[str, str]
    is_figure: bool = False


def _columns(*rows: str) -> Mapping[str, LineColumn]:
    found = {}
    for row in rows:
        key, group, *headings = (part.strip() for part in row.split("|"))
        is_figure = group.endswith("#")
        said = MappingProxyType(dict(zip(LANGUAGES, headings, strict=True)))
        found[key] = LineColumn(key, Group(group.rstrip("#")), said, is_figure)
    return MappingProxyType(found)


# key | group, # for figures | Nederlands | Deutsch | suomi | English
COLUMNS = _columns(
    "invoice_number | invoice | Factuurnummer | Rechnungsnummer | Laskun numero | Invoice number",
    "invoice_date | invoice | Factuurdatum | Rechnungsdatum | Laskun päivä | Invoice date",
    "invoice_kind | invoice | Soort document | Belegart | Asiakirjan laji | Kind of document",
    "due_date | invoice | Vervaldatum | Fälligkeit | Eräpäivä | Due date",
    "position | invoice# | Regelnummer | Position | Rivin numero | Line number",
    "corrects_number | invoice | Corrigeert factuur | Korrigiert Rechnung | Korjaa laskua | Corrects invoice",
    "payment_reference | invoice | Betalingskenmerk | Zahlungsreferenz | Viitenumero | Payment reference",
    "customer_reference | invoice | Klantreferentie | Kundenreferenz | Asiakkaan viite | Customer reference",
    "end_customer_id | end_customer | Eindklant-id | Endkunden-ID | Loppuasiakkaan tunnus | End customer id",
    "end_customer_number | end_customer | Eindklantnummer | Endkundennummer | Loppuasiakkaan numero | End customer no.",
    "end_customer_name | end_customer | Eindklantnaam | Endkundenname | Loppuasiakkaan nimi | End customer name",
    "cost_centre | end_customer | Kostenplaats | Kostenstelle | Kustannuspaikka | Cost centre",
    "end_customer_vat_id | end_customer | Btw-nummer | USt-IdNr. | ALV-tunniste | VAT id",
    "end_customer_country | end_customer | Land | Land | Maa | Country",
    "end_customer_city | end_customer | Plaats | Ort | Paikkakunta | City",
    "dealer_id | dealer | Wederverkoper-id | Händler-ID | Jälleenmyyjän tunnus | Dealer id",
    "dealer_number | dealer | Wederverkopernummer | Händler | Jälleenmyyjän numero | Dealer no.",
    "dealer_name | dealer | Wederverkopernaam | Händlername | Jälleenmyyjän nimi | Dealer name",
    "wholesaler_id | wholesaler | Klant-id | Kunden-ID | Asiakastunnus | Customer id",
    "wholesaler_number | wholesaler | Klantnummer | Kundennummer | Asiakasnumero | Customer no.",
    "wholesaler_name | wholesaler | Klantnaam | Kundenname | Asiakkaan nimi | Customer name",
    "from | order | Van | Von | Alkaen | From",
    "until | order | Tot | Bis | Asti | Until",
    "period | order | Periode | Zeitraum | Kausi | Period",
    "last_day | order | Laatste dag | Letzter Tag | Viimeinen päivä | Last day",
    "order_number | order | Bestelnummer | Bestellnummer | Tilausnumero | Order number",
    "product_id | order | Product-id | Produkt-ID | Tuotetunnus | Product id",
    "subscription_id | order | Abonnement-id | Subscription-ID | Tilaustunnus | Subscription id",
    "general_reference | order | Algemene referentie | Generalreference | Yleisviite | General reference",
    "reference | order | Referentie | Referenz | Viite | Reference",
    "order_date | order | Besteldatum | Bestelldatum | Tilauspäivä | Order date",
    "subscription_start | order | Begin abonnement | Abonnementbeginn | Tilauksen alku | Subscription start",
    "quantity | line# | Aantal | Anzahl | Määrä | Quantity",
    "amountnew | line# | Aantal naar rato | Amountnew | Suhteutettu määrä | Quantity, pro rata",
    "unit | line | Eenheid | Einheit | Yksikkö | Unit",
    "article_code | line | Artikelcode | Artikelnummer | Tuotekoodi | Article code",
    "article_name | line | Artikelnaam | Artikelname | Tuotteen nimi | Article name",
    "unit_price | line# | Stuksprijs | Einzelpreis | Yksikköhinta | Unit price",
    "tax | line# | Btw % | Steuer | ALV % | VAT %",
    "price | line# | Bedrag | Preis | Hinta | Amount",
    "currency | line | Valuta | Währung | Valuutta | Currency",
    "ledger_account | booking | Grootboekrekening | KST/Konto | Kirjanpitotili | Ledger account",
    "dimensions | booking | Kostendragers | Kostenträger | Laskentakohteet | Dimensions",
    "invoice_type | booking | Soort regel | Invoice Type | Rivin laji | Line type",
    "tax_category | booking | Btw-categorie | Steuerkategorie | ALV-luokka | VAT category",
    "summary_group | booking# | Artikelgroep | Artikelgruppe | Tuoteryhmä | Article group",
    "event | booking | Gebeurtenis | Ereignis | Tapahtuma | Event",
)

# What Operator's text names, in its order.
DEFAULT_COLUMNS = (
    "invoice_number", "invoice_date", "end_customer_id", "end_customer_number", "end_customer_name", "cost_centre",
    "dealer_id", "dealer_number", "dealer_name", "wholesaler_id", "wholesaler_number", "wholesaler_name", "from",
    "until", "period", "order_number", "product_id", "subscription_id", "general_reference", "reference", "quantity",
    "amountnew", "article_name", "unit_price", "tax", "price", "ledger_account", "invoice_type",
)  # fmt: skip
