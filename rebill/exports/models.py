"""The tables of exports made, and of the layouts of line exports."""

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


class LineLayout(models.Model):
    """How a line export of one side is written, under a name; `lines.layouts` reads the `content`."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="line_layouts")
    side = models.CharField(max_length=8, choices=[("purchase", "purchase"), ("sales", "sales")])
    name = models.CharField(max_length=60)
    content = models.JSONField(default=dict)

    class Meta:
        ordering = ["seller", "side", "name"]
        constraints = [models.UniqueConstraint(fields=["seller", "side", "name"], name="line_layout_name_is_unique")]
