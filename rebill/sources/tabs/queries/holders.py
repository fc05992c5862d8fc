"""Reads of holders: one of them, those that match, and whose a tab is."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Conflict, NotFound
from rebill.parties.models import Customer
from rebill.sources.tabs.models import Holder, HolderConsent, HolderKind, Tab, TabHolder


class HolderUnknown(NotFound):
    """The acting seller has no such holder, or none of this tab."""


class HolderErased(Conflict):
    """The person was erased: nothing more is kept of them."""


def holders_of(acting: Acting, *, search: str = "") -> QuerySet[Holder]:
    """The seller's holders that were not erased, each with `has_consent`; each word stands in the name or address."""
    require(acting, Permission.READ)
    given = HolderConsent.objects.filter(holder=OuterRef("pk"), withdrawn_at__isnull=True)
    found = Holder.objects.filter(seller_id=acting.seller_id, erased_at__isnull=True)
    for word in search.split():
        matches = Q()
        for column in ("first_name", "last_name", "company", "email"):
            matches |= Q(**{f"{column}__icontains": word})
        found = found.filter(matches)
    return found.annotate(has_consent=Exists(given)).order_by("company", "last_name", "first_name", "id")


def holder_of(acting: Acting, holder_id: int, *, lock: bool = False) -> Holder:
    """One of the seller's holders. HolderErased when the person was erased."""
    require(acting, Permission.READ)
    rows = Holder.objects.filter(seller_id=acting.seller_id, pk=holder_id)
    holder = (rows.select_for_update() if lock else rows).first()
    if holder is None:
        raise HolderUnknown(_("There is no holder %(named)s.") % {"named": holder_id})
    if holder.erased_at is not None:
        raise HolderErased(_("This person was erased; nothing more is kept of them."))
    return holder


def holdings_of(tab: Tab) -> QuerySet[TabHolder]:
    """Whose the tab is, in the order in which they were linked, each with `has_consent`."""
    given = HolderConsent.objects.filter(holder=OuterRef("holder_id"), withdrawn_at__isnull=True)
    rows = TabHolder.objects.filter(tab_id=tab.pk).select_related("holder").order_by("id")
    return rows.annotate(has_consent=Exists(given))


def tabs_seen_by(acting: Acting, *, customer_id: int, email: str) -> QuerySet[Tab]:
    """The customer's tabs that a holder with this address may see, by number. Without an address there are none."""
    require(acting, Permission.READ)
    seeing = TabHolder.objects.filter(
        tab=OuterRef("pk"), may_see=True, holder__email__iexact=email, holder__erased_at__isnull=True
    )
    rows = Tab.objects.filter(Exists(seeing), seller_id=acting.seller_id, customer_id=customer_id)
    return rows.order_by("number") if email else rows.none()


def holding_of(acting: Acting, *, tab_id: int, holder_id: int) -> TabHolder:
    """One holder of one of the seller's tabs."""
    require(acting, Permission.READ)
    rows = TabHolder.objects.filter(tab__seller_id=acting.seller_id, tab_id=tab_id, holder_id=holder_id)
    holding = rows.select_related("tab", "holder").first()
    if holding is None:
        raise HolderUnknown(_("There is no holder %(named)s.") % {"named": holder_id})
    return holding


def held_by_customer(acting: Acting, customer_id: int) -> QuerySet[Tab]:
    """The tabs of one customer, in the order in which they were opened."""
    require(acting, Permission.READ)
    return Tab.objects.filter(seller_id=acting.seller_id, customer_id=customer_id).order_by("id")


def holders_going_with(acting: Acting, customer: Customer) -> list[Holder]:
    """The people who are erased with the customer: who hold only its tabs, or are the customer by name or address."""
    require(acting, Permission.READ)
    tabs = held_by_customer(acting, customer.pk).order_by().values("id")
    elsewhere = Exists(TabHolder.objects.filter(holder=OuterRef("pk")).exclude(tab__in=tabs))
    named = Q(holdings__tab__in=tabs) | Q(email__in=[email for email in customer.invoice_emails if email])
    people = Holder.objects.filter(named, seller_id=acting.seller_id, kind=HolderKind.PERSON, erased_at=None)
    found = people.annotate(is_elsewhere=elsewhere).distinct().order_by("id")
    return [
        holder
        for holder in found
        if not holder.is_elsewhere or holder.name == customer.name or holder.email in customer.invoice_emails
    ]


def consents_of(holder: Holder) -> list[HolderConsent]:
    """What the holder agreed to, the earliest first."""
    return list(HolderConsent.objects.filter(holder=holder).order_by("id"))
