"""Tables of issued documents: everything printed on them, frozen."""

from django.db import models

from rebill.kit.fields import MoneyField, QuantityField, RateField, UnitPriceField
from rebill.kit.models import StoredFile
from rebill.parties.models import Customer, Seller
from rebill.rules.tax import TaxCategory


class InvoiceKind(models.TextChoices):
    """An invoice asks for money (UNTDID 1001: 380); a credit note gives it back (381)."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Frozen(models.Model):
    """What the seller's side of documents said when they were issued: names, ids, accounts, look and texts.

    Kept once per content, so that a hundred thousand invoices share one row.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    hash = models.CharField(max_length=64)
    content = models.JSONField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["seller", "hash"], name="frozen_is_kept_once")]


class Invoice(models.Model):
    """An issued document. Nothing of it ever changes.

    Amounts of credit notes are negative. `draft` is the number of the draft it came from, empty for credit notes made
    from an invoice; `credits` is the invoice a credit note corrects. `customer_frozen` is the customer as printed.
    """

    # Its customer proves its seller: a constraint of its own would lock the seller's one row for every document.
    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="invoices", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    kind = models.CharField(max_length=12, choices=InvoiceKind.choices)
    number = models.CharField(max_length=40)
    sequence_key = models.CharField(max_length=60)
    sequence_number = models.PositiveBigIntegerField()
    draft = models.BigIntegerField(null=True, blank=True)
    credits = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes", db_index=False
    )
    withdraws = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True, default="")
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    due_on = models.DateField()
    supplied_from = models.DateField(null=True, blank=True)
    supplied_before = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=2)
    net_amount = MoneyField()
    tax_amount = MoneyField()
    gross_amount = MoneyField()
    payment_reference = models.CharField(max_length=40, blank=True, default="")
    customer_name = models.CharField(max_length=120)
    customer_number = models.CharField(max_length=40, blank=True, default="")
    customer_frozen = models.JSONField()
    frozen = models.ForeignKey(Frozen, on_delete=models.PROTECT, related_name="+", db_index=False)
    intro = models.CharField(max_length=500, blank=True, default="")
    closing = models.CharField(max_length=500, blank=True, default="")
    # Nothing of the look stands in their place when they are empty.
    own_texts = models.BooleanField(default=False, db_default=False)
    customer_reference = models.CharField(max_length=80, blank=True, default="")
    cost_centre = models.CharField(max_length=40, blank=True, default="")
    # What the document is found by: its number, and the customer's name and number as printed.
    search_text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["seller", "-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="invoice_number_is_unique_per_seller"),
            models.UniqueConstraint(fields=["sequence_key", "sequence_number"], name="invoice_number_is_given_once"),
            models.UniqueConstraint(
                fields=["draft"], condition=models.Q(draft__isnull=False), name="invoice_is_one_per_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("issued_on")), name="invoice_due_not_before"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-issued_on", "-id"], name="invoice_by_day"),
            models.Index(
                fields=["seller", "-issued_on", "-id"],
                condition=models.Q(kind="credit_note"),
                name="invoice_credit_notes_by_day",
            ),
            models.Index(fields=["seller", "credits"], condition=models.Q(withdraws=True), name="invoice_withdrawn"),
            models.Index(fields=["customer", "issued_on"], name="invoice_by_customer"),
            models.Index(fields=["credits"], condition=models.Q(credits__isnull=False), name="invoice_credit_notes_of"),
        ]


class InvoiceLine(models.Model):
    """A line as printed. `charge` is the number of the charge it bills; `credits` the line a credit line corrects.

    Where it was sold with VAT in its price, `gross_amount` is what was asked, and the document's VAT is what was in it.
    `dimensions` are the analytic keys it is booked under besides the cost centre, the value by its heading.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    charge = models.BigIntegerField(null=True, blank=True)
    credits = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_lines", db_index=False
    )
    kind = models.CharField(max_length=20)
    product_code = models.CharField(max_length=60, blank=True, default="")
    description = models.CharField(max_length=400)
    summary_group = models.PositiveSmallIntegerField()
    starts_on = models.DateField(null=True, blank=True)
    ends_before = models.DateField(null=True, blank=True)
    quantity = QuantityField()
    prorated_quantity = QuantityField()
    unit = models.CharField(max_length=20, blank=True, default="")
    unit_price = UnitPriceField()
    currency = models.CharField(max_length=3)
    net_amount = MoneyField()
    gross_amount = MoneyField(null=True, blank=True)
    tax_category = models.CharField(max_length=2, choices=[(each.value, each.value) for each in TaxCategory])
    tax_rate = RateField()
    ledger_account = models.CharField(max_length=20, blank=True, default="")
    cost_centre = models.CharField(max_length=40, blank=True, default="")
    dimensions = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    reference = models.CharField(max_length=120, blank=True, default="")
    # The number of the document that the line corrects, where it puts right what an earlier run billed.
    corrects_number = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_is_unique"),
        ]
        indexes = [
            models.Index(
                fields=["credits"], condition=models.Q(credits__isnull=False), name="invoice_line_credit_lines_of"
            ),
        ]


class InvoiceTax(models.Model):
    """VAT of one document for one category and rate: computed once, over the sum of its lines (EN 16931, BR-CO-17).

    What was sold with VAT in its price counts with the VAT that was in it.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes", db_index=False)
    category = models.CharField(max_length=2, choices=[(each.value, each.value) for each in TaxCategory])
    rate = RateField()
    currency = models.CharField(max_length=3)
    base_amount = MoneyField()
    tax_amount = MoneyField()
    # The text and law reference that stand on the document when no VAT is charged.
    exemption_text = models.CharField(max_length=300, blank=True, default="")
    exemption_reason = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ["invoice", "category", "rate"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "category", "rate"], name="invoice_tax_is_one_per_rate")
        ]


class Document(models.Model):
    """The bytes of an issued document in one format, kept with their hash. A document without a row is not made yet."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="documents", db_index=False)
    format = models.CharField(max_length=20)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["invoice", "format"]
        constraints = [models.UniqueConstraint(fields=["invoice", "format"], name="document_is_made_once")]


class Revenue(models.Model):
    """What documents that were issued together add to the revenue of a month, by summary group; credit notes take away.

    Rows are added with the documents and sum up to their lines; `checks.check_invoices` proves it.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    month = models.DateField()
    currency = models.CharField(max_length=3)
    summary_group = models.PositiveSmallIntegerField()
    net_amount = MoneyField()

    class Meta:
        ordering = ["seller", "month", "id"]
        indexes = [
            models.Index(
                fields=["seller", "month", "currency", "summary_group", "net_amount"], name="revenue_of_months"
            )
        ]
