"""Who acts on the command line, for which seller, and what time it is: the questions every command begins with."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import typer
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Role
from rebill.access.models import User
from rebill.access.queries import user_named
from rebill.interfaces.cli.clock import read_clock
from rebill.interfaces.cli.language import speak_as
from rebill.kit.errors import Conflict, NotFound
from rebill.parties.models import Membership, Seller
from rebill.parties.queries import acting_for, all_sellers, members_of, seller_with_slug
from rebill.rules.periods import local_day

SellerOption = Annotated[
    str | None,
    typer.Option(
        "--seller",
        envvar="REBILL_SELLER",
        metavar="SLUG",
        help="The seller to act for; needed if there are several.",
    ),
]
UserOption = Annotated[
    str | None,
    typer.Option(
        "--user", envvar="REBILL_USER", metavar="NAME", help="Who acts; the seller's owner if there is only one."
    ),
]


class NobodyToActFor(NotFound):
    """There is no seller yet."""


class SellerUnclear(Conflict):
    """There are several sellers, and none was named."""


class UserUnclear(Conflict):
    """The seller has no owner or several, and nobody was named."""


@dataclass(frozen=True)
class Session:
    """One run of a command: for whom, by whom, and when it began in the seller's own time."""

    acting: Acting
    seller: Seller
    now: datetime

    @property
    def today(self) -> date:
        """The seller's day."""
        return local_day(self.now, self.seller.time_zone)


def begin_session(*, seller: str | None, user: str | None) -> Session:
    """The named seller and user, or the only ones there are beside dealers."""
    found = seller_with_slug(seller) if seller else _only_seller()
    acts = _user(found, user)
    speak_as(acts.language)
    return Session(acting=acting_for(acts, found.slug), seller=found, now=read_clock())


def _only_seller() -> Seller:
    """The only seller that is nobody's dealer: dealers are named."""
    sellers = list(all_sellers().filter(as_customer__isnull=True)[:2])
    if not sellers:
        raise NobodyToActFor(_("There is no seller yet. Run `rebill demo` to try one, or make your own first."))
    if len(sellers) > 1:
        slugs = ", ".join(all_sellers().values_list("slug", flat=True)[:20])
        raise SellerUnclear(_("There are several sellers. Name one with --seller: %(slugs)s.") % {"slugs": slugs})
    return sellers[0]


def _user(seller: Seller, name: str | None) -> User:
    if name:
        return user_named(name)
    owners = list(_owners(seller)[:2])
    if len(owners) != 1:
        why = _("%(name)s has several owners.") if owners else _("%(name)s has no owner.")
        raise UserUnclear(f"{why} {_('Say with --user who acts.')}" % {"name": seller.name})
    return owners[0].user


def _owners(seller: Seller) -> QuerySet[Membership]:
    anybody = Acting(seller_id=seller.pk, role=Role.OWNER)
    return members_of(anybody).filter(role=Role.OWNER, user__is_active=True)
