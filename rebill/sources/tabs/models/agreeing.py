"""Tables of what a seller agreed to before it keeps tabs, and how it keeps them."""

from django.db import models

from rebill.parties.models import Seller
from rebill.sources.tabs.models.tabs import TabLayout


class TermsAcceptance(models.Model):
    """That a seller accepted the data-protection terms: who did, when, and which text. Never changed.

    `text_sha256` is of the text as it was shown, in `language`. `accepted_name` is what the user was called then, for a
    user may be renamed or go.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="tab_terms")
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    text_sha256 = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()
    accepted_by = models.BigIntegerField(null=True, blank=True)
    accepted_name = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["seller", "-accepted_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "version"], name="tab_terms_are_accepted_once_per_version")
        ]


class TabRules(models.Model):
    """How a seller numbers its tabs and lays them on invoices; a seller without a row has the defaults."""

    seller = models.OneToOneField(Seller, on_delete=models.PROTECT, related_name="tab_rules")
    scheme = models.CharField(max_length=40, default="{customer}-{number:02}")
    layout = models.CharField(max_length=12, choices=TabLayout.choices, default=TabLayout.DETAILED)
