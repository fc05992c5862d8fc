"""Lines of suppliers' invoices as tables: the columns that such a file may have."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission
from rebill.interfaces.imports.importable import Importable, headings
from rebill.kit.errors import Invalid
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.outcomes import ImportRecord, Outcome

PURCHASES = "purchase-invoice"


class TableLineRefused(Invalid):
    """A line of the table cannot be read, so the invoice would not be whole."""


def _refuse(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Lines are taken as whole invoices, never one by one."""
    raise TableLineRefused(_("Lines of purchase invoices are taken as whole invoices."))


def purchase_rows() -> Importable:
    """The columns that a supplier's table may have."""
    text = FieldKind.TEXT
    day, number, percent = FieldKind.DATE, FieldKind.DECIMAL, FieldKind.PERCENT

    def field(name: str, label: str, kind: FieldKind = text, *, required: bool = False, **known: str) -> FieldSpec:
        return FieldSpec(name, label, kind=kind, required=required, synonyms=headings(**known))

    return Importable(
        name=PURCHASES,
        label=_("Purchase invoices"),
        help=_("One row of a supplier's invoice a line."),
        fields=(
            field("invoice_number", _("Invoice number"), required=True, nl="factuurnummer|factuur",
                  de="Rechnungsnummer|Rechnung", fi="laskunumero|laskun numero", en="invoice|invoice no"),
            field("invoice_date", _("Invoice date"), day, required=True, nl="factuurdatum|datum",
                  de="Rechnungsdatum|Datum", fi="laskun päivä|päivämäärä", en="date"),
            field("due_date", _("Due"), day, nl="vervaldatum", de="Fälligkeit|fällig am", fi="eräpäivä", en="due date"),
            field("supplier_name", _("Supplier"), required=True, nl="leverancier", de="Lieferant", fi="toimittaja",
                  en="supplier|vendor"),
            field("supplier_number", _("Supplier's VAT id or register number"),
                  nl="btw-nummer leverancier|kvk leverancier", de="USt-IdNr. Lieferant",
                  fi="toimittajan y-tunnus", en="supplier id"),
            field("currency", _("Currency"), nl="valuta", de="Währung", fi="valuutta", en="currency"),
            field("customer_id", _("Customer's business id"), nl="kvk|kvk-nummer|btw-nummer klant",
                  de="USt-IdNr.|Handelsregister", fi="y-tunnus|asiakkaan y-tunnus", en="business id|vat id|company id"),
            field("customer_name", _("Customer"), nl="klant|klantnaam|eindklant", de="Kunde|Endkunde",
                  fi="asiakas|yritys|loppuasiakas", en="customer|company|end customer"),
            field("customer_reference", _("Reference"), nl="referentie|uw referentie", de="Referenz", fi="viite",
                  en="reference"),
            field("code", _("Product code"), nl="artikel|artikelcode", de="Artikelnummer|Artikel",
                  fi="tuotekoodi|tuote", en="sku|product|article"),
            field("name", _("Description"), nl="omschrijving", de="Bezeichnung|Beschreibung", fi="nimike|kuvaus",
                  en="name|description"),
            field("quantity", _("Quantity"), number, nl="aantal", de="Menge|Anzahl", fi="määrä|kpl", en="qty"),
            field("unit_price", _("Price of one"), number, nl="stukprijs|prijs", de="Einzelpreis|Preis",
                  fi="yksikköhinta|hinta", en="unit price|price"),
            field("amount", _("Amount without VAT"), number, nl="bedrag|netto|bedrag excl. btw", de="Betrag|Netto",
                  fi="summa|veroton summa", en="amount|net|net amount"),
            field("vat_rate", _("VAT rate"), percent, nl="btw|btw-percentage", de="MwSt|USt|Steuersatz", fi="alv|alv-%",
                  en="vat|vat rate"),
            field("starts_on", _("From"), day, nl="van|periode van", de="von", fi="alkaen", en="from|start"),
            field("ends_on", _("To"), day, nl="tot en met|tot", de="bis", fi="saakka|päättyen", en="to|end"),
            field("text", _("Text"), nl="tekst|opmerking", de="Text|Bemerkung", fi="vapaateksti", en="text|remarks"),
        ),
        take=_refuse,
        permission=Permission.KEEP_PURCHASES,
    )  # fmt: skip
