"""What Waterkant sells, and at which price."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

Row = Mapping[str, str]

VOICE, NUMBERS, FIBRE, FIBRE_FAST = "VOICE-SEAT", "NUMBERS-100", "FIBRE-500", "FIBRE-1000"
HOSTING_S, HOSTING_M, HOSTING_L, MAILBOX = "HOSTING-S", "HOSTING-M", "HOSTING-L", "MAILBOX"
SIM, SIM_LARGE, BACKUP, CARE = "SIM-5GB", "SIM-20GB", "BACKUP-1TB", "CARE"
DOMAIN_NL, DOMAIN_DE, DOMAIN_COM = "DOMAIN-NL", "DOMAIN-DE", "DOMAIN-COM"
# Sold since last month, before anybody entered its price.
TEAMS = "TEAMS-LINK"
PHONE, HEADSET, ROUTER, HOUR, PORTING = "PHONE-T43", "HEADSET-H2", "ROUTER-R1", "HOUR", "PORTING"

STANDARD_PLAN, CARE_PLAN = "standaard", "zorg-onderwijs"


class Article(NamedTuple):
    """A product with its names, what kind of thing it is, and its standard price for `months` months or once."""

    code: str
    nl: str
    de: str
    fi: str
    en: str
    kind: str
    supply: str
    account: str
    price: str
    months: int | None = 1
    tiers: str = ""


ARTICLES = (
    Article(VOICE, "Zakelijk bellen, werkplek", "Geschäftstelefonie, Arbeitsplatz", "Yrityspuhelu, työpiste",
            "Hosted voice seat", "abonnement", "telecom", "8010", "7,95"),
    Article(NUMBERS, "Nummerblok 100", "Rufnummernblock 100", "Numerolohko 100", "Number block 100", "abonnement",
            "telecom", "8010", "9,50"),
    Article(FIBRE, "Glasvezel 500/500", "Glasfaser 500/500", "Valokuitu 500/500", "Fibre access 500/500",
            "abonnement", "telecom", "8015", "64,00"),
    Article(FIBRE_FAST, "Glasvezel 1000/1000", "Glasfaser 1000/1000", "Valokuitu 1000/1000", "Fibre access 1000/1000",
            "abonnement", "telecom", "8015", "89,00"),
    Article(HOSTING_S, "Webhosting S", "Webhosting S", "Webhotelli S", "Web hosting S", "abonnement", "digitaal",
            "8020", "6,50"),
    Article(HOSTING_M, "Webhosting M", "Webhosting M", "Webhotelli M", "Web hosting M", "abonnement", "digitaal",
            "8020", "12,50"),
    Article(HOSTING_L, "Webhosting L", "Webhosting L", "Webhotelli L", "Web hosting L", "abonnement", "digitaal",
            "8020", "24,00"),
    Article(MAILBOX, "Mailbox 50 GB", "Postfach 50 GB", "Postilaatikko 50 Gt", "Mailbox 50 GB", "abonnement",
            "digitaal", "8020", "", 1, "10=3,25; =2,85"),
    Article(SIM, "Data-sim 5 GB", "Daten-SIM 5 GB", "Data-SIM 5 Gt", "Data SIM 5 GB", "abonnement", "telecom",
            "8030", "4,50"),
    Article(SIM_LARGE, "Data-sim 20 GB", "Daten-SIM 20 GB", "Data-SIM 20 Gt", "Data SIM 20 GB", "abonnement",
            "telecom", "8030", "9,75"),
    Article(BACKUP, "Cloudback-up 1 TB", "Cloud-Sicherung 1 TB", "Pilvivarmistus 1 Tt", "Cloud backup 1 TB",
            "abonnement", "digitaal", "8025", "19,00"),
    Article(CARE, "Beheer en support", "Betreuung und Support", "Ylläpito ja tuki", "Care and support", "abonnement",
            "dienst", "8050", "35,00"),
    Article(DOMAIN_NL, "Domeinnaam .nl", "Domain .nl", "Verkkotunnus .nl", "Domain name .nl", "abonnement",
            "digitaal", "8021", "14,95", 12),
    Article(DOMAIN_DE, "Domeinnaam .de", "Domain .de", "Verkkotunnus .de", "Domain name .de", "abonnement",
            "digitaal", "8021", "14,95", 12),
    Article(DOMAIN_COM, "Domeinnaam .com", "Domain .com", "Verkkotunnus .com", "Domain name .com", "abonnement",
            "digitaal", "8021", "17,50", 12),
    Article(TEAMS, "Teams-koppeling", "Teams-Anbindung", "Teams-liitos", "Teams connection", "abonnement", "telecom",
            "8010", ""),
    Article(PHONE, "Bureautelefoon T43", "Tischtelefon T43", "Pöytäpuhelin T43", "Desk phone T43", "apparatuur",
            "goed", "8040", "89,00", None),
    Article(HEADSET, "Headset H2", "Headset H2", "Kuulokemikrofoni H2", "Headset H2", "apparatuur", "goed",
            "8040", "64,50", None),
    Article(ROUTER, "Router R1", "Router R1", "Reititin R1", "Router R1", "apparatuur", "goed", "8040",
            "129,00", None),
    Article(HOUR, "Monteur op locatie, per uur", "Techniker vor Ort, je Stunde", "Asentaja paikan päällä, tunti",
            "Engineer on site, per hour", "eenmalig", "dienst", "8060", "75,00", None),
    Article(PORTING, "Nummers overzetten", "Rufnummernmitnahme", "Numeronsiirto", "Number porting", "eenmalig",
            "telecom", "8060", "25,00", None),
)  # fmt: skip

PRICES = {article.code: article.price for article in ARTICLES}
# What care and education pay less.
_CARE_PRICES = {VOICE: "6,95", FIBRE: "57,50", FIBRE_FAST: "79,00", HOSTING_M: "11,00", SIM: "3,95"}


def product_rows() -> Iterator[Row]:
    """The products, a row each."""
    for article in ARTICLES:
        yield {
            "Artikelcode": article.code,
            "Omschrijving": article.nl,
            "Omschrijving DE": article.de,
            "Omschrijving FI": article.fi,
            "Omschrijving EN": article.en,
            "Soort": article.kind,
            "Soort levering": article.supply,
            "Eenheid": "hour" if article.code == HOUR else "",
            "Grootboek": article.account,
        }


def price_rows() -> Iterator[Row]:
    """The two price lists. A product without a price is left out, which is what nine customers will notice."""
    for article in ARTICLES:
        if article.price or article.tiers:
            yield _price_row(article.code, STANDARD_PLAN, article.price, article.months, article.tiers)
    for article in ARTICLES:
        if article.price or article.tiers:
            price = _CARE_PRICES.get(article.code, article.price)
            yield _price_row(article.code, CARE_PLAN, price, article.months, article.tiers)


def missing_price_row(valid_from: str) -> Row:
    """The price that was forgotten, as a file with one line."""
    return {"Artikelcode": TEAMS, "Prijslijst": STANDARD_PLAN, "Prijs": "3,75", "Geldig vanaf": valid_from}


def _price_row(code: str, plan: str, price: str, months: int | None, tiers: str) -> Row:
    return {
        "Artikelcode": code,
        "Prijslijst": plan,
        "Prijs": price,
        "Per": {1: "maand", 12: "jaar", None: ""}[months],
        "Prijsmodel": "staffel" if tiers else "per stuk",
        "Staffels": tiers,
        "Geldig vanaf": "01-01-2020",
    }
