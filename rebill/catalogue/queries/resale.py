"""What dealers resell: what their wholesaler offers them, what they made of it, and who is billed for it further up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.models import Product, ResalePrice
from rebill.catalogue.queries.price_book import PriceBook, Validity, read_price_book
from rebill.catalogue.queries.products import ProductUnknown
from rebill.kit.bulk import Numbers
from rebill.kit.errors import Conflict
from rebill.parties.models import Customer, Seller
from rebill.rules.proration import ProrationBase


class NoDealer(Conflict):
    """The seller is nobody's dealer: there is nothing it could resell."""


@dataclass(frozen=True, slots=True)
class Wholesaler:
    """The seller above a dealer, and what it knows the dealer as."""

    id: int
    name: str
    language: str
    as_customer_id: int
    currency: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A product of the wholesaler, as a dealer may see it: its name and what the dealer pays, nothing further up.

    `resold_as` is the dealer's own product that stands for it, if there is one.
    """

    product: Product
    name: str
    buy: Validity | None
    resold_as: Product | None


def wholesaler_of(acting: Acting) -> Wholesaler:
    """The seller above the one that is acted for; NoDealer where there is none."""
    row = (
        Seller.objects.filter(pk=acting.seller_id, as_customer__isnull=False)
        .values_list(
            "as_customer__seller_id",
            "as_customer__seller__name",
            "as_customer__seller__language",
            "as_customer_id",
            "as_customer__currency",
            "as_customer__seller__currency",
        )
        .first()
    )
    if row is None:
        raise NoDealer(_("This seller is no dealer: nobody above it offers anything to resell."))
    return Wholesaler(row[0], row[1], row[2], row[3], row[4] or row[5])


def products_offered(acting: Acting, *, on: date, search: str = "", language: str = "") -> list[Offered]:
    """What the wholesaler sells and has a price for on the day, by code, with what the dealer has made of it."""
    above = wholesaler_of(acting)
    book = buy_book(above)
    mine = {
        product.resells_id: product
        for product in Product.objects.filter(seller_id=acting.seller_id, resells__isnull=False).order_by("code")
    }
    found = []
    for product in Product.objects.filter(seller_id=above.id, active=True).order_by("code"):
        resold_as = mine.get(product.pk)
        buy = _bought(book, above, product.pk, on)
        if buy is None and resold_as is None:
            continue
        name = product.names.get(language) or product.names.get(above.language) or product.code
        words = f"{product.code} {name}".casefold()
        if all(word in words for word in search.casefold().split()):
            found.append(Offered(product, name, buy, resold_as))
    return found


def offered_product(acting: Acting, *, product_id: int | None = None, code: str = "") -> Product:
    """One product that the wholesaler sells, by its id or its code there; another seller's is unknown."""
    above = wholesaler_of(acting)
    named = Q(pk=product_id) if product_id is not None else Q(code=code)
    product = Product.objects.filter(named, seller_id=above.id, active=True).first()
    if product is None:
        raise ProductUnknown(_("Your wholesaler offers no product %(named)s.") % {"named": product_id or code})
    return product


def buy_book(above: Wholesaler) -> PriceBook:
    """The prices that the wholesaler asks this dealer."""
    book = read_price_book(above.id)
    book.turn_to([above.as_customer_id])
    return book


def _bought(book: PriceBook, above: Wholesaler, product_id: int, on: date) -> Validity | None:
    return book.find(customer_id=above.as_customer_id, currency=above.currency, product_id=product_id, on=on)


def resale_prices(acting: Acting, *, product_id: int | None = None) -> QuerySet[ResalePrice]:
    """How the seller prices a product that it resells, or, without one, all that have no price of their own."""
    rows = ResalePrice.objects.filter(seller_id=acting.seller_id).select_related("product")
    rows = rows.filter(product__isnull=True) if product_id is None else rows.filter(product_id=product_id)
    return rows.order_by("currency", "valid_from", "id")


# --- for runs -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ResoldBelow:
    """A product of a seller further down that stands for one of a seller above it.

    `product_id` is that one's. `buyer_id` is its direct customer, through whom the product went down.
    `base` is how the seller further down counts days.
    """

    seller_id: int
    product_id: int
    buyer_id: int
    base: ProrationBase


def resold_below(seller_id: int) -> Mapping[int, ResoldBelow]:
    """Every product further down the chain that stands for one of the seller's, by its id; a read for each level.

    A seller whose products nobody resells costs one read.
    """
    found: dict[int, ResoldBelow] = {}
    rows = Product.objects.filter(resells__seller_id=seller_id)
    while True:
        level = list(
            rows.order_by("id").values_list(
                "id", "seller_id", "resells_id", "seller__as_customer_id", "seller__proration_base"
            )
        )
        if not level:
            return found
        for product_id, of_seller, resells_id, as_customer_id, base in level:
            above = found.get(resells_id)
            found[product_id] = ResoldBelow(
                seller_id=of_seller,
                product_id=resells_id if above is None else above.product_id,
                buyer_id=as_customer_id if above is None else above.buyer_id,
                base=ProrationBase(base),
            )
        rows = Product.objects.filter(resells_id__among=Numbers([row[0] for row in level]))


def dealers_among(seller_id: int) -> dict[int, int]:
    """The seller's customers that are dealers, with the sellers they are."""
    rows = Customer.objects.filter(seller_id=seller_id, as_seller__isnull=False).order_by("number", "id")
    return dict(rows.values_list("id", "as_seller__id"))
