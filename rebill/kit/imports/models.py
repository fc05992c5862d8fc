"""What is remembered of imports: which layout was mapped how, and which file brought in what."""

from django.db import models


class ImportLayout(models.Model):
    """The decisions of a seller for files with one kind of heading: which column is which field, and how to read it."""

    seller_id = models.BigIntegerField()
    entity = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=64)
    name = models.CharField(max_length=120, blank=True, default="")
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    remembered_at = models.DateTimeField()

    class Meta:
        app_label = "kit"
        ordering = ["seller_id", "entity", "-remembered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "entity", "fingerprint"], name="import_layout_is_one_per_heading"
            )
        ]

    def __str__(self) -> str:
        return self.name or f"{self.entity} {self.fingerprint[:8]}"


class ImportState(models.TextChoices):
    """An import that is running and whose worker is gone was interrupted: nobody said how it ended."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"


IMPORT_MOVES = {
    ImportState.RUNNING: frozenset({ImportState.FINISHED, ImportState.STOPPED}),
    ImportState.FINISHED: frozenset[ImportState](),
    ImportState.STOPPED: frozenset[ImportState](),
}


class ImportRun(models.Model):
    """One file that was imported, or tried, and what became of its lines.

    `rejects_hash` names the stored file of the rejected lines, empty when there are none; `stop_reason` says why an
    import ended before its file did.
    """

    seller_id = models.BigIntegerField()
    entity = models.CharField(max_length=60)
    file_hash = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=8, choices=ImportState.choices, default=ImportState.RUNNING)
    lines = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejects_hash = models.CharField(max_length=64, blank=True, default="")
    stop_reason = models.CharField(max_length=500, blank=True, default="")
    actor_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "kit"
        ordering = ["seller_id", "-started_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="finished")
                | models.Q(lines=models.F("accepted") + models.F("rejected") + models.F("unchanged")),
                name="import_run_tells_every_line",
            ),
            models.CheckConstraint(
                condition=models.Q(state="running", finished_at=None)
                | ~models.Q(state="running") & models.Q(finished_at__isnull=False),
                name="import_run_ends_when_it_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["seller_id", "entity", "file_hash"], name="import_run_by_file"),
            models.Index(fields=["seller_id", "-started_at"], name="import_run_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.entity}, {self.state})"
