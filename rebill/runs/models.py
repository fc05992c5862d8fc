"""Tables of runs, drafts, their warnings and the edits of their lines."""

from django.db import models

from rebill.charges.models import Charge
from rebill.kit.fields import MoneyField
from rebill.parties.models import Customer, Seller
from rebill.rules.review import Verdict, WarningCode
from rebill.sources.supplier_invoices.models import PurchaseInvoice


class RunKind(models.TextChoices):
    """A periodic run takes every customer whose turn it is; a manual one was asked for one customer at any moment; a
    re-billed one holds what a purchase invoice was passed on as."""

    PERIODIC = "periodic"
    MANUAL = "manual"
    REBILLED = "rebilled"


class Run(models.Model):
    """One billing run of a seller. `billed_on` is its day: arrears end by it, advance starts before the next one.

    `invoice_on` fixes the date on the invoices; empty means the day they are issued. `due_on` counts for customers
    without a payment term of a seller without one. `purchase` is what a re-billed run passes on.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=8, choices=RunKind.choices, default=RunKind.PERIODIC)
    billed_on = models.DateField()
    invoice_on = models.DateField(null=True, blank=True)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    purchase = models.ForeignKey(PurchaseInvoice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    prepared_at = models.DateTimeField(null=True, blank=True)
    customers_total = models.PositiveIntegerField(default=0)
    customers_done = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["seller", "-billed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "billed_on"],
                condition=models.Q(kind="periodic"),
                name="run_is_one_per_seller_and_day",
            )
        ]


class DraftState(models.TextChoices):
    """Where a draft stands: open for review, held back, approved, issued as an invoice, or thrown away."""

    OPEN = "open"
    HELD = "held"
    APPROVED = "approved"
    ISSUED = "issued"
    DISCARDED = "discarded"


# An issued draft is frozen, a discarded one has returned its charges: neither moves again.
DRAFT_MOVES = {
    DraftState.OPEN: frozenset({DraftState.HELD, DraftState.APPROVED, DraftState.DISCARDED}),
    DraftState.HELD: frozenset({DraftState.OPEN, DraftState.DISCARDED}),
    DraftState.APPROVED: frozenset({DraftState.OPEN, DraftState.HELD, DraftState.ISSUED}),
    DraftState.ISSUED: frozenset[DraftState](),
    DraftState.DISCARDED: frozenset[DraftState](),
}


class Draft(models.Model):
    """An invoice to be: its lines are the charges whose `claim` is the draft's id, as edited.

    `net_amount`, `gross_amount` and `line_count` repeat what the lines come to, and `verdict` the worst warning,
    so that 100,000 drafts can be listed, sorted and summed; every change of a line writes them, and
    `checks.check_drafts` proves them. `change_percent` is how far the total is from the average of six months, zero
    where there is none; `is_first` and `is_last` say that nothing was invoiced before, and that nothing goes on.
    """

    # Its customer proves its seller: a constraint of its own would lock the seller's one row for every draft.
    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="drafts", db_index=False, db_constraint=False
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="drafts", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="drafts", db_index=False)
    currency = models.CharField(max_length=3)
    cost_centre = models.CharField(max_length=40, blank=True, default="")
    number_in_run = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.OPEN)
    billed_on = models.DateField()
    net_amount = MoneyField(default=0)
    gross_amount = MoneyField(default=0)
    line_count = models.PositiveIntegerField(default=0)
    verdict = models.PositiveSmallIntegerField(
        choices=[(each.value, each.name.lower()) for each in Verdict], default=Verdict.EMPTY
    )
    change_percent = models.BigIntegerField(default=0)
    is_first = models.BooleanField(default=False)
    is_last = models.BooleanField(default=False)
    intro = models.CharField(max_length=500, blank=True, default="")
    closing = models.CharField(max_length=500, blank=True, default="")
    # Nothing of the look stands in their place when they are empty.
    own_texts = models.BooleanField(default=False, db_default=False)
    hold_reason = models.CharField(max_length=200, blank=True, default="")
    # Codes of blocking warnings that a person took responsibility for.
    accepted = models.JSONField(default=list)
    edited_by = models.BigIntegerField(null=True, blank=True)
    first_approved_by = models.BigIntegerField(null=True, blank=True)
    approved_by = models.BigIntegerField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["run", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "customer", "currency", "cost_centre", "number_in_run"],
                name="draft_is_one_per_run_and_customer",
            )
        ]
        indexes = [
            models.Index(fields=["customer", "billed_on"], name="draft_by_customer"),
            models.Index(fields=["seller", "state"], condition=models.Q(state="approved"), name="draft_to_issue"),
            models.Index(
                fields=["seller", "run"], condition=models.Q(state="open", verdict__gte=2), name="draft_to_check"
            ),
            # Read backwards it is the order in which a run is looked through: open ones first, of those the worst, and
            # of those what rose most. The others are the orders of the list's columns.
            models.Index(fields=["run", "state", "verdict", "change_percent", "id"], name="draft_by_standing"),
            models.Index(fields=["run", "net_amount", "id"], name="draft_by_amount"),
            models.Index(fields=["run", "change_percent", "id"], name="draft_by_change"),
            models.Index(fields=["run", "id"], name="draft_as_made"),
            # As the first of these, for the few.
            models.Index(
                fields=["run", "state", "verdict", "change_percent", "id"],
                condition=models.Q(is_first=True),
                name="draft_is_first",
            ),
            models.Index(
                fields=["run", "state", "verdict", "change_percent", "id"],
                condition=models.Q(is_last=True),
                name="draft_is_last",
            ),
        ]


class DraftTally(models.Model):
    """What a change added to, or took away from, how many drafts of a run stand where and what they come to.

    The rows of a run sum up to its drafts; `checks.check_drafts` proves it, `renew_tally` counts them anew.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tallies")
    state = models.CharField(max_length=10, choices=DraftState.choices)
    verdict = models.PositiveSmallIntegerField(choices=[(each.value, each.name.lower()) for each in Verdict])
    currency = models.CharField(max_length=3)
    drafts = models.IntegerField()
    net_amount = MoneyField()
    gross_amount = MoneyField()
    changed = models.IntegerField()
    first = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        ordering = ["run", "id"]


