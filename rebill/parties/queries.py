"""Reads of sellers and customers. What stands behind an `acting` is looked for among its seller's rows only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Role, timetable
from rebill.access.models import User
from rebill.kit.bulk import Numbers
from rebill.kit.errors import Conflict, NotFound
from rebill.kit.literals import literals
from rebill.kit.search import find_by_words
from rebill.kit.sequences import peek_number
from rebill.parties import identifiers
from rebill.parties.models import (
    WITHOUT_EMAIL,
    Contact,
    Customer,
    CustomerKind,
    CustomerStatus,
    DeliveryChannel,
    Look,
    Membership,
    NumberSeries,
    Seller,
    SellerAccount,
    SeriesPurpose,
)
from rebill.rules.numbering import series_key

# Whose documents go another way than nearly all do, by e-mail; as the condition of the index `customer_apart` says it.
APART = Q(channel__in=literals((DeliveryChannel.PRINT, DeliveryChannel.NONE)))


class SellerUnknown(NotFound):
    """There is no such seller for the one who asks."""


class CustomerUnknown(NotFound):
    """The acting seller has no such customer."""


class CustomerErased(Conflict):
    """The person was erased: the card stays for the books as it is, and nothing new is taken."""


class MemberUnknown(NotFound):
    """Nobody with this id acts for the seller."""


class ContactUnknown(NotFound):
    """The acting seller's customers have no such contact."""


class AccountUnknown(NotFound):
    """The acting seller has no such bank account."""


class LookUnknown(NotFound):
    """The acting seller never had such a look."""


class SeriesMissing(Conflict):
    """Nothing can be numbered before the seller has a number series."""


# --- who acts -------------------------------------------------------------------------------------------------------


def acting_for(user: User, seller_slug: str) -> Acting:
    """The acting of this user for this seller; a seller of others is as unknown as one that does not exist."""
    role = (
        Membership.objects.filter(user=user, user__is_active=True, seller__slug=seller_slug)
        .values_list("seller_id", "role")
        .first()
    )
    if role is None:
        raise SellerUnknown(_("There is no seller %(named)s.") % {"named": seller_slug})
    return Acting(seller_id=role[0], role=Role(role[1]), user_id=user.pk)


def acting_with_sellers(user: User, seller_slug: str) -> tuple[Acting, Seller, list[Seller]]:
    """As `acting_for`, with the seller itself and all sellers the user may act for; one read, for every page begins
    with it."""
    mine = Membership.objects.filter(user=user, user__is_active=True).select_related("seller").order_by("seller__slug")
    memberships = {membership.seller.slug: membership for membership in mine}
    membership = memberships.get(seller_slug)
    if membership is None:
        raise SellerUnknown(_("There is no seller %(named)s.") % {"named": seller_slug})
    acting = Acting(seller_id=membership.seller_id, role=Role(membership.role), user_id=user.pk)
    return acting, membership.seller, [each.seller for each in memberships.values()]


def acting_of_member(*, seller_id: int, user_id: int | None) -> Acting:
    """The acting of a user for a seller as it is now; without a user, that of the timetable.

    For work that was asked for earlier: who has lost the role since may do no more than today.
    """
    if user_id is None:
        return timetable(seller_id)
    members = Membership.objects.filter(user_id=user_id, user__is_active=True, seller_id=seller_id)
    role = members.values_list("role", flat=True).first()
    if role is None:
        raise SellerUnknown(_("There is no seller %(named)s.") % {"named": seller_id})
    return Acting(seller_id=seller_id, role=Role(role), user_id=user_id)


def sellers_of(user: User) -> QuerySet[Seller]:
    """The sellers the user may act for, by slug."""
    return Seller.objects.filter(memberships__user=user).order_by("slug")


def all_sellers() -> QuerySet[Seller]:
    """Every seller there is: for the timetable and the machine's operator, never for a user."""
    return Seller.objects.order_by("slug")


def seller_with_slug(slug: str) -> Seller:
    """The seller with this slug: for the machine's operator; a user asks with `acting_for`."""
    seller = Seller.objects.filter(slug=slug).first()
    if seller is None:
        raise SellerUnknown(_("There is no seller %(named)s.") % {"named": slug})
    return seller


def members_of(acting: Acting) -> QuerySet[Membership]:
    """Who acts for the seller, with the users."""
    return Membership.objects.filter(seller_id=acting.seller_id).select_related("user").order_by("user__username")


def member_of(acting: Acting, user_id: int) -> Membership:
    """The membership of one user with the seller."""
    membership = members_of(acting).filter(user_id=user_id).first()
    if membership is None:
        raise MemberUnknown(_("There is no user %(user_id)s with this seller.") % {"user_id": user_id})
    return membership


