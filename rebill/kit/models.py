"""Tables of the kit: sequences, the event log, kept files, layouts, long work, kept answers, how far, uploads."""

from uuid import uuid4

from django.db import models


class Sequence(models.Model):
    """The next number of a gapless series; only `kit.sequences` reads and moves it."""

    key = models.CharField(max_length=200)
    next_number = models.BigIntegerField()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="sequence_key_is_unique"),
            models.CheckConstraint(condition=models.Q(next_number__gte=0), name="sequence_number_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.next_number}"


class Event(models.Model):
    """Something that happened to a subject: who did what, when. Rows are added and never changed."""

    seller_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=100)
    subject_id = models.BigIntegerField()
    verb = models.CharField(max_length=100)
    actor_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["seller_id", "subject_type", "subject_id", "id"], name="event_of_subject"),
            models.Index(fields=["seller_id", "id"], name="event_of_seller"),
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(verb=""), name="event_has_a_verb")]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.verb}"


class StoredFile(models.Model):
    """Bytes that were kept, by the SHA-256 of their content; the bytes themselves lie in the data folder."""

    hash = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()

    class Meta:
        ordering = ["hash"]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="stored_file_size_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.hash} ({self.media_type}, {self.size} bytes)"


class ImportLayout(models.Model):
    """How a seller reads files with certain headings, so that the next file of that make needs no questions.

    `mapping` is the field of each column, empty for a column left out; `options` and `constants` are what was chosen by
    hand: see `kit.imports.layouts`.
    """

    seller_id = models.BigIntegerField()
    entity = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    remembered_at = models.DateTimeField()

    class Meta:
        ordering = ["seller_id", "entity", "id"]
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "entity", "fingerprint"], name="import_layout_is_kept_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} of seller {self.seller_id}"


class WorkState(models.TextChoices):
    """Where a piece of long work stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Work(models.Model):
    """A piece of long work that was asked for at a door and goes on after the door has answered.

    `kind` says what is done and `request` with what; `step`, `done` and `total` how far it is; `result` what it came
    to. `words` say why it was refused or failed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    seller_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    request = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=WorkState.choices, default=WorkState.QUEUED)
    step = models.CharField(max_length=40, blank=True, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    words = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "id"]
        indexes = [
            models.Index(fields=["seller_id", "-asked_at"], name="work_of_seller"),
            models.Index(
                fields=["seller_id", "kind"],
                condition=models.Q(state__in=["queued", "running"]),
                name="work_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.state}"


class KeptAnswer(models.Model):
    """The answer to a request that may come twice, kept in the transaction of what it did; see `kit.answers`.

    `owner_id` says who asked, `asked` what of whom, `key` is theirs; `request_hash` tells the same request from
    another.
    """

    owner_id = models.BigIntegerField()
    asked = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True, default="")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "key", "asked"], name="answer_is_kept_once"),
        ]
        indexes = [models.Index(fields=["kept_at"], name="answer_by_moment")]

    def __str__(self) -> str:
        return f"{self.asked} {self.key}: {self.status}"


class OpenQuestion(models.Model):
    """Up to which row a step has answered all there is, so that it need not look through the whole history again.

    Rows with an id below `before` are answered, except for those whose ids stand in `but` (`kit.open_questions`).
    """

    seller_id = models.BigIntegerField()
    question = models.CharField(max_length=40)
    before = models.BigIntegerField()
    but = models.JSONField(default=list)

    class Meta:
        ordering = ["seller_id", "question"]
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "question"], name="open_question_is_kept_once"),
        ]

    def __str__(self) -> str:
        return f"{self.question} of seller {self.seller_id} before {self.before}"


class Upload(models.Model):
    """A file that somebody gave to be imported, and what was decided about it so far.

    `options`, `mapping` and `constants` are what a person chose, as in `ImportLayout`; `encoding` is what a text was
    found to be in. Its bytes lie in a folder of their own until it is imported; from then on `file` keeps them by their
    content. `trial` is the last dry run since anything was decided, `work` the import itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    seller_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    entity = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    encoding = models.CharField(max_length=20, blank=True, default="")
    options = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    remembers = models.BooleanField(default=True)
    uploaded_at = models.DateTimeField()
    trial = models.ForeignKey(Work, null=True, on_delete=models.PROTECT, related_name="+")
    work = models.ForeignKey(Work, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-uploaded_at", "id"]
        indexes = [models.Index(fields=["seller_id", "-uploaded_at"], name="upload_of_seller")]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="upload_size_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} from {self.file_name}"
