"""Tables that only these tests have: one column of every kind that the kit reads and writes."""

from django.db import models

from rebill.kit.fields import MoneyField, QuantityField, RateField, UnitPriceField


class Folder(models.Model):
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        app_label = "kit_samples"


class Sample(models.Model):
    folder = models.ForeignKey(Folder, null=True, on_delete=models.PROTECT)
    code = models.CharField(max_length=100, unique=True, null=True)
    number = models.BigIntegerField(null=True)
    small = models.PositiveSmallIntegerField(null=True)
    text = models.CharField(max_length=500, default="", db_default="")
    note = models.TextField(null=True)
    price = UnitPriceField(null=True)
    quantity = QuantityField(null=True)
    rate = RateField(null=True)
    amount = MoneyField(null=True)
    currency = models.CharField(max_length=3, default="EUR", db_default="EUR")
    is_open = models.BooleanField(null=True)
    day = models.DateField(null=True)
    at = models.DateTimeField(null=True)
    key = models.UUIDField(null=True)
    extra = models.JSONField(null=True)
    content = models.BinaryField(null=True)

    class Meta:
        app_label = "kit_samples"
        ordering = ["id"]


class Numbered(models.Model):
    """A row that uses a number of a sequence."""

    key = models.CharField(max_length=50)
    number = models.BigIntegerField()
    writer = models.CharField(max_length=50)

    class Meta:
        app_label = "kit_samples"
        constraints = [models.UniqueConstraint(fields=["key", "number"], name="sample_number_is_used_once")]


MODELS = (Folder, Sample, Numbered)
