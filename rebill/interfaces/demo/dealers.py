"""Who resells what Waterkant sells: two dealers, one below the first, and what each sells to whom at which price."""

from collections.abc import Mapping
from typing import NamedTuple

from rebill.interfaces.demo.assortment import FIBRE, HOSTING_M, MAILBOX, SIM, VOICE
from rebill.interfaces.demo.names import Place
from rebill.rules.resale import ResaleKind


class Resold(NamedTuple):
    """A product of the seller above as the dealer sells it; without a kind, at what holds for all that is resold."""

    of: str
    code: str
    name: str
    kind: ResaleKind | None = None
    value: str = ""


class Taker(NamedTuple):
    """A dealer's customer, and how much it takes of what; `agreed` are prices of its own."""

    number: str
    name: str
    place: Place
    taken: Mapping[str, int]
    agreed: Mapping[str, str] = {}


class Reseller(NamedTuple):
    """A dealer: whose customer it is (nobody's name: Waterkant's), under which number, and what it is as a seller.

    `calls_share` is what it asks for calls on top of what it pays, as a share; `callers` are its customers by their
    accounts at the switch. `agreed` are the prices that it has with the seller above.
    """

    slug: str
    above: str
    number: str
    name: str
    place: Place
    ids: tuple[str, str]
    phone: str
    owner: tuple[str, str]
    iban: tuple[str, str]
    prefix: str
    colour: str
    footer: str
    on_all: str
    resold: tuple[Resold, ...]
    customers: tuple[Taker, ...]
    calls_share: str
    callers: Mapping[str, str]
    agreed: Mapping[str, str] = {}


