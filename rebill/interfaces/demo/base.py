"""The partner's base and the seven months of it that are billed: six in which it tries rebill, and the month itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from rebill.interfaces.demo import assortment as sold
from rebill.interfaces.demo.cast import FARM, MONTHS_BEFORE, NAUTA, REITDIEP, Cast, deal_parts, newcomers
from rebill.interfaces.demo.contracts import DemoSubscription, make_subscriptions
from rebill.interfaces.demo.customers import DemoCustomer, make_customers
from rebill.rules.periods import add_months

TRIAL_MONTHS = 6
_SEED = "Waterkant"
_ONE_OFFS = (sold.PHONE, sold.HEADSET, sold.ROUTER, sold.HOUR, sold.PORTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLine:
    """A line that somebody added by hand for the next run; below zero it is a credit."""

    customer: int
    supplied_on: date
    price: Decimal
    quantity: int = 1
    product: str = ""
    description: str = ""
    reference: str = ""

    def row(self) -> Mapping[str, str]:
        """The row of the file."""
        return {
            "Klantnummer": str(self.customer),
            "Datum": f"{self.supplied_on:%d-%m-%Y}",
            "Artikelcode": self.product,
            "Omschrijving": self.description,
            "Aantal": str(self.quantity),
            "Stukprijs": f"{self.price:.2f}".replace(".", ","),
            "Referentie": self.reference,
        }


@dataclass(slots=True)
class DemoMonth:
    """What the partner enters between the run before and the run on `billed_on`."""

    billed_on: date
    customers: list[DemoCustomer] = field(default_factory=list)
    subscriptions: list[DemoSubscription] = field(default_factory=list)
    lines: list[DemoLine] = field(default_factory=list)
    # (customer, product, from, until before): the pause is entered in one month, its end in the next.
    pauses: list[tuple[int, str, date]] = field(default_factory=list)
    resumes: list[tuple[int, str, date]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Base:
    """Everything the partner brings, and what happens in each month. `months` ends with the month of the story."""

    cast: Cast
    customers: Mapping[int, DemoCustomer]
    opening: tuple[DemoCustomer, ...]
    subscriptions: tuple[DemoSubscription, ...]
    months: tuple[DemoMonth, ...]


def make_base(month: date) -> Base:
    """The base for a run on `month`, the first of a month; the same month gives the same base."""
    random = Random(_SEED)
    cast = deal_parts(random)
    customers = make_customers(random, cast, month)
    later = {number: ago for ago in range(MONTHS_BEFORE + 1) for number in newcomers(ago)}
    opening = tuple(customer for number, customer in customers.items() if number not in later)
    ledger = _Ledger(random, cast, first_month=add_months(month, -TRIAL_MONTHS))
    for customer in opening:
        ledger.start(customer.number)
    subscriptions = tuple(ledger.take_started())
    months = [DemoMonth(ledger.first_month)]
    for ago in range(MONTHS_BEFORE, -1, -1):
        months.append(_month(ledger, customers, add_months(month, -ago), ago))
    return Base(cast, customers, opening, subscriptions, tuple(months))


class _Ledger:
    """What everybody takes at the moment, while the months go by."""

    def __init__(self, random: Random, cast: Cast, *, first_month: date) -> None:
        self.random = random
        self.cast = cast
        self.first_month = first_month
        self.standing: dict[int, list[DemoSubscription]] = {}
        self._started: list[DemoSubscription] = []

    def start(self, customer: int, start_on: date | None = None) -> None:
        """The customer begins, on that day or long ago."""
        made = make_subscriptions(self.random, self.cast, customer, first_month=self.first_month, start_on=start_on)
        self.standing[customer] = made
        self._started += made

    def take_started(self) -> list[DemoSubscription]:
        """Those who began since it was asked last."""
        started, self._started = self._started, []
        return started

    def enter(self, subscription: DemoSubscription) -> DemoSubscription:
        """Remembers how a subscription stands from now on."""
        kept = [each for each in self.standing[subscription.customer] if each.key != subscription.key]
        ended = subscription.last_day is not None
        undated = replace(subscription, effective_on=None, reference="")
        self.standing[subscription.customer] = kept if ended else [*kept, undated]
        return subscription

    def one(self, customer: int, product: str) -> DemoSubscription:
        """The customer's subscription to the product."""
        return next(each for each in self.standing[customer] if each.product == product)

    def fee(self, customer: int) -> Decimal:
        """About what the customer pays in a month."""
        return sum((each.monthly_price for each in self.standing[customer] if each.months == 1), Decimal(0))

    def plain(self) -> list[int]:
        """Those to whom something may happen by chance: firms of some time, without a part in the story."""
        recent = {number for ago in range(MONTHS_BEFORE + 1) for number in newcomers(ago)}
        other = self.cast.special | self.cast.persons | recent
        return [number for number in self.standing if number not in other]


