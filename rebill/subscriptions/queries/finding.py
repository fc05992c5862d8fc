"""One order, subscription or change by its name, and the subscriptions that words find."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.kit.errors import NotFound
from rebill.parties.queries import find_customers
from rebill.subscriptions.models import Change, Order, Subscription


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
    # Every list below is of this seller's rows; saying so again would lead away from the index of each.
    own = Subscription.objects.order_by()
    for word in search.split():
        # Three lists of ids, each from an index; one condition on all three would look at every subscription.
        found = found.filter(
            pk__in=own.filter(customer__in=find_customers(acting, word).order_by().values("id"))
            .values("pk")
            .union(
                own.filter(product__in=_products_beginning(acting, word)).values("pk"),
                own.filter(order__in=orders_of(acting=acting).filter(number__istartswith=word).values("id")).values(
                    "pk"
                ),
            )
        )
    return found.order_by("customer__number", "customer_id", "id")


def _products_beginning(acting: Acting, word: str) -> QuerySet[Product, Any]:
    return Product.objects.filter(seller_id=acting.seller_id, code__istartswith=word).order_by().values("id")