_WADTEL = Reseller(
    slug="wadtel",
    above="",
    number="20001",
    name="Wadtel Telecom",
    place=Place("Willemsoord 52", "1781 AS", "Den Helder"),
    ids=("NL852269183B01", "00456789"),
    phone="0223 00 00 00",
    owner=("jelle", "Jelle Dekker"),
    iban=("NL20INGB0001234567", "INGBNL2A"),
    prefix="WT",
    colour="#8a3b12",
    footer="Wadtel, het netwerk van de kop. Bel 0223 00 00 00.",
    on_all="25",
    resold=(
        Resold(VOICE, "WERKPLEK", "Wadtel Werkplek", ResaleKind.PERCENT, "40"),
        Resold(FIBRE, "GLAS", "Wadtel Glas 500", ResaleKind.FIXED, "79.00"),
        Resold(SIM, "SIM", "Wadtel Mobiel 5 GB", ResaleKind.AMOUNT, "2.00"),
        Resold(MAILBOX, "POSTVAK", "Wadtel Postvak"),
    ),
    customers=(
        Taker("W-101", "Garage Van der Wal", Place("Industrieweg 12", "1785 AB", "Den Helder"),
              {"WERKPLEK": 6, "GLAS": 1}),
        Taker("W-102", "Viswinkel De Zeeleeuw", Place("Visstraat 3", "1781 CR", "Den Helder"),
              {"WERKPLEK": 2, "SIM": 2}),
        Taker("W-103", "Strandpaviljoen Noord", Place("Strandslag 21", "1796 AK", "De Koog"),
              {"WERKPLEK": 4, "GLAS": 1, "SIM": 4}),
        Taker("W-104", "Administratiekantoor Bos", Place("Spoorstraat 40", "1781 JE", "Den Helder"),
              {"WERKPLEK": 9, "POSTVAK": 14}, {"WERKPLEK": "10.25"}),
        Taker("W-105", "Jachtservice Dukdalf", Place("Sluiskade 7", "9930 AB", "Delfzijl"),
              {"WERKPLEK": 3, "SIM": 1}),
    ),
    calls_share="0.30",
    callers={"wadtel-101": "W-101", "wadtel-104": "W-104", "wadtel-105": "W-105"},
)  # fmt: skip
# Buys seats from Wadtel for less than Wadtel's own customers do, and sells them on.
_RAZENDE_BOL = Reseller(
    slug="razende-bol",
    above="wadtel",
    number="W-200",
    name="Razende Bol ICT",
    place=Place("Pontweg 88", "1791 LC", "Den Burg"),
    ids=("NL808975626B01", "00157002"),
    phone="0222 00 00 00",
    owner=("sjoukje", "Sjoukje Zandstra"),
    iban=("NL38TRIO0320017001", "TRIONL2U"),
    prefix="RB",
    colour="#1d6b5f",
    footer="Razende Bol ICT, van het eiland. Bel 0222 00 00 00.",
    on_all="15",
    resold=(
        Resold("WERKPLEK", "BELLEN", "Bellen op het eiland", ResaleKind.PERCENT, "30"),
        Resold("GLAS", "INTERNET", "Eilandglas", ResaleKind.AMOUNT, "8.50"),
        Resold("SIM", "MOBIEL", "Eilandsim"),
    ),
    customers=(
        Taker("101", "Fietsverhuur Zeekraal", Place("Dorpsstraat 60", "1791 BB", "Den Burg"),
              {"BELLEN": 3, "MOBIEL": 1}),
        Taker("102", "Camping De Zandplaat", Place("Kikkertweg 4", "1795 LR", "De Cocksdorp"),
              {"BELLEN": 5, "INTERNET": 2}, {"INTERNET": "84.00"}),
        Taker("103", "Bakkerij Wulpen", Place("Haven 2", "1792 AE", "Oudeschild"), {"BELLEN": 2, "MOBIEL": 2}),
    ),
    calls_share="0.20",
    callers={"bol-102": "102", "bol-103": "103"},
    agreed={"WERKPLEK": "9.95"},
)  # fmt: skip
_DOLLARDLIJN = Reseller(
    slug="dollardlijn",
    above="",
    number="20002",
    name="Dollardlijn",
    place=Place("Eemskanaal 19", "9936 AA", "Delfzijl"),
    ids=("NL801796325B01", "00110846"),
    phone="0596 00 00 00",
    owner=("okke", "Okke Veenhuis"),
    iban=("NL26SNSB0900017003", "SNSBNL2A"),
    prefix="DL",
    colour="#5a3d8a",
    footer="Dollardlijn, bellen en internet in het noordoosten. Bel 0596 00 00 00.",
    on_all="30",
    resold=(
        Resold(VOICE, "ZITPLAATS", "Bellen per werkplek"),
        Resold(SIM, "SIM-5", "Sim 5 GB", ResaleKind.FIXED, "6.95"),
        Resold(HOSTING_M, "WEB", "Website en mail", ResaleKind.AMOUNT, "4.00"),
    ),
    customers=(
        Taker("3001", "Scheepsbenodigdheden Eemsbocht", Place("Handelskade 11", "9934 AA", "Delfzijl"),
              {"ZITPLAATS": 7, "WEB": 1}),
        Taker("3002", "Dorpshuis De Wierde", Place("Kerkpad 5", "9945 PC", "Wagenborgen"),
              {"ZITPLAATS": 2, "SIM-5": 1}, {"ZITPLAATS": "8.95"}),
    ),
    calls_share="0.35",
    callers={"dollard-3001": "3001"},
)  # fmt: skip

# Each after the one above it.
RESELLERS = (_WADTEL, _RAZENDE_BOL, _DOLLARDLIJN)
FIRST, BELOW, SECOND = (each.slug for each in RESELLERS)


class OrderedAbove(NamedTuple):
    """What Waterkant orders for the customer of a dealer, who phoned it by mistake."""

    dealer: str
    customer: str
    product: str
    quantity: int
    order: str
    reference: str


ORDERED_ABOVE = (
    OrderedAbove(FIRST, "W-103", VOICE, 3, "WG-50311", "Zomerterras"),
    OrderedAbove(BELOW, "101", VOICE, 1, "WG-50312", "Filiaal bij de boot"),
)
# It has moved to the other end of the country, and goes to the dealer there from this day of the month on.
MOVES, MOVES_ON_DAY = "W-105", 15