# --- the chain ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A seller of a chain: `above_id` is its wholesaler, whose customer `as_customer_id` it is; None at the top."""

    seller_id: int
    above_id: int | None
    as_customer_id: int | None


def chain_below(seller_id: int) -> list[ChainLink]:
    """The seller and all sellers below it, each after the one above it; one read for each level."""
    found = [ChainLink(seller_id, None, None)]
    level = {seller_id}
    while level:
        rows = Seller.objects.filter(as_customer__seller_id__among=level).order_by("id")
        below = [
            ChainLink(each, above, customer)
            for each, above, customer in rows.values_list("id", "as_customer__seller_id", "as_customer_id")
        ]
        found += below
        level = {link.seller_id for link in below}
    return found


def chain_above(seller_id: int) -> list[int]:
    """The sellers above this one, its own wholesaler first."""
    above: list[int] = []
    current: int | None = seller_id
    while current is not None:
        rows = Seller.objects.filter(pk=current).values_list("as_customer__seller_id", flat=True)
        current = rows.first()
        if current is not None:
            above.append(current)
    return above


def sellers_with_ids(seller_ids: Collection[int]) -> list[Seller]:
    """These sellers, which the caller knows to be of its own chain."""
    return list(Seller.objects.filter(pk__among=Numbers(seller_ids)).order_by("id"))


# --- the seller -----------------------------------------------------------------------------------------------------


def seller_of(acting: Acting) -> Seller:
    """The seller that is acted for."""
    seller = Seller.objects.filter(pk=acting.seller_id).first()
    if seller is None:
        raise SellerUnknown(_("There is no seller %(named)s.") % {"named": acting.seller_id})
    return seller


def accounts_of(acting: Acting) -> QuerySet[SellerAccount]:
    """The seller's bank accounts, the main one first."""
    return SellerAccount.objects.filter(seller_id=acting.seller_id).order_by("position", "id")


def account_of(acting: Acting, account_id: int) -> SellerAccount:
    """One of the seller's bank accounts."""
    account = SellerAccount.objects.filter(seller_id=acting.seller_id, pk=account_id).first()
    if account is None:
        raise AccountUnknown(_("There is no bank account %(named)s.") % {"named": account_id})
    return account


def main_account(seller_id: int, currency: str) -> SellerAccount | None:
    """The bank account that stands on invoices in this currency: the first of that currency, else the first of all."""
    accounts = list(SellerAccount.objects.filter(seller_id=seller_id).order_by("position", "id"))
    return next((account for account in accounts if account.currency == currency), next(iter(accounts), None))


def current_look(seller_id: int) -> Look | None:
    """The look in force: the newest; None until the seller has chosen one."""
    return Look.objects.filter(seller_id=seller_id).select_related("logo", "template").order_by("-id").first()


def looks_of(acting: Acting) -> QuerySet[Look]:
    """Every look the seller had, the one in force first."""
    return Look.objects.filter(seller_id=acting.seller_id).select_related("logo", "template").order_by("-id")


def look_of_seller(acting: Acting, look_id: int) -> Look:
    """One of the looks the seller has or had."""
    look = looks_of(acting).filter(pk=look_id).first()
    if look is None:
        raise LookUnknown(_("There is no look %(named)s.") % {"named": look_id})
    return look


# --- number series --------------------------------------------------------------------------------------------------


def series_for(seller_id: int, purpose: SeriesPurpose, day: date) -> tuple[NumberSeries, str]:
    """The series that numbers documents of this purpose, and the key of its sequence on this day.

    A seller without a series for credit notes numbers them with its invoices.
    """
    found = {series.purpose: series for series in NumberSeries.objects.filter(seller_id=seller_id)}
    series = found.get(purpose) or found.get(SeriesPurpose.INVOICE)
    if series is None:
        raise SeriesMissing(_("This seller has no number series yet. Set one before the first invoice is issued."))
    return series, sequence_key(series, day)


def series_of(acting: Acting) -> QuerySet[NumberSeries]:
    """How the seller's documents are numbered, invoices first."""
    return NumberSeries.objects.filter(seller_id=acting.seller_id).order_by("-purpose")


def sequence_key(series: NumberSeries, day: date) -> str:
    """The key under which `kit.sequences` counts this series for documents of this day."""
    return f"{series.seller_id}:{series.purpose}:{series_key(per_year=series.per_year, day=day)}"


def first_number(series: NumberSeries, day: date) -> int:
    """Where the sequence of this day begins; a number taken over from an old system counts for its year only."""
    if series.first_year is None or series.first_year == day.year:
        return series.first_number
    return 1


def next_number(series: NumberSeries, day: date) -> int:
    """The number that a document of this day would get next; another transaction may take it."""
    return peek_number(sequence_key(series, day)) or first_number(series, day)


