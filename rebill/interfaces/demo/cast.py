"""Who among the customers plays which part in the month, so that it comes out as the story tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import NamedTuple

from rebill.interfaces.demo.names import Place

FIRST_NUMBER, CUSTOMERS = 10_001, 1_268
# New in this month, and in each of the five before it.
NEW_NOW, NEW_BEFORE, MONTHS_BEFORE = 9, 6, 5


class Named(NamedTuple):
    """A customer that the story speaks of."""

    name: str
    place: Place
    email: str
    country: str = "NL"
    language: str = "nl"
    vat_id: str = ""
    attention: str = ""


NAUTA, REITDIEP, SCHOOLS, MAASVLAK, HIEKKA = 10482, 10177, 10061, 10519, 10533
BOOKSHOP, FARM, DENTISTS, CAFE, BUILDERS = 10088, 10233, 10304, 10560, 10129
DOCTORS, FESTIVAL, BODYSHOP, LAWYERS, SALON = 10415, 10571, 10247, 10019, 10203

NAMED = {
    LAWYERS: Named("Advocaten Kuipers Daal", Place("Turfsingel 8", "9712 KN", "Groningen"), "kantoor@kuipersdaal"),
    SCHOOLS: Named(
        "Scholengroep Noorderdiep", Place("Noorderdijk 40", "9501 AB", "Stadskanaal"), "crediteuren@noorderdiep"
    ),
    BOOKSHOP: Named("Boekhandel Van Ommen", Place("Kerkstraat 17", "9401 GV", "Assen"), "winkel@boekhandelvanommen"),
    BUILDERS: Named("Bouwbedrijf Terpstra", Place("Molenweg 3", "8939 CD", "Leeuwarden"), "administratie@terpstrabouw"),
    REITDIEP: Named("Taxicentrale Reitdiep", Place("Scheepsweg 22", "9746 RE", "Groningen"), "facturen@taxireitdiep"),
    SALON: Named("Kapsalon De Spiegelzaal", Place("Boterplein 5", "8601 KL", "Sneek"), "info@despiegelzaal"),
    FARM: Named("Zorgboerderij Het Wad", Place("Kwelderweg 1", "9101 ZB", "Dokkum"), "post@zorgboerderijhetwad"),
    BODYSHOP: Named("Autoschade Bolwerk", Place("Havenkade 61", "8441 BW", "Heerenveen"), "balie@autoschadebolwerk"),
    DENTISTS: Named("Tandartsen aan de Vecht", Place("Westerlaan 12", "8011 LN", "Zwolle"), "praktijk@tandaandevecht"),
    DOCTORS: Named("Huisartsen Vossenpark", Place("Vossenlaan 2", "8921 EP", "Leeuwarden"), "facturen@vossenpark"),
    NAUTA: Named(
        "Rederij Nauta B.V.",
        Place("Zuiderkade 3", "8860 ZZ", "Harlingen"),
        "administratie@rederijnauta",
        vat_id="NL810411908B01",
        attention="administratie",
    ),
    MAASVLAK: Named(
        "Maasvlak Logistik GmbH",
        Place("Hafenstraße 118", "26723", "Emden"),
        "buchhaltung@maasvlak",
        "DE",
        "de",
        attention="Buchhaltung",
    ),
    HIEKKA: Named("Hiekka & Kivi Oy", Place("Rantakatu 7", "20100", "Turku"), "laskut@hiekkajakivi", "FI", "fi"),
    CAFE: Named("Café De Lange Leegte", Place("Vlasstraat 9", "9641 PT", "Veendam"), "bar@delangeleegte"),
    FESTIVAL: Named("Stichting Zomerpodium", Place("Brinkplein 1", "9751 HD", "Haren"), "kassa@zomerpodium"),
}

# Who is where, and how many: what is left are firms in the Netherlands.
_PERSONS, _BELGIANS, _GERMANS, _FINNS, _ENGLISH = 120, 45, 40, 13, 20
_LETTERS = 16


@dataclass(frozen=True)
class Cast:
    """The numbers of the customers of each part. No customer has two parts that would both need a look."""

    persons: frozenset[int]
    belgians: frozenset[int]
    germans: frozenset[int]
    finns: frozenset[int]
    english: frozenset[int]
    no_email: frozenset[int]
    no_vat_id: frozenset[int]
    no_price: frozenset[int]
    big_change: frozenset[int]
    zero_total: frozenset[int]
    letters: frozenset[int]
    # Invoiced every quarter: this month, the month before, and the month before that.
    quarterly: tuple[frozenset[int], frozenset[int], frozenset[int]]
    # An invoice for each of so many cost centres.
    cost_centres: dict[int, int]
    # Two that pause what they have for some weeks.
    pausing: frozenset[int]

    @property
    def special(self) -> frozenset[int]:
        """Everybody to whom nothing else may happen by chance."""
        quarterly = frozenset[int]().union(*self.quarterly)
        looked_at = self.no_email | self.no_vat_id | self.no_price | self.big_change | self.zero_total
        return looked_at | quarterly | frozenset(self.cost_centres) | self.pausing | frozenset(NAMED)


def numbers() -> range:
    """Every customer number."""
    return range(FIRST_NUMBER, FIRST_NUMBER + CUSTOMERS)


def newcomers(months_ago: int) -> range:
    """The numbers of those who became customers in a month: this one, or one of the five before."""
    last = FIRST_NUMBER + CUSTOMERS
    if months_ago == 0:
        return range(last - NEW_NOW, last)
    until = last - NEW_NOW - (months_ago - 1) * NEW_BEFORE
    return range(until - NEW_BEFORE, until)


def deal_parts(random: Random) -> Cast:
    """Gives every part to as many customers as the story needs."""
    settled = set(newcomers(0)).union(*(newcomers(ago) for ago in range(1, MONTHS_BEFORE + 1)))
    pool = [number for number in numbers() if number not in settled and number not in NAMED]
    random.shuffle(pool)
    left = iter(pool)
    belgians, germans, finns = _take(left, _BELGIANS), _take(left, _GERMANS), _take(left, _FINNS)
    centres = sorted(_take(left, 3))
    return Cast(
        persons=_take(left, _PERSONS),
        belgians=belgians,
        germans=germans | {MAASVLAK},
        finns=finns | {HIEKKA},
        english=_take(left, _ENGLISH),
        no_email=_take(left, 3) | {BODYSHOP},
        no_vat_id=frozenset({MAASVLAK, HIEKKA, *sorted(belgians)[:2], *sorted(germans)[:1]}),
        no_price=_take(left, 9),
        big_change=_take(left, 4) | {REITDIEP, FARM},
        zero_total=_take(left, 12) | {FESTIVAL},
        letters=_take(left, _LETTERS),
        quarterly=(_take(left, 19), _take(left, 4), _take(left, 3)),
        cost_centres=dict(zip(centres, (3, 3, 4), strict=True)),
        pausing=_take(left, 2),
    )


def _take(left: Iterator[int], count: int) -> frozenset[int]:
    return frozenset(islice(left, count))
