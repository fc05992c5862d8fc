"""Tables of what is bought on tabs."""

from django.db import models
from django.db.models import Q

from rebill.catalogue.models import Product
from rebill.kit.fields import MoneyField, QuantityField, RateField, UnitPriceField
from rebill.parties.models import Seller
from rebill.sources.tabs.models.holders import Holder
from rebill.sources.tabs.models.tabs import Tab


class OrderState(models.TextChoices):
    """Reserved and booked orders are open and take of the limit; only booked ones are billed."""

    RESERVED = "reserved"
    BOOKED = "booked"
    BILLED = "billed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


# A billed order is booked again when its invoice is withdrawn or its draft thrown away.
ORDER_MOVES = {
    OrderState.RESERVED: frozenset({OrderState.BOOKED, OrderState.SETTLED, OrderState.CANCELLED}),
    OrderState.BOOKED: frozenset({OrderState.BILLED, OrderState.SETTLED, OrderState.CANCELLED}),
    OrderState.BILLED: frozenset({OrderState.BOOKED}),
    OrderState.SETTLED: frozenset[OrderState](),
    OrderState.CANCELLED: frozenset[OrderState](),
}
OPEN_STATES = (OrderState.RESERVED, OrderState.BOOKED)


class TabTelling(models.Model):
    """One time a tab was billed: the charges begin their keys with its number, and are `lines` in all."""

    tab = models.ForeignKey(Tab, on_delete=models.PROTECT, related_name="tellings")
    number = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["tab", "number"]
        constraints = [models.UniqueConstraint(fields=["tab", "number"], name="tab_telling_number_is_unique")]


class TabOrder(models.Model):
    """An order on a tab. `key` is the till's own, by which the same order sent twice is one order.

    `amount` is what it takes of the limit, VAT included; below zero where something is given back. `fingerprint` tells
    the same order from another under the same key, as it was sent first. `was_booked`: it was more than reserved, or
    is. `ordered_on` is the seller's day. `is_late`: it came after the fact, from a till that had been off line; only
    then it may be `over_limit`, or on a tab that was not to be bought on. `holder` is who bought, where the till says
    so. `refunded` is how much of it was given back, by orders that name it in `refunds`.
    """

    # Its tab proves its seller: a constraint of its own would lock the seller's one row for every order.
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    tab = models.ForeignKey(Tab, on_delete=models.PROTECT, related_name="orders", db_index=False)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=32)
    till = models.CharField(max_length=60, blank=True, default="")
    holder = models.ForeignKey(
        Holder, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reference = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=9, choices=OrderState.choices)
    ordered_at = models.DateTimeField()
    ordered_on = models.DateField()
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True, default="")
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    refunded = MoneyField(default=0)
    includes_vat = models.BooleanField()
    is_late = models.BooleanField(default=False)
    over_limit = models.BooleanField(default=False)
    not_allowed = models.BooleanField(default=False)
    was_booked = models.BooleanField(default=False)
    refunds = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="refunded_by", db_index=False
    )
    telling = models.ForeignKey(
        TabTelling, null=True, blank=True, on_delete=models.PROTECT, related_name="orders", db_index=False
    )

    class Meta:
        ordering = ["tab", "-ordered_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "key"], name="tab_order_key_is_unique_per_seller"),
            models.CheckConstraint(
                condition=Q(state=OrderState.BILLED, telling__isnull=False)
                | ~Q(state=OrderState.BILLED) & Q(telling__isnull=True),
                name="tab_order_is_billed_with_a_telling",
            ),
        ]
        indexes = [
            models.Index(fields=["tab", "-ordered_at", "-id"], name="tab_order_by_tab"),
            models.Index(
                fields=["seller", "tab"], condition=Q(state__in=["reserved", "booked"]), name="tab_order_open"
            ),
            models.Index(fields=["telling"], condition=Q(telling__isnull=False), name="tab_order_by_telling"),
            models.Index(fields=["refunds"], condition=Q(refunds__isnull=False), name="tab_order_refunds"),
        ]


class TabOrderLine(models.Model):
    """A line of an order, as the till asked it: `amount` is quantity times price, with VAT in it or not as the order
    says, and `vat_rate` the percentage the till's price was made with."""

    order = models.ForeignKey(TabOrder, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveSmallIntegerField()
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    description = models.CharField(max_length=200)
    quantity = QuantityField()
    unit_price = UnitPriceField()
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    rate_class = models.CharField(max_length=20)
    vat_rate = RateField()
    supply = models.CharField(max_length=12)

    class Meta:
        ordering = ["order", "number"]
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="tab_order_line_number_is_unique")]


class EarlyKind(models.TextChoices):
    """What may come before its order, in the sequence in which it happens to an order."""

    BOOK = "book"
    END = "end"
    REFUND = "refund"


class EarlyStep(models.Model):
    """That an order was booked, ended or given back before it came: what a till sends late comes in any order.

    `to` and `reason` say how it ended; `order_lines` what was booked, where that was something else than was reserved;
    the rest what was given back. It is deleted as soon as it is done.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=6, choices=EarlyKind.choices)
    to = models.CharField(
        max_length=9,
        choices=[(each.value, each.name) for each in (OrderState.SETTLED, OrderState.CANCELLED)],
        blank=True,
        default="",
    )
    reason = models.CharField(max_length=200, blank=True, default="")
    order_lines = models.JSONField(null=True, blank=True)
    refund_key = models.CharField(max_length=80, blank=True, default="")
    refunded_at = models.DateTimeField(null=True, blank=True)
    refunded_lines = models.JSONField(null=True, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["seller", "id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "key", "kind", "refund_key"], name="tab_order_early_step_once"),
            models.CheckConstraint(
                condition=Q(kind=EarlyKind.REFUND, refunded_at__isnull=False) & ~Q(refund_key="")
                | ~Q(kind=EarlyKind.REFUND) & Q(refund_key="", refunded_at__isnull=True),
                name="tab_order_early_refund_has_its_key",
            ),
        ]
