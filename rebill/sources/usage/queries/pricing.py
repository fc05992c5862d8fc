"""What decides prices of calls, as the frames an engine reads: see `schema`. One read of a table for all customers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any, NamedTuple

import polars as pl

from rebill.catalogue.queries.bundle_offers import bundle_offers, product_bundles
from rebill.catalogue.queries.rating import deck_facts, read_offpeak, read_rates, read_tariffs
from rebill.kit.bulk import Numbers
from rebill.parties.models import Seller
from rebill.rules.included import Held, Included, included_in
from rebill.rules.periods import add_months
from rebill.rules.timeline import FOREVER, stretches
from rebill.sources.usage.engine.contract import Tier
from rebill.sources.usage.engine.rating import empty
from rebill.sources.usage.months import Span, calendar_of, day_number, days_around, month_number
from rebill.sources.usage.queries.chain import TierSeller, currencies_of
from rebill.sources.usage.schema import (
    BUNDLES,
    ERAS,
    INTEGER,
    OFFPEAK,
    RATES,
    TARIFFS,
    Columns,
)
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import histories


def frame_of(columns: Columns, rows: Iterable[Sequence[Any]]) -> pl.DataFrame:
    """The rows as a frame with these columns."""
    return pl.DataFrame(list(rows), schema=empty(columns).schema, orient="row")


def tier_frames(tier: TierSeller, *, month: date, span: Span) -> Tier:
    """Everything that decides what the seller asks for calls of the month."""
    seller = tier.seller
    from_day, before_day = days_around(month)
    buyers = set(tier.buyers.values())
    tariffs = read_tariffs(seller.pk, buyers, from_day=from_day, before_day=before_day)
    decks = deck_facts(
        seller.pk, {each.deck_id for each in tariffs} | {each.own_deck_id for each in tariffs if each.own_deck_id}
    )
    currencies = currencies_of(buyers)
    # A deck in another currency than the customer pays in prices none of its calls.
    fitting = [each for each in tariffs if decks[each.deck_id].currency == currencies[each.buyer_id]]
    by_buyer = frame_of(
        {"buyer_id": INTEGER, **{name: kind for name, kind in TARIFFS.items() if name not in ("owner_id", "buyer_id")}},
        fitting,
    )
    prices = _prices_of(seller, decks, month)
    owners = frame_of({"owner_id": INTEGER, "buyer_id": INTEGER}, sorted(tier.buyers.items()))
    return Tier(
        name=str(seller.pk),
        tariffs=owners.join(by_buyer, on="buyer_id")
        .select(*TARIFFS)
        .sort("owner_id", "component", "incoming", "from_day"),
        eras=prices.eras,
        rates=prices.rates,
        calendar=calendar_of(span, seller.time_zone),
        offpeak=prices.offpeak,
        bundles=_bundles(tier, month),
    )


class _Prices(NamedTuple):
    """Frames of a tier: the rates of its decks, when each holds, and what is off-peak."""

    eras: pl.DataFrame
    rates: pl.DataFrame
    offpeak: pl.DataFrame


def _prices_of(seller: Seller, deck_ids: Collection[int], month: date) -> _Prices:
    from_day, before_day = days_around(month)
    eras, rates = read_rates(seller.pk, deck_ids, from_day=from_day, before_day=before_day)
    schedules = {era.schedule_id for era in eras if era.schedule_id is not None}
    offpeak = read_offpeak(seller.pk, schedules, zone=seller.time_zone, from_day=from_day, before_day=before_day)
    return _Prices(frame_of(ERAS, eras), frame_of(RATES, rates), frame_of(OFFPEAK, offpeak))


def _purchase_frames(tier: TierSeller, sold: Tier, *, month: date) -> Tier | None:
    """What the first seller of the chain buys calls at: by the deck that the deck it sells by is bought by.

    `sold` is its own tier. None where it has no such decks. A deck in another currency is left alone.
    """
    seller = tier.seller
    selling = deck_facts(seller.pk, sold.tariffs["deck_id"].unique().to_list())
    bought_by = {each.deck_id: each.buy_deck_id for each in selling.values() if each.buy_deck_id is not None}
    buying = deck_facts(seller.pk, set(bought_by.values()))
    pairs = [
        (deck_id, buy_deck_id)
        for deck_id, buy_deck_id in sorted(bought_by.items())
        if buying[buy_deck_id].currency == selling[deck_id].currency
    ]
    if not pairs:
        return None
    decks = frame_of({"deck_id": INTEGER, "buy_deck_id": INTEGER}, pairs)
    tariffs = sold.tariffs.join(decks, on="deck_id", maintain_order="left").with_columns(
        deck_id=pl.col("buy_deck_id"), own_deck_id=pl.lit(None, pl.Int64), required=pl.lit(value=False)
    )
    prices = _prices_of(seller, {buy_deck_id for _deck_id, buy_deck_id in pairs}, month)
    return Tier(
        name=f"{seller.pk}-bought",
        tariffs=tariffs.select(*TARIFFS),
        eras=prices.eras,
        rates=prices.rates,
        calendar=sold.calendar,
        offpeak=prices.offpeak,
        bundles=empty(BUNDLES),
        purchase=True,
    )


def chain_frames(tiers: Sequence[TierSeller], *, month: date, span: Span) -> list[Tier]:
    """The tiers of a chain from the top down, before them what the first seller buys by."""
    frames = [tier_frames(tier, month=month, span=span) for tier in tiers]
    bought = _purchase_frames(tiers[0], frames[0], month=month)
    return [bought, *frames] if bought is not None else frames


def fingerprint(tiers: Sequence[Tier], endpoints: pl.DataFrame) -> str:
    """Equal for frames that price every call alike: SHA-256 over all of them."""
    digest = sha256()
    for frame in (endpoints, *(each for tier in tiers for each in _priced_by(tier))):
        content = BytesIO()
        frame.write_csv(content)
        digest.update(content.getbuffer())
    return digest.hexdigest()


def _priced_by(tier: Tier) -> tuple[pl.DataFrame, ...]:
    return tier.tariffs, tier.eras, tier.rates, tier.calendar, tier.offpeak, tier.bundles


def _bundles(tier: TierSeller, month: date) -> pl.DataFrame:
    """What each end customer has free in the month. The bundles of who pays hold for each of its end customers."""
    seller_id, before_day = tier.seller.pk, add_months(month, 1)
    buyers = set(tier.buyers.values())
    held: dict[int, list[Held]] = defaultdict(list)
    for offer in bundle_offers(seller_id, buyers, from_day=month, before_day=before_day):
        held[offer.customer_id].append(offer.held)
    for customer_id, each in _held_by_product(seller_id, buyers, month, before_day):
        held[customer_id].append(each)
    included = {
        customer_id: included_in(of_customer, year=month.year, month=month.month)
        for customer_id, of_customer in held.items()
    }
    number = month_number(month)
    rows = [
        (owner_id, number, each.category, each.bundle_id, each.cap_s, each.cap_e6, *_days_of(each, month, before_day))
        for owner_id, buyer_id in sorted(tier.buyers.items())
        for each in included.get(buyer_id, ())
    ]
    return frame_of(BUNDLES, rows)


def _days_of(included: Included, month: date, before_day: date) -> tuple[int | None, int | None]:
    """The days between which calls are covered; none where that is the whole month."""
    if (included.starts_on, included.ends_before) == (month, before_day):
        return None, None
    return day_number(included.starts_on), day_number(included.ends_before)


def _held_by_product(
    seller_id: int, customer_ids: Collection[int], month: date, before_day: date
) -> list[tuple[int, Held]]:
    """The bundles that customers have by what they subscribe to, as often as they have it on each day."""
    by_product: dict[int, list[Held]] = defaultdict(list)
    for bundle in product_bundles(seller_id, from_day=month, before_day=before_day):
        by_product[bundle.product_id].append(bundle.held)
    if not by_product:
        return []
    rows = Subscription.objects.filter(seller_id=seller_id, customer_id__among=Numbers(customer_ids))
    customers = dict(rows.filter(start_on__lt=before_day).values_list("id", "customer_id"))
    found = []
    for subscription_id, history in histories(seller_id=seller_id, subscription_ids=customers.keys()).items():
        for stretch in stretches(history):
            for held in by_product.get(stretch.product_id, ()):
                starts_on = max(held.starts_on, stretch.starts_on)
                ends_before = min(held.ends_before or FOREVER, stretch.ends_before)
                if starts_on < ends_before:
                    part = replace(held, starts_on=starts_on, ends_before=ends_before, quantity_e8=stretch.quantity_e8)
                    found.append((customers[subscription_id], part))
    return found
