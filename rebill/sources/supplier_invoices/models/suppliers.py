"""Suppliers: by which numbers they are recognised, and how their invoices are to be understood."""

from django.db import models

from rebill.parties.models import Seller
from rebill.rules.matching.products import Model


class Supplier(models.Model):
    """Who sends the seller purchase invoices.

    `places` are where it writes the end customer, by preference; empty means that they are learnt from each invoice.
    `model` says how its rows find customers and products. A credit note is its commission when all its rows have one of
    the `commission_codes`, or when `commission_text` stands in them.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="suppliers")
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, blank=True, default="")
    places = models.JSONField(default=list)
    model = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in Model], default=Model.DETECT.value
    )
    commission_codes = models.JSONField(default=list)
    commission_text = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["seller", "name", "id"]


class SupplierNumber(models.Model):
    """A number by which a supplier is recognised, as the key of `rules.matching.identifiers`; `name:` and its name
    where it has none."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="numbers")
    key = models.CharField(max_length=140)

    class Meta:
        ordering = ["supplier", "id"]
        constraints = [models.UniqueConstraint(fields=["seller", "key"], name="supplier_number_is_one_suppliers")]