class DraftWarning(models.Model):
    """One reason to look at a draft. A blocking one keeps this draft back until it is mended.

    `subject` names what it is about (a product, a subscription); `details` holds the figures the texts need. The words
    themselves stand in `runs/queries/warnings.py`, so that each reader gets them in his language.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="warnings", db_index=False)
    code = models.CharField(max_length=20, choices=[(code.value, code.value) for code in WarningCode])
    subject = models.CharField(max_length=120, blank=True, default="")
    blocking = models.BooleanField()
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["draft", "id"]
        constraints = [models.UniqueConstraint(fields=["draft", "code", "subject"], name="draft_warning_is_said_once")]


class LineEdit(models.Model):
    """Who changed a draft's line, when and why; the charge itself stays what it was told to be.

    What is empty leaves the charge's own. Another period is what the document says, and its last day decides about VAT;
    another `rate_class` or `ledger_account` holds for this document too: what later runs bill goes by the charge's own.
    Another quantity or price stands on the charge, whose source must know it. All but the text ask for a `reason`.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="edits")
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="edit")
    description = models.CharField(max_length=300, blank=True, default="")
    starts_on = models.DateField(null=True, blank=True)
    ends_before = models.DateField(null=True, blank=True)
    rate_class = models.CharField(max_length=20, blank=True, default="")
    ledger_account = models.CharField(max_length=20, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    edited_by = models.BigIntegerField(null=True, blank=True)
    edited_at = models.DateTimeField()

    class Meta:
        ordering = ["draft", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True, ends_before__isnull=True)
                | models.Q(starts_on__isnull=False, ends_before__gt=models.F("starts_on")),
                name="line_edit_has_a_whole_period",
            )
        ]
