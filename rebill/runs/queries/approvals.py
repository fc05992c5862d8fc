"""What approving drafts will come to, before anybody does it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from rebill.access.acting import Acting, Permission, require
from rebill.parties.models import Customer, DeliveryChannel
from rebill.parties.queries import APART
from rebill.runs.models import Draft


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How many drafts there are, how many of them come to less than nothing, and how many somebody else approved
    before; what they come to with VAT by currency, in its minor unit; and how many go which way."""

    drafts: int
    below_zero: int
    second: int
    gross: tuple[tuple[str, int], ...]
    ways: Mapping[str, int]


def foreseen(*, acting: Acting, drafts: QuerySet[Draft], are_most: bool) -> Foreseen:
    """What these drafts of the seller would come to if the acting user approved them; one read, or two where they
    `are_most` of a run's: then only the few that do not go by e-mail are looked up with their customers."""
    require(acting, Permission.READ)
    rows = drafts.order_by("currency").values_list("currency", *(() if are_most else ("customer__channel",)))
    counted = rows.annotate(
        drafts=Count("id"),
        total=Sum("gross_amount"),
        below_zero=Count("id", filter=Q(gross_amount__lt=0)),
        second=Count("id", filter=Q(first_approved_by__isnull=False) & ~Q(first_approved_by=acting.user_id)),
    )
    gross, ways = Counter[str](), Counter[str]()
    below_zero = second = 0
    for currency, *of_channel, number, total, below, approved in counted:
        gross[currency] += int(total)
        ways[of_channel[0] if of_channel else DeliveryChannel.EMAIL.value] += number
        below_zero, second = below_zero + below, second + approved
    number = ways.total()
    if are_most:
        apart = Customer.objects.filter(APART, seller_id=acting.seller_id).order_by().values("id")
        others = drafts.filter(customer__in=apart).order_by().values_list("customer__channel")
        ways.update(dict(others.annotate(drafts=Count("id"))))
        ways[DeliveryChannel.EMAIL.value] = 2 * number - ways.total()
    return Foreseen(number, below_zero, second, tuple(gross.items()), ways)
