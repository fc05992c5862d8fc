"""Letting a customer's people into the portal: with a link that is mailed, used once and soon worth nothing."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Forbidden
from rebill.kit.events import record_event
from rebill.parties.models import Customer, PortalLink
from rebill.parties.tokens import hash_secret
from rebill.parties.visitors import customers_reached_at

SECRET_BYTES = 32
LINK_LIVES = timedelta(minutes=30)
# A link that somebody in the office sends is not waited for.
INVITATION_LIVES = timedelta(days=7)
# So many links go to an address in an hour, whoever asks for them.
LINKS_MAX = 5


class LinkRefused(Forbidden):
    """The link lets nobody in: it was never made, was used, is too old, or its address belongs to no customer now."""


def make_portal_link(*, acting: Acting, email: str, now: datetime, lives: timedelta = LINK_LIVES) -> str | None:
    """The secret of a link for this address, which is not kept; None where no customer names the address, or where it
    got LINKS_MAX within the hour. The two are alike to who asks: an address is nobody's business."""
    require(acting, Permission.KEEP_PARTIES)
    email = email.strip().lower()
    with atomic_write():
        if not customers_reached_at(acting, email):
            return None
        since = now - timedelta(hours=1)
        links = PortalLink.objects.filter(seller_id=acting.seller_id, email=email)
        if links.filter(made_at__gt=since).count() >= LINKS_MAX:
            return None
        links.filter(expires_at__lt=since).delete()
        secret = secrets.token_urlsafe(SECRET_BYTES)
        PortalLink.objects.create(
            seller_id=acting.seller_id,
            email=email,
            secret_hash=hash_secret(secret),
            made_at=now,
            expires_at=now + lives,
        )
    return secret


def enter_portal(*, acting: Acting, secret: str, now: datetime) -> tuple[str, list[Customer]]:
    """Uses a link up: the address it was mailed to, and the customers who name that address now. LinkRefused else."""
    with atomic_write():
        links = PortalLink.objects.filter(seller_id=acting.seller_id, secret_hash=hash_secret(secret))
        # One statement, so that of two at the same moment one gets in.
        used = links.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now)
        link = links.first() if used else None
        customers = customers_reached_at(acting, link.email) if link else []
        if link is None or not customers:
            raise LinkRefused(_("This link was used already, or is too old. Ask for a new one."))
        for customer in customers:
            record_event(
                seller_id=acting.seller_id,
                subject=customer,
                verb="looked_in",
                actor_id=None,
                now=now,
                details={"email": link.email},
            )
    return link.email, customers
