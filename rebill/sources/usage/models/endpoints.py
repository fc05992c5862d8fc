"""Whose a call is: the endpoints of end customers, with validity."""

from django.db import models

from rebill.parties.models import Customer, Seller


class EndpointKind(models.TextChoices):
    """By what a call is known to be somebody's. Of several that fit, the first in this order decides."""

    ACCOUNT = "account"
    TRUNK = "trunk"
    NUMBER = "number"
    RANGE = "range"


class Endpoint(models.Model):
    """What belongs to an end customer from `valid_from` until before `valid_before`: a SIP account or account code, a
    trunk, a number, or a range of numbers from `value` to `value_to`.

    Numbers are written as the calls are: see `schema.CALLS`.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="endpoints")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="endpoints")
    kind = models.CharField(max_length=8, choices=EndpointKind.choices)
    value = models.CharField(max_length=80)
    value_to = models.CharField(max_length=80, blank=True, default="")
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "kind", "value", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "kind", "value", "valid_from"], name="endpoint_starts_once"),
            models.CheckConstraint(
                condition=models.Q(valid_before__isnull=True) | models.Q(valid_before__gt=models.F("valid_from")),
                name="endpoint_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["customer", "kind", "value"], name="endpoint_of_customer")]
