"""The prices of a seller, read once and asked many times: what a run looks prices up in."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet

from rebill.catalogue.models import PlanAssignment, Price, PricePlan, Product, ResalePrice
from rebill.kit.bulk import Numbers, read_all
from rebill.parties.models import Seller
from rebill.rules import pricing
from rebill.rules.naming import name_in
from rebill.rules.pricing import PricedPart, PriceModel, Tier, price_parts
from rebill.rules.recurring import PriceAsked, PriceFound
from rebill.rules.resale import Resale, ResaleKind, resale_price

E6 = 10**6
E8 = 10**8


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What a charge takes over from its product."""

    id: int
    code: str
    names: dict[str, str]
    unit: str
    kind: str
    supply: str
    rate_class: str
    ledger_account: str
    summary_group: int
    # The seller's language, in which there is always a name.
    spoken: str

    def name(self, language: str) -> str:
        """The name in the language, else in the seller's, else as `rules.naming` says, else the code."""
        return name_in(self.names, language, self.spoken) or self.code


def product_facts(seller_id: int) -> dict[int, ProductFacts]:
    """Every product of the seller by id."""
    rows = Product.objects.filter(seller_id=seller_id).values_list(
        "id", "code", "names", "unit", "kind", "supply", "rate_class", "ledger_account", "summary_group",
        "seller__language",
    )  # fmt: skip
    return {row[0]: ProductFacts(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Validity:
    """A price from a day until before another; `origin` is what an explanation says of it."""

    valid_from: date
    valid_before: date | None
    price: pricing.Price
    price_id: int
    origin: str


@dataclass(frozen=True, slots=True)
class ResaleRule:
    """How a resold product is priced, from a day until before another."""

    id: int
    valid_from: date
    valid_before: date | None
    resale: Resale


@dataclass(slots=True)
class ResaleBook:
    """What a dealer asks for what it resells: its rules (by product, None for all, and currency) on the buy prices."""

    rules: dict[tuple[int | None, str], list[ResaleRule]] = field(default_factory=dict)
    resells: dict[int, int] = field(default_factory=dict)
    as_customer_id: int = 0
    above: "PriceBook | None" = None
    _found: dict[tuple[int, int], Validity] = field(default_factory=dict)

    def find(self, *, currency: str, product_id: int, on: date) -> Validity | None:
        """The price of a resold product on the day; None where it is not resold, or nothing says what it costs."""
        resells = self.resells.get(product_id)
        if resells is None:
            return None
        rule = _on(self.rules.get((product_id, currency), []), on) or _on(self.rules.get((None, currency), []), on)
        if rule is None:
            return None
        buy = None
        if rule.resale.kind is not ResaleKind.FIXED and self.above is not None:
            buy = self.above.find(customer_id=self.as_customer_id, currency=currency, product_id=resells, on=on)
        key = (rule.id, 0 if buy is None else buy.price_id)
        found = self._found.get(key)
        if found is None:
            price = resale_price(rule.resale, None if buy is None else buy.price)
            if price is None:
                return None
            # Of the buy price nothing is noted: whoever reads where a price came from may stand further down.
            origin = f"resale:{rule.id} from {rule.valid_from.isoformat()}"
            # Below zero, where no price of a list has its number.
            number = -1 - len(self._found)
            found = self._found[key] = Validity(rule.valid_from, rule.valid_before, price, number, origin)
        return found


@dataclass(slots=True)
class PriceBook:
    """Prices of plans and customers. Make one per run with `read_price_book`, add customers chunk by chunk."""

    seller_id: int
    default_plan_id: int | None
    # None: of every product.
    product_ids: frozenset[int] | None
    of_plans: dict[tuple[int, int, str], list[Validity]]
    of_customers: dict[tuple[int, int, str], list[Validity]] = field(default_factory=dict)
    assignments: dict[int, tuple[tuple[date, int], ...]] = field(default_factory=dict)
    _parts: dict[tuple[int, int, int | None], PriceFound] = field(default_factory=dict)
    _resale: ResaleBook | None = None

    def turn_to(self, customer_ids: Collection[int]) -> None:
        """Reads the own prices and plan assignments of these customers, and forgets those of others."""
        owned = Price.objects.filter(seller_id=self.seller_id, customer_id__among=Numbers(customer_ids))
        self.of_customers = _validities(_of_products(owned, self.product_ids), owner="customer_id")
        assignments: dict[int, list[tuple[date, int]]] = defaultdict(list)
        rows = PlanAssignment.objects.filter(seller_id=self.seller_id, customer_id__among=Numbers(customer_ids))
        for customer_id, valid_from, plan_id in rows.order_by("customer_id", "valid_from").values_list(
            "customer_id", "valid_from", "plan_id"
        ):
            assignments[customer_id].append((valid_from, plan_id))
        self.assignments = {customer_id: tuple(assigned) for customer_id, assigned in assignments.items()}

    def prices_of(self, customer_id: int, product_id: int, currency: str) -> Hashable:
        """Something that is equal for customers for whom the product has the same prices."""
        own = customer_id if (customer_id, product_id, currency) in self.of_customers else None
        return own, self.assignments.get(customer_id, ())

    def find(self, *, customer_id: int, currency: str, product_id: int, on: date) -> Validity | None:
        """The price that holds for the customer on the day: its own, else its plan's, else the default plan's.

        What a dealer resells costs what it asks for it where no list says otherwise.
        """
        own = self.of_customers.get((customer_id, product_id, currency))
        if own:
            found = _on(own, on)
            if found is not None:
                return found
        plan_id = self.default_plan_id
        for valid_from, assigned_id in self.assignments.get(customer_id, ()):
            if valid_from > on:
                break
            plan_id = assigned_id
        if plan_id is not None:
            found = _on(self.of_plans.get((plan_id, product_id, currency), []), on)
            if found is not None:
                return found
        # Read when it is first asked for: most sellers resell nothing, and have a price for everything.
        if self._resale is None:
            self._resale = _read_resale(self.seller_id, self.product_ids)
        return self._resale.find(currency=currency, product_id=product_id, on=on)

    def priced(self, *, customer_id: int, currency: str, asked: PriceAsked) -> PriceFound | None:
        """The parts of a recurring price for one whole billing period, or None when there is no price."""
        if asked.override_e6 is not None:
            part = PricedPart(part=0, quantity_e8=asked.quantity_e8, price_e6=asked.override_e6, label="")
            return PriceFound(parts=(part,), origin="subscription")
        found = self.find(customer_id=customer_id, currency=currency, product_id=asked.product_id, on=asked.on)
        if found is None:
            return None
        key = (found.price_id, asked.quantity_e8, asked.months)
        priced = self._parts.get(key)
        if priced is None:
            parts = price_parts(found.price, asked.quantity_e8, asked.months)
            priced = self._parts[key] = PriceFound(parts=parts, origin=found.origin)
        return priced


def read_price_book(seller_id: int, *, product_ids: Collection[int] | None = None) -> PriceBook:
    """Reads the prices of all plans of the seller, or those of some products; customers follow with `turn_to`."""
    of = None if product_ids is None else frozenset(product_ids)
    planned = Price.objects.filter(seller_id=seller_id, plan__isnull=False)
    plans = dict(PricePlan.objects.filter(seller_id=seller_id, is_default=True).values_list("seller_id", "id"))
    return PriceBook(
        seller_id=seller_id,
        default_plan_id=plans.get(seller_id),
        product_ids=of,
        of_plans=_validities(_of_products(planned, of), owner="plan_id"),
    )


def _read_resale(seller_id: int, product_ids: frozenset[int] | None) -> ResaleBook:
    """How the seller prices what it resells: one read for who resells nothing, a few more for others."""
    resold = Product.objects.filter(seller_id=seller_id, resells__isnull=False)
    if product_ids is not None:
        resold = resold.filter(id__in=product_ids)
    resells = dict(resold.order_by("id").values_list("id", "resells_id"))
    if not resells:
        return ResaleBook()
    rules: dict[tuple[int | None, str], list[ResaleRule]] = defaultdict(list)
    rows = read_all(
        ResalePrice.objects.filter(seller_id=seller_id).order_by("valid_from", "id"),
        "id", "product_id", "currency", "valid_from", "valid_before", "kind", "unit_price", "percent", "months",
        "setup_price",
    )  # fmt: skip
    for rule_id, product_id, currency, valid_from, valid_before, kind, unit_price, percent, months, setup in rows:
        resale = Resale(ResaleKind(kind), unit_price if percent is None else percent, months, setup)
        rules[product_id, currency].append(ResaleRule(rule_id, valid_from, valid_before, resale))
    above_id, as_customer_id = Seller.objects.values_list("as_customer__seller_id", "as_customer_id").get(pk=seller_id)
    above = read_price_book(above_id, product_ids=resells.values())
    above.turn_to([as_customer_id])
    return ResaleBook(dict(rules), resells, as_customer_id, above)


def _of_products(prices: QuerySet[Price], product_ids: frozenset[int] | None) -> QuerySet[Price]:
    return prices if product_ids is None else prices.filter(product_id__in=product_ids)


def _validities(prices, *, owner: str) -> dict[tuple[int, int, str], list[Validity]]:  # type: ignore[no-untyped-def]
    found: dict[tuple[int, int, str], list[Validity]] = defaultdict(list)
    rows = read_all(
        prices.order_by("valid_from", "id"),
        owner,
        "product_id",
        "currency",
        "valid_from",
        "valid_before",
        "model",
        "unit_price",
        "months",
        "tiers",
        "package_size",
        "setup_price",
        "id",
    )
    kind = "plan" if owner == "plan_id" else "customer"
    for row in rows:
        price = pricing.Price(
            model=PriceModel(row[5]),
            price_e6=row[6],
            months=row[7],
            tiers=tuple(_tier(tier) for tier in row[8]),
            package_size_e8=row[9] or 0,
            setup_e6=row[10],
        )
        found[(row[0], row[1], row[2])].append(
            Validity(row[3], row[4], price, row[11], f"{kind}:{row[0]} price:{row[11]} from {row[3].isoformat()}")
        )
    return found


def _tier(tier: list[str | None]) -> Tier:
    up_to, unit_price, flat = tier
    return Tier(
        up_to_e8=None if up_to is None else int(Decimal(up_to) * E8),
        price_e6=int(Decimal(unit_price or 0) * E6),
        flat_e6=int(Decimal(flat or 0) * E6),
    )


_Held = TypeVar("_Held", Validity, ResaleRule)


def _on(validities: list[_Held], on: date) -> _Held | None:
    index = bisect_right(validities, on, key=lambda each: each.valid_from) - 1
    if index < 0:
        return None
    found = validities[index]
    if found.valid_before is not None and on >= found.valid_before:
        return None
    return found
