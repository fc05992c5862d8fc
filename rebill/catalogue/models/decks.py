"""Tables of rate decks, of the peak times they know, and of the price plans they are part of."""

from decimal import Decimal

from django.db import models

from rebill.catalogue.models.products import PricePlan, Product
from rebill.kit.fields import RateField, UnitPriceField
from rebill.parties.models import Customer, Seller
from rebill.rules.rating.rates import Rounding

PREFIX_LENGTH = 24
ENDS_AFTER_START = models.Q(valid_before__isnull=True) | models.Q(valid_before__gt=models.F("valid_from"))


class CallCategory(models.IntegerChoices):
    """What kind of call a rate is for; bundles cover categories, and specifications sum them up."""

    NATIONAL_FIXED = 1
    NATIONAL_MOBILE = 2
    INTERNATIONAL = 3
    INTERNATIONAL_MOBILE = 4
    SERVICE_COST = 5
    SERVICE_REVENUE = 6
    ON_NET = 7
    SHORT = 8
    OTHER = 9


class PeakTimes(models.Model):
    """The times of the week that are peak, in the seller's time zone; all others are off-peak.

    `week` holds [days, from, before]: ISO days of the week and times of the day as "08:00" and "24:00". The public
    holidays of `holidays`, a country as "NL" or one of its regions as "DE-BY", are off-peak as a whole.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="peak_times")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    week = models.JSONField(default=list)
    holidays = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ["seller", "code"]
        constraints = [models.UniqueConstraint(fields=["seller", "code"], name="peak_times_code_is_unique_per_seller")]


class RateDeck(models.Model):
    """Prices of calls by the prefix of the called number.

    `incoming`: it prices calls made to own service numbers. `customer`: its rates are exceptions of this one customer.
    `buy_deck` is what the same calls are bought by. `product` is what its calls are billed as where a rate names none;
    a deck that is only bought by needs none. A call is rounded to `quantum` of the currency. The steps are those of new
    rates. Where its buy deck changes, `markup` on the buy price, rounded up to `price_step`, is what is proposed.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="rate_decks")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    incoming = models.BooleanField(default=False)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="rate_decks")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    buy_deck = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="sell_decks")
    quantum = UnitPriceField(default=Decimal("0.0001"))
    rounding = models.PositiveSmallIntegerField(
        choices=[(each.value, each.name.lower()) for each in Rounding], default=Rounding.HALF_UP
    )
    first_seconds = models.PositiveIntegerField(default=1)
    next_seconds = models.PositiveIntegerField(default=1)
    markup = RateField(null=True, blank=True)
    price_step = UnitPriceField(default=Decimal("0.0001"))
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["seller", "code"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="rate_deck_code_is_unique_per_seller"),
            models.UniqueConstraint(
                fields=["customer", "incoming"],
                condition=models.Q(customer__isnull=False),
                name="rate_deck_of_a_customer_is_one",
            ),
            models.CheckConstraint(
                condition=models.Q(quantum__gt=0, price_step__gt=0), name="rate_deck_rounds_to_something"
            ),
            models.CheckConstraint(
                condition=models.Q(first_seconds__gt=0, next_seconds__gt=0), name="rate_deck_steps_are_positive"
            ),
        ]


class Rate(models.Model):
    """What calls to a prefix cost from `valid_from` until before `valid_before`, by the seller's local day of the call.

    `prefix` is digits, "=112" for a short code, or "onnet". `minute` holds in peak times and where there are none,
    `offpeak` otherwise, empty for the same. From `later_after_seconds` on, 0 for never, a minute costs `later_minute`
    in steps of `later_next_seconds`. `markup` is a share of the buy price on top. Prices below 0 are revenue.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    deck = models.ForeignKey(RateDeck, on_delete=models.PROTECT, related_name="rates")
    prefix = models.CharField(max_length=PREFIX_LENGTH)
    destination = models.CharField(max_length=120, blank=True, default="")
    category = models.PositiveSmallIntegerField(choices=CallCategory.choices, default=CallCategory.OTHER)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)
    setup = UnitPriceField(default=0)
    minute = UnitPriceField(default=0)
    offpeak = UnitPriceField(null=True, blank=True)
    first_seconds = models.PositiveIntegerField(default=1)
    next_seconds = models.PositiveIntegerField(default=1)
    later_after_seconds = models.PositiveIntegerField(default=0)
    later_minute = UnitPriceField(default=0)
    later_next_seconds = models.PositiveIntegerField(default=1)
    markup = RateField(null=True, blank=True)
    minimum = UnitPriceField(null=True, blank=True)
    maximum = UnitPriceField(null=True, blank=True)

    class Meta:
        ordering = ["deck", "prefix", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["deck", "prefix", "valid_from"], name="rate_starts_once"),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="rate_ends_after_it_starts"),
            models.CheckConstraint(
                condition=models.Q(first_seconds__gt=0, next_seconds__gt=0, later_next_seconds__gt=0),
                name="rate_steps_are_positive",
            ),
        ]


class DeckPeakTimes(models.Model):
    """The peak times a deck knows from a day on; none where `peak_times` is empty, and before its first."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    deck = models.ForeignKey(RateDeck, on_delete=models.PROTECT, related_name="peak_times")
    peak_times = models.ForeignKey(PeakTimes, null=True, blank=True, on_delete=models.PROTECT, related_name="decks")
    valid_from = models.DateField()

    class Meta:
        ordering = ["deck", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["deck", "valid_from"], name="peak_times_of_a_deck_start_once")]


class PlanDeck(models.Model):
    """That a price plan prices calls by a deck, from `valid_from` until before `valid_before`.

    `component` tells prices of one call apart: 0 is the call itself, others come on top. `incoming` is the deck's. A
    call without a rate in a `required` component is unpriced.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(PricePlan, on_delete=models.PROTECT, related_name="decks")
    deck = models.ForeignKey(RateDeck, on_delete=models.PROTECT, related_name="plans")
    incoming = models.BooleanField()
    component = models.PositiveSmallIntegerField(default=0)
    required = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["plan", "incoming", "component", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "incoming", "component", "valid_from"], name="deck_of_a_plan_starts_once"
            ),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="deck_of_a_plan_ends_after_it_starts"),
        ]


class RateRevision(models.Model):
    """That what calls cost was changed from a day on: what was rated since then must be looked at again.

    Says where: rates, peak times or terms of `deck`; decks or bundles of `plan`; exceptions or bundles of `customer`;
    bundles of `product`. A customer's change of plan is a `PriceRevision`.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="rate_revisions")
    deck = models.ForeignKey(RateDeck, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(PricePlan, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index("seller", "id", name="rate_revision_by_seller")]
