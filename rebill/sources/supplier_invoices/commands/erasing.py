"""Forgetting what suppliers call a customer."""

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.parties.models import Customer
from rebill.sources.supplier_invoices.models import PurchaseLink


def forget_customer_links(*, acting: Acting, customer: Customer) -> int:
    """Forgets the links by which suppliers' invoices found the customer; returns how many there were.

    Rows that were re-billed stay the customer's, and purchase invoices stay as the supplier wrote them.
    """
    require(acting, Permission.KEEP_PURCHASES)
    with atomic_write():
        return PurchaseLink.objects.filter(supplier__seller_id=acting.seller_id, customer=customer).delete()[0]
