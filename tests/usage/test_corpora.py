"""Price lists and calls of other systems, with what they are known to cost."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from rebill.rules.rating.rates import Rate, billed_seconds, price_of
from rebill.sources.usage.engine.embedded import Embedded
from tests.paths import CORPORA, needs_corpora
from tests.usage.frames import frame, month_of, rated, tier

TELECOM = CORPORA / "4_telecom"
E6 = 10**6
A_DAY = 86_400


def e6(amount: str) -> int:
    return int(Decimal(amount).scaleb(6))


# --- ASTPP: a real deck of 24,009 prefixes --------------------------------------------------------------------------


def rows_of(name: str) -> list[dict[str, str]]:
    with (TELECOM / "astpp_rating" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@needs_corpora("4_telecom", "astpp_rating")
def test_a_deck_of_24_009_prefixes_prices_1_500_calls_as_it_was_worked_out_beside_it(tmp_path: Path):
    deck, expected = rows_of("rate_deck.csv"), rows_of("expected_rating.csv")
    rates = [
        {
            "rate_id": position, "prefix": row["prefix"], "minute_e6": e6(row["cost_per_minute"]),
            "first_s": int(row["increment_seconds"]), "next_s": int(row["increment_seconds"]), "quantum_e6": 1,
        }
        for position, row in enumerate(deck)
    ]  # fmt: skip
    calls = [
        {"line": line, "account": "a", "called": row["dst"], "seconds": int(row["billsec"]), "start_s": 900 * line}
        for line, row in enumerate(expected)
    ]
    days = 900 * len(calls) // A_DAY + 1
    slots = [{"slot": slot, "day": slot // 96, "month": month_of(1970, 1)} for slot in range(96 * days)]
    prices = tier(
        tariffs=[{"owner_id": 7, "before_day": days}], eras=[{"before_day": days}], rates=rates,
        calendar=frame("CALENDAR", slots),
    )  # fmt: skip

    [found], _sums = rated(
        tmp_path, calls, [{"kind": "account", "value": "a", "before_s": 2**53, "owner_id": 7}], [prices], Embedded()
    )

    assert len(found) == 1_500
    told = [
        (row["prefix"] or "", row["billed_s"] if row["prefix"] else 0, row["amount_e6"])
        for row in found
        if row["seconds"]
    ]
    assert told == [
        # A number that the deck has no prefix for has no price, which is not zero.
        (
            row["matched_prefix"],
            int(row["billed_seconds"] or 0),
            None if row["cost_6dp"] == "NO_RATE" else e6(row["cost_6dp"]),
        )
        for row in expected
        if int(row["billsec"])
    ]
    # What was not answered costs nothing, whatever its prefix.
    assert {row["amount_e6"] for row in found if not row["seconds"]} == {0}


# --- CGRateS: published costs ---------------------------------------------------------------------------------------

RT_60C = Rate(minute_e6=60 * e6("0.01"), offpeak_e6=60 * e6("0.01"), setup_e6=e6("0.1"))
RT_120C = Rate(
    minute_e6=e6("1.2"), offpeak_e6=e6("1.2"), setup_e6=e6("0.2"), first_s=60, next_s=60, later_after_s=60,
    later_e6=e6("1.2"), later_next_s=1,
)  # fmt: skip
RT_10CNT = Rate(minute_e6=0, offpeak_e6=0, setup_e6=e6("0.1"))
RT_20CNT = Rate(
    minute_e6=e6("0.2"), offpeak_e6=e6("0.2"), setup_e6=e6("0.4"), first_s=60, next_s=60, later_after_s=60,
    later_e6=e6("0.1"), later_next_s=1,
)  # fmt: skip
RT_1CENT = Rate(minute_e6=60 * E6, offpeak_e6=60 * E6)

# The case, the rate that its plan comes to for the call, and the seconds.
PRICED = {
    "cgrates/tutorial2/01": (RT_60C, 45),
    "cgrates/tutorial2/03": (RT_120C, 45),
    "cgrates/tutorial2/05": (RT_60C, 45),
    "cgrates/tutorial2/11": (RT_10CNT, 300),
    "cgrates/tutorial2/13": (RT_10CNT, 645),
    "cgrates/costs1/2": (RT_1CENT, 0),
    "cgrates/tutorial/1": (RT_20CNT, 120),
}
NOT_CALLS = {"cgrates/tutorial2/08", "cgrates/tutorial2/10", "cgrates/datachrg1/1"}
WITHOUT_RATE = {"cgrates/tutorial2/06"}
# That engine rounds every second up to four decimals and adds those; the exact sum is what ours gives.
ROUNDED_BY_STEPS = {"cgrates/tutorial/1": ("0.7002", "0.70")}


@needs_corpora("4_telecom", "cgrates_cost_cases.json")
def test_published_costs_are_ours_but_where_every_step_was_rounded():
    cases = {case["id"]: case for case in json.loads((TELECOM / "cgrates_cost_cases.json").read_text("utf-8"))}

    assert cases.keys() == PRICED.keys() | NOT_CALLS | WITHOUT_RATE
    for name, (rate, seconds) in PRICED.items():
        published = cases[name]["expect"]["cost"]
        theirs, ours = ROUNDED_BY_STEPS.get(name, (published, published))
        assert published == theirs
        assert price_of(rate, seconds) == e6(ours), name
        assert billed_seconds(rate, seconds).total_s >= seconds
    for name in WITHOUT_RATE:
        assert "error" in cases[name]["expect"]


@pytest.mark.parametrize("seconds", [1, 59, 60, 61, 3_600])
def test_a_price_by_the_second_is_the_exact_sum(seconds):
    assert price_of(RT_60C, seconds) == e6("0.1") + seconds * e6("0.01")
