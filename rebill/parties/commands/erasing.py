"""Forgetting who a customer is: what is personal on the card, and what events said of them."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import forget_details, record_event
from rebill.parties.changes import set_fields
from rebill.parties.models import Contact, Customer, CustomerStatus, DeliveryChannel, PortalLink
from rebill.parties.queries import CustomerUnknown, customer_of, require_not_erased, why_not_erasable
from rebill.parties.visitors import addresses_of
from rebill.parties.words import WORDS_OF_CUSTOMER, customer_words

# A value of a dimension may have been made from the customer's name, and so may a cost centre.
_EMPTIED = (
    "attention", "street", "street_extra", "postcode", "city", "vat_id", "chamber_id", "invoice_reference", "notes",
    "cost_centre",
)  # fmt: skip


class CustomerNotErasable(Conflict):
    """Only a person is erased, and only a customer of its own that is no dealer."""


def lock_erasable_customer(*, acting: Acting, customer_id: int) -> Customer:
    """The customer, held until the end of the transaction; refused where it is no person, or deals itself.

    Its key stays free, as `lock_customers` leaves it: who writes an invoice or a line for the customer need not wait.
    """
    require(acting, Permission.KEEP_PARTIES)
    customer = _held(acting, customer_id)
    if why := why_not_erasable(customer):
        raise CustomerNotErasable(why)
    return customer


def lock_open_customer(*, acting: Acting, customer_id: int) -> None:
    """Holds the customer, who takes something new, until the end of the transaction; CustomerErased once erased.

    Who erases the person meanwhile is waited for, or waits and sees what is new.
    """
    require_not_erased(_held(acting, customer_id))


def lock_open_customers(*, customer_ids: Collection[int]) -> set[int]:
    """Holds these customers as `lock_open_customer` holds one; returns those who were not erased."""
    rows = Customer.objects.filter(id__among=customer_ids, erased_at=None).order_by("id")
    return set(rows.select_for_update(of=("self",), no_key=True).values_list("id", flat=True))


def forget_customer(*, acting: Acting, customer_id: int, now: datetime) -> None:
    """The card without what is personal: a neutral name, ended, sent nothing; from now on it is not changed any more.

    The country and what is needed to bill stay. The caller holds the customer by `lock_erasable_customer`, and has
    looked whether anything is still open.
    """
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        customer = customer_of(acting, customer_id)
        for email in addresses_of(customer):
            PortalLink.objects.filter(seller_id=acting.seller_id, email__iexact=email).delete()
        with override(customer.seller.language):
            name = _("Erased person %(number)s") % {"number": customer.number or customer.pk}
        fields = {
            **dict.fromkeys(_EMPTIED, ""),
            "name": name,
            "invoice_emails": [],
            "dimensions": {},
            "channel": DeliveryChannel.NONE.value,
            "status": CustomerStatus.ENDED.value,
            "erased_at": now,
        }
        changed = set_fields(customer, fields)
        words = {field: getattr(customer, field) for field in WORDS_OF_CUSTOMER}
        customer.search_text = customer_words(customer.seller_id, customer.number, words)
        customer.save(update_fields=[*changed, "search_text"])
        Contact.objects.filter(customer=customer).delete()
        forget_details(seller_id=acting.seller_id, subject=customer)
        record_event(
            seller_id=acting.seller_id, subject=customer, verb="erased", actor_id=acting.user_id, now=now, details={}
        )


def _held(acting: Acting, customer_id: int) -> Customer:
    rows = Customer.objects.filter(seller_id=acting.seller_id, pk=customer_id)
    customer = rows.select_for_update(of=("self",), no_key=True).first()
    if customer is None:
        raise CustomerUnknown(_("There is no customer %(named)s.") % {"named": customer_id})
    return customer
