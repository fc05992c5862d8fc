"""Sellers: how they begin, and what is changed of them."""

from datetime import datetime
from typing import Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, Role, require
from rebill.access.models import User
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.parties import entries
from rebill.parties.changes import set_fields
from rebill.parties.fields import SellerChanges, SellerTerms, tidy_seller
from rebill.parties.models import Membership, Seller
from rebill.parties.queries import SellerUnknown


class SlugTaken(Conflict):
    """Another seller has this short name already."""


def create_seller(*, owner: User, slug: str, name: str, now: datetime, **terms: Unpack[SellerTerms]) -> Seller:
    """A new seller, with `owner` as its first owner. It needs a number series before it can issue."""
    seller = Seller(slug=entries.slug("slug", slug))
    entered = {"language": seller.language, **terms, "name": name}
    set_fields(seller, tidy_seller(entered, kept=_kept(seller)))
    with atomic_write():
        try:
            with transaction.atomic():
                seller.save(force_insert=True)
        except IntegrityError:
            raise SlugTaken(
                _("There is a seller %(slug)r already. Choose another short name.") % {"slug": seller.slug}
            ) from None
        Membership.objects.create(user=owner, seller=seller, role=Role.OWNER)
        record_event(seller_id=seller.pk, subject=seller, verb="created", actor_id=owner.pk, now=now)
    return seller


def change_seller(*, acting: Acting, now: datetime, **changes: Unpack[SellerChanges]) -> Seller:
    """The seller with other terms. Issued documents keep what was printed; open drafts follow."""
    require(acting, Permission.CONFIGURE)
    with atomic_write():
        seller = locked_seller(acting)
        changed = set_fields(seller, tidy_seller(changes, kept=_kept(seller)))
        if changed:
            seller.save(update_fields=list(changed))
            record_event(
                seller_id=seller.pk,
                subject=seller,
                verb="changed",
                actor_id=acting.user_id,
                now=now,
                details=changed,
            )
    return seller


def locked_seller(acting: Acting) -> Seller:
    """The acting seller; whoever else wants to change it waits until this transaction ends."""
    seller = Seller.objects.select_for_update().filter(pk=acting.seller_id).first()
    if seller is None:
        raise SellerUnknown(_("There is no seller %(named)s.") % {"named": acting.seller_id})
    return seller


def _kept(seller: Seller) -> dict[str, object]:
    return {field: getattr(seller, field) for field in ("country", "currency", "language", "languages")}
