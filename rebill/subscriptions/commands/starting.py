"""Placing an order and starting a subscription: the first state, from which everything later is a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.kit.bulk import write_lock
from rebill.kit.errors import Conflict, Invalid, NotFound, reason_of
from rebill.kit.events import record_event
from rebill.kit.fields import Inexact, QuantityField, UnitPriceField
from rebill.parties.commands import lock_open_customer
from rebill.parties.models import Customer
from rebill.parties.queries import require_not_erased
from rebill.rules.periods import Alignment, Timing
from rebill.subscriptions.models import Order, Subscription

BILLING_MONTHS_MAX = 36


class TermsRefused(Invalid):
    """What was agreed contradicts itself. `term` names which of the terms, as it is called in `StartTerms`."""

    def __init__(self, term: str, why: str, remedy: str) -> None:
        super().__init__(f"{why} {remedy}")
        self.term = term
        self.why = why
        self.remedy = remedy


class OrderDiffers(Conflict):
    """The number of the order is taken by an order with other contents."""


class SubscriptionDiffers(Conflict):
    """The uuid is taken by a subscription with other terms."""


class NotTheSellers(NotFound):
    """A customer, product or order was named that the acting seller does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTerms:
    """What is agreed when a subscription starts; `models.Subscription` says what each of them means."""

    quantity: Decimal
    start_on: date
    ends_before: date | None = None
    trial_before: date | None = None
    unit_price: Decimal | None = None
    billing_months: int = 1
    timing: Timing = Timing.ADVANCE
    alignment: Alignment = Alignment.CALENDAR
    description: str = ""
    cost_centre: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    owes_setup: bool = True


def check_terms(terms: StartTerms) -> None:
    """Refuses terms that cannot hold: negative quantities, ends before the start, periods out of 1 to 36 months.

    A subscription that ends on the day it starts is allowed: then nothing is owed.
    """
    check_quantity(terms.quantity)
    check_price(terms.unit_price)
    if not 1 <= terms.billing_months <= BILLING_MONTHS_MAX:
        raise TermsRefused(
            "billing_months",
            _("A billing period of %(months)s months cannot be billed.") % {"months": terms.billing_months},
            _("Give 1 to %(most)s months.") % {"most": BILLING_MONTHS_MAX},
        )
    for term, day in (("ends_before", terms.ends_before), ("trial_before", terms.trial_before)):
        if day is not None and day < terms.start_on:
            raise TermsRefused(
                term,
                _("It would be over before it starts on %(start_on)s.") % {"start_on": terms.start_on},
                _("Correct one of the days."),
            )
    check_length("description", terms.description, length_max=200)
    check_length("cost_centre", terms.cost_centre, length_max=40)
    check_length("reference", terms.reference)


def check_quantity(quantity: Decimal) -> None:
    """Refuses a quantity below zero, or one with more than eight decimals."""
    if quantity < 0:
        raise TermsRefused(
            "quantity",
            _("The quantity %(quantity)s is negative.") % {"quantity": quantity},
            _("Give what is taken, zero or more; a credit is an interim line."),
        )
    quantity_e8(quantity)


def check_price(unit_price: Decimal | None) -> None:
    """Refuses a price with more than six decimals. A price below zero is a lasting discount, and allowed."""
    if unit_price is not None:
        price_e6(unit_price)


# Quantities and prices repeat by the thousand in a file; floats must not be taken for the Decimals they equal.
@lru_cache(maxsize=10_000, typed=True)
def quantity_e8(quantity: Decimal) -> int:
    """The quantity as it is kept; TermsRefused when it cannot be kept exactly."""
    try:
        return _QUANTITY.scaled(quantity) or 0
    except Inexact as refusal:
        raise TermsRefused(
            "quantity", reason_of(refusal), _("Give at most %(places)s decimals.") % {"places": _QUANTITY.places}
        ) from None


@lru_cache(maxsize=10_000, typed=True)
def price_e6(unit_price: Decimal) -> int:
    """The unit price as it is kept; TermsRefused when it cannot be kept exactly."""
    try:
        return _UNIT_PRICE.scaled(unit_price) or 0
    except Inexact as refusal:
        raise TermsRefused(
            "unit_price", reason_of(refusal), _("Give at most %(places)s decimals.") % {"places": _UNIT_PRICE.places}
        ) from None


_QUANTITY = QuantityField()
_UNIT_PRICE = UnitPriceField()


def check_length(term: str, text: str, *, length_max: int = 120) -> None:
    """Refuses a text that its column cannot hold: SQLite would keep it and PostgreSQL would not."""
    if len(text) > length_max:
        raise TermsRefused(
            term,
            _("The text has %(length)s characters.") % {"length": len(text)},
            _("Shorten it to %(most)s characters.") % {"most": length_max},
        )


