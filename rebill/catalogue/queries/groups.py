"""The titles of the five summary groups, as they stand on documents and in exports."""

from rebill.catalogue.models import SummaryGroup

TITLES: dict[str, dict[int, str]] = {
    "en": {1: "One-off costs", 2: "Monthly costs", 3: "Outgoing calls", 4: "Service numbers", 5: "Hardware"},
    "nl": {
        1: "Eenmalige kosten",
        2: "Maandelijkse kosten",
        3: "Uitgaande gesprekskosten",
        4: "Servicenummers (kosten/opbrengsten)",
        5: "Hardware",
    },
    "de": {1: "Einmalige Kosten", 2: "Monatliche Kosten", 3: "Abgehende Gespräche", 4: "Servicenummern", 5: "Hardware"},
    "fi": {
        1: "Kertamaksut",
        2: "Kuukausimaksut",
        3: "Lähtevät puhelut",
        4: "Palvelunumerot",
        5: "Laitteet",
    },
}


def group_title(group: int, language: str) -> str:
    """The group's title in the language, in English where the language is not ours."""
    return TITLES.get(language, TITLES["en"])[SummaryGroup(group)]
