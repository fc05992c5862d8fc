"""Prices of plans and of single customers, each from a day on."""

from datetime import date, datetime
from typing import Unpack

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.laying import PriceEntry, PriceOwner, lay_prices
from rebill.catalogue.commands.revising import Revised, lock_prices, revise_prices
from rebill.catalogue.fields import PriceTerms
from rebill.catalogue.models import Price, Product
from rebill.catalogue.queries import PriceUnknown, plan_of, product_of
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, Refused
from rebill.kit.events import record_event
from rebill.parties import entries
from rebill.parties.queries import customer_of, seller_of


class EndUnfit(Conflict):
    """The price cannot end on that day: it would end before it begins, or after the next one begins."""


def set_price(
    *,
    acting: Acting,
    plan_id: int,
    product_id: int,
    valid_from: date,
    now: datetime,
    currency: str = "",
    **price: Unpack[PriceTerms],
) -> Price:
    """What the product costs in the plan from the day on; the price before it ends there.

    On the day of a price that is there, it is corrected: what is left out stays. The currency is the seller's unless
    said. A day in the past is allowed: what was billed since is looked at again. Refused: a price that says it ends
    after the next one begins.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_prices(acting.seller_id)
        owner = PriceOwner(plan_id=plan_of(acting, plan_id).pk)
        currency = currency or seller_of(acting).currency
        return _set(acting, owner, product_of(acting, product_id), currency, valid_from, price, now)


def set_customer_price(
    *,
    acting: Acting,
    customer_id: int,
    product_id: int,
    valid_from: date,
    now: datetime,
    currency: str = "",
    **price: Unpack[PriceTerms],
) -> Price:
    """What the product costs this customer from the day on, whatever its plan says; else as `set_price`.

    The currency is the customer's unless said.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_prices(acting.seller_id)
        customer = customer_of(acting, customer_id)
        currency = currency or customer.currency or seller_of(acting).currency
        owner = PriceOwner(customer_id=customer.pk)
        return _set(acting, owner, product_of(acting, product_id), currency, valid_from, price, now)


def end_price(*, acting: Acting, price_id: int, valid_before: date, now: datetime) -> Price:
    """The price holds until before the day; from then on there is none until the next, and charges wait for one."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_prices(acting.seller_id)
        price = Price.objects.filter(seller_id=acting.seller_id, pk=price_id).first()
        if price is None:
            raise PriceUnknown(_("There is no price %(named)s.") % {"named": price_id})
        _require_fit(price, valid_before)
        if price.valid_before != valid_before:
            earlier = price.valid_before
            price.valid_before = valid_before
            price.save(update_fields=["valid_before"])
            changed_from = valid_before if earlier is None else min(earlier, valid_before)
            revise_prices([Revised(acting.seller_id, price.product_id, price.customer_id, changed_from)])
            record_event(
                seller_id=acting.seller_id,
                subject=price,
                verb="ended",
                actor_id=acting.user_id,
                now=now,
                details={"valid_before": [earlier and earlier.isoformat(), valid_before.isoformat()]},
            )
    return price


def _set(
    acting: Acting,
    owner: PriceOwner,
    product: Product,
    currency: str,
    valid_from: date,
    terms: PriceTerms,
    now: datetime,
) -> Price:
    entry = PriceEntry(
        owner=owner,
        product_id=product.pk,
        kind=product.kind,
        currency=entries.currency("currency", currency),
        valid_from=valid_from,
        valid_before=terms.get("valid_before"),
        terms={name: value for name, value in terms.items() if name != "valid_before"},
    )
    [result] = lay_prices(acting, [entry], now)
    if isinstance(result, Refused):
        raise result
    return _prices_of(owner, product.pk, entry.currency).get(valid_from=valid_from)


def _prices_of(owner: PriceOwner, product_id: int, currency: str) -> QuerySet[Price]:
    """All prices of a product in a plan or for a customer, in one currency."""
    holder = Q(customer_id=owner.customer_id) if owner.plan_id is None else Q(plan_id=owner.plan_id)
    return Price.objects.filter(holder, product_id=product_id, currency=currency).order_by("valid_from")


def _require_fit(price: Price, valid_before: date) -> None:
    if valid_before <= price.valid_from:
        raise EndUnfit(
            _("The price begins on %(start)s and cannot end before %(end)s.")
            % {"start": price.valid_from, "end": valid_before}
        )
    owner = PriceOwner(price.plan_id, price.customer_id)
    following = _prices_of(owner, price.product_id, price.currency).filter(valid_from__gt=price.valid_from).first()
    if following is not None and valid_before > following.valid_from:
        raise EndUnfit(
            _("The price from %(start)s cannot end before %(end)s: the next begins on %(following)s.")
            % {"start": price.valid_from, "end": valid_before, "following": following.valid_from}
        )
