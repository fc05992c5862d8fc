"""Calls from the partner's switch: the month before, billed with the story's run, and the first week after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

from rebill.access.acting import Acting
from rebill.catalogue.commands import create_product, create_rate_deck, lay_rates, set_plan_deck
from rebill.catalogue.commands.laying_rates import RateEntry
from rebill.catalogue.deck_fields import RateTerms
from rebill.catalogue.models import CallCategory, Product, ProductKind, RateDeck, SummaryGroup
from rebill.catalogue.queries import plans_of
from rebill.interfaces.demo.assortment import VOICE
from rebill.interfaces.demo.cast import NAMED
from rebill.interfaces.demo.stage import Stage
from rebill.kit.imports.spreadsheet import write_csv
from rebill.pipeline import rate_calls
from rebill.rules.periods import add_months
from rebill.sources.usage.commands import add_endpoint, keep_switch, take_calls
from rebill.sources.usage.models import Endpoint, EndpointKind
from rebill.subscriptions.queries import subscriptions

PRODUCT, DECK, BOUGHT_BY, SWITCH = "CALLS", "waterkant", "transvox", "asterisk"
# So many customers call, and so many of them somewhere that nobody has a price for.
CALLERS, UNPRICED, SEATS_MIN = 220, 9, 12
_WEEK = 7
_SEED = 20_260_805
_SATELLITE = "881631234567"


class DemoRate(NamedTuple):
    """A prefix: where it is, which kind of call, what a minute is bought and sold at, and how often it is called."""

    prefix: str
    destination: str
    category: CallCategory
    bought: str
    sold: str
    weight: int


RATES = (
    DemoRate("31", "Netherlands, fixed", CallCategory.NATIONAL_FIXED, "0.0040", "0.0090", 34),
    DemoRate("316", "Netherlands, mobile", CallCategory.NATIONAL_MOBILE, "0.0180", "0.0290", 40),
    DemoRate("31900", "Netherlands, 0900", CallCategory.SERVICE_COST, "0.2700", "0.3000", 2),
    DemoRate("49", "Germany, fixed", CallCategory.INTERNATIONAL, "0.0080", "0.0140", 6),
    DemoRate("4915", "Germany, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0350", "0.0490", 4),
    DemoRate("4916", "Germany, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0350", "0.0490", 0),
    DemoRate("4917", "Germany, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0350", "0.0490", 3),
    DemoRate("32", "Belgium, fixed", CallCategory.INTERNATIONAL, "0.0090", "0.0170", 4),
    DemoRate("324", "Belgium, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0390", "0.0550", 3),
    DemoRate("358", "Finland, fixed", CallCategory.INTERNATIONAL, "0.0220", "0.0310", 1),
    DemoRate("3584", "Finland, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0270", "0.0380", 1),
    DemoRate("44", "United Kingdom, fixed", CallCategory.INTERNATIONAL, "0.0060", "0.0120", 1),
    DemoRate("447", "United Kingdom, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0190", "0.0320", 1),
)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A file of the switch: which days of a month it holds, how many calls an account makes, and how many accounts call
    where nobody has a price."""

    month: date
    days: int
    least: int
    most: int
    unpriced: int


def take_month_of_calls(stage: Stage) -> None:
    """Decks, numbers, and all calls of the month before the story's, each with a price."""
    if stage.diary.is_done("month of calls"):
        return
    with stage.diary.step("month of calls"), stage.bar("A month of calls") as advance:
        month = add_months(stage.days.month, -1)
        advance(0, 4)
        _lay_decks(stage)
        advance(1, 4)
        _give_accounts(stage)
        advance(2, 4)
        whole = _Delivery(month, (stage.days.month - month).days, least=80, most=360, unpriced=0)
        _take(stage, whole, stage.days.prepared_at, "month_of_calls")
        advance(4, 4)


def take_week_of_calls(stage: Stage) -> None:
    """The switch's file of the month's first week, with some calls that have no price."""
    if stage.diary.is_done("calls"):
        return
    with stage.diary.step("calls"), stage.bar("A week of calls") as advance:
        advance(0, 2)
        week = _Delivery(stage.days.month, _WEEK, least=20, most=90, unpriced=UNPRICED)
        _take(stage, week, stage.days.next_prepared_at, "calls")
        advance(2, 2)


def _take(stage: Stage, delivery: _Delivery, now: datetime, name: str) -> None:
    """The file is taken in and its month rated."""
    switch = keep_switch(acting=stage.acting, code=SWITCH, dialect="asterisk", now=stage.days.moved_at)
    path = _write_file(stage, delivery)
    [file] = take_calls(acting=stage.acting, switch=switch, path=path, name=path.name, now=now)
    [rating] = rate_calls(acting=stage.acting, months=[delivery.month], now=now)
    stage.diary.note(**{name: {"taken": file.accepted, "rated": rating.rated, "unpriced": rating.unpriced}})


