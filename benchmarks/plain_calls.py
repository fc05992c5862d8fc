"""The rating of a month by hand: a fair plain program, one call after the other, file in to rated file out.

A dictionary of prefixes for each plan, peak times, bundles in the order of the calls, rounding, sums: what somebody
would write who needs this one job and knows its numbers. Nothing of rebill's rating is used.
"""

import csv
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rebill.sources.usage.engine.contract import Tier
from rebill.sources.usage.schema import SLOT_SECONDS

PRICED = ("rate_id", "category", "setup_e6", "minute_e6", "offpeak_e6", "first_s", "next_s")
FREE_CATEGORIES, FREE_S = {1, 2}, 6_000

Deck = dict[str, tuple[int, ...]]
Owner = tuple[int, Deck, int]


def rate_by_hand(source: Path, target: Path, tier: Tier, count: int) -> float:
    """Rates the first `count` calls of a CSV file; gives the seconds that took, without making the tables."""
    decks: dict[int, Deck] = defaultdict(dict)
    for row in tier.rates.iter_rows(named=True):
        decks[row["era_id"]][row["prefix"]] = tuple(row[name] for name in PRICED)
    owners = {
        f"a{owner}": (owner, decks[deck], buyer)
        for owner, deck, buyer in tier.tariffs.select("owner_id", "deck_id", "buyer_id").iter_rows()
    }
    offpeak = set(tier.offpeak["slot"])
    since = time.perf_counter()
    with source.open(newline="") as lines:
        reader = csv.reader(lines)
        next(reader)
        calls = list(islice(reader, count))
    # Bundles are used up in the order of the calls.
    calls.sort(key=lambda row: (int(row[2]), int(row[1])))
    with target.open("w", newline="") as rated:
        csv.writer(rated).writerows(_price_rows(calls, owners, offpeak))
    return time.perf_counter() - since


def _price_rows(calls: list[list[str]], owners: dict[str, Owner], offpeak: set[int]) -> Iterator[tuple[object, ...]]:
    used: dict[int, int] = defaultdict(int)
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for file_id, line, start, seconds_, caller, called, account, buy in calls:
        owner, deck, buyer = owners[account]
        seconds, found = int(seconds_), None
        for length in range(7, 1, -1):
            found = deck.get(called[:length])
            if found is not None:
                break
        if found is None:
            yield file_id, line, start, caller, called, seconds, owner, buyer, "unpriced", "", 0, 0, "", buy
            continue
        rate_id, category, setup, minute, quiet, first, step = found
        billed = included = amount = 0
        if seconds:
            billed = first if seconds <= first else first - (first - seconds) // step * step
            if category in FREE_CATEGORIES:
                included = max(0, min(billed, FREE_S - used[owner]))
                used[owner] += billed
            if included < billed:
                price = quiet if int(start) // SLOT_SECONDS in offpeak else minute
                amount = (2 * (60 * setup + (billed - included) * price) + 6_000) // 12_000 * 100
        yield (
            file_id,
            line,
            start,
            caller,
            called,
            seconds,
            owner,
            buyer,
            "rated",
            rate_id,
            billed,
            included,
            amount,
            buy,
        )
        total = sums[owner, category]
        total[0] += 1
        total[1] += billed
        total[2] += amount
