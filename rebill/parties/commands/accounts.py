"""The bank accounts on which a seller is paid."""

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.parties import entries, identifiers
from rebill.parties.commands.sellers import locked_seller
from rebill.parties.entries import text_of
from rebill.parties.models import SellerAccount
from rebill.parties.queries import account_of

_iban_that_fits = text_of(SellerAccount, "iban", required=True)
_bic_that_fits = text_of(SellerAccount, "bic")
_holder_that_fits = text_of(SellerAccount, "holder")


class AccountKnown(Conflict):
    """The seller has this bank account already."""


def add_seller_account(
    *,
    acting: Acting,
    iban: str,
    now: datetime,
    bic: str = "",
    holder: str = "",
    currency: str = "EUR",
    main: bool = False,
) -> SellerAccount:
    """A bank account of the seller; the `main` one, and the first one, stands on invoices.

    Check digits that cannot be right do not stop it: `check_seller` warns of them.
    """
    require(acting, Permission.CONFIGURE)
    account = SellerAccount(
        seller_id=acting.seller_id,
        iban=_iban_that_fits("iban", identifiers.compact(iban)),
        bic=_bic_that_fits("bic", identifiers.compact(bic)),
        holder=_holder_that_fits("holder", holder),
        currency=entries.currency("currency", currency),
    )
    with atomic_write():
        seller = locked_seller(acting)
        others = SellerAccount.objects.filter(seller=seller)
        if others.filter(iban=account.iban).exists():
            raise AccountKnown(_("The account %(iban)s is there already.") % {"iban": account.iban})
        last = others.aggregate(last=Max("position"))["last"]
        account.position = 0 if last is None else last + 1
        if main and last is not None:
            _put_first(account, list(others))
        account.save()
        record_event(
            seller_id=seller.pk,
            subject=account,
            verb="created",
            actor_id=acting.user_id,
            now=now,
            details={"iban": account.iban},
        )
    return account


def remove_seller_account(*, acting: Acting, account_id: int, now: datetime) -> None:
    """The account stands on no further invoice. Issued invoices keep what was printed."""
    require(acting, Permission.CONFIGURE)
    with atomic_write():
        account = account_of(acting, account_id)
        record_event(
            seller_id=acting.seller_id,
            subject=account,
            verb="removed",
            actor_id=acting.user_id,
            now=now,
            details={"iban": account.iban},
        )
        account.delete()


def move_account_first(*, acting: Acting, account_id: int, now: datetime) -> SellerAccount:
    """The account stands on documents from now on, in its currency and where there is none in another."""
    require(acting, Permission.CONFIGURE)
    with atomic_write():
        seller = locked_seller(acting)
        account = account_of(acting, account_id)
        accounts = list(SellerAccount.objects.filter(seller=seller).order_by("position", "id"))
        if accounts[0] != account:
            _put_first(account, [other for other in accounts if other != account])
            account.save(update_fields=["position"])
            record_event(
                seller_id=seller.pk,
                subject=account,
                verb="put_first",
                actor_id=acting.user_id,
                now=now,
                details={"iban": account.iban},
            )
    return account


def _put_first(account: SellerAccount, others: list[SellerAccount]) -> None:
    account.position = 0
    for position, other in enumerate(others, start=1):
        other.position = position
    SellerAccount.objects.bulk_update(others, ["position"])
