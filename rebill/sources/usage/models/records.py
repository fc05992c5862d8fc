"""Tables of what comes in: the switches, their files and the parts those were kept in. The calls lie in the parts."""

from django.db import models

from rebill.kit.models import StoredFile
from rebill.parties.models import Seller


class Switch(models.Model):
    """Where call records come from. `dialect` names how its files are written, `settings` what of it is otherwise here.

    A call is known again by its switch and its record id. `compared`: a supplier wrote its records, which are compared
    with ours and never billed.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="switches")
    code = models.CharField(max_length=40)
    dialect = models.CharField(max_length=40)
    settings = models.JSONField(default=dict)
    compared = models.BooleanField(default=False)

    class Meta:
        ordering = ["seller", "code"]
        constraints = [models.UniqueConstraint(fields=["seller", "code"], name="switch_code_is_unique_per_seller")]


class CallFileState(models.TextChoices):
    """Where a file stands: being read, read (with words where it holds no line), or given up with words why."""

    READING = "reading"
    READ = "read"
    FAILED = "failed"


class CallFile(models.Model):
    """One delivery of call records. Once read, `accepted` + `rejected` + `duplicates` = `lines`.

    Calls count from the moment the file is read: the parts of a file that is still being read do not.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="call_files")
    switch = models.ForeignKey(Switch, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=255)
    content_hash = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=CallFileState.choices, default=CallFileState.READING)
    words = models.TextField(blank=True, default="")
    lines = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    rejects = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["seller", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=CallFileState.READ)
                | models.Q(lines=models.F("accepted") + models.F("rejected") + models.F("duplicates")),
                name="call_file_adds_up",
            )
        ]
        indexes = [models.Index(fields=["seller", "content_hash"], name="call_file_by_content")]


class CallPart(models.Model):
    """A Parquet file with the accepted calls of one file that began in one month (UTC); never changed, never added to.

    `path` is below the data folder, `content_hash` the SHA-256 of its bytes as they were written, empty where it is not
    known. `first_s` and `last_s` are the first and the last start, in Unix seconds.
    """

    file = models.ForeignKey(CallFile, on_delete=models.PROTECT, related_name="parts")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="call_parts")
    month = models.DateField()
    path = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    rows = models.BigIntegerField()
    first_s = models.BigIntegerField()
    last_s = models.BigIntegerField()

    class Meta:
        ordering = ["seller", "month", "id"]
        constraints = [models.UniqueConstraint(fields=["path"], name="call_part_path_is_unique")]
        indexes = [models.Index(fields=["seller", "first_s", "last_s"], name="call_part_by_start")]
