"""Price groups: whose buy prices are multiplied by what before they are passed on."""

from django.db import models

from rebill.catalogue.models import Product
from rebill.kit.fields import RateField
from rebill.parties.models import Customer, Seller


class PriceGroup(models.Model):
    """Customers whose re-billed products carry a margin."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="price_groups")
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["seller", "name"]
        constraints = [models.UniqueConstraint(fields=["seller", "name"], name="price_group_name_is_unique_per_seller")]


class PriceGroupMember(models.Model):
    """A customer is in one group at most, so that it has one price."""

    group = models.ForeignKey(PriceGroup, on_delete=models.CASCADE, related_name="members")
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="price_group_member")

    class Meta:
        ordering = ["group", "customer"]


class PriceFactor(models.Model):
    """What the group multiplies the buy price of a product by; without a product, of every one that has none of its
    own. The days are those of purchase invoices."""

    group = models.ForeignKey(PriceGroup, on_delete=models.CASCADE, related_name="factors")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    factor = RateField()
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["group", "product", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=models.Q(factor__gte=0), name="price_factor_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(valid_before__isnull=True) | models.Q(valid_before__gt=models.F("valid_from")),
                name="price_factor_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["group", "product", "valid_from"],
                condition=models.Q(product__isnull=False),
                name="price_factor_of_a_product_starts_once",
            ),
            models.UniqueConstraint(
                fields=["group", "valid_from"],
                condition=models.Q(product__isnull=True),
                name="price_factor_of_a_group_starts_once",
            ),
        ]
