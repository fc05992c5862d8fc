"""What the customers take: subscriptions as they began, and what becomes of them month by month."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from rebill.interfaces.demo import assortment as sold
from rebill.interfaces.demo.cast import (
    BODYSHOP,
    BOOKSHOP,
    BUILDERS,
    CAFE,
    DENTISTS,
    DOCTORS,
    FARM,
    FESTIVAL,
    HIEKKA,
    LAWYERS,
    MAASVLAK,
    NAUTA,
    REITDIEP,
    SALON,
    SCHOOLS,
    Cast,
)
from rebill.rules.periods import add_months

Wanted = tuple[str, int]
_DOMAINS = (sold.DOMAIN_NL, sold.DOMAIN_NL, sold.DOMAIN_NL, sold.DOMAIN_COM, sold.DOMAIN_DE)

# What the customers of the story take each month; Nauta's and the schools' subscriptions are told below.
_NAMED: dict[int, tuple[Wanted, ...]] = {
    LAWYERS: ((sold.VOICE, 46), (sold.NUMBERS, 1), (sold.FIBRE_FAST, 1), (sold.SIM, 12), (sold.MAILBOX, 30),
              (sold.BACKUP, 2)),
    BOOKSHOP: ((sold.HOSTING_M, 1), (sold.MAILBOX, 2)),
    BUILDERS: ((sold.VOICE, 14), (sold.NUMBERS, 1), (sold.FIBRE, 1), (sold.SIM, 8), (sold.MAILBOX, 9)),
    REITDIEP: ((sold.VOICE, 12), (sold.NUMBERS, 1), (sold.FIBRE, 1), (sold.SIM, 6)),
    SALON: ((sold.VOICE, 2), (sold.FIBRE, 1), (sold.HOSTING_M, 1)),
    FARM: ((sold.VOICE, 2), (sold.FIBRE, 1), (sold.SIM, 1)),
    BODYSHOP: ((sold.VOICE, 3), (sold.HOSTING_M, 1), (sold.SIM, 2)),
    DENTISTS: ((sold.VOICE, 5), (sold.FIBRE, 1), (sold.HOSTING_S, 1)),
    DOCTORS: ((sold.VOICE, 22), (sold.NUMBERS, 1), (sold.FIBRE_FAST, 1), (sold.MAILBOX, 18), (sold.BACKUP, 1),
              (sold.CARE, 2)),
    FESTIVAL: ((sold.HOSTING_L, 1),),
    MAASVLAK: ((sold.VOICE, 24), (sold.NUMBERS, 1), (sold.HOSTING_L, 1), (sold.SIM_LARGE, 9), (sold.MAILBOX, 31)),
    HIEKKA: ((sold.VOICE, 4), (sold.HOSTING_M, 1), (sold.MAILBOX, 15)),
    CAFE: ((sold.VOICE, 3), (sold.FIBRE, 1), (sold.HOSTING_S, 1)),
}  # fmt: skip
_SCHOOLS = ("NDR", "PRK", "WLG", "HVN", "KLM", "BRK", "STR", "OVR", "DLT", "ZWN")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSubscription:
    """A subscription as the partner's own file knows it, or a dated change of it."""

    key: str
    customer: int
    product: str
    quantity: int
    start_on: date
    billed_from: date | None = None
    last_day: date | None = None
    months: int = 1
    is_in_arrears: bool = False
    description: str = ""
    cost_centre: str = ""
    reference: str = ""
    effective_on: date | None = None

    @property
    def monthly_price(self) -> Decimal:
        """About what it comes to in a month, by the standard price list."""
        price = sold.PRICES[self.product] or ("3,25" if self.product == sold.MAILBOX else "0")
        return Decimal(price.replace(",", ".")) * self.quantity / self.months

    def row(self) -> Mapping[str, str]:
        """The row of the file."""
        return {
            "Contractnummer": self.key,
            "Klantnummer": str(self.customer),
            "Bestelnummer": f"5{self.customer % 10_000:04}",
            "Artikelcode": self.product,
            "Aantal": str(self.quantity),
            "Ingangsdatum": _dutch(self.start_on),
            "Factureren vanaf": _dutch(self.billed_from),
            "Einddatum": _dutch(self.last_day),
            "Periode": "jaar" if self.months == 12 else "maand",
            "Vooraf of achteraf": "achteraf" if self.is_in_arrears else "vooraf",
            "Uitlijning": "ingangsdatum" if self.months == 12 else "kalendermaand",
            "Omschrijving": self.description,
            "Kostenplaats": self.cost_centre,
            "Referentie": self.reference,
            "Wijziging per": _dutch(self.effective_on),
        }


def make_subscriptions(
    random: Random, cast: Cast, customer: int, *, first_month: date, start_on: date | None = None
) -> list[DemoSubscription]:
    """What a customer takes from `start_on`, or since some day before the first month that is billed here."""
    if customer == NAUTA:
        return list(_nauta(first_month))
    since = start_on or first_month - timedelta(days=random.randrange(40, 2_900))
    if customer == SCHOOLS:
        return list(_schools(first_month, since))
    wanted = _NAMED.get(customer) or _wanted(random, cast, customer)
    centres = [f"KP-{number:02}" for number in range(1, cast.cost_centres.get(customer, 1) + 1)]
    made = [
        _started(customer, position, product, quantity, since, first_month)
        for position, (product, quantity) in enumerate(wanted, start=1)
    ]
    if customer in cast.cost_centres:
        return [replace(each, key=f"{each.key}-{centre}", cost_centre=centre) for each in made for centre in centres]
    if customer == BOOKSHOP:
        made.append(_domain(customer, 9, sold.DOMAIN_NL, 2, add_months(first_month, 6 - 24), first_month))
    elif customer not in cast.zero_total and customer not in _NAMED:
        made += _domains(random, customer, since, first_month, small=len(wanted) < 3)
    return made


