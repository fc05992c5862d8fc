"""Whole worlds of calls, endpoints and price lists, made by chance: small alphabets, so that everything meets."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import polars as pl

from rebill.sources.usage.engine.contract import Tier
from rebill.sources.usage.schema import SLOT_SECONDS
from tests.usage.frames import frame, tier

Row = dict[str, Any]
DAYS = 4
SLOTS_A_DAY = 86_400 // SLOT_SECONDS
PREFIXES = ("", "3", "31", "312", "3120", "4", "49", "4915", "49151", "=1", "=112", "onnet")
CATEGORIES = (1, 2, 3)


@dataclass
class World:
    calls: pl.DataFrame
    endpoints: pl.DataFrame
    tiers: list[Tier]


def number(chance: Random) -> str:
    return chance.choice(("312", "3120", "4915", "493", "=112", "7")) + str(chance.randrange(30)).zfill(2)


def world(chance: Random, *, calls: int, owners: int, tiers: int) -> World:
    """A world of so many calls of so many end customers, rated by so many tiers."""
    # Of one kind and value no two begin at once, and ranges of one beginning are one range.
    endpoints = {}
    for row in (_endpoint(chance, owners) for _ in range(3 * owners)):
        value = row["value"][:-2] if row["kind"] == "range" else row["value"]
        endpoints[row["kind"], value, row["from_s"]] = row
    return World(
        frame("CALLS", [_call(chance, line, owners) for line in range(calls)]),
        frame("ENDPOINTS", endpoints.values()),
        [*_bought(chance, owners), *(_tier(chance, f"tier-{position}", owners, position) for position in range(tiers))],
    )


def _bought(chance: Random, owners: int) -> list[Tier]:
    """Sometimes the first seller has price lists that it buys by."""
    if chance.random() < 0.6:
        return []
    return [replace(_tier(chance, "bought", owners, 1), bundles=frame("BUNDLES", ()), purchase=True)]


def _call(chance: Random, line: int, owners: int) -> Row:
    return {
        "file_id": line % 3,
        "line": line,
        # Some calls begin before or after all that the calendar knows, some in the same second.
        "start_s": chance.choice((chance.randrange(-900, 86_400 * DAYS + 900), 3600 * chance.randrange(24 * DAYS))),
        "seconds": chance.choice((0, 1, 59, 60, 61, chance.randrange(4_000), 3_000_000, None)),
        "caller": chance.choice((number(chance), None)),
        "called": chance.choice((number(chance), number(chance), number(chance), None)),
        "account": chance.choice((f"a{chance.randrange(2 * owners)}", None)),
        "trunk": chance.choice((f"t{chance.randrange(2 * owners)}", None)),
        "incoming": chance.choice((False, False, True, None)),
        "buy_e6": chance.choice((None, chance.randrange(-100_000, 500_000), 10**15)),
    }


def _endpoint(chance: Random, owners: int) -> Row:
    kind = chance.choice(("account", "trunk", "number", "range"))
    row = {"kind": kind, "owner_id": chance.randrange(owners), **_span(chance, "s", 86_400)}
    if kind == "account":
        return row | {"value": f"a{chance.randrange(2 * owners)}"}
    if kind == "trunk":
        return row | {"value": f"t{chance.randrange(2 * owners)}"}
    if kind == "number":
        return row | {"value": number(chance)}
    # Ranges do not overlap: each has a beginning of its own.
    low, high = sorted(chance.randrange(30) for _ in range(2))
    head = f"{chance.choice(('312', '3120', '4915', '493'))}"
    return row | {"value": f"{head}{low:02}", "value_to": f"{head}{high:02}", "from_s": 0, "before_s": None}


def _span(chance: Random, unit: str, length: int) -> Row:
    """Since the beginning and for ever, or some part of the days."""
    if chance.random() < 0.5:
        return {f"from_{unit}": 0, f"before_{unit}": None}
    since = chance.randrange(DAYS) * length
    return {f"from_{unit}": since, f"before_{unit}": chance.choice((None, since + length, since + 2 * length))}


def _tier(chance: Random, name: str, owners: int, position: int) -> Tier:
    decks = range(1, 5)
    eras = [row for deck in decks for row in _eras(chance, deck)]
    # Seldom all customers of the seller above are those of the seller below.
    own = [owner for owner in range(owners) if not position or chance.random() < 0.7]
    components = chance.choice(((0,), (0, 1)))
    shift = chance.choice((0, 0, 8))
    return tier(
        name,
        tariffs=[row for owner in own for component in components for row in _tariffs(chance, owner, component)],
        eras=eras,
        rates=[row for era in eras for row in _rates(chance, era["era_id"])],
        calendar=[
            {"slot": slot, "day": (slot + shift) // SLOTS_A_DAY, "month": (slot + shift) // SLOTS_A_DAY // 2}
            for slot in range(DAYS * SLOTS_A_DAY)
        ],
        offpeak=[
            {"schedule_id": schedule, "slot": slot}
            for schedule in (1, 2)
            for slot in range(DAYS * SLOTS_A_DAY)
            if slot // 24 % 4 == schedule
        ],
        bundles=_bundles(chance, owners),
    )


def _eras(chance: Random, deck: int) -> list[Row]:
    schedule = chance.choice((1, 2, None))
    cut = chance.randrange(1, DAYS)
    if chance.random() < 0.5:
        return [{"deck_id": deck, "era_id": 10 * deck, "schedule_id": schedule}]
    return [
        {"deck_id": deck, "era_id": 10 * deck, "before_day": cut, "schedule_id": schedule},
        {"deck_id": deck, "era_id": 10 * deck + 1, "from_day": cut, "schedule_id": chance.choice((schedule, None))},
    ]


def _tariffs(chance: Random, owner: int, component: int) -> list[Row]:
    rows = []
    for incoming in (False, True):
        row = {"owner_id": owner, "component": component, "incoming": incoming, "buyer_id": 100 + owner}
        row |= {"required": component == 0 and not incoming, "deck_id": chance.randrange(1, 5)}
        row |= {"own_deck_id": chance.choice((None, chance.randrange(1, 5)))}
        times = chance.choice((0, 1, 1, 2))
        cut = chance.randrange(1, DAYS)
        if times == 1:
            rows.append(row | _span(chance, "day", 1))
        elif times == 2:
            rows += [row | {"before_day": cut}, row | {"from_day": cut, "deck_id": chance.randrange(1, 5)}]
    return rows


def _rates(chance: Random, era: int) -> list[Row]:
    return [
        {
            "era_id": era,
            "prefix": prefix,
            "rate_id": 100 * era + place,
            "category": chance.choice(CATEGORIES),
            "minute_e6": chance.choice((0, 100_000, -50_000, chance.randrange(1_000_000))),
            "offpeak_e6": chance.choice((0, chance.randrange(-100, 1_000_000))),
            "setup_e6": chance.choice((0, 50_000, -10_000)),
            "first_s": chance.choice((0, 1, 30, 60)),
            "next_s": chance.choice((1, 6, 60)),
            "later_after_s": chance.choice((0, 45, 60)),
            "later_e6": chance.choice((0, 20_000)),
            "later_next_s": chance.choice((1, 10)),
            "markup_e6": chance.choice((None, None, 0, 250_000, -10_001)),
            "minimum_e6": chance.choice((None, 0, 70_000)),
            "maximum_e6": chance.choice((None, 500_000)),
            "quantum_e6": chance.choice((1, 100, 10_000)),
            "rounding": chance.choice((0, 0, 1, 2)),
        }
        for place, prefix in enumerate(PREFIXES)
        if chance.random() < 0.4
    ]


def _bundles(chance: Random, owners: int) -> list[Row]:
    rows = []
    for owner in range(owners):
        for month in range(DAYS // 2 + 1):
            cap = chance.choice(({"cap_s": chance.randrange(6_000)}, {"cap_e6": chance.randrange(2_000_000)}, None))
            if cap is not None:
                categories = chance.sample(CATEGORIES, chance.randrange(1, 4))
                row = {"owner_id": owner, "month": month, "bundle_id": owner} | cap
                since = chance.randrange(DAYS)
                days = {"from_day": since, "before_day": since + chance.randrange(1, DAYS)}
                row |= chance.choice((days, {}, {}))
                rows += [row | {"category": each} for each in categories]
    return rows
