"""Tokens: how a program acts for a seller as one of its users."""

from django.conf import settings
from django.db import models

from rebill.parties.models.seller import Seller


class ApiToken(models.Model):
    """A secret with which a program acts as `user` for `seller`, within `scopes`.

    Only the hash of the secret is kept; `prefix` is its beginning, by which people tell tokens apart. It stands here,
    not in `access`, because it needs to know the sellers. What it may do follows from the user's role of the moment.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="api_tokens")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "-id"]
        constraints = [models.UniqueConstraint(fields=["secret_hash"], name="api_token_secret_is_unique")]
