"""What was passed on of purchase invoices: each going, its rows, and commissions set against what is owed."""

from django.db import models

from rebill.catalogue.models import Product
from rebill.kit.fields import MoneyField, QuantityField, UnitPriceField
from rebill.parties.models import Customer, Seller
from rebill.sources.supplier_invoices.models.purchases import PurchaseInvoice, PurchaseRow


class Target(models.TextChoices):
    """Where re-billed rows go: on drafts of their own, on the drafts of the next run, or they wait as orders."""

    INVOICES = "invoices"
    NEXT_RUN = "next_run"
    ORDERS = "orders"


class Rebilling(models.Model):
    """One going at re-billing a purchase invoice, with how it was asked to be billed.

    `dimensions` are the headings whose value is taken from the customer's card; under `named_dimension` the customer's
    name counts instead. `intro` and `closing` are all that stands around the lines: no text of the look is added.
    """

    invoice = models.ForeignKey(PurchaseInvoice, on_delete=models.PROTECT, related_name="rebillings")
    target = models.CharField(max_length=8, choices=Target.choices)
    invoice_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    intro = models.CharField(max_length=500, blank=True, default="")
    closing = models.CharField(max_length=500, blank=True, default="")
    dimensions = models.JSONField(default=list)
    named_dimension = models.CharField(max_length=40, blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["invoice", "id"]


class RebilledRow(models.Model):
    """A purchase row that is passed on, once: the constraint keeps anybody from billing it twice.

    Quantity and price are what the customer is asked. `told_at` is when it became a charge; what is put on the next run
    waits until then. `waits_as` says where it goes, and is changed when an order is confirmed. It is `withdrawn` when
    the invoice it stood on was: then it waits for the next run, as it is.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    rebilling = models.ForeignKey(Rebilling, on_delete=models.CASCADE, related_name="rows")
    row = models.OneToOneField(PurchaseRow, on_delete=models.PROTECT, related_name="rebilled")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    waits_as = models.CharField(max_length=8, choices=Target.choices)
    quantity = QuantityField()
    unit_price = UnitPriceField()
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    origin = models.CharField(max_length=120, blank=True, default="")
    cost_centre = models.CharField(max_length=40, blank=True, default="")
    dimensions = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["rebilling", "id"]
        indexes = [
            models.Index(
                fields=["seller", "customer"],
                condition=models.Q(told_at__isnull=True, waits_as="next_run"),
                name="rebilled_row_not_told",
            )
        ]


class Settlement(models.Model):
    """Part of what we owe a supplier that it has paid us with a credit note: mostly its commission."""

    credit = models.ForeignKey(PurchaseInvoice, on_delete=models.PROTECT, related_name="settles")
    invoice = models.ForeignKey(PurchaseInvoice, on_delete=models.PROTECT, related_name="settled_by")
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    settled_at = models.DateTimeField()
    settled_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["invoice", "id"]
        constraints = [
            models.UniqueConstraint(fields=["credit", "invoice"], name="settlement_is_one_per_credit_and_invoice"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="settlement_is_of_something"),
        ]
