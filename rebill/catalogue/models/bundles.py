"""The table of bundles: what is included in a month."""

from django.db import models

from rebill.catalogue.models.decks import ENDS_AFTER_START
from rebill.catalogue.models.products import PricePlan, Product
from rebill.kit.fields import UnitPriceField
from rebill.parties.models import Customer, Seller


class Bundle(models.Model):
    """Seconds or money that calls of some categories have free in a month, from `valid_from` until before another day.

    Exactly one of three gets it: every customer of `plan`, the one `customer`, or whoever has `product`, as often as it
    has it. All endpoints of a customer share it.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="bundles")
    name = models.CharField(max_length=120)
    plan = models.ForeignKey(PricePlan, null=True, blank=True, on_delete=models.PROTECT, related_name="bundles")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="bundles")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="bundles")
    categories = models.JSONField(default=list)
    seconds = models.PositiveBigIntegerField(null=True, blank=True)
    amount = UnitPriceField(null=True, blank=True)
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "name", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(plan__isnull=False, customer__isnull=True, product__isnull=True)
                | models.Q(plan__isnull=True, customer__isnull=False, product__isnull=True)
                | models.Q(plan__isnull=True, customer__isnull=True, product__isnull=False),
                name="bundle_belongs_to_one",
            ),
            models.CheckConstraint(
                condition=models.Q(seconds__isnull=False, amount__isnull=True)
                | models.Q(seconds__isnull=True, amount__isnull=False),
                name="bundle_is_of_time_or_of_money",
            ),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="bundle_ends_after_it_starts"),
        ]
