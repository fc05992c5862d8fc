"""Forgetting who a customer is: what is personal on the card, and what events said of it."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import forget_details, record_event
from rebill.parties.changes import set_fields
from rebill.parties.models import Contact, Customer, CustomerKind, CustomerStatus, DeliveryChannel, PortalLink, Seller
from rebill.parties.queries import CustomerUnknown
from rebill.parties.words import WORDS_OF_CUSTOMER, customer_words

_EMPTIED = (
    "attention", "street", "street_extra", "postcode", "city", "vat_id", "chamber_id", "invoice_reference", "notes",
)  # fmt: skip


class CustomerNotErasable(Conflict):
    """Only a person is erased, and only a customer of its own that is no dealer."""


def lock_erasable_customer(*, acting: Acting, customer_id: int) -> Customer:
    """The customer, held until the end of the transaction; refused where it is no person, or deals itself."""
    require(acting, Permission.KEEP_PARTIES)
    customer = Customer.objects.select_for_update().filter(seller_id=acting.seller_id, pk=customer_id).first()
    if customer is None:
        raise CustomerUnknown(_("There is no customer %(named)s.") % {"named": customer_id})
    if customer.kind != CustomerKind.PERSON:
        raise CustomerNotErasable(_("Only a person can be erased; this customer is an organisation."))
    if Seller.objects.filter(as_customer=customer).exists():
        raise CustomerNotErasable(_("This customer is a dealer and has books of its own: it cannot be erased."))
    return customer


def forget_customer(*, acting: Acting, customer_id: int, now: datetime) -> bool:
    """The card without what is personal: a neutral name, ended, sent nothing. Forgotten already, nothing happens.

    The country and what is needed to bill stay. Whether anything is still open, the caller has looked.
    """
    with atomic_write():
        customer = lock_erasable_customer(acting=acting, customer_id=customer_id)
        emails = customer.invoice_emails
        with override(customer.seller.language):
            name = _("Erased person %(number)s") % {"number": customer.number or customer.pk}
        fields = {
            **dict.fromkeys(_EMPTIED, ""),
            "name": name,
            "invoice_emails": [],
            "channel": DeliveryChannel.NONE.value,
            "status": CustomerStatus.ENDED.value,
        }
        changed = set_fields(customer, fields)
        contacts, _kinds = Contact.objects.filter(customer=customer).delete()
        if not changed and not contacts:
            return False
        for email in emails:
            PortalLink.objects.filter(seller_id=acting.seller_id, email__iexact=email).delete()
        words = {field: getattr(customer, field) for field in WORDS_OF_CUSTOMER}
        customer.search_text = customer_words(customer.seller_id, customer.number, words)
        customer.save(update_fields=[*changed, "search_text"])
        forget_details(seller_id=acting.seller_id, subject=customer)
        record_event(
            seller_id=acting.seller_id, subject=customer, verb="erased", actor_id=acting.user_id, now=now, details={}
        )
    return True
