"""The 1,268 customers, and the spreadsheet rows that say who they are."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from rebill.interfaces.demo import identifiers, names
from rebill.interfaces.demo.cast import NAMED, SCHOOLS, Cast, numbers
from rebill.interfaces.demo.names import Place
from rebill.rules.periods import add_months

_NO_LETTER = re.compile(r"[^a-z0-9]+")
_CARE_WORDS = ("Basisschool", "Huisartsen", "Woonzorg", "Fysio", "Tandarts", "Zorgboerderij", "Kinderopvang", "Scholen")
_MAILBOXES = {
    "nl": ("administratie", "facturen", "boekhouding", "info"),
    "de": ("buchhaltung", "rechnung", "kontakt"),
    "fi": ("laskut", "toimisto"),
    "en": ("finance", "accounts"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCustomer:
    """A customer as the partner's own files know it."""

    number: int
    name: str
    place: Place
    country: str = "NL"
    language: str = "nl"
    is_person: bool = False
    attention: str = ""
    email: str = ""
    vat_id: str = ""
    chamber_id: str = ""
    interval: str = "maand"
    invoice_months: str = ""
    channel: str = "e-mail"
    has_invoice_per_centre: bool = False
    reference: str = ""

    @property
    def is_care(self) -> bool:
        """Whether the price list of care and education counts."""
        return self.name.startswith(_CARE_WORDS)

    def row(self, *, is_sent: bool) -> Mapping[str, str]:
        """The row of the customer; before the partner moved to rebill, nothing is sent."""
        return {
            "Klantnummer": str(self.number),
            "Naam": self.name,
            "Ter attentie van": self.attention,
            "Adres": self.place.street,
            "Postcode": self.place.postcode,
            "Plaats": self.place.city,
            "Land": self.country,
            "E-mail facturen": self.email,
            "Soort klant": "particulier" if self.is_person else "bedrijf",
            "Btw-nummer": self.vat_id,
            "KvK": self.chamber_id,
            "Taal": self.language,
            "Factuurinterval": self.interval,
            "Factuurmaanden": self.invoice_months,
            "Verzendwijze": self.channel if is_sent else "geen",
            "Factuur per kostenplaats": "ja" if self.has_invoice_per_centre else "nee",
            "Uw referentie": self.reference,
        }


def make_customers(random: Random, cast: Cast, month: date) -> dict[int, DemoCustomer]:
    """Everybody by number. The month decides in which months the quarterly ones are invoiced."""
    taken = {named.name for named in NAMED.values()}
    made = {}
    for number in numbers():
        customer = _named(random, cast, number) if number in NAMED else _invented(random, cast, number, taken)
        taken.add(customer.name)
        made[number] = _with_terms(customer, cast, month)
    return made


def _named(random: Random, cast: Cast, number: int) -> DemoCustomer:
    named = NAMED[number]
    vat_id, chamber_id = _ids(random, named.country)
    return DemoCustomer(
        number=number,
        name=named.name,
        place=named.place,
        country=named.country,
        language=named.language,
        attention=named.attention,
        email="" if number in cast.no_email else f"{named.email}.example",
        vat_id=named.vat_id or vat_id,
        chamber_id=chamber_id,
        reference="IN-2024-0117" if number == SCHOOLS else "",
    )


def _invented(random: Random, cast: Cast, number: int, taken: Iterable[str]) -> DemoCustomer:
    is_person = number in cast.persons
    country, language, make_name, make_place = _origin(cast, number)
    name = _first_new(make_name, random, taken)
    attention = names.contact(random) if not is_person and random.randrange(4) == 0 else ""
    box = random.choice(_MAILBOXES[language])
    vat_id, chamber_id = ("", "") if is_person else _ids(random, country)
    return DemoCustomer(
        number=number,
        name=name,
        place=make_place(random),
        country=country,
        language=language,
        is_person=is_person,
        attention=attention,
        email="" if number in cast.no_email else _email(name, "post" if is_person else box),
        vat_id=vat_id,
        chamber_id=chamber_id,
        channel="post" if number in cast.letters else "e-mail",
    )


def _origin(cast: Cast, number: int) -> tuple[str, str, Callable[[Random], str], Callable[[Random], Place]]:
    """Country, language, and what makes a name and an address there."""
    if number in cast.persons:
        return "NL", "nl", names.person, names.dutch_place
    if number in cast.belgians:
        return "BE", "nl", names.belgian_firm, names.belgian_place
    if number in cast.germans:
        return "DE", "de", names.german_firm, names.german_place
    if number in cast.finns:
        return "FI", "fi", names.finnish_firm, names.finnish_place
    if number in cast.english:
        return "NL", "en", names.english_firm, names.dutch_place
    return "NL", "nl", names.dutch_firm, names.dutch_place


def _first_new(make_name: Callable[[Random], str], random: Random, taken: Iterable[str]) -> str:
    while (name := make_name(random)) in taken:
        continue
    return name


def _ids(random: Random, country: str) -> tuple[str, str]:
    """VAT id and chamber of commerce id of a firm in the country."""
    if country == "DE":
        return identifiers.german_vat_id(random), identifiers.german_chamber_id(random)
    if country == "FI":
        vat_id = identifiers.finnish_vat_id(random)
        return vat_id, f"{vat_id[2:9]}-{vat_id[9]}"
    if country == "BE":
        vat_id = identifiers.belgian_vat_id(random)
        return vat_id, vat_id[2:]
    return identifiers.dutch_vat_id(random), identifiers.dutch_chamber_id(random)


def _email(name: str, box: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    for form in (
        " b.v.",
        " v.o.f.",
        " gmbh & co. kg",
        " gmbh",
        " oy",
        " bv",
        " nv",
        " ohg",
        " ug (haftungsbeschrankt)",
    ):
        plain = plain.removesuffix(form)
    return f"{box}@{_NO_LETTER.sub('', plain)}.example"


def _with_terms(customer: DemoCustomer, cast: Cast, month: date) -> DemoCustomer:
    if customer.number in cast.cost_centres:
        return replace(customer, has_invoice_per_centre=True)
    for months_ago, invoiced in enumerate(cast.quarterly):
        if customer.number in invoiced:
            first = add_months(month, -months_ago).month
            months = sorted((first + 3 * step - 1) % 12 + 1 for step in range(4))
            return replace(customer, interval="kwartaal", invoice_months=", ".join(map(str, months)))
    return customer
