"""Tables of imported rates that wait to be taken over, and of what became of them."""

from django.db import models

from rebill.catalogue.models.decks import PREFIX_LENGTH, RateDeck
from rebill.kit.fields import UnitPriceField
from rebill.kit.states import Moves
from rebill.parties.models import Seller


class RateImportState(models.TextChoices):
    """Where imported rates stand: waiting for a decision, taken over, left out, or taken over and taken back."""

    WAITING = "waiting"
    TAKEN = "taken"
    LEFT_OUT = "left_out"
    WITHDRAWN = "withdrawn"


RATE_IMPORT_MOVES: Moves[RateImportState] = {
    RateImportState.WAITING: frozenset({RateImportState.TAKEN, RateImportState.LEFT_OUT}),
    RateImportState.TAKEN: frozenset({RateImportState.WITHDRAWN}),
    RateImportState.LEFT_OUT: frozenset(),
    RateImportState.WITHDRAWN: frozenset(),
}


class RateImport(models.Model):
    """Rates of a file for one deck, beside what the deck says from `starts_on`.

    `sell_deck` is the deck that is bought by this one and may get new prices with it. `lines` were read, `unchanged` of
    them say what the deck says. `undo` holds, once taken, what stood before, by deck, prefix and first day; `revision`
    is then the last revision of rates, so that a later change is seen.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="rate_imports")
    deck = models.ForeignKey(RateDeck, on_delete=models.PROTECT, related_name="imports")
    sell_deck = models.ForeignKey(RateDeck, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    file_name = models.CharField(max_length=255, blank=True, default="")
    state = models.CharField(max_length=9, choices=RateImportState.choices, default=RateImportState.WAITING)
    lines = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    revision = models.BigIntegerField(default=0)
    undo = models.JSONField(default=list)

    class Meta:
        ordering = ["seller", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["deck"], condition=models.Q(state="waiting"), name="rate_import_of_a_deck_waits_once"
            ),
        ]


class RateChange(models.TextChoices):
    """How an imported rate differs: dearer, cheaper, other words or steps at the same price, new, or gone."""

    UP = "up"
    DOWN = "down"
    OTHER = "other"
    NEW = "new"
    GONE = "gone"


class RateImportRow(models.Model):
    """A rate that differs. `counterpart` is the minute on the other side: what it is sold for where a deck that is
    bought by is imported, what it is bought for else. `sell_new` is the new price of the sell deck, empty for none.

    `content` are the values of `deck_fields.RateContent`, empty where the prefix is gone.
    """

    rate_import = models.ForeignKey(RateImport, on_delete=models.CASCADE, related_name="rows")
    prefix = models.CharField(max_length=PREFIX_LENGTH)
    starts_on = models.DateField()
    destination = models.CharField(max_length=120, blank=True, default="")
    change = models.CharField(max_length=5, choices=RateChange.choices)
    content = models.JSONField(null=True, blank=True)
    minute_now = UnitPriceField(null=True, blank=True)
    minute_new = UnitPriceField(null=True, blank=True)
    setup_now = UnitPriceField(null=True, blank=True)
    setup_new = UnitPriceField(null=True, blank=True)
    counterpart = UnitPriceField(null=True, blank=True)
    sell_new = UnitPriceField(null=True, blank=True)
    chosen = models.BooleanField(default=True)

    class Meta:
        ordering = ["rate_import", "prefix", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["rate_import", "prefix", "starts_on"], name="imported_rate_is_told_once")
        ]
