"""A week of calls from the partner's switch: taken in, rated, and on the drafts of the next month."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from rebill.catalogue.commands import create_product, create_rate_deck, lay_rates, set_plan_deck
from rebill.catalogue.commands.laying_rates import RateEntry
from rebill.catalogue.models import CallCategory, Product, ProductKind, RateDeck, SummaryGroup
from rebill.catalogue.queries import plans_of
from rebill.interfaces.demo.stage import Stage
from rebill.kit.imports.spreadsheet import write_csv
from rebill.parties.queries import customers_of
from rebill.pipeline import rate_calls
from rebill.sources.usage.commands import add_endpoint, keep_switch, take_calls
from rebill.sources.usage.models import EndpointKind

PRODUCT, DECK, SWITCH = "CALLS", "waterkant", "asterisk"
# So many customers call, and so many of them somewhere that nobody has a price for.
CALLERS, UNPRICED = 220, 9
DAYS = 7
_SEED = 20_260_805
_SATELLITE = "881631234567"

# Prefix, destination, kind of call, price a minute, and how often it is called.
_RATES = (
    ("31", "Netherlands, fixed", CallCategory.NATIONAL_FIXED, "0.0090", 34),
    ("316", "Netherlands, mobile", CallCategory.NATIONAL_MOBILE, "0.0290", 40),
    ("31900", "Netherlands, 0900", CallCategory.SERVICE_COST, "0.3000", 2),
    ("49", "Germany, fixed", CallCategory.INTERNATIONAL, "0.0140", 6),
    ("4915", "Germany, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0490", 4),
    ("4916", "Germany, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0490", 0),
    ("4917", "Germany, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0490", 3),
    ("32", "Belgium, fixed", CallCategory.INTERNATIONAL, "0.0170", 4),
    ("324", "Belgium, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0550", 3),
    ("358", "Finland, fixed", CallCategory.INTERNATIONAL, "0.0310", 1),
    ("3584", "Finland, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0380", 1),
    ("44", "United Kingdom, fixed", CallCategory.INTERNATIONAL, "0.0120", 1),
    ("447", "United Kingdom, mobile", CallCategory.INTERNATIONAL_MOBILE, "0.0320", 1),
)


def take_week_of_calls(stage: Stage) -> None:
    """The switch's file of the month's first week, with decks, numbers and prices for it."""
    if stage.diary.is_done("calls"):
        return
    with stage.diary.step("calls"), stage.bar("A week of calls") as advance:
        advance(0, 4)
        _lay_deck(stage)
        advance(1, 4)
        accounts = _give_accounts(stage)
        advance(2, 4)
        switch = keep_switch(acting=stage.acting, code=SWITCH, dialect="asterisk", now=stage.days.moved_at)
        path = _write_file(stage, accounts)
        now = stage.days.next_prepared_at
        file = take_calls(acting=stage.acting, switch=switch, path=path, name=path.name, now=now)
        advance(3, 4)
        [rating] = rate_calls(acting=stage.acting, months=[stage.days.month], now=now)
        stage.diary.note(calls={"taken": file.accepted, "rated": rating.rated, "unpriced": rating.unpriced})
        advance(4, 4)


def _lay_deck(stage: Stage) -> None:
    now, since = stage.days.begun_at, stage.days.first_month
    product = Product.objects.filter(seller_id=stage.acting.seller_id, code=PRODUCT).first() or create_product(
        acting=stage.acting, code=PRODUCT, name="Gesprekskosten", kind=ProductKind.USAGE,
        summary_group=SummaryGroup.CALLS, now=now,
    )  # fmt: skip
    deck = RateDeck.objects.filter(seller_id=stage.acting.seller_id, code=DECK).first() or create_rate_deck(
        acting=stage.acting, code=DECK, name="Waterkant Standard", product_id=product.pk, now=now
    )
    rates = [
        RateEntry(prefix, since, terms={"destination": name, "category": category, "minute": Decimal(minute)})
        for prefix, name, category, minute, _weight in _RATES
    ]
    lay_rates(acting=stage.acting, deck_id=deck.pk, entered=rates, now=now)
    for plan in plans_of(stage.acting):
        set_plan_deck(acting=stage.acting, plan_id=plan.pk, deck_id=deck.pk, valid_from=since, now=now)


def _give_accounts(stage: Stage) -> list[str]:
    """The accounts of those who call: each has its customer number as its account at the switch."""
    numbers = sorted(stage.base.customers)[:CALLERS]
    found = customers_of(stage.acting).filter(number__in=map(str, numbers)).values_list("number", "id")
    customers = {str(number): customer_id for number, customer_id in found}
    for number, customer_id in sorted(customers.items()):
        add_endpoint(
            acting=stage.acting,
            customer_id=customer_id,
            kind=EndpointKind.ACCOUNT,
            value=number,
            valid_from=stage.days.first_month,
            now=stage.days.moved_at,
        )
    return sorted(customers)


def _write_file(stage: Stage, accounts: list[str]) -> Path:
    """The switch's own file, as Asterisk writes it; the same every time."""
    folder = stage.folder / "files"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"Master-{stage.days.month:%Y-%m}.csv"
    with path.open("wb") as file:
        write_csv(_records(stage, accounts), to=file, delimiter=",", byte_order_mark=False)
    return path


def _records(stage: Stage, accounts: list[str]) -> Iterator[list[str]]:
    random = Random(_SEED)
    weights = [weight for *_rate, weight in _RATES]
    begin = datetime.combine(stage.days.month, datetime.min.time())
    position = 0
    for order, account in enumerate(accounts):
        own = f"3150{3_000_000 + order}"
        called = [_number(random, random.choices(_RATES, weights)[0][0]) for _call in range(random.randint(20, 90))]
        if order < UNPRICED:
            called.append(_SATELLITE)
        for number in called:
            position += 1
            moment = begin + timedelta(days=random.randrange(DAYS), seconds=random.randrange(8 * 3600, 18 * 3600))
            seconds = random.choice((0, *(random.randint(5, 900) for _turn in range(6))))
            if number == _SATELLITE:
                seconds = 42
            yield _record(account, own, number, moment, seconds, f"{1_760_000_000 + position}.{position}")


def _number(random: Random, prefix: str) -> str:
    length = 9 if prefix == "31900" else 11 if prefix.startswith("31") else 12
    return prefix + "".join(random.choice("0123456789") for _digit in range(length - len(prefix)))


def _record(account: str, own: str, number: str, moment: datetime, seconds: int, unique: str) -> list[str]:
    ended = moment + timedelta(seconds=seconds)
    answered = f"{moment:%Y-%m-%d %H:%M:%S}" if seconds else ""
    disposition = "ANSWERED" if seconds else "NO ANSWER"
    return [
        account, own, number, "from-internal", own, f"PJSIP/{account}-1", "PJSIP/carrier-1", "Dial", "PJSIP/carrier",
        f"{moment:%Y-%m-%d %H:%M:%S}", answered, f"{ended:%Y-%m-%d %H:%M:%S}", str(seconds + 8), str(seconds),
        disposition, "DOCUMENTATION", unique, "",
    ]  # fmt: skip
