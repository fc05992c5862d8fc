"""The table of interim lines."""

import uuid

from django.db import models

from rebill.catalogue.models import Product
from rebill.kit.fields import QuantityField, UnitPriceField
from rebill.parties.models import Customer, Seller
from rebill.rules.reconcile import ChargeKind


class InterimLine(models.Model):
    """A one-off charge added by hand for the next run, or for a manual invoice at once.

    `uuid` is the adder's own key: the same line sent twice is one line. A credit has kind CREDIT and a negative
    quantity or price. `told_at` is set when the line has become a charge.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="interim_lines")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="interim_lines")
    uuid = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(
        max_length=20,
        choices=[(kind.value, kind.value) for kind in (ChargeKind.PERPETUAL, ChargeKind.SETUP, ChargeKind.CREDIT)],
    )
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=300, blank=True, default="")
    supplied_on = models.DateField()
    quantity = QuantityField()
    unit_price = UnitPriceField()
    currency = models.CharField(max_length=3)
    rate_class = models.CharField(max_length=20)
    supply = models.CharField(max_length=12)
    ledger_account = models.CharField(max_length=20, blank=True, default="")
    summary_group = models.PositiveSmallIntegerField()
    cost_centre = models.CharField(max_length=40, blank=True, default="")
    reference = models.CharField(max_length=120, blank=True, default="")
    added_at = models.DateTimeField()
    added_by = models.BigIntegerField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "customer", "id"]
        constraints = [models.UniqueConstraint(fields=["seller", "uuid"], name="interim_line_is_added_once")]
        indexes = [
            models.Index(
                fields=["seller", "customer"],
                condition=models.Q(told_at__isnull=True),
                name="interim_line_not_told",
            )
        ]
