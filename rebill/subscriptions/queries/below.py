"""What a wholesaler may know of the sellers below it: its dealers, their customers, and what a move takes along.

Names and numbers, because its own invoices name them; nothing of what a dealer asks them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.catalogue.queries.resale import resold_below
from rebill.kit.bulk import Numbers
from rebill.kit.errors import Conflict
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import CustomerUnknown, SellerUnknown, chain_below, require_not_erased, sellers_with_ids
from rebill.rules.timeline import Stretch, stretches
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries.histories import histories


class NotSoldThere(Conflict):
    """The dealer does not resell what is to be ordered or taken along."""


class CannotMove(Conflict):
    """The customer is a dealer with customers of its own, or is with the dealer already."""


@dataclass(frozen=True, slots=True)
class Dealer:
    """A seller below: what it is called, whose customer it is, and how many customers and products it has."""

    seller: Seller
    above: Seller
    as_customer_id: int
    customers: int
    products: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A subscription that a move takes along: its days from the cut-over on, as the seller it leaves counts them, and
    whether it has none before."""

    subscription: Subscription
    days: tuple[Stretch, ...]
    is_new: bool

    def owes_setup(self, begun: Collection[int]) -> bool:
        """Whether its setup fee goes along: not where any of it was billed, as of those that have `begun`."""
        return self.is_new and self.subscription.owes_setup and self.subscription.pk not in begun


@dataclass(frozen=True, slots=True)
class MoveBelow:
    """A customer on its way from one seller to another: what it takes along, and what its products are there.

    `there` and `top` are the new seller's and the acting seller's products, by those of the seller it leaves.
    """

    customer: Customer
    to: Seller
    on: date
    taken: tuple[Taken, ...]
    there: Mapping[int, Product]
    top: Mapping[int, int]


def dealers_of(*, acting: Acting) -> list[Dealer]:
    """The dealers below the seller, at every depth, each after the one above it; two reads and one for each level."""
    require(acting, Permission.READ)
    links = [link for link in chain_below(acting.seller_id) if link.above_id is not None]
    ids = Numbers([link.seller_id for link in links])
    found = {each.pk: each for each in sellers_with_ids([acting.seller_id, *(link.seller_id for link in links)])}
    customers = _counted(Customer.objects.filter(seller_id__among=ids))
    products = _counted(Product.objects.filter(seller_id__among=ids, active=True))
    return [
        Dealer(
            seller=found[link.seller_id],
            above=found[link.above_id],
            as_customer_id=link.as_customer_id,
            customers=customers.get(link.seller_id, 0),
            products=products.get(link.seller_id, 0),
        )
        for link in links
        if link.above_id is not None and link.as_customer_id is not None
    ]


def dealer_of(*, acting: Acting, slug: str) -> Seller:
    """A seller below, or the acting one itself, by its short name; any other is unknown."""
    require(acting, Permission.READ)
    ids = [link.seller_id for link in chain_below(acting.seller_id)]
    seller = Seller.objects.filter(pk__among=Numbers(ids), slug=slug).first()
    if seller is None:
        raise SellerUnknown(_("There is no seller %(named)s.") % {"named": slug})
    return seller


def customers_below(*, acting: Acting, dealer: str = "", words: str = "") -> QuerySet[Customer]:
    """The customers of the dealers below, of one dealer if named, whose number or name has all the words.

    With their sellers. The acting seller's own customers are none of them.
    """
    require(acting, Permission.READ)
    ids = [link.seller_id for link in chain_below(acting.seller_id) if link.above_id is not None]
    found = Customer.objects.filter(seller_id__among=Numbers(ids)).select_related("seller")
    if dealer:
        found = found.filter(seller__slug=dealer)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(number__istartswith=word))
    return found.order_by("seller__slug", "number", "id")


def customer_in_chain(*, acting: Acting, customer_id: int) -> Customer:
    """A customer of the acting seller or of one below it, with its seller; anybody else's is unknown."""
    require(acting, Permission.READ)
    below = [link.seller_id for link in chain_below(acting.seller_id)]
    customer = Customer.objects.select_related("seller").filter(seller_id__among=Numbers(below), pk=customer_id).first()
    if customer is None:
        raise CustomerUnknown(_("There is no customer %(named)s.") % {"named": customer_id})
    return customer


def products_sold_at(*, acting: Acting, seller_id: int) -> Mapping[int, Product]:
    """The products of a seller in the chain, by those of the acting seller that they stand for."""
    require(acting, Permission.READ)
    if seller_id == acting.seller_id:
        return {product.pk: product for product in Product.objects.filter(seller_id=seller_id).order_by("id")}
    resold = {each: of for each, of in resold_below(acting.seller_id).items() if of.seller_id == seller_id}
    own = Product.objects.filter(id__among=Numbers(resold.keys())).order_by("id")
    return {resold[product.pk].product_id: product for product in own}


def move_below(*, acting: Acting, customer_id: int, to_seller_id: int, on: date) -> MoveBelow:
    """What moving the customer to another seller of the chain would take along; refuses what moving it refuses.

    CannotMove: a dealer, whose own customers would stay, or who is there already. NotSoldThere names what the new
    seller does not resell.
    """
    customer = customer_in_chain(acting=acting, customer_id=customer_id)
    require_not_erased(customer)
    if to_seller_id not in {link.seller_id for link in chain_below(acting.seller_id)}:
        raise SellerUnknown(_("There is no seller %(named)s.") % {"named": to_seller_id})
    if customer.seller_id == to_seller_id or Seller.objects.filter(as_customer=customer).exists():
        raise CannotMove(
            _("%(name)s is a dealer, or with this dealer already: it cannot be moved.") % {"name": customer.name}
        )
    staying = list(Subscription.objects.filter(customer=customer).select_related("order", "product").order_by("id"))
    known = histories(seller_id=customer.seller_id, subscription_ids=[each.pk for each in staying])
    taken = []
    for subscription in staying:
        all_days = stretches(known[subscription.pk])
        days = tuple(each._replace(starts_on=max(each.starts_on, on)) for each in all_days if each.ends_before > on)
        if days:
            taken.append(Taken(subscription, days, all(each.starts_on >= on for each in all_days)))
    top = {
        product.pk: top_id for top_id, product in products_sold_at(acting=acting, seller_id=customer.seller_id).items()
    }
    wanted = {each.product_id for one in taken for each in one.days}
    return MoveBelow(
        customer=customer,
        to=Seller.objects.get(pk=to_seller_id),
        on=on,
        taken=tuple(taken),
        there=_translated(wanted, top, products_sold_at(acting=acting, seller_id=to_seller_id)),
        top=top,
    )


def _translated(wanted: Iterable[int], top: Mapping[int, int], there: Mapping[int, Product]) -> dict[int, Product]:
    """The new seller's products by the old one's, for all that is taken along."""
    found = {product_id: there[top[product_id]] for product_id in wanted if top.get(product_id) in there}
    missing = sorted(set(wanted) - found.keys())
    if missing:
        codes = Product.objects.filter(pk__in=missing).order_by("code").values_list("code", flat=True)
        raise NotSoldThere(
            _("The new dealer does not resell what stands behind %(codes)s; let it take that over first.")
            % {"codes": ", ".join(codes)}
        )
    return found


def _counted(rows: QuerySet[Customer] | QuerySet[Product]) -> dict[int, int]:
    return dict(rows.order_by().values("seller_id").annotate(number=Count("id")).values_list("seller_id", "number"))
