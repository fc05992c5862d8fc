"""The table of exports made."""

from django.db import models

from rebill.kit.models import StoredFile
from rebill.parties.models import Seller


class Export(models.Model):
    """One exported file. `key` names what it is of; the timetable makes and mails each key once."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="exports")
    format = models.CharField(max_length=20)
    month = models.DateField()
    key = models.CharField(max_length=80)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    mail_started_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mailed_to = models.JSONField(default=list)

    class Meta:
        ordering = ["seller", "-id"]
        constraints = [models.UniqueConstraint(fields=["seller", "key"], name="export_key_is_unique")]