def _lay_decks(stage: Stage) -> None:
    """What Transvox asks, and what Waterkant asks for the same calls."""
    acting, now, since = stage.acting, stage.days.begun_at, stage.days.first_month
    product = call_product(acting, now)
    bought = RateDeck.objects.filter(seller_id=acting.seller_id, code=BOUGHT_BY).first() or create_rate_deck(
        acting=acting, code=BOUGHT_BY, name="Transvox", now=now
    )
    deck = RateDeck.objects.filter(seller_id=acting.seller_id, code=DECK).first() or create_rate_deck(
        acting=acting, code=DECK, name="Waterkant Standard", product_id=product.pk, buy_deck_id=bought.pk, now=now
    )
    lay_rates(acting=acting, deck_id=bought.pk, entered=[_entry(each, each.bought, since) for each in RATES], now=now)
    lay_rates(acting=acting, deck_id=deck.pk, entered=[_entry(each, each.sold, since) for each in RATES], now=now)
    for plan in plans_of(acting):
        set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=deck.pk, valid_from=since, now=now)


def call_product(acting: Acting, now: datetime) -> Product:
    """What calls are billed as."""
    return Product.objects.filter(seller_id=acting.seller_id, code=PRODUCT).first() or create_product(
        acting=acting, code=PRODUCT, name="Gesprekskosten", kind=ProductKind.USAGE,
        summary_group=SummaryGroup.CALLS, now=now,
    )  # fmt: skip


def _entry(rate: DemoRate, minute: str, since: date) -> RateEntry:
    terms: RateTerms = {"destination": rate.destination, "category": rate.category, "minute": Decimal(minute)}
    return RateEntry(rate.prefix, since, terms=terms)


def _accounts(stage: Stage) -> dict[str, int]:
    """The accounts of those who call, and whose they are: each has its customer number as its account at the switch.

    They have many seats, so that a month of calls makes none of their bills look odd.
    """
    seats = subscriptions(acting=stage.acting).filter(product__code=VOICE, quantity__gte=SEATS_MIN, sequence=0)
    callers = seats.filter(customer__invoice_interval_months=1).exclude(customer__number__in=map(str, NAMED))
    found = callers.values_list("customer__number", "customer_id").order_by("customer__number").distinct()
    return {str(number): customer_id for number, customer_id in found[:CALLERS]}


def _accounts_below(stage: Stage) -> list[str]:
    """The accounts of dealers' customers; none before there are dealers."""
    accounts = Endpoint.objects.filter(kind=EndpointKind.ACCOUNT, customer__seller__as_customer__isnull=False)
    return list(accounts.order_by("id").values_list("value", flat=True))


def _give_accounts(stage: Stage) -> None:
    for number, customer_id in _accounts(stage).items():
        add_endpoint(
            acting=stage.acting,
            customer_id=customer_id,
            kind=EndpointKind.ACCOUNT,
            value=number,
            valid_from=stage.days.first_month,
            now=stage.days.moved_at,
        )


def switch_file(stage: Stage, month: date) -> Path:
    """Where the switch's file of a month lies."""
    return stage.folder / "files" / f"Master-{month:%Y-%m}.csv"


def _write_file(stage: Stage, delivery: _Delivery) -> Path:
    """The switch's own file, as Asterisk writes it; the same every time."""
    path = switch_file(stage, delivery.month)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_csv(_records(stage, delivery), to=file, delimiter=",", byte_order_mark=False)
    return path


def _records(stage: Stage, delivery: _Delivery) -> Iterator[list[str]]:
    random = Random(_SEED + delivery.days)
    weights = [rate.weight for rate in RATES]
    begin = datetime.combine(delivery.month, datetime.min.time())
    position = 0
    for order, account in enumerate([*_accounts(stage), *_accounts_below(stage)]):
        own = f"3150{3_000_000 + order}"
        calls = random.randint(delivery.least, delivery.most)
        called = [_number(random, each.prefix) for each in random.choices(RATES, weights, k=calls)]
        if order < delivery.unpriced:
            called.append(_SATELLITE)
        for number in called:
            position += 1
            moment = begin + timedelta(
                days=random.randrange(delivery.days), seconds=random.randrange(8 * 3600, 18 * 3600)
            )
            seconds = random.choice((0, *(random.randint(5, 900) for _turn in range(6))))
            if number == _SATELLITE:
                seconds = 42
            yield _record(account, own, number, moment, seconds, f"{begin:%Y%m}.{position}")


def _number(random: Random, prefix: str) -> str:
    length = 9 if prefix == "31900" else 11 if prefix.startswith("31") else 12
    # No number goes on with a nought after its country: that one is only dialled at home.
    more = (random.choice("0123456789") for _digit in range(length - len(prefix) - 1))
    return prefix + random.choice("123456789") + "".join(more)


def _record(account: str, own: str, number: str, moment: datetime, seconds: int, unique: str) -> list[str]:
    ended = moment + timedelta(seconds=seconds)
    answered = f"{moment:%Y-%m-%d %H:%M:%S}" if seconds else ""
    disposition = "ANSWERED" if seconds else "NO ANSWER"
    return [
        account, own, number, "from-internal", own, f"PJSIP/{account}-1", "PJSIP/carrier-1", "Dial", "PJSIP/carrier",
        f"{moment:%Y-%m-%d %H:%M:%S}", answered, f"{ended:%Y-%m-%d %H:%M:%S}", str(seconds + 8), str(seconds),
        disposition, "DOCUMENTATION", unique, "",
    ]  # fmt: skip
