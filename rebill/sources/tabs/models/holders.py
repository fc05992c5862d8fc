"""Tables of who may buy on a tab and who may see it, and of what they agreed to."""

from django.db import models

from rebill.parties.models import Seller
from rebill.sources.tabs.models.tabs import Tab


class HolderKind(models.TextChoices):
    """A person, or a company."""

    PERSON = "person"
    COMPANY = "company"


class Holder(models.Model):
    """Somebody who holds tabs. What is personal is emptied when the person is erased; `erased_at` says when."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="tab_holders")
    kind = models.CharField(max_length=8, choices=HolderKind.choices, default=HolderKind.PERSON)
    first_name = models.CharField(max_length=80, blank=True, default="")
    last_name = models.CharField(max_length=80, blank=True, default="")
    company = models.CharField(max_length=120, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seller", "company", "last_name", "first_name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True)
                | models.Q(first_name="", last_name="", company="", email=""),
                name="tab_holder_erased_is_nameless",
            )
        ]

    @property
    def name(self) -> str:
        """What the holder is called: the company, or the person. Empty when erased."""
        return self.company or f"{self.first_name} {self.last_name}".strip()


class HolderConsent(models.Model):
    """That a holder agreed to be kept, and how that was said; `withdrawn_at` when it was taken back."""

    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="consents")
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    how = models.CharField(max_length=120, blank=True, default="")
    recorded_by = models.BigIntegerField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["holder", "id"]


class TabHolder(models.Model):
    """That a holder may buy on a tab, or see it."""

    tab = models.ForeignKey(Tab, on_delete=models.CASCADE, related_name="holdings")
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="holdings")
    may_buy = models.BooleanField(default=True)
    may_see = models.BooleanField(default=True)

    class Meta:
        ordering = ["tab", "id"]
        constraints = [models.UniqueConstraint(fields=["tab", "holder"], name="tab_holder_is_named_once")]
