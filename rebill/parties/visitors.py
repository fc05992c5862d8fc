"""Reads of who may look into the portal: people whose e-mail address a customer has named."""

from django.db.models import Q

from rebill.access.acting import Acting
from rebill.parties.models import Contact, Customer
from rebill.parties.queries import find_customers


def customers_reached_at(acting: Acting, email: str) -> list[Customer]:
    """The seller's customers that named this address, to send their invoices to or as that of a contact; by number."""
    asked = email.strip().lower()
    if not asked:
        return []
    # Addresses stand among the words by which customers are found; words find more than the address itself.
    found = [each for each in find_customers(acting, asked) if _names(each, asked)]
    ids = {each.pk for each in found}
    of_contacts = Customer.objects.filter(seller_id=acting.seller_id, contacts__email__iexact=asked).distinct()
    found += [each for each in of_contacts if each.pk not in ids]
    return sorted(found, key=lambda each: (each.number or "", each.pk))


def customer_reached_at(acting: Acting, customer_id: int, email: str) -> Customer | None:
    """That customer, if it is the seller's and still names this address; at most two reads."""
    customer = Customer.objects.filter(seller_id=acting.seller_id, pk=customer_id).first()
    if customer is None or _names(customer, email.lower()):
        return customer
    is_contact = Contact.objects.filter(Q(customer=customer) & Q(email__iexact=email)).exists()
    return customer if is_contact else None


def addresses_of(customer: Customer) -> list[str]:
    """The addresses that open the portal for the customer: where its invoices go, then those of its contacts."""
    of_contacts = Contact.objects.filter(customer=customer).exclude(email="").order_by("id")
    named = [*customer.invoice_emails, *of_contacts.values_list("email", flat=True)]
    return list(dict.fromkeys(each.lower() for each in named))


def _names(customer: Customer, email: str) -> bool:
    return email in (each.lower() for each in customer.invoice_emails)
