"""Links with which a customer's people open the portal."""

from django.db import models

from rebill.parties.models.seller import Seller


class PortalLink(models.Model):
    """A link that was mailed to an address: whoever reads the mail sees what the customers of this address owe.

    Used once, and for a short while. Only the hash of its secret is kept.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="portal_links", db_index=False)
    email = models.EmailField()
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "id"]
        indexes = [models.Index(fields=["seller", "email", "made_at"], name="portal_link_by_address")]
