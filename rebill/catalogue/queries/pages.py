"""What the pages of products and price plans show: counts, prices of a day, who has a plan, what a change comes to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from rebill.access.acting import Acting
from rebill.catalogue.fields import PriceContent, as_rule
from rebill.catalogue.models import PlanAssignment, Price, PricePlan, Product
from rebill.parties.models import Customer
from rebill.parties.queries import customers_of
from rebill.rules import pricing
from rebill.rules.money import amount_minor, digits_of
from rebill.rules.pricing import PricedPart, price_parts


@dataclass(frozen=True, slots=True)
class ProductCounts:
    """How many products are sold, in all and of each kind, and how many are not sold any more."""

    all: int
    kinds: dict[str, int]
    inactive: int


def count_products(products: QuerySet[Product]) -> ProductCounts:
    """How many these are; one read."""
    rows = products.order_by().values_list("kind", "active").annotate(Count("id"))
    kinds: dict[str, int] = {}
    inactive = 0
    for kind, active, number in rows:
        if active:
            kinds[kind] = number
        else:
            inactive += number
    return ProductCounts(sum(kinds.values()), kinds, inactive)


def prices_in(plan: PricePlan, product_ids: Collection[int], *, currency: str, on: date) -> dict[int, Price]:
    """What these products cost on the day in the plan; those without a price are left out."""
    standing = Price.objects.filter(
        _not_over(on), plan=plan, product_id__in=product_ids, currency=currency, valid_from__lte=on
    )
    return {price.product_id: price for price in standing.order_by("id")}


def own_prices(acting: Acting, *, on: date) -> QuerySet[Price]:
    """The prices that single customers have of their own on the day or later, by customer and product."""
    return (
        Price.objects.filter(seller_id=acting.seller_id, customer__isnull=False)
        .filter(_not_over(on))
        .select_related("customer", "product")
        .order_by("customer__number", "product__code", "valid_from", "id")
    )


def prices_per_plan(acting: Acting, on: date) -> dict[int, int]:
    """How many prices each plan has on the day."""
    standing = Price.objects.filter(_not_over(on), seller_id=acting.seller_id, plan__isnull=False, valid_from__lte=on)
    return dict(standing.order_by().values_list("plan_id").annotate(Count("id")))


def _not_over(on: date) -> Q:
    return Q(valid_before__isnull=True) | Q(valid_before__gt=on)


# --- who has a plan -------------------------------------------------------------------------------------------------


def customers_with_plan(acting: Acting, plan: PricePlan, on: date) -> QuerySet[Customer]:
    """The customers that have the plan on the day; the default plan is that of all who were assigned none."""
    standing = _standing(acting, on).filter(customer=OuterRef("pk"))
    has_it = Exists(standing.filter(plan=plan))
    return customers_of(acting).filter(has_it | ~Exists(standing) if plan.is_default else has_it)


def customers_per_plan(acting: Acting, plans: Iterable[PricePlan], on: date) -> dict[int, int]:
    """How many customers have each of these plans on the day; two reads."""
    assigned = dict(_standing(acting, on).order_by().values_list("plan_id").annotate(Count("id")))
    counts = {plan.pk: assigned.get(plan.pk, 0) for plan in plans}
    for plan in plans:
        if plan.is_default:
            counts[plan.pk] += customers_of(acting).count() - sum(assigned.values())
    return counts


def _standing(acting: Acting, on: date) -> QuerySet[PlanAssignment]:
    """The assignments that hold on the day: of each customer the latest until then."""
    later = PlanAssignment.objects.filter(
        customer=OuterRef("customer"), valid_from__gt=OuterRef("valid_from"), valid_from__lte=on
    )
    return PlanAssignment.objects.filter(~Exists(later), seller_id=acting.seller_id, valid_from__lte=on)


# --- what a price is and does ---------------------------------------------------------------------------------------


def rule_of(price: Price) -> pricing.Price:
    """The price as it is calculated with."""
    return as_rule(
        PriceContent(
            model=price.model,
            unit_price=int(price.unit_price.scaleb(6)),
            months=price.months,
            tiers=tuple((tier[0], tier[1], tier[2]) for tier in price.tiers),
            package_size=None if price.package_size is None else int(price.package_size.scaleb(8)),
            setup_price=None if price.setup_price is None else int(price.setup_price.scaleb(6)),
        )
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """What a quantity costs for a billing period, in its parts; each amount is rounded as on a document."""

    parts: tuple[tuple[PricedPart, int], ...]
    amount_minor: int
    setup_minor: int


def try_price(price: pricing.Price, *, quantity_e8: int, months: int | None, currency: str) -> Tried:
    """What this quantity costs for whole `months` months, by the rule of a run."""
    digits = digits_of(currency)
    parts = tuple(
        (part, amount_minor(part.quantity_e8, part.price_e6, digits))
        for part in price_parts(price, quantity_e8, months)
    )
    setup = amount_minor(10**8, price.setup_e6, digits) if price.setup_e6 else 0
    return Tried(parts, sum(amount for _part, amount in parts), setup)


@dataclass(frozen=True, slots=True)
class PriceSpot:
    """Where a price from a day would lie: what it corrects, which one ends for it, and which one ends it."""

    corrects: Price | None
    before: Price | None
    following: Price | None


def price_spot(
    acting: Acting, *, product: Product, plan: PricePlan | None, customer: Customer | None, currency: str, on: date
) -> PriceSpot:
    """The prices of the product around the day, in the plan or of the customer."""
    holder = Q(plan=plan) if customer is None else Q(customer=customer)
    prices = Price.objects.filter(holder, seller_id=acting.seller_id, product=product, currency=currency)
    ordered = list(prices.order_by("valid_from"))
    earlier = [price for price in ordered if price.valid_from < on]
    reaching = earlier and (earlier[-1].valid_before is None or earlier[-1].valid_before > on)
    return PriceSpot(
        corrects=next((price for price in ordered if price.valid_from == on), None),
        before=earlier[-1] if reaching else None,
        following=next((price for price in ordered if price.valid_from > on), None),
    )
