"""The table of what dealers ask for the products they resell."""

from django.db import models

from rebill.catalogue.models.decks import ENDS_AFTER_START
from rebill.catalogue.models.products import Product
from rebill.kit.fields import RateField, UnitPriceField
from rebill.parties.models import Seller
from rebill.rules.resale import ResaleKind


class ResalePrice(models.Model):
    """How a dealer prices a product it resells, from `valid_from` until before `valid_before`; see `rules.resale`.

    Without a `product` it holds for all that are resold and have none of their own. `unit_price` is the fixed price or
    the amount on the buy price, for `months` months; `percent` is a percentage on it. Prices of plans and customers
    win.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="resale_prices")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="resale_prices")
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=8, choices=[(each.value, each.value) for each in ResaleKind])
    unit_price = UnitPriceField(null=True, blank=True)
    percent = RateField(null=True, blank=True)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    setup_price = UnitPriceField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "product", "currency", "valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "currency", "valid_from"],
                condition=models.Q(product__isnull=False),
                name="resale_price_of_a_product_starts_once",
            ),
            models.UniqueConstraint(
                fields=["seller", "currency", "valid_from"],
                condition=models.Q(product__isnull=True),
                name="resale_price_of_all_starts_once",
            ),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="resale_price_ends_after_it_starts"),
            models.CheckConstraint(
                condition=models.Q(kind=ResaleKind.PERCENT, percent__isnull=False, unit_price__isnull=True)
                | models.Q(kind=ResaleKind.AMOUNT, percent__isnull=True, unit_price__isnull=False)
                | models.Q(
                    kind=ResaleKind.FIXED, percent__isnull=True, unit_price__isnull=False, product__isnull=False
                ),
                name="resale_price_says_how_much",
            ),
        ]
