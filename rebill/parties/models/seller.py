"""The seller: who issues invoices, with its own numbers, look, terms and tax situation."""

from django.db import models

from rebill.kit.fields import MoneyField
from rebill.kit.models import StoredFile
from rebill.parties.models.address import Address
from rebill.rules.proration import ProrationBase
from rebill.rules.tax import VatScheme


class Seller(Address):
    """A party that issues invoices: everything in rebill belongs to exactly one seller.

    A dealer is a seller that is a customer of another one: `as_customer` is what its wholesaler knows it as.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=120, blank=True, default="")
    vat_id = models.CharField(max_length=20, blank=True, default="")
    # German law wants the tax number where there is no VAT id (§ 14 Abs. 4 Nr. 2 UStG).
    tax_number = models.CharField(max_length=24, blank=True, default="")
    chamber_id = models.CharField(max_length=40, blank=True, default="")
    register_court = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    website = models.CharField(max_length=120, blank=True, default="")

    time_zone = models.CharField(max_length=40, default="Europe/Amsterdam")
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=2, default="nl")
    languages = models.JSONField(default=list)
    # Empty: a customer without a term of its own pays at once, or by the day that re-billing enters.
    payment_term_days = models.PositiveSmallIntegerField(null=True, blank=True, default=14)
    proration_base = models.CharField(
        max_length=10, default=ProrationBase.ACTUAL, choices=[(base.value, base.value) for base in ProrationBase]
    )
    vat_scheme = models.CharField(
        max_length=20, default=VatScheme.NORMAL, choices=[(scheme.value, scheme.value) for scheme in VatScheme]
    )
    # One-stop shop: sales to consumers in other member states carry the rate of the customer's country
    # (Directive 2006/112, art. 369a and following).
    uses_oss = models.BooleanField(default=False)
    approval_needs_two = models.BooleanField(default=False)
    # Drafts without warnings up to this gross amount need no approval by hand; empty: every draft is approved by hand.
    auto_approve_max = MoneyField(null=True, blank=True)
    # So many last digits of called numbers are not shown in specifications (telecommunications privacy).
    masked_digits = models.PositiveSmallIntegerField(default=0)
    # The seller's own addresses for exports and questions.
    export_emails = models.JSONField(default=list)
    export_layout = models.JSONField(default=dict)
    as_customer = models.OneToOneField(
        "parties.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="as_seller"
    )

    class Meta:
        ordering = ["slug"]


class SellerAccount(models.Model):
    """A bank account on which the seller is paid. The first by position stands on invoices."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="accounts")
    position = models.PositiveSmallIntegerField(default=0)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True, default="")
    holder = models.CharField(max_length=70, blank=True, default="")
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        ordering = ["seller", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["seller", "iban"], name="seller_account_is_kept_once")]


class SeriesPurpose(models.TextChoices):
    """What a series numbers."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class NumberSeries(models.Model):
    """How a seller's documents are numbered, and where numbering starts.

    `pattern` is read by `rules.numbering`, e.g. `{year}-{number:05}`. `per_year` starts again each year of the
    document's date; otherwise the numbers run on. `first_number` takes over from an old system.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="series")
    purpose = models.CharField(max_length=12, choices=SeriesPurpose.choices)
    pattern = models.CharField(max_length=60, default="{year}-{number:05}")
    per_year = models.BooleanField(default=True)
    first_number = models.PositiveIntegerField(default=1)
    # Taken over from an old system in the middle of a year: only that year starts at `first_number`.
    first_year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "purpose"]
        constraints = [models.UniqueConstraint(fields=["seller", "purpose"], name="series_is_one_per_purpose")]


class Look(models.Model):
    """A seller's look on paper and in mails. History is rows: the newest by id is in force."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="looks")
    logo = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accent_colour = models.CharField(max_length=7, default="#0d6b62")
    ink_colour = models.CharField(max_length=7, default="#1c1b18")
    font = models.CharField(max_length=60, default="Inter")
    sender_name = models.CharField(max_length=120, blank=True, default="")
    sender_email = models.EmailField(blank=True, default="")
    reply_to = models.EmailField(blank=True, default="")
    # Texts per language: {"nl": {"intro": "...", "closing": "...", "footer": "...", "mail_subject": "..."}}
    texts = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["seller", "id"]
