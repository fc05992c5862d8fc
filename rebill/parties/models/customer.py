"""The customer: who a seller invoices, how often, where to and under which terms."""

from django.db import models
from django.db.models.functions import Lower

from rebill.parties.models.address import Address
from rebill.parties.models.seller import Seller


class CustomerKind(models.TextChoices):
    """Whether VAT treats them as a business or a consumer."""

    ORGANISATION = "organisation"
    PERSON = "person"


class CustomerStatus(models.TextChoices):
    """An ended customer is invoiced only for what is still owed, with a warning."""

    ACTIVE = "active"
    ENDED = "ended"


class DeliveryChannel(models.TextChoices):
    """How invoices reach the customer."""

    EMAIL = "email"
    PRINT = "print"
    NONE = "none"


# Whose invoices go by e-mail to nobody: somebody has to ask them for an address.
WITHOUT_EMAIL = models.Q(status=CustomerStatus.ACTIVE, channel=DeliveryChannel.EMAIL, invoice_emails=[])


class Customer(Address):
    """Who a seller invoices.

    `number` is the internal customer number, given at creation or later, unique per seller. `invoice_months` names the
    months (1–12) in which invoices are made; empty means the interval's own months. `dimensions` holds analytic keys
    besides the cost centre; `per_cost_centre` asks for an invoice for each cost centre. `erased_at` says when a person
    was erased who asked to be forgotten: the row stays for the books, and is changed no more.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="customers")
    number = models.CharField(max_length=40, null=True, blank=True)
    kind = models.CharField(max_length=12, choices=CustomerKind.choices, default=CustomerKind.ORGANISATION)
    name = models.CharField(max_length=120)
    attention = models.CharField(max_length=120, blank=True, default="")
    vat_id = models.CharField(max_length=20, blank=True, default="")
    chamber_id = models.CharField(max_length=40, blank=True, default="")
    language = models.CharField(max_length=2, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    payment_term_days = models.PositiveSmallIntegerField(null=True, blank=True)
    invoice_interval_months = models.PositiveSmallIntegerField(default=1)
    invoice_months = models.JSONField(default=list)
    invoice_emails = models.JSONField(default=list)
    channel = models.CharField(max_length=8, choices=DeliveryChannel.choices, default=DeliveryChannel.EMAIL)
    cost_centre = models.CharField(max_length=40, blank=True, default="")
    per_cost_centre = models.BooleanField(default=False)
    dimensions = models.JSONField(default=dict)
    invoice_reference = models.CharField(max_length=80, blank=True, default="")
    status = models.CharField(max_length=8, choices=CustomerStatus.choices, default=CustomerStatus.ACTIVE)
    notes = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)
    # What the customer is found by; see `parties/words.py`.
    search_text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["seller", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "number"],
                condition=models.Q(number__isnull=False),
                name="customer_number_is_unique_per_seller",
            ),
            models.CheckConstraint(
                condition=models.Q(invoice_interval_months__in=[1, 3, 6, 12]), name="customer_interval_is_known"
            ),
        ]
        indexes = [
            models.Index("seller", Lower("name"), name="customer_by_name"),
            models.Index(fields=["seller", "number", "id"], name="customer_by_number"),
            models.Index(fields=["seller", "status", "number", "id"], name="customer_by_status"),
            models.Index(
                fields=["seller", "channel"], condition=models.Q(channel__in=["print", "none"]), name="customer_apart"
            ),
            # With the columns of its condition, or SQLite prefers an index with more equal ones.
            models.Index(
                fields=["seller", "status", "channel", "number", "id"],
                condition=WITHOUT_EMAIL,
                name="customer_without_email",
            ),
        ]


class Contact(models.Model):
    """A person at the customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    role = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ["customer", "id"]
