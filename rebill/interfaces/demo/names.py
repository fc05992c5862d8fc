"""Names of people, firms and streets that nobody has, made from parts; the same generator makes the same ones."""

from random import Random
from typing import NamedTuple


def _parts(listed: str) -> list[str]:
    """The parts of a list: between bars where it has any, else between spaces."""
    return listed.split("|" if "|" in listed else None)


_HEADS = _parts(
    "Wier Riet Kolk Slag Vlier Zwaag Horn Mars Klif Duin Loer Brem Wolde Tjar Hoorn Velt Gras Roef Balk Kreek Oever "
    "Lisse Meed Noor Zwet Elder Hagel Iepen Juffer Kiel Leem Mees Nesse Ploeg Rogge Spaan Tolbe Uiter Vaart Zegge"
)
_TAILS = _parts("sema inga stra huizing veldsma kamps mansma wolda brinks hofstee beekma laning ringa donk dema terp")
_INITIALS = _parts("A B C D E F G H I J K L M N P R S T W")
_GIVEN = _parts(
    "Femke Joris Aino Marit Wiebe Sanne Tjitske Bram Hilde Koen Lotte Sietse Nynke Ruben Elske Daan Ilse Jorrit Maud "
    "Thijs Anouk Geert Fleur Harm Roos"
)

_TRADES = _parts(
    "Bakkerij|Garagebedrijf|Installatiebedrijf|Makelaardij|Drukkerij|Hoveniersbedrijf|Kapsalon|Fysiotherapie|"
    "Tandartspraktijk|Dierenkliniek|Notariskantoor|Administratiekantoor|Timmerwerken|Schildersbedrijf|"
    "Loodgietersbedrijf|Transportbedrijf|Rijschool|Slagerij|Vishandel|Rijwielhandel|Boekhandel|Apotheek|Hotel|"
    "Restaurant|Eetcafé|Camping|Zorgboerderij|Kinderopvang|Architectenbureau|Ingenieursbureau|Reclamebureau|"
    "Uitzendbureau|Grondverzet|Loonbedrijf|Melkveebedrijf|Kwekerij|Bloemisterij|Jachtwerf|Zeilmakerij|Scheepswerf|"
    "Touringcars|Schoonmaakbedrijf|Wasserij|Meubelmakerij|Keukens|Tegelhandel|Sportschool|Dansschool|Galerie|"
    "Uitgeverij|Opticien|Juwelier|Kledingatelier|Schoenmakerij|Speelgoedwinkel|Wijnkoperij|Kaasmakerij|Zuivelhandel|"
    "Staalbouw|Dakbedekking|Elektrotechniek|Koeltechniek|Meetbureau|Vertaalbureau|Rederij|Sleepdienst|Verhuurbedrijf"
)
_SIGNS_OF = _parts("Oude Nieuwe Lange Blauwe Gouden Witte Zilveren Stille Groene Rode Kromme Verre Hoge Lage")
_SIGNS = _parts(
    "Brug Sluis Haven Molen Reiger Kade Bocht Eik Linde Kraan Wimpel Boei Leegte Vlonder Kwelder Stuw Wadloper "
    "Lantaarn Kompasroos Steiger Terp Wulp Zeearend Scholekster Fuik Dorpel"
)
_CLUBS = _parts(
    "Stichting {}|Vereniging {}|Basisschool {}|Muziekschool {}|Museum {}|Dorpshuis {}|Buurthuis {}|Roeivereniging {}|"
    "Zeilschool {}|Toneelgroep {}|Woonzorghuis {}|Huisartsen {}"
)
_GERMAN_HEADS = _parts(
    "Emsbogen Kranichhof Moorkamp Fehnland Deichgraf Weserknie Huntetal Geestrand Lotsenhaus Ankerplatz"
)
_GERMAN_TRADES = _parts(
    "Logistik|Spedition|Maschinenbau|Druckerei|Werbeagentur|Bootsbau|Gartenbau|Steuerberatung|Messtechnik|Stahlhandel"
)
_GERMAN_FORMS = ("GmbH", "GmbH", "GmbH & Co. KG", "UG (haftungsbeschränkt)", "OHG")
_FINNISH_HEADS = _parts("Koivulahti Hallakallio Suvivirta Karhusaari Kuusituuli Merituuli Tuulikoski Aaltoranta")
_FINNISH_TRADES = _parts("Rakennus Puu Painotalo Logistiikka Sähkö Kahvila Veistämö")
_BELGIAN_HEADS = _parts("Scheldebocht Leievaart Polderzicht Heidebloem Maasduin Zwinhoek Demermeers Kempenrand")
_BELGIAN_TRADES = _parts("Interieur Drukkerij Transport Tuinen Brouwhuis Elektro Textiel Boekhouding")
_ENGLISH_HEADS = _parts("Harbourline Saltmarsh Northlight Tidewater Kingfisher Longshore Greyheron Driftwood")
_ENGLISH_TRADES = _parts("Studio|Analytics|Research|Games|Translations|Ventures|Robotics")

_STREETS_OF = _parts(
    "Haven Zuider Wester Kerk Molen Linden Sluis Turf Boter Schippers Vissers Meeuwen Kalk Wilgen Noorder Klooster "
    "Scheeps Touwslagers Kuipers Steenbakkers Raadhuis Ooster Kwelder Brink Vlas Zeilmakers"
)
_STREETS = _parts("straat straat straat weg weg laan kade plein dijk pad singel")


class Town(NamedTuple):
    """A town with the postcodes that lie in it."""

    name: str
    lowest: int
    highest: int


