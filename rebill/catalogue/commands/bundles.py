"""Bundles: what calls of some categories have free in a month."""

from datetime import date, datetime
from typing import Unpack

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.decks import lock_decks
from rebill.catalogue.deck_fields import BundleTerms, tidy_bundle
from rebill.catalogue.models import Bundle, RateRevision
from rebill.catalogue.queries import plan_of, product_of
from rebill.catalogue.queries.decks import bundle_of
from rebill.kit.database import atomic_write
from rebill.kit.errors import Invalid
from rebill.kit.events import record_event
from rebill.parties.changes import set_fields
from rebill.parties.entries import EntryRefused
from rebill.parties.queries import customer_of


class BundleOfNobody(Invalid):
    """A bundle is of a price plan, of a customer or of a product: of exactly one."""


def create_bundle(
    *,
    acting: Acting,
    valid_from: date,
    now: datetime,
    plan_id: int | None = None,
    customer_id: int | None = None,
    product_id: int | None = None,
    valid_before: date | None = None,
    **terms: Unpack[BundleTerms],
) -> Bundle:
    """A new bundle from the day on, for all customers of a plan, for one customer, or with each piece of a product."""
    require(acting, Permission.KEEP_CATALOGUE)
    bundle = Bundle(seller_id=acting.seller_id, valid_from=valid_from, valid_before=valid_before)
    bundle.plan = None if plan_id is None else plan_of(acting, plan_id)
    bundle.customer = None if customer_id is None else customer_of(acting, customer_id)
    bundle.product = None if product_id is None else product_of(acting, product_id)
    if sum(each is not None for each in (plan_id, customer_id, product_id)) != 1:
        raise BundleOfNobody(_("Say whose the bundle is: a price plan's, a customer's or a product's."))
    _require_days(bundle)
    set_fields(bundle, tidy_bundle(terms, kept=None))
    if not bundle.name:
        raise EntryRefused("name", why=_("It is empty."), remedy=_("Enter it."))
    with atomic_write():
        lock_decks(acting.seller_id)
        bundle.save(force_insert=True)
        _revise(bundle, valid_from)
        record_event(
            seller_id=acting.seller_id,
            subject=bundle,
            verb="created",
            actor_id=acting.user_id,
            now=now,
            details={"name": bundle.name, "valid_from": valid_from.isoformat()},
        )
    return bundle


def change_bundle(*, acting: Acting, bundle_id: int, now: datetime, **changes: Unpack[BundleTerms]) -> Bundle:
    """The bundle corrected for all its days; months that were rated are looked at again."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        bundle = bundle_of(acting, bundle_id)
        changed = set_fields(bundle, tidy_bundle(changes, kept=bundle))
        if changed:
            bundle.save(update_fields=list(changed))
            if changed.keys() - {"name"}:
                _revise(bundle, bundle.valid_from)
            record_event(
                seller_id=acting.seller_id,
                subject=bundle,
                verb="changed",
                actor_id=acting.user_id,
                now=now,
                details=changed,
            )
    return bundle


def end_bundle(*, acting: Acting, bundle_id: int, valid_before: date, now: datetime) -> Bundle:
    """The bundle holds until before the day; the month it ends in has its share."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        bundle = bundle_of(acting, bundle_id)
        earlier, bundle.valid_before = bundle.valid_before, valid_before
        _require_days(bundle)
        if earlier != valid_before:
            bundle.save(update_fields=["valid_before"])
            _revise(bundle, valid_before if earlier is None else min(earlier, valid_before))
            record_event(
                seller_id=acting.seller_id,
                subject=bundle,
                verb="ended",
                actor_id=acting.user_id,
                now=now,
                details={"valid_before": [earlier and earlier.isoformat(), valid_before.isoformat()]},
            )
    return bundle


def _require_days(bundle: Bundle) -> None:
    if bundle.valid_before is not None and bundle.valid_before <= bundle.valid_from:
        why, remedy = _("It ends before it begins."), _("Enter the first day on which it holds no longer.")
        raise EntryRefused("valid_before", why=why, remedy=remedy, value=bundle.valid_before)


def _revise(bundle: Bundle, valid_from: date) -> None:
    RateRevision.objects.create(
        seller_id=bundle.seller_id,
        plan_id=bundle.plan_id,
        customer_id=bundle.customer_id,
        product_id=bundle.product_id,
        valid_from=valid_from,
    )
