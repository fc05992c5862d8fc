"""Who holds tabs: adding and linking them, recording what they agreed to, and erasing a person."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Invalid
from rebill.kit.events import forget_details, record_event, subject_type_of
from rebill.parties.changes import set_fields
from rebill.parties.entries import email_or_none, one_of, text_of
from rebill.parties.queries import require_not_erased
from rebill.sources.tabs.models import Holder, HolderConsent, HolderKind, Tab, TabHolder, TabOrder
from rebill.sources.tabs.queries.agreeing import require_terms
from rebill.sources.tabs.queries.holders import HolderUnknown, holder_of, holding_of
from rebill.sources.tabs.queries.tabs import tab_of
from rebill.sources.tabs.texts import CURRENT

_TIDIERS = {
    "kind": one_of(HolderKind.values),
    "first_name": text_of(Holder, "first_name"),
    "last_name": text_of(Holder, "last_name"),
    "company": text_of(Holder, "company"),
    "email": email_or_none,
}
_how = text_of(HolderConsent, "how")


class HolderChanges(TypedDict, total=False):
    """What may be changed of a holder."""

    kind: str
    first_name: str
    last_name: str
    company: str
    email: str


class HolderNameless(Invalid):
    """A holder has a name: of a person or of a company."""


def add_holder(
    *,
    acting: Acting,
    now: datetime,
    kind: str = HolderKind.PERSON,
    first_name: str = "",
    last_name: str = "",
    company: str = "",
    email: str = "",
) -> Holder:
    """Somebody who may hold tabs: a person, or a company."""
    require(acting, Permission.KEEP_TABS)
    said = {"kind": kind, "first_name": first_name, "last_name": last_name, "company": company, "email": email}
    holder = Holder(seller_id=acting.seller_id, created_at=now, **tidy_holder(said))
    with atomic_write():
        require_terms(acting.seller_id)
        holder.save(force_insert=True)
        _record(acting, holder, "added", now, {})
    return holder


def change_holder(*, acting: Acting, holder_id: int, now: datetime, **changes: Unpack[HolderChanges]) -> Holder:
    """The holder with another name or address. Refused for one who was erased."""
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        holder = holder_of(acting, holder_id, lock=True)
        kept = {name: getattr(holder, name) for name in _TIDIERS}
        changed = set_fields(holder, tidy_holder({**kept, **changes}))
        if changed:
            holder.save(update_fields=list(changed))
            # Only which fields: what they said is personal and stands in the row alone.
            _record(acting, holder, "changed", now, {"fields": sorted(changed)})
    return holder


def link_holder(
    *, acting: Acting, tab_id: int, holder_id: int, now: datetime, may_buy: bool = True, may_see: bool = True
) -> TabHolder:
    """The holder may buy on the tab, see it, or both; linked already, it is as said now."""
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        tab, holder = tab_of(acting, tab_id), holder_of(acting, holder_id)
        require_not_erased(tab.customer)
        holding, _is_new = TabHolder.objects.update_or_create(
            tab=tab, holder=holder, defaults={"may_buy": may_buy, "may_see": may_see}
        )
        details = {"holder": holder.pk, "may_buy": may_buy, "may_see": may_see}
        _record_tab(acting, tab, "holder_linked", now, details)
    return holding


def unlink_holder(*, acting: Acting, tab_id: int, holder_id: int, now: datetime) -> None:
    """The holder has nothing to do with the tab any more."""
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        holding = holding_of(acting, tab_id=tab_id, holder_id=holder_id)
        _record_tab(acting, holding.tab, "holder_unlinked", now, {"holder": holder_id})
        holding.delete()


def record_consent(*, acting: Acting, holder_id: int, how: str, now: datetime) -> HolderConsent:
    """Keeps that the holder agreed to be kept, and how that was said: on paper, by mail, at the bar."""
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        holder = holder_of(acting, holder_id, lock=True)
        consent = HolderConsent.objects.create(
            holder=holder, version=CURRENT, given_at=now, how=_how("how", how), recorded_by=acting.user_id
        )
        _record(acting, holder, "consent_recorded", now, {"version": CURRENT})
    return consent


def withdraw_consent(*, acting: Acting, holder_id: int, now: datetime) -> int:
    """The holder takes the consent back and may buy on no tab any more; returns on how many that was so."""
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        holder = holder_of(acting, holder_id, lock=True)
        HolderConsent.objects.filter(holder=holder, withdrawn_at__isnull=True).update(withdrawn_at=now)
        stopped = TabHolder.objects.filter(holder=holder, may_buy=True).update(may_buy=False)
        _record(acting, holder, "consent_withdrawn", now, {"tabs": stopped})
    return stopped


def erase_holder(*, acting: Acting, holder_id: int, now: datetime) -> Holder:
    """Forgets who the holder is: name, address, consents and what events said of them are emptied.

    What is fiscal stays: orders, and the documents they were billed on, which hold what the law asks for. The holder
    has nothing to do with any tab any more. Erased already, nothing happens.
    """
    require(acting, Permission.KEEP_TABS)
    with atomic_write():
        holder = Holder.objects.select_for_update().filter(seller_id=acting.seller_id, pk=holder_id).first()
        if holder is None:
            raise HolderUnknown(_("There is no holder %(named)s.") % {"named": holder_id})
        if holder.erased_at is None:
            HolderConsent.objects.filter(holder=holder).delete()
            TabHolder.objects.filter(holder=holder).delete()
            # A till may have written the name beside the order.
            TabOrder.objects.filter(seller_id=acting.seller_id, holder=holder).update(reference="")
            forget_details(seller_id=acting.seller_id, subject=holder)
            holder.first_name = holder.last_name = holder.company = holder.email = ""
            holder.erased_at = now
            holder.save(update_fields=["first_name", "last_name", "company", "email", "erased_at"])
            _record(acting, holder, "erased", now, {})
    return holder


def tidy_holder(said: dict[str, Any]) -> dict[str, Any]:
    """What is said of a holder as it is kept; HolderNameless without any name."""
    tidied = {name: _TIDIERS[name](name, value) for name, value in said.items()}
    if not (tidied["company"] or tidied["first_name"] or tidied["last_name"]):
        raise HolderNameless(_("Enter the name of a person or of a company."))
    return tidied


def _record(acting: Acting, holder: Holder, verb: str, now: datetime, details: dict[str, Any]) -> None:
    record_event(
        seller_id=acting.seller_id, subject=holder, verb=verb, actor_id=acting.user_id, now=now, details=details
    )


def _record_tab(acting: Acting, tab: Tab, verb: str, now: datetime, details: dict[str, Any]) -> None:
    subject = (subject_type_of(Tab), tab.pk)
    record_event(
        seller_id=acting.seller_id, subject=subject, verb=verb, actor_id=acting.user_id, now=now, details=details
    )
