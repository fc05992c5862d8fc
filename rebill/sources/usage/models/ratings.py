"""Tables of what calls come to: the ratings of a month, their sums, and what of them was told."""

from django.db import models
from django.db.models import F, Q

from rebill.catalogue.models import Product, SummaryGroup
from rebill.kit.fields import MoneyField
from rebill.parties.models import Customer, Seller


class RatingState(models.TextChoices):
    """Where a rating stands: under way; made, and waiting for a person's word; what counts; or no longer of use."""

    RATING = "rating"
    WAITING = "waiting"
    CURRENT = "current"
    REPLACED = "replaced"
    LEFT = "left"


class Rating(models.Model):
    """One rating of all calls of a month that came from the switches of `seller`, for every seller on the chain.

    `number` counts the ratings of the month; the highest that was taken over is current. `seen_file` is the last file
    whose calls it knows. `calls` = `rated` + `unpriced` + `unowned`, counted once a call, as `seller` sees it.
    `prices` is a fingerprint of everything that decides a price, without the calls.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="ratings")
    month = models.DateField()
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=RatingState.choices, default=RatingState.RATING)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_file = models.BigIntegerField(default=0)
    prices = models.CharField(max_length=64, blank=True, default="")
    calls = models.BigIntegerField(default=0)
    rated = models.BigIntegerField(default=0)
    unpriced = models.BigIntegerField(default=0)
    unowned = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["seller", "-month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "month", "number"], name="rating_number_is_unique_per_month"),
            models.UniqueConstraint(
                fields=["seller", "month"], condition=Q(state=RatingState.CURRENT), name="rating_of_a_month_is_one"
            ),
            models.CheckConstraint(
                condition=~Q(state=RatingState.CURRENT) | Q(calls=F("rated") + F("unpriced") + F("unowned")),
                name="rating_adds_up",
            ),
        ]


class RatedPart(models.Model):
    """A Parquet file with the price rows of one rating for one seller of the chain.

    `path` is below the data folder, `content_hash` the SHA-256 of its bytes as they were written, empty where it is not
    known.
    """

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="parts")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    rows = models.BigIntegerField()

    class Meta:
        ordering = ["rating", "seller", "path"]
        constraints = [models.UniqueConstraint(fields=["path"], name="rated_part_path_is_unique")]


class UsageSum(models.Model):
    """What the rated calls of an end customer come to in one rating, for one seller, product and category.

    `amount` and `buy` are of 10⁻⁶ of the currency: calls are rounded to four decimals, and a bill only once.
    """

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="sums")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    category = models.PositiveSmallIntegerField()
    component = models.PositiveSmallIntegerField(default=0)
    calls = models.BigIntegerField()
    billed_s = models.BigIntegerField()
    included_s = models.BigIntegerField()
    covered_e6 = models.BigIntegerField()
    amount_e6 = models.BigIntegerField()
    buy_e6 = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["rating", "seller", "buyer", "owner", "id"]
        indexes = [models.Index(fields=["seller", "buyer", "owner"], name="usage_sum_by_buyer")]


class UsageAccount(models.Model):
    """What an end customer's calls of a month come to for one product, over all switches, and how much of it is told.

    Rebuilt from the sums of the current ratings and from the tellings at any time. `settled` says that what is told is
    what is owed. Without a product, calls are billed by their summary group. `key` names all that makes the account
    one, and begins the keys of its charges.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=100)
    buyer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    summary_group = models.PositiveSmallIntegerField(choices=SummaryGroup.choices)
    month = models.DateField()
    currency = models.CharField(max_length=3)
    calls = models.BigIntegerField(default=0)
    billed_s = models.BigIntegerField(default=0)
    included_s = models.BigIntegerField(default=0)
    amount_e6 = models.BigIntegerField(default=0)
    told_calls = models.BigIntegerField(default=0)
    told_e6 = models.BigIntegerField(default=0)
    told_amount = MoneyField(default=0)
    tellings_made = models.PositiveIntegerField(default=0)
    settled = models.BooleanField(default=False)

    class Meta:
        ordering = ["seller", "buyer", "month", "id"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "key"], name="usage_account_key_is_unique_per_seller"),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer"], condition=Q(settled=False), name="usage_account_open"),
            models.Index(fields=["owner", "month"], name="usage_account_of_owner"),
        ]


class UsageTelling(models.Model):
    """What was told of an account at once: its first telling is all of it, each later one a difference.

    `key` is that of the charge; `number` counts the tellings of the account.
    """

    account = models.ForeignKey(UsageAccount, on_delete=models.PROTECT, related_name="tellings")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    calls = models.BigIntegerField()
    amount_e6 = models.BigIntegerField()
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["account", "number"]
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="usage_telling_number_is_unique"),
            models.UniqueConstraint(fields=["key"], name="usage_telling_key_is_unique"),
        ]


class BilledRating(models.Model):
    """That a telling was made of a rating: with it, the calls of the rating are the specification of a bill."""

    telling = models.ForeignKey(UsageTelling, on_delete=models.CASCADE, related_name="ratings")
    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="billed_with")

    class Meta:
        ordering = ["telling", "rating"]
        constraints = [models.UniqueConstraint(fields=["telling", "rating"], name="billed_rating_is_named_once")]


class CallsWithoutPrice(models.Model):
    """Calls of an end customer that have no price in a rating, by the beginning of the numbers that were called."""

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="without_price")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    head = models.CharField(max_length=20)
    calls = models.BigIntegerField()
    seconds = models.BigIntegerField()

    class Meta:
        ordering = ["rating", "buyer", "-calls", "id"]
        indexes = [models.Index(fields=["seller", "buyer"], name="calls_without_price_by_buyer")]


class CallsWithoutOwner(models.Model):
    """Calls of a rating that are nobody's, by what they came from: an account, a trunk or a number."""

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="without_owner")
    account = models.CharField(max_length=80, blank=True, default="")
    trunk = models.CharField(max_length=80, blank=True, default="")
    number = models.CharField(max_length=40, blank=True, default="")
    calls = models.BigIntegerField()
    seconds = models.BigIntegerField()

    class Meta:
        ordering = ["rating", "-calls", "id"]


class UnusualDay(models.Model):
    """A day on which an end customer's calls cost far more than its own days before; found when a month is rated.

    `usual_e6` is what a day with calls cost on average before it, 0 where there is nothing to go by.
    """

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="unusual_days")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    calls = models.BigIntegerField()
    amount_e6 = models.BigIntegerField()
    usual_e6 = models.BigIntegerField()

    class Meta:
        ordering = ["rating", "-amount_e6", "id"]
        indexes = [models.Index(fields=["seller", "buyer", "day"], name="unusual_day_by_buyer")]
