"""Which user acts for which seller, in which role."""

from django.conf import settings
from django.db import models

from rebill.access.acting import Role
from rebill.parties.models.seller import Seller


class Membership(models.Model):
    """A user's role with a seller. It stands here, not in `access`, because it needs to know the sellers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=[(role.value, role.value) for role in Role])

    class Meta:
        ordering = ["seller", "user"]
        constraints = [models.UniqueConstraint(fields=["user", "seller"], name="membership_is_one_role_per_seller")]
