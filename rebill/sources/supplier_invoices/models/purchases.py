"""Purchase invoices and their rows, as the supplier stated them, with what became of each row."""

from django.db import models

from rebill.catalogue.models import Product
from rebill.kit.fields import MoneyField, QuantityField, RateField, UnitPriceField
from rebill.kit.models import StoredFile
from rebill.parties.models import Customer, Seller
from rebill.sources.supplier_invoices.contract import PurchaseKind, RowKind
from rebill.sources.supplier_invoices.models.suppliers import Supplier


class PurchaseState(models.TextChoices):
    """Where a purchase invoice stands. Only an unhandled one is re-billed; a booked one is closed."""

    UNHANDLED = "unhandled"
    IN_REVIEW = "in_review"
    REBILLED = "rebilled"
    BOOKED = "booked"


PURCHASE_MOVES = {
    PurchaseState.UNHANDLED: frozenset({PurchaseState.IN_REVIEW, PurchaseState.REBILLED, PurchaseState.BOOKED}),
    PurchaseState.IN_REVIEW: frozenset({PurchaseState.UNHANDLED, PurchaseState.BOOKED}),
    PurchaseState.REBILLED: frozenset({PurchaseState.UNHANDLED, PurchaseState.BOOKED}),
    PurchaseState.BOOKED: frozenset({PurchaseState.UNHANDLED}),
}


class PurchaseInvoice(models.Model):
    """One document of a supplier. The amounts are its own, below zero on a credit note.

    `file` holds the bytes as they came. `doubts` are what the reader found doubtful, as code and value. A supplier
    gives a number once (Directive 2006/112, art. 226(2)), so the same number is the same invoice.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="purchase_invoices")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=[(each.value, each.value) for each in PurchaseKind])
    state = models.CharField(max_length=10, choices=PurchaseState.choices, default=PurchaseState.UNHANDLED)
    format = models.CharField(max_length=20)
    version = models.CharField(max_length=120, blank=True, default="")
    issued_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_before = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    net = MoneyField()
    vat = MoneyField()
    gross = MoneyField()
    corrects = models.CharField(max_length=60, blank=True, default="")
    is_commission = models.BooleanField(default=False)
    # The places at which this supplier's invoice names end customers, as set or as learnt from it.
    places = models.JSONField(default=list)
    doubts = models.JSONField(default=list)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    # How a table was read: the field of each column and the values for every line.
    reading = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    received_by = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["seller", "-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "number"], name="purchase_invoice_is_taken_once"),
        ]
        indexes = [
            models.Index(fields=["seller", "-issued_on", "-id"], name="purchase_invoice_by_day"),
            models.Index(
                fields=["seller"],
                condition=models.Q(state="unhandled", is_commission=False),
                name="purchase_invoice_unhandled",
            ),
            models.Index(fields=["seller", "file"], name="purchase_invoice_by_file"),
        ]


class PurchaseRow(models.Model):
    """A row of a purchase invoice, with whom it is for and what it is, as far as that is known.

    Quantity, price and amounts are the supplier's, the sign of a credit note included. `said` keeps everything that may
    name the end customer; `end_identity` and `end_name` are whom it names. `customer_by` and `product_by` say how the
    match came about. `sell_price` is a price of one that a person set in place of the price group's. `withdrawals` is
    how many invoices with it were withdrawn.
    """

    invoice = models.ForeignKey(PurchaseInvoice, on_delete=models.CASCADE, related_name="rows", db_index=False)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=[(each.value, each.value) for each in RowKind])
    code = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(max_length=200, blank=True, default="")
    unit = models.CharField(max_length=20, blank=True, default="")
    quantity = QuantityField()
    unit_price = UnitPriceField()
    currency = models.CharField(max_length=3)
    net = MoneyField()
    gross = MoneyField(null=True, blank=True)
    vat_rate = RateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_before = models.DateField(null=True, blank=True)
    said = models.JSONField(default=dict)
    end_identity = models.CharField(max_length=200, blank=True, default="")
    end_number = models.CharField(max_length=60, blank=True, default="")
    end_name = models.CharField(max_length=120, blank=True, default="")
    end_is_doubtful = models.BooleanField(default=False)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    customer_by = models.CharField(max_length=10, blank=True, default="")
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    product_by = models.CharField(max_length=10, blank=True, default="")
    sell_price = UnitPriceField(null=True, blank=True)
    excluded_reason = models.CharField(max_length=200, blank=True, default="")
    dimensions = models.JSONField(default=dict)
    withdrawals = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="purchase_row_stands_once"),
        ]