def _month(ledger: _Ledger, customers: Mapping[int, DemoCustomer], billed_on: date, ago: int) -> DemoMonth:
    month = DemoMonth(billed_on)
    before = add_months(billed_on, -1)
    for number in newcomers(ago):
        ledger.start(number, before + timedelta(days=ledger.random.randrange(2, 27)))
        month.customers.append(customers[number])
    happened = iter(ledger.random.sample(ledger.plain(), 160))
    month.subscriptions += _quantity_changes(ledger, happened, before)
    month.subscriptions += _cancellations(ledger, happened, before)
    month.subscriptions += ledger.take_started()
    month.subscriptions += _extras(ledger, happened, billed_on)
    month.lines += _one_offs(ledger, happened, before)
    month.lines += _credits(ledger, happened, before)
    _tell_nauta(ledger, month, before, ago)
    if ago == 2:
        month.pauses += [(number, sold.VOICE, before.replace(day=10)) for number in sorted(ledger.cast.pausing)]
    if ago == 1:
        month.resumes += [(number, sold.VOICE, before.replace(day=20)) for number in sorted(ledger.cast.pausing)]
    if ago == 0:
        month.lines += _surprises(ledger, before)
        month.subscriptions += _unpriced(ledger, before)
    return month


def _quantity_changes(ledger: _Ledger, happened: Iterator[int], before: date) -> Iterator[DemoSubscription]:
    """Some more or fewer seats, from a day of the month before: most of it is billed after the fact."""
    for customer in _next(happened, 22):
        seats = ledger.one(customer, sold.VOICE)
        step = 1 if seats.quantity < 8 else ledger.random.choice((-2, -1, 1, 2, 3))
        day = before.replace(day=ledger.random.randint(2, 28))
        changed = replace(
            seats,
            quantity=seats.quantity + step,
            effective_on=day,
            reference=f"Mutatie {day:%y%m}-{customer % 1000:03}",
        )
        yield ledger.enter(changed)


def _cancellations(ledger: _Ledger, happened: Iterator[int], before: date) -> Iterator[DemoSubscription]:
    """One of several subscriptions ends in the month before."""
    for customer in _next(happened, 8):
        monthly = [each for each in ledger.standing[customer] if each.months == 1 and each.product != sold.VOICE]
        if len(monthly) >= 2:
            ended = replace(monthly[-1], last_day=before.replace(day=ledger.random.randint(5, 28)))
            yield ledger.enter(ended)


def _extras(ledger: _Ledger, happened: Iterator[int], billed_on: date) -> Iterator[DemoSubscription]:
    """Something more from the first of the month on."""
    for customer in _next(happened, 5):
        yield ledger.enter(
            DemoSubscription(
                key=f"{customer}-{billed_on:%y%m}",
                customer=customer,
                product=ledger.random.choice((sold.BACKUP, sold.SIM_LARGE)),
                quantity=1,
                start_on=billed_on,
            )
        )


