"""How far each subscription has told what it is owed."""

from django.db import models

from rebill.parties.models import Seller
from rebill.subscriptions.models import Subscription


class Mark(models.Model):
    """The source's memory of one subscription, so that a run looks only at what is new.

    Periods that start before `told_before` have been told, as the history stood at `sequence` and the prices at
    `price_revision`. `next_on` is the day from which a further period can be due: for advance its start, for arrears
    its end; empty when nothing will ever follow. Rebuilt from the charges at any time (`checks.check_marks`).
    `begun` says whether it has told anything at all: the setup fee comes with what it tells first.
    """

    subscription = models.OneToOneField(Subscription, primary_key=True, on_delete=models.PROTECT, related_name="mark")
    told_before = models.DateField()
    next_on = models.DateField(null=True, blank=True)
    sequence = models.PositiveIntegerField()
    price_revision = models.BigIntegerField(default=0)
    begun = models.BooleanField(default=False)

    class Meta:
        ordering = ["subscription"]


class TierMark(models.Model):
    """The same memory for a seller further up the chain, which bills a dealer for the subscription: see `Mark`."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="tier_marks")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    told_before = models.DateField()
    next_on = models.DateField(null=True, blank=True)
    sequence = models.PositiveIntegerField()
    price_revision = models.BigIntegerField(default=0)
    begun = models.BooleanField(default=False)

    class Meta:
        ordering = ["subscription", "seller"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "seller"], name="tier_mark_is_one_per_seller"),
        ]
