"""Tables of orders, subscriptions and their dated changes."""

import uuid

from django.db import models

from rebill.catalogue.models import Product
from rebill.kit.fields import QuantityField, UnitPriceField
from rebill.parties.models import Customer, Seller
from rebill.rules.periods import Alignment, Timing
from rebill.rules.timeline import ChangeKind


class Order(models.Model):
    """What was ordered, with its number and the general reference given with the first order."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="orders")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=60)
    general_reference = models.CharField(max_length=120, blank=True, default="")
    ordered_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "number"]
        constraints = [models.UniqueConstraint(fields=["seller", "number"], name="order_number_is_unique_per_seller")]


class Subscription(models.Model):
    """What a customer takes since `start_on`: the first state; `Change` rows say what became of it.

    `billing_months` is the billing period. A trial is free until before `trial_before`; billing periods of an
    anniversary subscription count from the end of the trial. `ends_before` is the end agreed at the start, if any; a
    later cancellation is a change. `unit_price` overrides every price list, for one billing period.
    `sequence` counts the changes: whoever remembers an older count has not seen the whole history.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="subscriptions")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="subscriptions")
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="subscriptions")
    uuid = models.UUIDField(default=uuid.uuid4)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="subscriptions")
    description = models.CharField(max_length=200, blank=True, default="")
    quantity = QuantityField()
    unit_price = UnitPriceField(null=True, blank=True)
    start_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    trial_before = models.DateField(null=True, blank=True)
    billing_months = models.PositiveSmallIntegerField(default=1)
    timing = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in Timing], default=Timing.ADVANCE
    )
    alignment = models.CharField(
        max_length=12, choices=[(each.value, each.value) for each in Alignment], default=Alignment.CALENDAR
    )
    cost_centre = models.CharField(max_length=40, blank=True, default="")
    dimensions = models.JSONField(default=dict)
    reference = models.CharField(max_length=120, blank=True, default="")
    # A subscription that another system billed before has had the setup fee of its price there.
    owes_setup = models.BooleanField(default=True, db_default=True)
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["seller", "customer", "id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "uuid"], name="subscription_uuid_is_unique_per_seller"),
            models.CheckConstraint(
                condition=models.Q(billing_months__gte=1, billing_months__lte=36),
                name="subscription_period_is_1_to_36_months",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "start_on"], name="subscription_by_start"),
            models.Index(
                fields=["seller", "trial_before"],
                condition=models.Q(trial_before__isnull=False),
                name="subscription_by_trial",
            ),
            models.Index(
                fields=["seller"], condition=models.Q(ends_before__isnull=False), name="subscription_with_an_end"
            ),
            models.Index(fields=["seller"], condition=models.Q(quantity=0), name="subscription_of_nothing"),
        ]


class Change(models.Model):
    """A change of a subscription that takes effect on a day, whenever it was entered.

    On one day the later entered change (higher `sequence`) wins. A change entered by mistake is taken back by a row of
    kind `revoke` that names it. `uuid` makes entering the same change twice harmless.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="changes")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="changes")
    uuid = models.UUIDField(default=uuid.uuid4)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=[(each.value, each.value) for each in ChangeKind])
    effective_on = models.DateField()
    quantity = QuantityField(null=True, blank=True)
    unit_price = UnitPriceField(null=True, blank=True)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revokes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="revoked_by")
    reference = models.CharField(max_length=120, blank=True, default="")
    entered_by = models.BigIntegerField(null=True, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["subscription", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "sequence"], name="change_sequence_is_unique"),
            models.UniqueConstraint(fields=["seller", "uuid"], name="change_is_entered_once"),
        ]
        # What can have ended or paused a subscription; most changes do neither.
        indexes = [
            models.Index(
                fields=["seller", "subscription"], condition=models.Q(kind="cancel"), name="change_that_cancels"
            ),
            models.Index(
                fields=["seller", "subscription"], condition=models.Q(kind="pause"), name="change_that_pauses"
            ),
            models.Index(fields=["seller", "subscription"], condition=models.Q(quantity=0), name="change_to_nothing"),
        ]
