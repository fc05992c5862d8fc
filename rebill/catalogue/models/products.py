"""Tables of products, price plans and prices with validity."""

from django.db import models

from rebill.kit.fields import QuantityField, UnitPriceField
from rebill.parties.models import Customer, Seller
from rebill.rules.pricing import PriceModel
from rebill.rules.tax import RateClass, Supply


class ProductKind(models.TextChoices):
    """What selling a product means: once, per period, as a setup, as a thing, or by use."""

    ONE_OFF = "one_off"
    RECURRING = "recurring"
    SETUP = "setup"
    HARDWARE = "hardware"
    USAGE = "usage"


class SummaryGroup(models.IntegerChoices):
    """The five groups under which concise invoices and the combined export sum up (VoIPGRID's articles 1–5)."""

    ONE_OFF = 1
    RECURRING = 2
    CALLS = 3
    SERVICE_NUMBERS = 4
    HARDWARE = 5


class Product(models.Model):
    """What can be charged. `names` holds the name per language; the seller's language is always there.

    A dealer's product may stand for one of its wholesaler: that is what it `resells`, and it stays so.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="products")
    code = models.CharField(max_length=60)
    names = models.JSONField(default=dict)
    unit = models.CharField(max_length=20, default="piece")
    kind = models.CharField(max_length=10, choices=ProductKind.choices)
    supply = models.CharField(
        max_length=12, choices=[(supply.value, supply.value) for supply in Supply], default=Supply.SERVICES
    )
    rate_class = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in RateClass], default=RateClass.STANDARD
    )
    ledger_account = models.CharField(max_length=20, blank=True, default="")
    summary_group = models.PositiveSmallIntegerField(choices=SummaryGroup.choices)
    active = models.BooleanField(default=True)
    resells = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="resold_as")

    class Meta:
        ordering = ["seller", "code"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="product_code_is_unique_per_seller"),
            models.UniqueConstraint(
                fields=["seller", "resells"],
                condition=models.Q(resells__isnull=False),
                name="product_is_resold_once_per_seller",
            ),
        ]


class PricePlan(models.Model):
    """A named set of a seller's prices. The default plan is used where a customer names none."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="price_plans")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["seller", "code"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="price_plan_code_is_unique_per_seller"),
            models.UniqueConstraint(
                fields=["seller"], condition=models.Q(is_default=True), name="price_plan_default_is_one_per_seller"
            ),
        ]


class Price(models.Model):
    """What a product costs from `valid_from` until before `valid_before`, in a plan or for one customer.

    Exactly one of `plan` and `customer` is set: a customer's own price wins over every plan. `months` says for how many
    months the price is; empty for what is sold once. `tiers` holds [up to, unit price, flat amount] as decimal texts.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="prices")
    plan = models.ForeignKey(PricePlan, null=True, blank=True, on_delete=models.PROTECT, related_name="prices")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="prices")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    model = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in PriceModel], default=PriceModel.PER_UNIT
    )
    unit_price = UnitPriceField(default=0)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    tiers = models.JSONField(default=list)
    package_size = QuantityField(null=True, blank=True)
    setup_price = UnitPriceField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "product", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(plan__isnull=False, customer__isnull=True)
                | models.Q(plan__isnull=True, customer__isnull=False),
                name="price_belongs_to_a_plan_or_a_customer",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_before__isnull=True) | models.Q(valid_before__gt=models.F("valid_from")),
                name="price_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["plan", "product", "currency", "valid_from"],
                condition=models.Q(plan__isnull=False),
                name="price_of_a_plan_starts_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "product", "currency", "valid_from"],
                condition=models.Q(customer__isnull=False),
                name="price_of_a_customer_starts_once",
            ),
        ]


class PlanAssignment(models.Model):
    """The price plan a customer has from a day on; before its first assignment a customer has the default plan."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="plan_assignments")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="plan_assignments")
    plan = models.ForeignKey(PricePlan, on_delete=models.PROTECT, related_name="assignments")
    valid_from = models.DateField()

    class Meta:
        ordering = ["customer", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "valid_from"], name="plan_assignment_starts_once"),
        ]


class PriceRevision(models.Model):
    """That prices of a product were changed from a day on: what was billed since then must be looked at again.

    Written with every price or plan assignment that is entered or corrected. `product` is empty when a customer got
    another plan, `customer` when a plan's price changed.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="price_revisions")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index("seller", "id", name="price_revision_by_seller")]