_DUTCH_TOWNS = (
    *(Town("Groningen", 9711, 9747),) * 7,
    *(Town("Leeuwarden", 8911, 8941),) * 3,
    *(Town("Assen", 9401, 9408),) * 2,
    Town("Harlingen", 8861, 8862),
    Town("Drachten", 9201, 9207),
    Town("Heerenveen", 8441, 8449),
    Town("Delfzijl", 9931, 9936),
    Town("Hoogezand", 9601, 9603),
    Town("Veendam", 9641, 9646),
    Town("Winschoten", 9671, 9675),
    Town("Stadskanaal", 9501, 9503),
    Town("Emmen", 7811, 7828),
    Town("Meppel", 7941, 7944),
    Town("Zwolle", 8011, 8044),
    Town("Sneek", 8601, 8608),
    Town("Dokkum", 9101, 9103),
    Town("Appingedam", 9901, 9903),
    Town("Haren", 9751, 9753),
    Town("Utrecht", 3511, 3585),
)
_GERMAN_TOWNS = (
    Town("Leer", 26789, 26789),
    Town("Emden", 26721, 26725),
    Town("Papenburg", 26871, 26871),
    Town("Oldenburg", 26121, 26135),
    Town("Bremen", 28195, 28219),
)
_FINNISH_TOWNS = (Town("Turku", 20100, 20100), Town("Tampere", 33100, 33100), Town("Oulu", 90100, 90100))
_BELGIAN_TOWNS = (Town("Gent", 9000, 9000), Town("Antwerpen", 2000, 2000), Town("Brugge", 8000, 8000))
_POSTCODE_LETTERS = "ABCDEGHJKLMNPRSTVWXZ"


class Place(NamedTuple):
    """Where somebody lives or works."""

    street: str
    postcode: str
    city: str


def surname(random: Random) -> str:
    """Such as Wiersema, or Van Kreekdonk."""
    name = f"{random.choice(_HEADS)}{random.choice(_TAILS)}"
    return f"Van {name}" if name.endswith("donk") else name


def person(random: Random) -> str:
    """A private customer: J.M. Kolkstra."""
    initials = "".join(f"{random.choice(_INITIALS)}." for _ in range(random.choice((1, 1, 2))))
    name = surname(random)
    return f"{initials} {name[0].lower()}{name[1:]}" if name.startswith("Van ") else f"{initials} {name}"


def contact(random: Random) -> str:
    """Somebody at a firm, by first name and surname."""
    return f"{random.choice(_GIVEN)} {surname(random)}"


def dutch_firm(random: Random) -> str:
    """A firm, school or club in the Netherlands."""
    kind = random.randrange(10)
    if kind == 0:
        return random.choice(_CLUBS).format(_sign(random))
    trade = random.choice(_TRADES)
    if kind < 4:
        return f"{trade} {_sign(random)}"
    form = random.choice(("", " B.V.", " B.V.", " V.O.F."))
    return f"{trade} {surname(random)}{form}"


def german_firm(random: Random) -> str:
    """A firm in Germany."""
    return f"{random.choice(_GERMAN_HEADS)} {random.choice(_GERMAN_TRADES)} {random.choice(_GERMAN_FORMS)}"


def finnish_firm(random: Random) -> str:
    """A firm in Finland."""
    return f"{random.choice(_FINNISH_HEADS)} {random.choice(_FINNISH_TRADES)} Oy"


def belgian_firm(random: Random) -> str:
    """A firm in Flanders."""
    return f"{random.choice(_BELGIAN_HEADS)} {random.choice(_BELGIAN_TRADES)} {random.choice(('BV', 'BV', 'NV'))}"


def english_firm(random: Random) -> str:
    """A firm in the Netherlands that wants its invoices in English."""
    return f"{random.choice(_ENGLISH_HEADS)} {random.choice(_ENGLISH_TRADES)} B.V."


def dutch_place(random: Random) -> Place:
    """An address in the Netherlands, mostly in the north."""
    town = random.choice(_DUTCH_TOWNS)
    digits = random.randint(town.lowest, town.highest)
    letters = random.choice(_POSTCODE_LETTERS) + random.choice(_POSTCODE_LETTERS)
    # SA, SD and SS are not given.
    letters = letters if letters not in {"SA", "SD", "SS"} else "ZZ"
    return Place(f"{_street(random)} {random.randint(1, 180)}", f"{digits} {letters}", town.name)


def german_place(random: Random) -> Place:
    """An address in the north-west of Germany."""
    heads, tails = ("Deich", "Hafen", "Moor", "Linden", "Fehn"), ("straße", "weg", "damm")
    return _abroad(random, _GERMAN_TOWNS, f"{random.choice(heads)}{random.choice(tails)}")


def finnish_place(random: Random) -> Place:
    """An address in Finland."""
    heads, tails = ("Ranta", "Koivu", "Satama", "Kallio"), ("katu", "tie", "kuja")
    return _abroad(random, _FINNISH_TOWNS, f"{random.choice(heads)}{random.choice(tails)}")


def belgian_place(random: Random) -> Place:
    """An address in Flanders."""
    return _abroad(random, _BELGIAN_TOWNS, _street(random))


def _abroad(random: Random, towns: tuple[Town, ...], street: str) -> Place:
    town = random.choice(towns)
    return Place(f"{street} {random.randint(1, 90)}", str(random.randint(town.lowest, town.highest)), town.name)


def _sign(random: Random) -> str:
    return f"De {random.choice(_SIGNS_OF)} {random.choice(_SIGNS)}"


def _street(random: Random) -> str:
    return f"{random.choice(_STREETS_OF)}{random.choice(_STREETS)}"
