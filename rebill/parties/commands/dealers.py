"""Dealers: customers that are sellers themselves, and so make a chain."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.access.models import User
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.parties.commands.members import user_with_address
from rebill.parties.commands.sellers import create_seller
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import customer_of, open_customer_of

# What a dealer is as a seller that it was as a customer already.
_TAKEN_OVER = ("street", "street_extra", "postcode", "city", "country", "vat_id", "chamber_id")


class DealerAlready(Conflict):
    """The customer is a seller already."""


@dataclass(frozen=True, slots=True)
class DealerInvited:
    """The dealer, and who owns it: to be mailed an invitation."""

    seller: Seller
    owner: User


def open_dealer(*, acting: Acting, customer_id: int, owner: User, slug: str, now: datetime) -> Seller:
    """Makes a customer a dealer: a seller of its own, which `owner` owns, with the customer's name, address and ids.

    It bills in the time zone and the currency of the seller above, and counts days as that one does, until it says
    otherwise. DealerAlready if it is one.
    """
    require(acting, Permission.CONFIGURE)
    with atomic_write():
        customer = open_customer_of(acting, customer_id)
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if Seller.objects.filter(as_customer=customer).exists():
            raise DealerAlready(_("%(name)s is a dealer already.") % {"name": customer.name})
        above = customer.seller
        dealer = create_seller(
            owner=owner,
            slug=slug,
            name=customer.name,
            now=now,
            time_zone=above.time_zone,
            currency=customer.currency or above.currency,
            language=customer.language or above.language,
            proration_base=above.proration_base,
            **{field: getattr(customer, field) for field in _TAKEN_OVER},
        )
        dealer.as_customer = customer
        dealer.save(update_fields=["as_customer"])
        record_event(
            seller_id=acting.seller_id,
            subject=customer,
            verb="made_dealer",
            actor_id=acting.user_id,
            now=now,
            details={"seller": dealer.slug},
        )
    return dealer


def invite_dealer(
    *, acting: Acting, customer_id: int, slug: str, email: str, now: datetime, full_name: str = "", language: str = "en"
) -> DealerInvited:
    """As `open_dealer`, for an owner by e-mail address: somebody known, or somebody new who cannot sign in before
    choosing a password."""
    require(acting, Permission.CONFIGURE)
    require(acting, Permission.KEEP_USERS)
    with atomic_write():
        customer_of(acting, customer_id)
        owner = user_with_address(acting, email=email, full_name=full_name, language=language, now=now)
        dealer = open_dealer(acting=acting, customer_id=customer_id, owner=owner, slug=slug, now=now)
    return DealerInvited(dealer, owner)
