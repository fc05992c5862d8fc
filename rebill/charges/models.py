"""The table of charges: every fact owed, from whichever source, once."""

from django.db import models

from rebill.catalogue.models import Product
from rebill.kit.fields import MoneyField, QuantityField, RateField, UnitPriceField
from rebill.parties.models import Customer, Seller
from rebill.rules.reconcile import ChargeKind
from rebill.subscriptions.models import Subscription


class Charge(models.Model):
    """One fact owed by `buyer` to `seller`, for `end_customer`.

    `source` and `key` make it unique per seller. Both name the event and nothing of the seller, so that the purchase
    and the sales side of one event carry the same pair.
    `quantity` is what was ordered, `prorated_quantity` the day-exact share; amount = prorated quantity × unit price,
    rounded once, to the cent. `whole_from`/`whole_before` is the billing period the days belong to.

    A person may bill it otherwise than it was told, on the draft that bills it: `edited_quantity` and `edited_price`
    stand for the prorated quantity and the price then, and what was told stays.

    Where it was sold with VAT in its price, `gross_amount` is what was asked for it and `gross_rate` the rate of that
    VAT: what bills it at that rate asks no cent more or less.

    `dimensions` are analytic keys besides the cost centre, the value by its heading, as they were when it was told.

    `claim` is the number of whoever bills the charge (a draft), empty while the charge is open. It is a number and not
    a reference, because charges do not know who bills them. A waived charge is never billed.
    """

    # Its buyer proves its seller: a constraint of its own would lock the seller's one row for every charge.
    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="charges", db_index=False, db_constraint=False
    )
    buyer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="charges", db_index=False)
    # The subscription proves its customer and its product, where there is one.
    end_customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in ChargeKind])
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    description = models.CharField(max_length=300, blank=True, default="")
    starts_on = models.DateField(null=True, blank=True)
    ends_before = models.DateField(null=True, blank=True)
    whole_from = models.DateField(null=True, blank=True)
    whole_before = models.DateField(null=True, blank=True)
    part = models.PositiveSmallIntegerField(default=0)
    quantity = QuantityField()
    prorated_quantity = QuantityField()
    unit_price = UnitPriceField()
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    gross_amount = MoneyField(null=True, blank=True)
    gross_rate = RateField(null=True, blank=True)
    rate_class = models.CharField(max_length=20)
    supply = models.CharField(max_length=12)
    ledger_account = models.CharField(max_length=20, blank=True, default="")
    summary_group = models.PositiveSmallIntegerField()
    cost_centre = models.CharField(max_length=40, blank=True, default="")
    dimensions = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    subscription = models.ForeignKey(
        Subscription, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sequence = models.PositiveIntegerField(default=0)
    reference = models.CharField(max_length=120, blank=True, default="")
    # The database refuses to lose what is corrected; a correction and what it corrects are forgotten in one statement.
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.DO_NOTHING, related_name="corrections", db_index=False
    )
    origin = models.CharField(max_length=120, blank=True, default="")
    told_at = models.DateTimeField()
    claim = models.BigIntegerField(null=True, blank=True)
    not_before = models.DateField(null=True, blank=True)
    waived_reason = models.CharField(max_length=200, blank=True, default="")
    # It stood on a document that was withdrawn: it may be billed again, but never be forgotten.
    was_issued = models.BooleanField(default=False)
    # It stood on a document that was withdrawn, and its source tells anew what it said: it is never billed again.
    told_anew = models.BooleanField(default=False, db_default=False)
    # What a person made of it on the draft that bills it: another prorated quantity, another price.
    edited_quantity = QuantityField(null=True, blank=True)
    edited_price = UnitPriceField(null=True, blank=True)
    # What credit notes by hand gave back of it, so that a later correction does not give the same back again.
    credited = MoneyField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            # Its seller stands last: an index that begins with the seller looks best of all to a planner that knows
            # nothing of the table yet, and would be read from end to end to find the charges of a few drafts.
            models.UniqueConstraint(fields=["key", "source", "seller"], name="charge_is_told_once"),
            models.CheckConstraint(
                condition=models.Q(claim__isnull=True) | models.Q(waived_reason=""), name="charge_waived_is_not_billed"
            ),
            models.CheckConstraint(
                condition=models.Q(claim__isnull=False)
                | models.Q(edited_quantity__isnull=True, edited_price__isnull=True),
                name="charge_is_edited_where_it_is_billed",
            ),
            models.CheckConstraint(
                condition=models.Q(gross_amount__isnull=True, gross_rate__isnull=True)
                | models.Q(gross_amount__isnull=False, gross_rate__isnull=False),
                name="charge_was_asked_at_a_rate",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "buyer"],
                condition=models.Q(claim__isnull=True, waived_reason=""),
                name="charge_open_by_buyer",
            ),
            models.Index(fields=["claim", "seller"], condition=models.Q(claim__isnull=False), name="charge_by_claim"),
            models.Index(fields=["subscription", "whole_before"], name="charge_by_subscription"),
            # Whenever a charge is forgotten, the database looks for what corrects it.
            models.Index(fields=["corrects"], condition=models.Q(corrects__isnull=False), name="charge_corrections_of"),
        ]
