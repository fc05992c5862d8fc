"""Tables of dispatches and their attempts."""

from django.db import models

from rebill.invoices.models import Invoice
from rebill.kit.models import StoredFile
from rebill.parties.models import Seller


class DispatchState(models.TextChoices):
    """Where a dispatch stands. Only `accepted` means sent; `unclear` waits for a person to say whether it arrived."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNCLEAR = "unclear"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"


DISPATCH_MOVES = {
    DispatchState.QUEUED: frozenset({DispatchState.SENDING, DispatchState.CANCELLED, DispatchState.FAILED}),
    DispatchState.SENDING: frozenset(
        {DispatchState.ACCEPTED, DispatchState.FAILED, DispatchState.QUEUED, DispatchState.UNCLEAR}
    ),
    DispatchState.ACCEPTED: frozenset({DispatchState.BOUNCED}),
    DispatchState.FAILED: frozenset({DispatchState.QUEUED, DispatchState.CANCELLED}),
    DispatchState.UNCLEAR: frozenset({DispatchState.ACCEPTED, DispatchState.QUEUED, DispatchState.CANCELLED}),
    DispatchState.BOUNCED: frozenset({DispatchState.QUEUED, DispatchState.CANCELLED}),
    DispatchState.CANCELLED: frozenset[DispatchState](),
}


class DispatchPurpose(models.TextChoices):
    """Why a document is sent: the first time, again on request, or to tell that it was withdrawn."""

    FIRST = "first"
    AGAIN = "again"


class Dispatch(models.Model):
    """Sending one document through one channel. `key` names it for ever: the same key is never sent twice.

    `as_copy` sends the document marked as a copy, not the bytes that were kept.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="dispatches", db_index=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="dispatches")
    channel = models.CharField(max_length=12)
    purpose = models.CharField(max_length=8, choices=DispatchPurpose.choices, default=DispatchPurpose.FIRST)
    key = models.CharField(max_length=80)
    recipients = models.JSONField(default=list)
    as_copy = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=10, choices=DispatchState.choices, default=DispatchState.QUEUED)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    last_words = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["seller", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "key"], name="dispatch_key_is_unique"),
            models.UniqueConstraint(
                fields=["invoice"], condition=models.Q(purpose="first"), name="dispatch_is_first_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "next_attempt_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="dispatch_to_attempt",
            ),
            models.Index(
                fields=["seller", "state"],
                condition=models.Q(state__in=["failed", "unclear", "bounced"]),
                name="dispatch_needs_a_look",
            ),
            models.Index(
                fields=["seller", "-invoice"],
                condition=models.Q(state__in=["queued", "sending", "failed", "unclear", "bounced"]),
                name="dispatch_not_sent",
            ),
        ]


class Attempt(models.Model):
    """One attempt, written before it is made: an attempt without an outcome after a crash is unclear, not repeated."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=DispatchState.choices, blank=True, default="")
    words = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["dispatch", "number"]
        constraints = [models.UniqueConstraint(fields=["dispatch", "number"], name="attempt_number_is_unique")]


class PrintBatch(models.Model):
    """Letters to print in one go: one PDF in postal order."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="print_batches")
    made_at = models.DateTimeField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    letters = models.PositiveIntegerField()

    class Meta:
        ordering = ["seller", "-id"]
