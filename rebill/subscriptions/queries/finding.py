"""One order, subscription or change by its name, and the subscriptions that words find."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.kit.errors import NotFound
from rebill.kit.search import WORDS_MAX, first_by_words, says
from rebill.parties.models import Customer
from rebill.parties.queries import find_customers
from rebill.subscriptions.models import Change, Order, Subscription

# Customers of whom each subscription is looked up; among more of them a list finds its page sooner by walking.
FEW = 500


class OrderNotFound(NotFound):
    """The seller has no order with this number."""


class SubscriptionNotFound(NotFound):
    """The seller has no subscription with this uuid."""


class ChangeNotFound(NotFound):
    """The seller has no change with this uuid."""


def order_of(*, acting: Acting, number: str) -> Order:
    """The seller's order with this number."""
    require(acting, Permission.READ)
    order = Order.objects.filter(seller_id=acting.seller_id, number=number).first()
    if order is None:
        raise OrderNotFound(_("There is no order %(named)s.") % {"named": number})
    return order


def orders_of(*, acting: Acting) -> QuerySet[Order]:
    """The seller's orders, to be filtered further."""
    require(acting, Permission.READ)
    return Order.objects.filter(seller_id=acting.seller_id)


def subscription_of(*, acting: Acting, uuid: UUID) -> Subscription:
    """The seller's subscription with this uuid, with its customer and product."""
    found = subscriptions(acting=acting).filter(uuid=uuid).first()
    if found is None:
        raise SubscriptionNotFound(_("There is no subscription %(named)s.") % {"named": uuid})
    return found


def change_of(*, acting: Acting, uuid: UUID) -> Change:
    """The seller's change with this uuid, with its subscription."""
    require(acting, Permission.READ)
    found = Change.objects.select_related("subscription").filter(seller_id=acting.seller_id, uuid=uuid).first()
    if found is None:
        raise ChangeNotFound(_("There is no change %(named)s.") % {"named": uuid})
    return found


def subscriptions(*, acting: Acting) -> QuerySet[Subscription]:
    """The seller's subscriptions with customer and product, to be filtered further."""
    require(acting, Permission.READ)
    return Subscription.objects.filter(seller_id=acting.seller_id).select_related("customer", "product", "order")


def find_subscriptions(*, acting: Acting, search: str = "", customer_id: int | None = None) -> QuerySet[Subscription]:
    """The seller's subscriptions by customer: of one customer if given, and with each word in what finds the customer
    or at the beginning of the product's code or the order's number."""
    found = subscriptions(acting=acting)
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    words, of_customers = search.split()[:WORDS_MAX], []
    for word, (products, orders) in zip(words, _beginning_with(acting, words), strict=True):
        if not products and not orders:
            of_customers.append(word)
            continue
        customers = list(find_customers(acting, word).order_by().values_list("id", flat=True))
        found = found.filter(
            Q(customer_id__among=customers) | Q(product_id__among=products) | Q(order_id__among=orders)
        )
    if of_customers:
        named = " ".join(of_customers)
        few = first_by_words(Customer, named, seller_id=acting.seller_id, most=FEW + 1)
        customers = list(few.values_list("id", flat=True))
        if len(customers) <= FEW:
            found = found.filter(customer_id__among=customers)
        else:
            # So many are met soon by who looks at each subscription, and later by who begins with the customers.
            one = Customer.objects.filter(says(named), id=OuterRef("customer_id")).order_by().values("id")[:1]
            found = found.alias(of_customer=Subquery(one)).filter(of_customer__isnull=False)
    return found.order_by("customer__number", "customer_id", "id")


def _beginning_with(acting: Acting, words: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    """For each word the products whose code, and the orders whose number begins with it; one read for all of them."""
    products, orders = Product.objects.filter(seller_id=acting.seller_id), orders_of(acting=acting)
    lists = [
        rows.order_by().annotate(place=Value(place), is_order=Value(is_order)).values_list("place", "is_order", "id")
        for place, word in enumerate(words)
        for is_order, rows in enumerate(
            (products.filter(code__istartswith=word), orders.filter(number__istartswith=word))
        )
    ]
    found: list[tuple[list[int], list[int]]] = [([], []) for _ in words]
    for place, is_order, row_id in lists[0].union(*lists[1:], all=True) if lists else ():
        found[place][is_order].append(row_id)
    return found