# --- customers ------------------------------------------------------------------------------------------------------


def customer_of(acting: Acting, customer_id: int) -> Customer:
    """One of the seller's customers."""
    customer = Customer.objects.filter(seller_id=acting.seller_id, pk=customer_id).first()
    if customer is None:
        raise CustomerUnknown(_("There is no customer %(named)s.") % {"named": customer_id})
    return customer


def open_customer_of(acting: Acting, customer_id: int) -> Customer:
    """One of the seller's customers, to take something new or be changed. CustomerErased when the person was erased."""
    customer = customer_of(acting, customer_id)
    require_not_erased(customer)
    return customer


def require_not_erased(customer: Customer) -> None:
    """Raises CustomerErased when the customer was erased."""
    if customer.erased_at is not None:
        raise CustomerErased(_("This person was erased. Make a new customer if they come back."))


def why_not_erasable(customer: Customer) -> str:
    """Why the customer can never be erased as a person is; empty when it can."""
    if customer.kind != CustomerKind.PERSON:
        return _("Only a person can be erased; this customer is an organisation.")
    if Seller.objects.filter(as_customer=customer).exists():
        return _("This customer is a dealer and has books of its own: it cannot be erased.")
    return ""


def customer_by_number(acting: Acting, number: str) -> Customer:
    """The customer with this internal customer number."""
    customer = Customer.objects.filter(seller_id=acting.seller_id, number=number).first()
    if customer is None:
        raise CustomerUnknown(_("There is no customer with the number %(named)r.") % {"named": number})
    return customer


def customers_of(acting: Acting) -> QuerySet[Customer]:
    """All of the seller's customers, by number and then by id."""
    return Customer.objects.filter(seller_id=acting.seller_id).order_by("number", "id")


def names_of(customer_ids: Collection[int]) -> dict[int, str]:
    """The names of these customers, which the caller knows to be of its own chain."""
    return dict(Customer.objects.filter(pk__among=Numbers(customer_ids)).values_list("pk", "name"))


def find_customers(acting: Acting, search: str) -> QuerySet[Customer]:
    """Customers by words: each must stand in the name, city, number, e-mail addresses or ids.

    A word of one or two letters must begin one of theirs. No words find every customer. Capitals, accents, dots and
    dashes make no difference.
    """
    return find_by_words(customers_of(acting), search, seller_id=acting.seller_id)


class CustomerTab(StrEnum):
    """The customers that a list shows: those of today, those that ended, those no e-mail can reach, or all."""

    ACTIVE = "active"
    ENDED = "ended"
    NO_EMAIL = "no_email"
    ALL = "all"


_TABS = {
    CustomerTab.ACTIVE: Q(status=CustomerStatus.ACTIVE),
    CustomerTab.ENDED: Q(status=CustomerStatus.ENDED),
    CustomerTab.NO_EMAIL: WITHOUT_EMAIL,
    CustomerTab.ALL: Q(),
}


def customers_in(customers: QuerySet[Customer], tab: CustomerTab) -> QuerySet[Customer]:
    """Those of the customers that stand in this tab."""
    return customers.filter(_TABS[tab])


def count_customers(acting: Acting) -> dict[CustomerTab, int]:
    """How many customers stand in each tab, whatever is searched for; two reads, both from an index."""
    rows = Customer.objects.filter(seller_id=acting.seller_id).order_by()
    by_status = dict(rows.values_list("status").annotate(number=Count("id")))
    return {
        CustomerTab.ACTIVE: by_status.get(CustomerStatus.ACTIVE, 0),
        CustomerTab.ENDED: by_status.get(CustomerStatus.ENDED, 0),
        CustomerTab.NO_EMAIL: rows.filter(WITHOUT_EMAIL).count(),
        CustomerTab.ALL: sum(by_status.values()),
    }


def contacts_of(acting: Acting, customer_id: int) -> QuerySet[Contact]:
    """The people at one of the seller's customers."""
    return Contact.objects.filter(customer=customer_of(acting, customer_id)).order_by("id")


def contact_of(acting: Acting, contact_id: int) -> Contact:
    """One person at one of the seller's customers."""
    contact = (
        Contact.objects.filter(pk=contact_id, customer__seller_id=acting.seller_id).select_related("customer").first()
    )
    if contact is None:
        raise ContactUnknown(_("There is no contact %(named)s.") % {"named": contact_id})
    return contact


def vat_id_is_valid(vat_id: str, country: str) -> bool:
    """Whether the VAT id has the form and check digits of a member state; whether it was ever given is not asked.

    `country` is the party's country: an id of another member state is right too, for businesses registered there.
    """
    return identifiers.vat_id_is_valid(vat_id, country)
