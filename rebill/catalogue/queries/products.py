"""Single products, plans and prices, and lists of them for pages; runs look prices up in the price book."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.models import PlanAssignment, Price, PricePlan, Product
from rebill.kit.errors import NotFound
from rebill.parties.entries import LANGUAGES
from rebill.parties.queries import customer_of


class ProductUnknown(NotFound):
    """The acting seller has no such product."""


class PlanUnknown(NotFound):
    """The acting seller has no such price plan."""


class PriceUnknown(NotFound):
    """The acting seller has no such price."""


# --- products -------------------------------------------------------------------------------------------------------


def products_of(acting: Acting) -> QuerySet[Product]:
    """All of the seller's products, by code."""
    return Product.objects.filter(seller_id=acting.seller_id).order_by("code")


def product_of(acting: Acting, product_id: int) -> Product:
    """One of the seller's products."""
    product = Product.objects.filter(seller_id=acting.seller_id, pk=product_id).first()
    if product is None:
        raise ProductUnknown(_("There is no product %(named)s.") % {"named": product_id})
    return product


def product_by_code(acting: Acting, code: str) -> Product:
    """The seller's product with this code."""
    product = Product.objects.filter(seller_id=acting.seller_id, code=code).first()
    if product is None:
        raise ProductUnknown(_("There is no product with the code %(named)r.") % {"named": code})
    return product


def find_products(acting: Acting, search: str) -> QuerySet[Product]:
    """Products by words: each must begin the code or stand in a name, in any language. No words find all."""
    found = products_of(acting)
    for word in search.split():
        matches = Q(code__istartswith=word)
        # Each language by itself: SQLite keeps the letters of a whole JSON column as escapes.
        for language in LANGUAGES:
            matches |= Q(**{f"names__{language}__icontains": word})
        found = found.filter(matches)
    return found


# --- plans ----------------------------------------------------------------------------------------------------------


def plans_of(acting: Acting) -> QuerySet[PricePlan]:
    """All of the seller's price plans, the default one first."""
    return PricePlan.objects.filter(seller_id=acting.seller_id).order_by("-is_default", "code")


def plan_of(acting: Acting, plan_id: int) -> PricePlan:
    """One of the seller's price plans."""
    plan = PricePlan.objects.filter(seller_id=acting.seller_id, pk=plan_id).first()
    if plan is None:
        raise PlanUnknown(_("There is no price plan %(named)s.") % {"named": plan_id})
    return plan


def plan_by_code(acting: Acting, code: str) -> PricePlan:
    """The seller's price plan with this code."""
    plan = PricePlan.objects.filter(seller_id=acting.seller_id, code=code).first()
    if plan is None:
        raise PlanUnknown(_("There is no price plan with the code %(named)r.") % {"named": code})
    return plan


def default_plan_of(acting: Acting) -> PricePlan | None:
    """The plan of customers that were assigned none; None before there is any plan."""
    return PricePlan.objects.filter(seller_id=acting.seller_id, is_default=True).first()


def plan_of_customer(acting: Acting, customer_id: int, on: date) -> PricePlan | None:
    """The plan the customer has on the day."""
    customer = customer_of(acting, customer_id)
    assignment = (
        PlanAssignment.objects.filter(customer=customer, valid_from__lte=on)
        .select_related("plan")
        .order_by("-valid_from")
        .first()
    )
    return default_plan_of(acting) if assignment is None else assignment.plan


def plans_assigned_to(acting: Acting, customer_id: int) -> QuerySet[PlanAssignment]:
    """The plans the customer was assigned, the latest first, with the day from which each holds."""
    customer = customer_of(acting, customer_id)
    return PlanAssignment.objects.filter(customer=customer).select_related("plan").order_by("-valid_from")


# --- prices ---------------------------------------------------------------------------------------------------------


def price_of(acting: Acting, price_id: int) -> Price:
    """One of the seller's prices, with its product."""
    price = Price.objects.filter(seller_id=acting.seller_id, pk=price_id).select_related("product").first()
    if price is None:
        raise PriceUnknown(_("There is no price %(named)s.") % {"named": price_id})
    return price


def prices_of_product(acting: Acting, product_id: int) -> QuerySet[Price]:
    """Every price the product ever had or will have, in plans and for single customers."""
    product = product_of(acting, product_id)
    return (
        Price.objects.filter(product=product)
        .select_related("plan", "customer")
        .order_by("plan__code", "customer__number", "currency", "valid_from", "id")
    )


def prices_of_customer(acting: Acting, customer_id: int) -> QuerySet[Price]:
    """The customer's own prices, which win over every plan."""
    customer = customer_of(acting, customer_id)
    return (
        Price.objects.filter(customer=customer)
        .select_related("product")
        .order_by("product__code", "currency", "valid_from", "id")
    )


def price_list(acting: Acting, plan_id: int, on: date) -> QuerySet[Price]:
    """The prices of the plan that hold on the day."""
    plan = plan_of(acting, plan_id)
    return (
        Price.objects.filter(plan=plan, valid_from__lte=on)
        .filter(Q(valid_before__isnull=True) | Q(valid_before__gt=on))
        .select_related("product")
        .order_by("product__code", "currency")
    )
