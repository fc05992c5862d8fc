"""The rating of calls in cases told one by one: traps, whose call it is, what is left out."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from rebill.sources.usage.engine import registry, turns
from rebill.sources.usage.engine.embedded import Embedded
from rebill.sources.usage.engine.owners import blocks_of
from rebill.sources.usage.engine.registry import EngineUnknown, engine_for
from rebill.sources.usage.engine.terms import RatesBeyond
from rebill.sources.usage.schema import SLOT_SECONDS, Status
from tests.usage.frames import frame, month_of, rated, tier

POLARS = Embedded()
DAY_ONE = datetime(1970, 1, 1, tzinfo=UTC)
ALWAYS = frame("CALENDAR", [{"slot": slot, "day": slot // 96, "month": 0} for slot in range(2 * 96)])


def e6(amount: str) -> int:
    return int(Decimal(amount).scaleb(6))


def calendar(zone: str, first: datetime, last: datetime) -> pl.DataFrame:
    """The days and months of a zone."""
    rows = []
    for slot in range(int(first.timestamp()) // SLOT_SECONDS, int(last.timestamp()) // SLOT_SECONDS + 1):
        local = datetime.fromtimestamp(slot * SLOT_SECONDS, ZoneInfo(zone))
        day = (local.replace(tzinfo=UTC) - DAY_ONE).days
        rows.append({"slot": slot, "day": day, "month": month_of(local.year, local.month)})
    return frame("CALENDAR", rows)


def one_deck(*rates: dict, **frames):
    """A tier in which customer 7 has one deck of these rates."""
    return tier(**{"tariffs": [{"owner_id": 7}], "eras": [{}], "rates": rates, "calendar": ALWAYS} | frames)


def price_rows(folder: Path, calls, *tiers, endpoints=({"kind": "account", "value": "a", "owner_id": 7},), **options):
    """The price rows of calls of the account "a"."""
    numbered = [{"line": line, "account": "a", "start_s": 60 * line} | call for line, call in enumerate(calls)]
    rows, _ = rated(folder, numbered, endpoints, tiers, POLARS, **options)
    return rows[0] if len(tiers) == 1 else rows


# --- prefixes ---------------------------------------------------------------------------------------------------------


def test_a_call_that_fits_no_prefix_does_not_get_the_on_net_rate(tmp_path: Path):
    endpoints = [{"kind": "account", "value": "a", "owner_id": 7}, {"kind": "number", "value": "999", "owner_id": 7}]
    deck = one_deck({"prefix": "onnet", "rate_id": 1, "minute_e6": 0}, {"prefix": "31", "rate_id": 2, "minute_e6": 60})
    calls = [{"called": called, "seconds": 60} for called in ("999", "888", "311", "")]

    rows = price_rows(tmp_path, calls, deck, endpoints=endpoints)

    assert [(row["status"], row["rate_id"]) for row in rows] == [
        (Status.RATED, 1),
        (Status.UNPRICED, None),
        (Status.RATED, 2),
        (Status.UNPRICED, None),
    ]


def test_of_a_prefix_that_a_deck_has_twice_the_first_counts(tmp_path: Path):
    deck = one_deck({"prefix": "31", "rate_id": 1, "minute_e6": 60}, {"prefix": "31", "rate_id": 2, "minute_e6": 120})

    [row] = price_rows(tmp_path, [{"called": "311", "seconds": 60}], deck)

    assert (row["rate_id"], row["amount_e6"]) == (1, 100)


# --- traps ------------------------------------------------------------------------------------------------------------


def test_c069_a_bundle_of_half_a_month_covers_half(tmp_path: Path):
    half = [{"owner_id": 7, "month": 0, "cap_s": 50 * 60}]
    deck = one_deck({"prefix": "31", "minute_e6": e6("0.10")}, bundles=half)

    rows = price_rows(tmp_path, [{"called": "311", "seconds": 40 * 60}] * 2, deck)

    assert [(row["included_s"], row["amount_e6"]) for row in rows] == [(2_400, 0), (600, e6("3.00"))]


def test_c069_neighbour_a_bundle_leaves_calls_before_and_after_its_days_alone(tmp_path: Path):
    bundle = [{"owner_id": 7, "month": 0, "cap_s": 600, "from_day": 1, "before_day": 2}]
    days = [{"slot": slot, "day": slot // 96, "month": 0} for slot in range(3 * 96)]
    deck = one_deck({"prefix": "31", "minute_e6": e6("0.10")}, bundles=bundle, calendar=frame("CALENDAR", days))
    calls = [{"called": "311", "start_s": moment} for moment in (0, 86_399, 86_400, 2 * 86_400 - 1, 2 * 86_400)]

    rows = price_rows(tmp_path, calls, deck)

    assert [row["included_s"] for row in rows] == [0, 0, 60, 60, 0]
    assert [row["amount_e6"] for row in rows] == [e6("0.10"), e6("0.10"), 0, 0, e6("0.10")]


def test_c074_a_call_belongs_to_the_month_where_the_seller_is(tmp_path: Path):
    moment = datetime(2025, 3, 31, 22, 30, tzinfo=UTC)
    days = calendar("Europe/Amsterdam", datetime(2025, 3, 31, tzinfo=UTC), datetime(2025, 4, 1, 12, tzinfo=UTC))
    deck = one_deck({"prefix": "31", "minute_e6": 1}, calendar=days)
    call = {"called": "311", "start_s": int(moment.timestamp())}

    [row] = price_rows(tmp_path / "april", [call], deck, month=month_of(2025, 4))

    assert row["month"] == month_of(2025, 4)
    assert price_rows(tmp_path / "march", [call], deck, month=month_of(2025, 3)) == []


def test_c075_months_around_the_change_of_the_clock(tmp_path: Path):
    here = ZoneInfo("America/New_York")
    days = calendar("America/New_York", datetime(2025, 2, 27, tzinfo=UTC), datetime(2025, 5, 3, tzinfo=UTC))
    moments = [(3, 1, 4, 0), (3, 15, 0, 0), (3, 31, 23, 59), (4, 1, 0, 0), (4, 1, 0, 1), (4, 15, 0, 0), (4, 30, 23, 59),
               (5, 1, 0, 0), (5, 1, 0, 1)]  # fmt: skip
    starts = [int(datetime(2025, *moment, tzinfo=here).timestamp()) for moment in moments]
    deck = one_deck({"prefix": "31", "minute_e6": 1}, calendar=days)

    rows = price_rows(tmp_path, [{"called": "311", "start_s": start} for start in starts], deck)

    months = [row["month"] for row in rows]
    assert [months.count(month_of(2025, month)) for month in (3, 4, 5)] == [3, 4, 2]


def test_c082_off_peak_is_decided_by_the_start(tmp_path: Path):
    steps = {"setup_e6": e6("0.80"), "first_s": 30, "next_s": 30, "later_after_s": 60, "later_e6": e6("0.20")}
    forty = {"prefix": "31", "minute_e6": e6("0.40"), "offpeak_e6": e6("0.10"), "later_next_s": 10} | steps
    deck = one_deck(forty, eras=[{"schedule_id": 4}], offpeak=[{"schedule_id": 4, "slot": 1}])

    rows = price_rows(tmp_path, [{"called": "311", "seconds": 90, "start_s": start} for start in (899, 900)], deck)

    assert [row["amount_e6"] for row in rows] == [e6("1.30"), e6("1.00")]


def test_c083_the_mobile_rate_wins(tmp_path: Path):
    deck = one_deck({"prefix": "49", "minute_e6": 1}, {"prefix": "4915", "minute_e6": e6("0.30"), "rate_id": 2})

    [row] = price_rows(tmp_path, [{"called": "4915123456"}], deck)

    assert (row["prefix"], row["rate_id"], row["amount_e6"]) == ("4915", 2, e6("0.30"))


def test_c084_no_rate_is_unpriced_until_there_is_one(tmp_path: Path):
    calls = [{"called": "881"}, {"called": "881", "seconds": 0}, {"called": "311"}]

    rows = price_rows(tmp_path / "without", calls, one_deck({"prefix": "31", "minute_e6": 1}))
    mended = one_deck({"prefix": "31", "minute_e6": 1}, {"prefix": "881", "minute_e6": e6("2")})
    again = price_rows(tmp_path / "with", calls, mended)

    assert [row["status"] for row in rows] == [Status.UNPRICED, Status.RATED, Status.RATED]
    assert [row["amount_e6"] for row in rows] == [None, 0, 0]
    assert [row["amount_e6"] for row in again] == [e6("2"), 0, 0]


def test_a_call_that_came_in_costs_nothing_without_a_price_list(tmp_path: Path):
    [row] = price_rows(tmp_path, [{"called": "311", "incoming": True}], one_deck({"prefix": "31", "minute_e6": 1}))

    assert (row["status"], row["amount_e6"], row["rate_id"]) == (Status.RATED, 0, None)


# --- whose calls ------------------------------------------------------------------------------------------------------


def test_a_call_of_nobody_is_unowned(tmp_path: Path):
    [row] = price_rows(tmp_path, [{"account": "stranger"}], one_deck({"prefix": "", "minute_e6": 1}))

    assert (row["status"], row["owner_id"], row["amount_e6"]) == (Status.UNOWNED, None, None)


def test_with_owners_given_only_their_calls_are_rated(tmp_path: Path):
    endpoints = [{"kind": "account", "value": str(owner), "owner_id": owner} for owner in (7, 8)]
    deck = one_deck({"prefix": "", "minute_e6": 1}, tariffs=[{"owner_id": 7}, {"owner_id": 8}])

    rows = price_rows(tmp_path, [{"account": each} for each in "789"], deck, endpoints=endpoints, owners=[8])

    assert [row["owner_id"] for row in rows] == [8]


@pytest.mark.parametrize(
    ("value", "value_to", "blocks"),
    [
        ("3120100", "3120119", ["312010", "312011"]),
        ("05", "05", ["05"]),
        ("098", "101", ["098", "099", "100", "101"]),
        ("00", "99", [str(digit) for digit in range(10)]),
        ("2", "1", []),
        ("1", "22", []),
        ("=1", "=2", []),
    ],
)
def test_a_range_consists_of_blocks(value: str, value_to: str, blocks: list[str]):
    assert list(blocks_of(value, value_to)) == blocks


# --- the chain --------------------------------------------------------------------------------------------------------


def test_each_seller_buys_at_what_the_one_above_asks(tmp_path: Path):
    wholesaler = one_deck({"prefix": "31", "minute_e6": e6("0.10")})
    other_dealer = one_deck({"prefix": "31", "minute_e6": e6("9")}, tariffs=[{"owner_id": 8}])
    dealer = one_deck({"prefix": "31", "minute_e6": 0, "markup_e6": e6("0.5")})
    tiers = [frames.__class__(**vars(frames) | {"name": name}) for frames, name in
             ((wholesaler, "w"), (other_dealer, "x"), (dealer, "d"))]  # fmt: skip

    above, beside, below = price_rows(tmp_path, [{"called": "311", "buy_e6": e6("0.04")}], *tiers)

    assert [(row["buy_e6"], row["amount_e6"]) for row in above + below] == [
        (e6("0.04"), e6("0.10")),
        (e6("0.10"), e6("0.15")),
    ]
    assert beside == []


def test_a_price_on_top_is_a_row_of_its_own(tmp_path: Path):
    on_top = {"owner_id": 7, "component": 1, "required": False, "deck_id": 2}
    deck = one_deck(
        {"prefix": "31", "minute_e6": e6("0.10")},
        {"prefix": "31900", "minute_e6": e6("0.90"), "era_id": 2},
        tariffs=[{"owner_id": 7}, on_top],
        eras=[{}, {"deck_id": 2, "era_id": 2}],
    )

    rows = price_rows(tmp_path, [{"called": "319001"}, {"called": "312"}], deck)

    assert [(row["line"], row["component"], row["amount_e6"]) for row in rows] == [
        (0, 0, e6("0.10")),
        (0, 1, e6("0.90")),
        (1, 0, e6("0.10")),
    ]


# --- nothing to do ----------------------------------------------------------------------------------------------------


def test_nothing_in_gives_nothing_out(tmp_path: Path):
    bare = tier(calendar=ALWAYS)

    rows, [sums] = rated(tmp_path / "calls", [], [], [bare], POLARS)
    assert (rows, len(sums)) == ([[]], 0)
    assert price_rows(tmp_path / "days", [{"called": "311"}], tier()) == []
    [row] = price_rows(tmp_path / "rates", [{"called": "311"}], bare)
    assert row["status"] == Status.UNPRICED
    [row] = price_rows(tmp_path / "endpoints", [{"called": "311"}], bare, endpoints=())
    assert row["status"] == Status.UNOWNED


def test_what_a_bundle_covered_in_one_turn_it_covers_no_more_in_the_next(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(Embedded, "_parted", None)
    monkeypatch.setattr(turns, "READ_MOST", 4)
    bundle = [{"owner_id": 7, "month": 0, "cap_s": 90}]
    deck = one_deck({"prefix": "31", "minute_e6": e6("0.10")}, bundles=bundle)
    calls = [{"called": "311", "seconds": 60, "start_s": 3600 * hour} for hour in range(4)]

    rows = price_rows(tmp_path, calls, deck, shards=4)

    assert [row["included_s"] for row in rows] == [60, 30, 0, 0]


def test_progress_is_told_step_by_step(tmp_path: Path):
    told = []
    deck = one_deck({"prefix": "", "minute_e6": 1})

    price_rows(tmp_path, [{}, {"account": "nobody"}], deck, shards=2, progress=lambda *step: told.append(step))

    assert told == [(1, 2), (2, 2)]


def test_a_rate_that_prices_nothing_is_refused(tmp_path: Path):
    with pytest.raises(RatesBeyond):
        price_rows(tmp_path, [{}], one_deck({"prefix": "", "minute_e6": 1, "next_s": 0}))


def test_an_engine_is_known_by_its_name(monkeypatch: pytest.MonkeyPatch):
    assert isinstance(engine_for(""), Embedded)
    with pytest.raises(EngineUnknown, match="no rating engine"):
        engine_for("duckdb")
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    with pytest.raises(EngineUnknown, match="pip install"):
        engine_for("spark://host:7077")