def _wanted(random: Random, cast: Cast, customer: int) -> tuple[Wanted, ...]:
    if customer in cast.zero_total:
        return ((random.choice((sold.FIBRE, sold.HOSTING_M, sold.HOSTING_L)), 1),)
    if customer in cast.persons:
        home = ((sold.HOSTING_S, 1),), ((sold.HOSTING_M, 1),), ((sold.FIBRE, 1),), ((sold.FIBRE, 1), (sold.SIM, 2))
        return random.choice(home)
    size = 0 if customer in cast.special else random.randrange(100)
    if size < 74:
        return tuple(_small(random))
    return tuple(_large(random) if size >= 98 else _medium(random))


def _small(random: Random) -> Iterator[Wanted]:
    yield sold.VOICE, random.randint(1, 6)
    if random.randrange(2):
        yield sold.FIBRE, 1
    yield random.choice((sold.HOSTING_S, sold.HOSTING_M, sold.HOSTING_M)), 1
    if random.randrange(2):
        yield sold.SIM, random.randint(1, 4)
    if random.randrange(5) < 2:
        yield sold.MAILBOX, random.randint(1, 7)


def _medium(random: Random) -> Iterator[Wanted]:
    yield sold.VOICE, random.randint(7, 24)
    yield sold.NUMBERS, 1
    yield random.choice((sold.FIBRE, sold.FIBRE_FAST)), 1
    yield random.choice((sold.HOSTING_M, sold.HOSTING_L)), 1
    yield random.choice((sold.SIM, sold.SIM, sold.SIM_LARGE)), random.randint(2, 14)
    yield sold.MAILBOX, random.randint(6, 28)
    if random.randrange(5) < 2:
        yield sold.BACKUP, 1
    if random.randrange(3) == 0:
        yield sold.CARE, 1


def _large(random: Random) -> Iterator[Wanted]:
    yield sold.VOICE, random.randint(30, 110)
    yield sold.NUMBERS, random.randint(1, 3)
    yield sold.FIBRE_FAST, random.randint(1, 4)
    yield sold.HOSTING_L, random.randint(1, 2)
    yield sold.SIM_LARGE, random.randint(10, 40)
    yield sold.MAILBOX, random.randint(25, 95)
    yield sold.BACKUP, random.randint(1, 3)
    yield sold.CARE, random.randint(1, 3)


def _started(
    customer: int, position: int, product: str, quantity: int, since: date, first_month: date
) -> DemoSubscription:
    is_in_arrears = product == sold.CARE
    billed_from = add_months(first_month, -1) if is_in_arrears else first_month
    return DemoSubscription(
        key=f"{customer}-{position:02}",
        customer=customer,
        product=product,
        quantity=quantity,
        start_on=since,
        billed_from=billed_from if since < billed_from else None,
        is_in_arrears=is_in_arrears,
    )


def _domains(
    random: Random, customer: int, since: date, first_month: date, *, small: bool
) -> Iterator[DemoSubscription]:
    """Yearly domain names; those who pay little have at most one, so that its year is no alarm."""
    for position in range(11, 11 + random.randint(0, 1 if small else 3)):
        started_on = max(since, date(2019, 1, 1)) + timedelta(days=random.randrange(28))
        yield _domain(customer, position, random.choice(_DOMAINS), 1, started_on, first_month)


def _domain(
    customer: int, position: int, product: str, quantity: int, started_on: date, first_month: date
) -> DemoSubscription:
    """A domain name that the former system billed for the years that began before the first month."""
    years = 0
    while add_months(started_on, 12 * years) < first_month:
        years += 1
    return DemoSubscription(
        key=f"{customer}-{position:02}",
        customer=customer,
        product=product,
        quantity=quantity,
        start_on=started_on,
        billed_from=add_months(started_on, 12 * years) if years else None,
        months=12,
    )


def _nauta(first_month: date) -> Iterator[DemoSubscription]:
    """As the mock-up of the customer shows it: seats that came and went, and a back-up that ended."""
    since = add_months(first_month, -6)
    wanted = ((sold.VOICE, 22), (sold.NUMBERS, 1), (sold.FIBRE, 1), (sold.HOSTING_M, 1))
    for position, (product, quantity) in enumerate(wanted, start=1):
        yield _started(NAUTA, position, product, quantity, since, first_month)
    yield _domain(NAUTA, 6, sold.DOMAIN_NL, 4, add_months(first_month, -4 - 12), first_month)
    backup = _started(NAUTA, 7, sold.BACKUP, 1, since, first_month)
    yield replace(backup, last_day=add_months(first_month, 3) - timedelta(days=1))


def _schools(first_month: date, since: date) -> Iterator[DemoSubscription]:
    """One invoice with a cost centre for every school."""
    for position, school in enumerate(_SCHOOLS, start=1):
        for offset, (product, quantity) in enumerate(
            ((sold.VOICE, 4 + position % 5), (sold.FIBRE, 1), (sold.MAILBOX, 12 + position))
        ):
            started = _started(SCHOOLS, 10 * position + offset, product, quantity, since, first_month)
            yield replace(started, cost_centre=school, reference=f"School {school}")
    yield _started(SCHOOLS, 99, sold.NUMBERS, 1, since, first_month)


def _dutch(day: date | None) -> str:
    return "" if day is None else f"{day:%d-%m-%Y}"
