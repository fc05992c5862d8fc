"""A change as it is asked for: what entering it refuses, and which step of the history it would be.

Commands enter wishes; previews only suppose them. Both ask here, so that what a preview shows is what is entered.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.models import Product
from rebill.kit.errors import Conflict, Invalid
from rebill.rules.money import ONE_E6, ONE_E8
from rebill.rules.timeline import ChangeKind, Step
from rebill.subscriptions.commands.starting import check_length, check_price, check_quantity, require_own
from rebill.subscriptions.models import Change, Subscription


class TooEarly(Invalid):
    """The change would take effect before the subscription starts."""


class DayUnclear(Invalid):
    """A cancellation needs either its last day or the first day that is no longer owed, not both and not neither."""


class AlreadyRevoked(Conflict):
    """The change was taken back before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A change as it is asked for, before it has a place in the history."""

    kind: ChangeKind
    effective_on: date
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    product: Product | None = None
    revokes: Change | None = None
    reference: str = ""


def cancellation(*, last_day: date | None, ends_before: date | None, reference: str) -> Wish:
    """The wish to end after `last_day`, or before `ends_before`: one of the two."""
    if last_day is not None and ends_before is None:
        ends_before = last_day + timedelta(days=1)
    elif ends_before is None or last_day is not None:
        raise DayUnclear(_("Give either the last day that is owed or the first day that is not."))
    return Wish(kind=ChangeKind.CANCEL, effective_on=ends_before, reference=reference)


def check_wish(acting: Acting, wish: Wish) -> None:
    """Refuses what no subscription of the seller can take: a negative quantity, a product of others, a long text."""
    if wish.quantity is not None:
        check_quantity(wish.quantity)
    check_price(wish.unit_price)
    if wish.product is not None:
        require_own(acting, wish.product)
    check_length("reference", wish.reference)


def check_day(subscription: Subscription, wish: Wish) -> None:
    """Refuses a day before the subscription starts, except to end it before it ever began."""
    if wish.effective_on < subscription.start_on and wish.kind not in {ChangeKind.CANCEL, ChangeKind.REVOKE}:
        raise TooEarly(
            _("The subscription starts on %(start_on)s; nothing changes before. Enter that day or later.")
            % {"start_on": subscription.start_on}
        )


def step_of(wish: Wish, sequence: int) -> Step:
    """The wish as the step of the history that it would be at this place."""
    revoked = last_word(wish.revokes)
    return Step(
        sequence=sequence,
        kind=wish.kind,
        effective_on=wish.effective_on,
        quantity_e8=None if wish.quantity is None else int(wish.quantity * ONE_E8),
        price_e6=None if wish.unit_price is None else int(wish.unit_price * ONE_E6),
        product_id=None if wish.product is None else wish.product.pk,
        revokes=None if revoked is None else revoked.sequence,
        reference=wish.reference,
    )


def last_word(change: Change | None) -> Change | None:
    """What a revoke must name so that `change` no longer holds: the change itself, or what brought it back.

    A change that was taken back, and whose taking back was taken back, holds again: then it is the last of the chain.
    """
    if change is None:
        return None
    last, holds = change, True
    while (later := Change.objects.filter(revokes=last).first()) is not None:
        last, holds = later, not holds
    if not holds:
        raise AlreadyRevoked(_("The change was taken back already. To let it hold again, take that back."))
    return last
