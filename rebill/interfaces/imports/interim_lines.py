"""Interim lines: what is charged or credited once, on the next invoice."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.imports import words
from rebill.interfaces.imports.importable import Importable, choice, headings, whole_numbers
from rebill.interfaces.imports.subscriptions import (
    customer_number_field,
    price_field,
    product_code_field,
    quantity_field,
)
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.outcomes import ImportRecord
from rebill.sources.oneoff.commands import import_interim_lines

GROUPS = (
    choice("1", "eenmalig|einmalig|kertamaksu|one-off"),
    choice("2", "abonnementen|maandelijks|abonnements|monatlich|kuukausi|recurring|monthly"),
    choice("3", "gesprekken|gesprekskosten|verbindungen|puhelut|calls"),
    choice("4", "servicenummers|servicenummern|palvelunumerot|service numbers"),
    choice("5", "hardware|apparatuur|geräte|laitteet|equipment"),
)


def tax_fields() -> tuple[FieldSpec, ...]:
    """How VAT and the bookkeeping see it; the product's own where a cell is empty."""
    return (
        FieldSpec(
            "rate_class",
            _("VAT class"),
            kind=FieldKind.CHOICE,
            choices=words.RATE_CLASSES,
            help=_("Standard, reduced, second reduced, zero, exempt or outside."),
            synonyms=headings(
                nl="btw|btw-tarief|btw-code|btw-percentage",
                de="MwSt|USt|Steuersatz|Steuerschlüssel|MwSt-Satz",
                fi="alv|alv-kanta|verokanta|alv-prosentti",
                en="vat|vat rate|tax rate|tax class|tax",
            ),
        ),
        FieldSpec(
            "supply",
            _("Service, goods or electronic service"),
            kind=FieldKind.CHOICE,
            choices=words.SUPPLIES,
            synonyms=headings(
                nl="soort levering|dienst of goed", de="Leistungsart", fi="suorituslaji", en="supply|goods or service"
            ),
        ),
        FieldSpec(
            "ledger_account",
            _("Ledger account"),
            length_max=20,
            synonyms=headings(
                nl="grootboekrekening|grootboek|gb-rekening",
                de="Sachkonto|Erlöskonto|Konto",
                fi="kirjanpitotili|tili",
                en="account|gl account",
            ),
        ),
        FieldSpec(
            "summary_group",
            _("Summary group"),
            kind=FieldKind.CHOICE,
            choices=GROUPS,
            help=_("1 one-off, 2 monthly, 3 calls, 4 service numbers, 5 hardware."),
            synonyms=headings(
                nl="artikelgroep|groep|productgroep",
                de="Artikelgruppe|Warengruppe|Gruppe",
                fi="tuoteryhmä|ryhmä",
                en="group|product group",
            ),
        ),
    )


def line_identity(record: ImportRecord) -> Hashable:
    """A line is another line's twin when its key, or all that it says, is the same."""
    own = record.text("line")
    if own:
        return own
    texts = map(record.text, ("customer_number", "product_code", "description", "cost_centre", "reference"))
    return (*texts, record.day("supplied_on"), record.number("quantity"), record.number("unit_price"))


def _own_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "line",
            _("Key of the line"),
            length_max=120,
            help=_("With it a later file can change the line until it is billed."),
            synonyms=headings(
                nl="regelnummer|regel-id|bonnummer",
                de="Positionsnummer|Belegnummer",
                fi="rivinumero|tositenumero",
                en="line id|line number|ticket",
            ),
        ),
        customer_number_field(),
        product_code_field(required=False),
        FieldSpec(
            "description",
            _("Description"),
            length_max=300,
            help=_("Needed where there is no product."),
            synonyms=headings(
                nl="omschrijving|beschrijving",
                de="Beschreibung|Bezeichnung|Text",
                fi="kuvaus|selite",
                en="details|text",
            ),
        ),
        FieldSpec(
            "supplied_on",
            _("Day of supply"),
            kind=FieldKind.DATE,
            required=True,
            synonyms=headings(
                nl="datum|leverdatum|uitvoerdatum|datum levering",
                de="Datum|Lieferdatum|Leistungsdatum",
                fi="päivä|pvm|päivämäärä|toimituspäivä",
                en="date|supply date|delivery date|day",
            ),
        ),
    )


def _price_field() -> FieldSpec:
    return price_field(required=True, help=_("Below zero, or with a quantity below zero, it is a credit."))


def _remark_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "currency",
            _("Currency"),
            synonyms=headings(nl="valuta|munt", de="Währung", fi="valuutta", en="currency code"),
        ),
        FieldSpec(
            "cost_centre",
            _("Cost centre"),
            length_max=40,
            synonyms=headings(nl="kostenplaats", de="Kostenstelle", fi="kustannuspaikka", en="cost center"),
        ),
        FieldSpec(
            "reference",
            _("Reference"),
            length_max=120,
            synonyms=headings(nl="referentie|kenmerk", de="Referenz", fi="viite", en="ref|po"),
        ),
    )


def interim_lines() -> Importable:
    """Interim lines by the key of another system, or by all that they say."""
    return Importable(
        name="interim-lines",
        label=_("Interim lines"),
        help=_("One line for the next invoice a line; an amount below zero is a credit."),
        fields=(*_own_fields(), quantity_field(), _price_field(), *tax_fields(), *_remark_fields()),
        take=import_interim_lines,
        permission=Permission.ADD_LINES,
        prepare=whole_numbers("summary_group"),
        identity=line_identity,
    )
