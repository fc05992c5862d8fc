"""What the seller knows of the customer, for the customer to see whether it is right."""

from django.http import HttpResponse
from django.shortcuts import render

from rebill.interfaces.portal.visiting import PortalRequest, visit
from rebill.parties.queries import contacts_of
from rebill.rules.terms import term_days


@visit
def details_page(request: PortalRequest) -> HttpResponse:
    """Name, address, ids, where invoices go and who is known."""
    days = term_days(request.customer.payment_term_days, request.seller.payment_term_days) or 0
    contacts = contacts_of(request.acting, request.customer.pk)
    return render(request, "portal/details.html", {"contacts": contacts, "term_days": days})