def _one_offs(ledger: _Ledger, happened: Iterator[int], before: date) -> Iterator[DemoLine]:
    """Phones, hours and the like, for those who pay more than that each month."""
    for customer in _next(happened, 90):
        product, quantity = ledger.random.choice(_ONE_OFFS), ledger.random.randint(1, 3)
        price = _price(product)
        if price * quantity <= ledger.fee(customer):
            yield _supplied(ledger, customer, product, quantity, before)


def _credits(ledger: _Ledger, happened: Iterator[int], before: date) -> Iterator[DemoLine]:
    """A little back for an outage."""
    for customer in _next(happened, 30):
        if ledger.fee(customer) > 90:
            day = before.replace(day=14)
            text = f"Tegemoetkoming storing glasvezel {day:%d-%m-%Y}"
            yield DemoLine(customer=customer, supplied_on=day, price=Decimal("-12.50"), description=text)


def _tell_nauta(ledger: _Ledger, month: DemoMonth, before: date, ago: int) -> None:
    """The seats, cards and phones of the customer that the mock-ups follow."""
    seats = ledger.one(NAUTA, sold.VOICE)
    if ago == 2:
        more = replace(seats, quantity=26, effective_on=before.replace(day=10), reference="Order 5 0311")
        month.subscriptions.append(ledger.enter(more))
        cards = DemoSubscription(
            key=f"{NAUTA}-05", customer=NAUTA, product=sold.SIM, quantity=6, start_on=month.billed_on
        )
        month.subscriptions.append(ledger.enter(cards))
    if ago == 0:
        fewer = replace(seats, quantity=24, effective_on=before.replace(day=16), reference="26 → 24 werkplekken")
        month.subscriptions.append(ledger.enter(fewer))
        month.lines.append(
            DemoLine(
                customer=NAUTA,
                supplied_on=before.replace(day=24),
                product=sold.PHONE,
                quantity=2,
                price=_price(sold.PHONE),
                reference="Femke Nauta",
            )
        )


def _surprises(ledger: _Ledger, before: date) -> Iterator[DemoLine]:
    """What makes six drafts far larger than usual, and thirteen come to nothing."""
    yield _supplied(ledger, REITDIEP, sold.PHONE, 12, before)
    yield _supplied(ledger, REITDIEP, sold.HOUR, 2, before)
    yield _supplied(ledger, FARM, sold.ROUTER, 2, before)
    yield _supplied(ledger, FARM, sold.HOUR, 1, before)
    for customer in sorted(ledger.cast.big_change - {REITDIEP, FARM}):
        phones = 1 + int(ledger.fee(customer) * Decimal("3.6") / _price(sold.PHONE))
        yield _supplied(ledger, customer, sold.PHONE, phones, before)
    for customer in sorted(ledger.cast.zero_total):
        day = before.replace(day=14)
        text = f"Maand gratis wegens storing {day:%d-%m-%Y}"
        yield DemoLine(customer=customer, supplied_on=day, price=-ledger.fee(customer), description=text)


def _unpriced(ledger: _Ledger, before: date) -> Iterator[DemoSubscription]:
    """A new product that nobody has priced yet."""
    for customer in sorted(ledger.cast.no_price):
        yield DemoSubscription(
            key=f"{customer}-20",
            customer=customer,
            product=sold.TEAMS,
            quantity=ledger.one(customer, sold.VOICE).quantity,
            start_on=before.replace(day=15),
        )


def _supplied(ledger: _Ledger, customer: int, product: str, quantity: int, before: date) -> DemoLine:
    day = before.replace(day=ledger.random.randint(2, 28))
    return DemoLine(customer=customer, supplied_on=day, product=product, quantity=quantity, price=_price(product))


def _price(product: str) -> Decimal:
    return Decimal(sold.PRICES[product].replace(",", "."))


def _next(happened: Iterator[int], count: int) -> Iterable[int]:
    return [next(happened) for _ in range(count)]