def require_own(acting: Acting, row: Customer | Product | Order) -> None:
    """Another seller's row is not found, as if it were not there."""
    if row.seller_id != acting.seller_id:
        kinds = {
            Customer: _("There is no customer %(named)s."),
            Product: _("There is no product %(named)s."),
            Order: _("There is no order %(named)s."),
        }
        raise NotTheSellers(kinds[type(row)] % {"named": row.pk})


def place_order(
    *,
    acting: Acting,
    customer: Customer,
    number: str,
    now: datetime,
    general_reference: str = "",
    ordered_on: date | None = None,
) -> Order:
    """An order of the customer under the seller's own number; placed a second time it is the same order.

    Refuses a number that another order has. Does not start anything: subscriptions name the order.
    """
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    require_own(acting, customer)
    require_not_erased(customer)
    number = number.strip()
    if not number:
        raise Invalid(_("An order has a number. Give the number under which the customer ordered."))
    check_length("order_number", number, length_max=60)
    check_length("general_reference", general_reference)
    with transaction.atomic():
        lock_starts(acting.seller_id)
        order, is_new = Order.objects.get_or_create(
            seller_id=acting.seller_id,
            number=number,
            defaults={"customer": customer, "general_reference": general_reference, "ordered_on": ordered_on},
        )
        if is_new:
            record_event(
                seller_id=acting.seller_id,
                subject=order,
                verb="placed",
                actor_id=acting.user_id,
                now=now,
                details={"number": order.number, "general_reference": general_reference},
            )
    if (order.customer_id, order.general_reference, order.ordered_on) != (customer.pk, general_reference, ordered_on):
        raise OrderDiffers(
            _("Order %(number)s exists with another customer, reference or day. Choose another number.")
            % {"number": order.number}
        )
    return order


def _require_order_of(customer: Customer, order: Order | None) -> None:
    """Refused under an order of another customer."""
    if order is not None and order.customer_id != customer.pk:
        why = _("Order %(number)s is another customer's. Name an order of customer %(customer)s.")
        raise Invalid(why % {"number": order.number, "customer": customer.pk})


def start_subscription(
    *,
    acting: Acting,
    customer: Customer,
    product: Product,
    terms: StartTerms,
    now: datetime,
    order: Order | None = None,
    uuid: UUID | None = None,
) -> Subscription:
    """A subscription of the customer on these terms, from `terms.start_on`, which may lie in the past or future.

    With a `uuid` it is started once: the same terms again give the same subscription, other terms are refused.
    Does not bill anything; the next run finds it.
    """
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    for row in (customer, product, order):
        if row is not None:
            require_own(acting, row)
    _require_order_of(customer, order)
    check_terms(terms)
    wanted = Subscription(
        seller_id=acting.seller_id,
        customer=customer,
        order=order,
        uuid=uuid or uuid4(),
        product=product,
        description=terms.description,
        quantity=terms.quantity,
        unit_price=terms.unit_price,
        start_on=terms.start_on,
        ends_before=terms.ends_before,
        trial_before=terms.trial_before,
        billing_months=terms.billing_months,
        timing=terms.timing,
        alignment=terms.alignment,
        cost_centre=terms.cost_centre,
        dimensions=dict(terms.dimensions),
        reference=terms.reference,
        owes_setup=terms.owes_setup,
        created_at=now,
    )
    with transaction.atomic():
        _lock_start(acting, customer)
        known = Subscription.objects.filter(seller_id=acting.seller_id, uuid=wanted.uuid).first()
        if known is not None:
            _require_same(known, wanted)
            return known
        wanted.save(force_insert=True)
        record_event(
            seller_id=acting.seller_id,
            subject=wanted,
            verb="started",
            actor_id=acting.user_id,
            now=now,
            details={"uuid": str(wanted.uuid), "start_on": terms.start_on.isoformat(), "reference": terms.reference},
        )
    return wanted


def lock_starts(seller_id: int) -> None:
    """Orders and subscriptions of one seller begin one after the other, so that no two imports begin the same one."""
    write_lock(f"subscriptions start {seller_id}")


def _lock_start(acting: Acting, customer: Customer) -> None:
    """Who erases the person meanwhile is waited for, or sees the subscription."""
    lock_starts(acting.seller_id)
    lock_open_customer(acting=acting, customer_id=customer.pk)


def _require_same(known: Subscription, wanted: Subscription) -> None:
    ignored = {"id", "sequence", "created_at"}
    names = [column.attname for column in Subscription._meta.concrete_fields if column.name not in ignored]
    if any(getattr(known, name) != getattr(wanted, name) for name in names):
        raise SubscriptionDiffers(
            _("Subscription %(uuid)s exists with other terms. Enter a change, or give a new uuid.")
            % {"uuid": known.uuid}
        )
