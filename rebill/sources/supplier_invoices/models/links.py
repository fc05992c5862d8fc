"""Links that people made by hand: whom and what a supplier means by what it writes."""

from django.db import models

from rebill.catalogue.models import Product
from rebill.parties.models import Customer
from rebill.sources.supplier_invoices.models.suppliers import Supplier


class PurchaseLink(models.Model):
    """What the supplier calls `identity` is this customer, or this product: remembered for its next invoice.

    Exactly one of `customer` and `product` is set. Identities are those of `rules.matching`.
    """

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="links")
    identity = models.CharField(max_length=220)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["supplier", "identity"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False, product__isnull=True)
                | models.Q(customer__isnull=True, product__isnull=False),
                name="purchase_link_names_one_thing",
            ),
            models.UniqueConstraint(
                fields=["supplier", "identity"],
                condition=models.Q(customer__isnull=False),
                name="purchase_link_to_a_customer_is_one",
            ),
            models.UniqueConstraint(
                fields=["supplier", "identity"],
                condition=models.Q(product__isnull=False),
                name="purchase_link_to_a_product_is_one",
            ),
        ]
