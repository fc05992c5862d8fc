"""Tables of what suppliers' invoices say of calls, by destination: compared with what the same calls are bought at."""

from datetime import date, timedelta

from django.db import models

from rebill.catalogue.models import RateDeck
from rebill.parties.models import Seller


class CallInvoice(models.Model):
    """A supplier's invoice of calls that began from `starts_on` until before `ends_before`.

    `deck` is what those calls are bought by, empty where they are bought from the seller above. Its amounts are of
    `currency`, without VAT. Nothing is ever billed or booked by it.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="call_invoices")
    number = models.CharField(max_length=60)
    deck = models.ForeignKey(RateDeck, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_before = models.DateField()
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["seller", "-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="call_invoice_number_is_unique_per_seller"),
            models.CheckConstraint(
                condition=models.Q(ends_before__gt=models.F("starts_on")), name="call_invoice_ends_after_it_starts"
            ),
        ]

    @property
    def last_on(self) -> date:
        """The last day of its calls."""
        return self.ends_before - timedelta(days=1)


class InvoicedCalls(models.Model):
    """A line of such an invoice: calls to a destination or prefix. `amount_e6` is of 10⁻⁶ of its currency.

    `calls` and `seconds` are empty where the invoice does not say them. Lines may name the same destination twice,
    such as for peak times; they are added.
    """

    invoice = models.ForeignKey(CallInvoice, on_delete=models.CASCADE, related_name="lines")
    prefix = models.CharField(max_length=24, blank=True, default="")
    destination = models.CharField(max_length=120, blank=True, default="")
    calls = models.BigIntegerField(null=True, blank=True)
    seconds = models.BigIntegerField(null=True, blank=True)
    amount_e6 = models.BigIntegerField()

    class Meta:
        ordering = ["invoice", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(prefix="", destination=""), name="invoiced_calls_name_where_they_went"
            )
        ]
