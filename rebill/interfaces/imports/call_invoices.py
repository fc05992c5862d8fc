"""Suppliers' invoices of calls, by destination: compared with what we know of the same calls."""

from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.imports.importable import Importable, headings
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.options import LIMITS
from rebill.sources.usage.commands import import_call_invoices


def call_invoices() -> Importable:
    """Sums by destination; a file at once, because a destination may have several lines."""
    return Importable(
        name="call-invoices",
        label=_("Suppliers’ invoices of calls"),
        help=_("One destination a line: what a supplier asks for it. It is compared with our calls and never billed."),
        fields=(*_invoice_fields(), *_line_fields()),
        take=import_call_invoices,
        permission=Permission.ADD_LINES,
        chunk_lines=LIMITS.lines_max,
    )


def _invoice_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "invoice_number",
            _("Invoice number"),
            required=True,
            length_max=60,
            help=_("The supplier's; mostly one for all lines."),
            of_one_file=True,
            synonyms=headings(
                nl="factuurnummer|factuur", de="Rechnungsnummer|Rechnung", fi="laskun numero|laskunumero", en="invoice"
            ),
        ),
        FieldSpec(
            "deck_code",
            _("Bought by the rate deck"),
            length_max=40,
            help=_("Its code; empty where you buy from the seller above you."),
            synonyms=headings(nl="inkooplijst", de="Einkaufsliste", fi="ostohinnasto", en="buy deck"),
        ),
        FieldSpec(
            "starts_on",
            _("First day of the calls"),
            kind=FieldKind.DATE,
            required=True,
            synonyms=headings(
                nl="periode van|begin periode",
                de="Zeitraum von|Beginn",
                fi="jakson alku",
                en="period start|period from|start of period",
            ),
        ),
        FieldSpec(
            "ends_on",
            _("Last day of the calls"),
            kind=FieldKind.DATE,
            help=_("The end of the month where it is empty."),
            synonyms=headings(
                nl="periode tot en met|einde periode",
                de="Zeitraum bis|Ende",
                fi="jakson loppu",
                en="period end|period to|end of period",
            ),
        ),
    )


def _line_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "prefix",
            _("Prefix"),
            length_max=30,
            help=_("Digits with the country code; wins over the name of the destination."),
            synonyms=headings(
                nl="kiesnummer|landnummer", de="Vorwahl|Präfix", fi="etuliite|suuntanumero", en="dial code|code"
            ),
        ),
        FieldSpec(
            "destination",
            _("Destination"),
            length_max=120,
            help=_("As the rate deck names it."),
            synonyms=headings(
                nl="bestemming|omschrijving",
                de="Ziel|Zielname|Bezeichnung",
                fi="kohde|selite",
                en="destination name|country|description",
            ),
        ),
        FieldSpec(
            "calls",
            _("Calls"),
            kind=FieldKind.INTEGER,
            synonyms=headings(
                nl="gesprekken|aantal gesprekken|aantal",
                de="Anrufe|Gespräche|Anzahl",
                fi="puhelut|puheluja",
                en="number of calls|call count|count",
            ),
        ),
        FieldSpec(
            "minutes",
            _("Minutes"),
            kind=FieldKind.DECIMAL,
            synonyms=headings(nl="minuten", de="Minuten", fi="minuutit|minuuttia", en="mins|duration in minutes"),
        ),
        FieldSpec(
            "seconds",
            _("Seconds"),
            kind=FieldKind.INTEGER,
            help=_("Wins over the minutes."),
            synonyms=headings(nl="seconden", de="Sekunden", fi="sekunnit|sekuntia", en="secs|duration in seconds"),
        ),
        FieldSpec(
            "amount",
            _("Amount"),
            kind=FieldKind.DECIMAL,
            required=True,
            help=_("Without VAT."),
            synonyms=headings(
                nl="bedrag|kosten|totaal", de="Betrag|Kosten|Summe", fi="summa|määrä euroina", en="cost|total|charge"
            ),
        ),
    )
