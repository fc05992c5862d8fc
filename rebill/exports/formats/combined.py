"""The combined export as VoIPGRID describes it: one row per customer and summary group, exact amounts without VAT.

Source: VoIPGRID's manual "Partnerfacturatie", with its five articles: 1 one-off, 2 monthly, 3 outgoing calls, 4 service
numbers (costs and revenue), 5 hardware. Bookkeeping systems map their own articles to the five codes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from rebill.exports.contract import Cell, GroupSum, Layout
from rebill.rules.money import Money

DEFAULT_COLUMNS = ("customer_number", "customer_name", "group", "description", "amount", "period")
COLUMNS = (*DEFAULT_COLUMNS, "currency", "documents")

HEADINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "nl": {
            "customer_number": "Klantnummer",
            "customer_name": "Klantnaam",
            "group": "Artikelcode",
            "description": "Omschrijving",
            "amount": "Bedrag excl. btw",
            "period": "Periode",
            "currency": "Valuta",
            "documents": "Aantal documenten",
        },
        "de": {
            "customer_number": "Kundennummer",
            "customer_name": "Kundenname",
            "group": "Artikelnummer",
            "description": "Beschreibung",
            "amount": "Betrag ohne MwSt.",
            "period": "Zeitraum",
            "currency": "Währung",
            "documents": "Anzahl Belege",
        },
        "fi": {
            "customer_number": "Asiakasnumero",
            "customer_name": "Asiakkaan nimi",
            "group": "Tuotekoodi",
            "description": "Kuvaus",
            "amount": "Veroton summa",
            "period": "Kausi",
            "currency": "Valuutta",
            "documents": "Tositteiden määrä",
        },
        "en": {
            "customer_number": "Customer number",
            "customer_name": "Customer name",
            "group": "Article code",
            "description": "Description",
            "amount": "Amount excl. VAT",
            "period": "Period",
            "currency": "Currency",
            "documents": "Number of documents",
        },
    }
)

DESCRIPTIONS: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        "nl": {
            1: "Eenmalige kosten",
            2: "Maandelijkse kosten",
            3: "Uitgaande gesprekskosten - VoIP",
            4: "Servicenummers (kosten/opbrengsten)",
            5: "Hardware",
        },
        "de": {
            1: "Einmalige Kosten",
            2: "Monatliche Kosten",
            3: "Abgehende Gespräche - VoIP",
            4: "Servicenummern (Kosten/Erlöse)",
            5: "Hardware",
        },
        "fi": {
            1: "Kertamaksut",
            2: "Kuukausimaksut",
            3: "Lähtevät puhelut - VoIP",
            4: "Palvelunumerot (kulut/tuotot)",
            5: "Laitteet",
        },
        "en": {
            1: "One-off costs",
            2: "Monthly costs",
            3: "Outgoing calls - VoIP",
            4: "Service numbers (costs/revenue)",
            5: "Hardware",
        },
    }
)


class CombinedFormat:
    """Rows in the order of the sums. A column that was not chosen is not written."""

    name = "combined"
    columns = COLUMNS
    default_columns = DEFAULT_COLUMNS
    languages = tuple(HEADINGS)

    def headings(self, layout: Layout) -> Sequence[str]:
        return [HEADINGS[layout.language][column] for column in layout.columns]

    def rows(self, sums: Iterable[GroupSum], *, month: date, layout: Layout) -> Iterator[Sequence[Cell]]:
        descriptions = DESCRIPTIONS[layout.language]
        period = f"{month:%Y-%m}"
        for each in sums:
            cells: dict[str, Cell] = {
                "customer_number": each.customer_number,
                "customer_name": each.customer_name,
                "group": each.group,
                "description": descriptions[each.group],
                "amount": each.amount.decimal,
                "period": period,
                "currency": each.amount.currency,
                "documents": each.documents,
            }
            yield [cells[column] for column in layout.columns]

    def sample(self, currency: str) -> Sequence[GroupSum]:
        rows = (
            ("1001", "Jansen Hosting", 1, "25.00"),
            ("1001", "Jansen Hosting", 2, "45.00"),
            ("1001", "Jansen Hosting", 3, "12.34"),
            ("1001", "Jansen Hosting", 4, "-3.10"),
            ("1002", "P. de Vries", 5, "99.00"),
        )
        return [
            GroupSum(number, name, group, Money.rounded(amount, currency), documents=1)
            for number, name, group, amount in rows
        ]


COMBINED = CombinedFormat()
