"""What must hold of stored subscriptions, asked of the database in sets; nothing is mended here."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Problem
from rebill.rules.timeline import ChangeKind
from rebill.subscriptions.models import Change, Subscription


def check_subscriptions(*, acting: Acting) -> list[Problem]:
    """Subscriptions of this seller whose history has holes, or that name another seller's or customer's rows."""
    require(acting, Permission.READ)
    rows = Subscription.objects.filter(seller_id=acting.seller_id).order_by("id")
    return [*_holes(rows), *_strangers(rows), *_impossible(rows)]


def check_changes(*, acting: Acting) -> list[Problem]:
    """Changes of this seller that do not say what their kind must say, or take back what is not theirs."""
    require(acting, Permission.READ)
    rows = Change.objects.filter(seller_id=acting.seller_id).order_by("id")
    silent = (
        Q(kind=ChangeKind.QUANTITY, quantity__isnull=True)
        | Q(kind=ChangeKind.PRODUCT, product__isnull=True)
        | Q(kind=ChangeKind.REVOKE, revokes__isnull=True)
        | Q(quantity__lt=0)
    )
    misplaced = (
        ~Q(subscription__seller=F("seller"))
        | Q(product__isnull=False) & ~Q(product__seller=F("seller"))
        | Q(revokes__isnull=False)
        & (~Q(revokes__subscription=F("subscription")) | Q(revokes__sequence__gte=F("sequence")))
    )
    return [
        *_problems(rows.filter(silent), "change.incomplete", _("The change does not say what its kind must say.")),
        *_problems(rows.filter(misplaced), "change.misplaced", _("The change names rows that are not its own.")),
    ]


def _holes(rows: QuerySet[Subscription]) -> Iterator[Problem]:
    counted = rows.annotate(
        entered=Count("changes", distinct=True), last=Coalesce(Max("changes__sequence"), 0)
    ).exclude(sequence=F("entered"), last=F("entered"))
    return _problems(
        counted,
        "subscription.history_incomplete",
        _("The changes of the subscription do not count from one up to the last."),
    )


def _strangers(rows: QuerySet[Subscription]) -> Iterator[Problem]:
    foreign = (
        ~Q(customer__seller=F("seller"))
        | ~Q(product__seller=F("seller"))
        | Q(order__isnull=False) & (~Q(order__seller=F("seller")) | ~Q(order__customer=F("customer")))
    )
    why = _("The subscription names a customer, product or order of another seller or customer.")
    return _problems(rows.filter(foreign), "subscription.misplaced", why)


def _impossible(rows: QuerySet[Subscription]) -> Iterator[Problem]:
    wrong = Q(quantity__lt=0) | Q(ends_before__lt=F("start_on"))
    return _problems(
        rows.filter(wrong), "subscription.impossible", _("Its quantity is negative, or it ends before it starts.")
    )


def _problems(rows: QuerySet[Subscription] | QuerySet[Change], what: str, why: str) -> Iterator[Problem]:
    place = _("change %(uuid)s") if rows.model is Change else _("subscription %(uuid)s")
    for uuid in rows.values_list("uuid", flat=True).iterator():
        yield Problem(
            what=what,
            where=place % {"uuid": uuid},
            why=why,
            remedy=_("Restore the row from a backup, or report it: no command writes it so."),
        )
