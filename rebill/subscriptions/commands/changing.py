"""Changing a subscription from a day on: every change is a row of its own, and nothing is overwritten."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.rules.timeline import ChangeKind
from rebill.subscriptions.commands.wishes import Wish, cancellation, check_day, check_wish, last_word
from rebill.subscriptions.models import Change, Subscription
from rebill.subscriptions.queries import ChangeNotFound, SubscriptionNotFound

VERBS = {
    ChangeKind.QUANTITY: "quantity_changed",
    ChangeKind.PRICE: "price_changed",
    ChangeKind.PRODUCT: "product_changed",
    ChangeKind.PAUSE: "paused",
    ChangeKind.RESUME: "resumed",
    ChangeKind.CANCEL: "cancelled",
    ChangeKind.REVOKE: "change_revoked",
}


class ChangeDiffers(Conflict):
    """The uuid is taken by another change."""


def enter_change(
    *, acting: Acting, subscription: Subscription, wish: Wish, now: datetime, uuid: UUID | None = None
) -> Change:
    """The wish as the next change of the subscription; with a `uuid` it is entered once."""
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    check_wish(acting, wish)
    with transaction.atomic():
        # The row lock gives two changes at the same moment two places in the history.
        locked = (
            Subscription.objects.select_for_update()
            .filter(pk=subscription.pk, seller_id=acting.seller_id)
            .order_by("pk")
            .first()
        )
        if locked is None:
            raise SubscriptionNotFound(_("There is no subscription %(named)s.") % {"named": subscription.uuid})
        known = Change.objects.filter(seller_id=acting.seller_id, uuid=uuid).first() if uuid is not None else None
        if known is not None:
            _require_same(known, locked, wish)
            return known
        check_day(locked, wish)
        locked.sequence += 1
        locked.save(update_fields=["sequence"])
        change = Change.objects.create(
            seller_id=acting.seller_id,
            subscription=locked,
            uuid=uuid or uuid4(),
            sequence=locked.sequence,
            kind=wish.kind,
            effective_on=wish.effective_on,
            quantity=wish.quantity,
            unit_price=wish.unit_price,
            product=wish.product,
            revokes=last_word(wish.revokes),
            reference=wish.reference,
            entered_by=acting.user_id,
            entered_at=now,
        )
        record_event(
            seller_id=acting.seller_id,
            subject=locked,
            verb=VERBS[wish.kind],
            actor_id=acting.user_id,
            now=now,
            details={
                "change": str(change.uuid),
                "effective_on": wish.effective_on.isoformat(),
                "reference": wish.reference,
            },
        )
    return change


def change_quantity(
    *,
    acting: Acting,
    subscription: Subscription,
    quantity: Decimal,
    effective_on: date,
    now: datetime,
    reference: str = "",
    uuid: UUID | None = None,
) -> Change:
    """Another quantity from `effective_on` on. Zero is allowed and owes nothing; a negative quantity is refused."""
    wish = Wish(kind=ChangeKind.QUANTITY, effective_on=effective_on, quantity=quantity, reference=reference)
    return enter_change(acting=acting, subscription=subscription, wish=wish, uuid=uuid, now=now)


def change_price(
    *,
    acting: Acting,
    subscription: Subscription,
    unit_price: Decimal | None,
    effective_on: date,
    now: datetime,
    reference: str = "",
    uuid: UUID | None = None,
) -> Change:
    """An own price per billing period from `effective_on` on; None goes back to the price lists."""
    wish = Wish(kind=ChangeKind.PRICE, effective_on=effective_on, unit_price=unit_price, reference=reference)
    return enter_change(acting=acting, subscription=subscription, wish=wish, uuid=uuid, now=now)


def change_subscription_product(
    *,
    acting: Acting,
    subscription: Subscription,
    product: Product,
    effective_on: date,
    now: datetime,
    unit_price: Decimal | None = None,
    quantity: Decimal | None = None,
    reference: str = "",
    uuid: UUID | None = None,
) -> Change:
    """Another product from `effective_on` on. The own price ends unless one is given, the quantity goes on."""
    wish = Wish(
        kind=ChangeKind.PRODUCT,
        effective_on=effective_on,
        product=product,
        unit_price=unit_price,
        quantity=quantity,
        reference=reference,
    )
    return enter_change(acting=acting, subscription=subscription, wish=wish, uuid=uuid, now=now)


def pause_subscription(
    *,
    acting: Acting,
    subscription: Subscription,
    effective_on: date,
    now: datetime,
    reference: str = "",
    uuid: UUID | None = None,
) -> Change:
    """Nothing is owed from `effective_on` on, until the subscription is resumed."""
    wish = Wish(kind=ChangeKind.PAUSE, effective_on=effective_on, reference=reference)
    return enter_change(acting=acting, subscription=subscription, wish=wish, uuid=uuid, now=now)


def resume_subscription(
    *,
    acting: Acting,
    subscription: Subscription,
    effective_on: date,
    now: datetime,
    reference: str = "",
    uuid: UUID | None = None,
) -> Change:
    """A paused subscription is owed again from `effective_on` on."""
    wish = Wish(kind=ChangeKind.RESUME, effective_on=effective_on, reference=reference)
    return enter_change(acting=acting, subscription=subscription, wish=wish, uuid=uuid, now=now)


def cancel_subscription(
    *,
    acting: Acting,
    subscription: Subscription,
    now: datetime,
    last_day: date | None = None,
    ends_before: date | None = None,
    reference: str = "",
    uuid: UUID | None = None,
) -> Change:
    """Ends the subscription after `last_day`, or before `ends_before`: give one of the two.

    The day may lie in the past: the next run corrects what was billed beyond it. On or before the start nothing is
    owed at all. Cancelled again, the day entered last counts.
    """
    wish = cancellation(last_day=last_day, ends_before=ends_before, reference=reference)
    return enter_change(acting=acting, subscription=subscription, wish=wish, uuid=uuid, now=now)


def revoke_change(
    *, acting: Acting, change: Change, now: datetime, reference: str = "", uuid: UUID | None = None
) -> Change:
    """Takes a change back as if it had never been entered; both stay on record. A cancellation is undone this way.

    Taking back what is taken back already is refused, unless it is the same request again, known by its `uuid`.
    """
    subscription = Subscription.objects.filter(pk=change.subscription_id, seller_id=acting.seller_id).first()
    if subscription is None:
        raise ChangeNotFound(_("There is no change %(named)s.") % {"named": change.uuid})
    wish = Wish(kind=ChangeKind.REVOKE, effective_on=change.effective_on, revokes=change, reference=reference)
    return enter_change(acting=acting, subscription=subscription, wish=wish, uuid=uuid, now=now)


def _require_same(known: Change, subscription: Subscription, wish: Wish) -> None:
    asked = (subscription.pk, wish.kind, wish.effective_on, wish.quantity, wish.unit_price, wish.reference)
    entered = (
        known.subscription_id, known.kind, known.effective_on, known.quantity, known.unit_price, known.reference,
    )  # fmt: skip
    product_id = None if wish.product is None else wish.product.pk
    if asked != entered or known.product_id != product_id:
        raise ChangeDiffers(
            _("Change %(uuid)s exists and says something else. Give a new uuid.") % {"uuid": known.uuid}
        )
