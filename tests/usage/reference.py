"""The rating of whole files of calls, plainly: one call after the other, by the rules, from lists of dictionaries.

What the engines have to equal. It shares with them the names of the columns and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from rebill.rules.rating.bundles import Bundle, price_call
from rebill.rules.rating.decks import find_prefix
from rebill.rules.rating.rates import Rate, Rounding
from rebill.sources.usage.engine.contract import Tier
from rebill.sources.usage.schema import RATED, SLOT_SECONDS, SUMS, Status

Row = dict[str, Any]
OUTGOING, INCOMING = ("account", "trunk", "number", "range"), ("number", "range", "account", "trunk")


def valid(row: Row, since: str, before: str, moment: int) -> bool:
    return row[since] <= moment and (row[before] is None or moment < row[before])


def latest(rows: Iterable[Row], since: str, before: str, moment: int) -> Row | None:
    """Of the rows valid at the moment the one that began last."""
    return max((row for row in rows if valid(row, since, before, moment)), key=lambda row: row[since], default=None)


def owner_by(kind: str, value: str | None, endpoints: Sequence[Row], moment: int) -> int | None:
    if value is None:
        return None
    if kind == "range":
        fitting = [
            row
            for row in endpoints
            if row["kind"] == kind and len(row["value"]) == len(value) and row["value"] <= value <= row["value_to"]
        ]
    else:
        fitting = [row for row in endpoints if row["kind"] == kind and row["value"] == value]
    found = latest(fitting, "from_s", "before_s", moment)
    return found["owner_id"] if found else None


def owner_of(call: Row, endpoints: Sequence[Row]) -> int | None:
    number = call["called"] if call["incoming"] else call["caller"]
    values = {"account": call["account"], "trunk": call["trunk"], "number": number, "range": number}
    for kind in INCOMING if call["incoming"] else OUTGOING:
        owner = owner_by(kind, values[kind], endpoints, call["start_s"])
        if owner is not None:
            return owner
    return None


def is_onnet(call: Row, endpoints: Sequence[Row]) -> bool:
    owners = (owner_by(kind, call["called"], endpoints, call["start_s"]) for kind in ("number", "range"))
    return not call["incoming"] and any(owner is not None for owner in owners)


@dataclass
class Plain:
    """One tier as dictionaries, and its bundles as they are used up."""

    tariffs: list[Row]
    eras: dict[int, list[Row]]
    rates: dict[int, dict[str, Row]]
    calendar: dict[int, Row]
    offpeak: set[tuple[int, int]]
    bundle_rows: dict[tuple[int, int, int], Row]
    bundles: dict[tuple[int, int, int], Bundle]
    purchase: bool

    @classmethod
    def of(cls, tier: Tier, month: int | None) -> "Plain":
        eras, rates = defaultdict(list), defaultdict(dict)
        for row in tier.eras.iter_rows(named=True):
            eras[row["deck_id"]].append(row)
        for row in tier.rates.iter_rows(named=True):
            rates[row["era_id"]].setdefault(row["prefix"], row)
        bundles = (row for row in tier.bundles.rows(named=True) if month in (None, row["month"]))
        bundle_rows = {(row["owner_id"], row["month"], row["category"]): row for row in bundles}
        return cls(
            tier.tariffs.rows(named=True),
            eras,
            rates,
            {row["slot"]: row for row in tier.calendar.iter_rows(named=True)},
            set(tier.offpeak.select("schedule_id", "slot").iter_rows()),
            bundle_rows,
            {},
            tier.purchase,
        )

    def era(self, deck_id: int | None, day: int) -> Row | None:
        return latest(self.eras.get(deck_id, []), "from_day", "before_day", day)

    def bundle(self, owner_id: int, month: int, category: int | None, day: int) -> Bundle | None:
        row = self.bundle_rows.get((owner_id, month, category))
        if row is None or not (row["from_day"] is None or row["from_day"] <= day < row["before_day"]):
            return None
        return self.bundles.setdefault((owner_id, month, row["bundle_id"]), Bundle(row["cap_s"], row["cap_e6"]))


def rate_of(row: Row) -> Rate:
    values = {field.name: row[field.name] for field in fields(Rate)}
    return Rate(**{**values, "rounding": Rounding(values["rounding"])})


def price_row(
    call: Row, tier: Plain, tariff: Row | None, component: int, buy_e6: int | None, onnet: bool
) -> Row | None:
    """The price row of one component of a call; None where it has none."""
    slot = call["start_s"] // SLOT_SECONDS
    day, month = tier.calendar[slot]["day"], tier.calendar[slot]["month"]
    row = dict.fromkeys(RATED) | {
        name: call[name] for name in ("file_id", "line", "start_s", "caller", "called", "seconds")
    }
    row |= {"day": day, "month": month, "owner_id": call["owner_id"], "component": component, "buy_e6": buy_e6}
    row |= {"billed_s": 0, "included_s": 0, "covered_e6": 0, "status": int(Status.UNPRICED)}
    if tariff is None:
        found = None
    else:
        era, own = tier.era(tariff["deck_id"], day), tier.era(tariff["own_deck_id"], day)
        common, exceptions = (tier.rates.get(each["era_id"], {}) if each else {} for each in (era, own))
        row |= {"buyer_id": tariff["buyer_id"], "deck_id": tariff["deck_id"]}
        found = find_prefix(common, exceptions, call["called"], onnet=onnet)
    if found is None:
        if tariff and not tariff["required"]:
            return None
        # Calls that were made to an endpoint cost nothing unless a deck says so.
        free = call["seconds"] <= 0 or (tariff is None and call["incoming"])
        return row | ({"status": int(Status.RATED), "amount_e6": 0} if free else {})
    rates, used = (exceptions, own) if found.own else (common, era)
    rate_row = rates[found.prefix]
    row |= {name: rate_row[name] for name in ("rate_id", "product_id", "category", "prefix")}
    row |= {"deck_id": used["deck_id"]}
    priced = price_call(
        rate_of(rate_row),
        call["seconds"],
        offpeak=(used["schedule_id"], slot) in tier.offpeak,
        buy_e6=buy_e6,
        bundle=tier.bundle(call["owner_id"], month, rate_row["category"], day),
    )
    status = Status.UNPRICED if priced.amount_e6 is None else Status.RATED
    return row | priced._asdict() | {"status": int(status)}


def rate_plainly(
    calls: Sequence[Row], endpoints: Sequence[Row], tiers: Sequence[Tier], month: int | None = None
) -> list[list[Row]]:
    """The price rows of each tier, in the order in which the calls began."""
    plain, rows = [Plain.of(tier, month) for tier in tiers], [[] for _ in tiers]
    for call in sorted(calls, key=lambda call: (call["start_s"], call["file_id"], call["line"])):
        known = {"seconds": call["seconds"] or 0, "called": call["called"] or "", "incoming": bool(call["incoming"])}
        call = call | known
        call["owner_id"] = owner_of(call, endpoints)
        asked = defaultdict(lambda: None, {0: call["buy_e6"]})
        for position, (tier, found) in enumerate(zip(plain, rows, strict=True)):
            first = not tier.purchase and all(each.purchase for each in plain[:position])
            priced = _rows_of(call, tier, asked, is_onnet(call, endpoints), first=first)
            found.extend(row for row in priced if month is None or row["month"] == month)
    return [found for tier, found in zip(plain, rows, strict=True) if not tier.purchase]


def _rows_of(call: Row, tier: Plain, asked: dict[int, int | None], onnet: bool, *, first: bool) -> Iterable[Row]:
    slot = tier.calendar.get(call["start_s"] // SLOT_SECONDS)
    if slot is None:
        return
    if call["owner_id"] is None:
        if first:
            row = price_row(call, tier, None, 0, asked[0], onnet=False)
            yield row | {"status": int(Status.UNOWNED), "amount_e6": None}
        return
    own = [row for row in tier.tariffs if row["owner_id"] == call["owner_id"]]
    for component in sorted({0, *(row["component"] for row in tier.tariffs)}):
        fitting = [row for row in own if row["component"] == component and row["incoming"] == call["incoming"]]
        tariff = latest(fitting, "from_day", "before_day", slot["day"])
        if tariff is None and (component or not (own or first)):
            continue
        row = price_row(call, tier, tariff, component, asked[component], onnet)
        if tier.purchase:
            if row and row["rate_id"] is not None and row["status"] == Status.RATED:
                asked[component] = row["amount_e6"]
            continue
        asked[component] = row["amount_e6"] if row else 0
        if row:
            yield row


def sums_of(rows: Iterable[Row]) -> list[Row]:
    """What price rows come to, by hand."""
    keys = list(SUMS)[: list(SUMS).index("calls")]
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[key] for key in keys)].append(row)
    return [
        dict(zip(keys, group, strict=True))
        | {"calls": len(members)}
        | {name: added(row[name] for row in members) for name in list(SUMS)[len(keys) + 1 :]}
        for group, members in groups.items()
    ]


def added(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
