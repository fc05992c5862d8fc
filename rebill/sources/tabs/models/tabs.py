"""The table of tabs, and of what many of them were changed to at once."""

from django.db import models

from rebill.kit.fields import MoneyField
from rebill.parties.models import Customer, Seller


class TabStatus(models.TextChoices):
    """A new tab is not active yet; only an active one can be bought on; a closed one is kept for its history.

    Closing is no end: who comes back next season gets the same tab. So each may follow each.
    """

    INACTIVE = "inactive"
    ACTIVE = "active"
    CLOSED = "closed"


class TabLayout(models.TextChoices):
    """How orders stand on an invoice: each line of each order, or summed up per product."""

    DETAILED = "detailed"
    PER_PRODUCT = "per_product"


class Tab(models.Model):
    """An on-account account of a customer.

    `balance` is what its reserved and booked orders come to, VAT included: it is kept on the row, because one update of
    it under the condition that it stays within `limit` is what lets no two tills exceed the limit together;
    `checks.check_tabs` proves it. `may_buy`: buying on name is allowed; `is_shown`: the till shows it without being
    asked. `layout` empty: as the seller's rules say. `tellings_made` counts how often it was billed, and is never
    taken back, so that no charge gets a key again. `stamp` tells a till what changed, see `kit.stamps`.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="tabs", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tabs")
    number = models.CharField(max_length=40)
    description = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=8, choices=TabStatus.choices, default=TabStatus.INACTIVE)
    currency = models.CharField(max_length=3)
    limit = MoneyField(default=0)
    balance = MoneyField(default=0)
    may_buy = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=False)
    layout = models.CharField(max_length=12, choices=TabLayout.choices, blank=True, default="")
    tellings_made = models.PositiveIntegerField(default=0)
    last_bought_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    stamp = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["seller", "number"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="tab_number_is_unique_per_seller"),
            models.CheckConstraint(condition=models.Q(limit__gte=0), name="tab_limit_is_not_negative"),
        ]
        indexes = [
            models.Index(fields=["stamp"], name="tab_by_stamp"),
            models.Index(fields=["seller", "status", "number"], name="tab_by_status"),
        ]


class TabChange(models.Model):
    """One change of limits, statuses and flags, of one tab or many at once, so that it can be taken back at once.

    `before` and `after` hold, by the id of the tab, the columns that changed.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True, blank=True)
    before = models.JSONField()
    after = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "-id"]
