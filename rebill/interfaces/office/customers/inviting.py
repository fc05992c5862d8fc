"""Letting a customer's people into the portal: a link is mailed to an address that the customer named."""

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.office.addresses import customer_address
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.portal_links import ask_for_link, portal_address
from rebill.kit.errors import Conflict
from rebill.parties.queries import customer_of
from rebill.parties.visitors import addresses_of


class NoAddress(Conflict):
    """Nobody at the customer can be mailed."""


class InviteForm(OfficeForm):
    """Which of the addresses gets the link."""

    email = forms.ChoiceField(label=gettext_lazy("To"))

    def __init__(self, addresses: list[str], entered: QueryDict | None) -> None:
        super().__init__(entered)
        self.fields["email"].choices = [(each, each) for each in addresses]  # type: ignore[attr-defined]


@page(Permission.KEEP_PARTIES)
def invite_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """Asks to whom, and has the link mailed."""
    customer = customer_of(request.acting, customer_id)
    addresses = addresses_of(customer)
    if not addresses:
        raise NoAddress(
            _("%(name)s has no e-mail address. Give one for its invoices, or to a contact.") % {"name": customer.name}
        )
    form = InviteForm(addresses, request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_for_link(request.acting, form.cleaned_data["email"], invited=True)
        toast(request, _("A link to the portal goes to %(email)s.") % {"email": form.cleaned_data["email"]})
        return redirect(customer_address(request, customer_id))
    address = portal_address(request.seller)
    dialog = Dialog(
        question=_("Show %(name)s its invoices on the portal?") % {"name": customer.name},
        effects=(
            Effect("mail", _("A mail with a link goes out. It works once, within seven days.")),
            Effect("check", _("Who follows it sees this customer's invoices, calls, subscriptions and details.")),
            Effect("right", _("Later they ask for a link themselves at %(address)s.") % {"address": address}),
        ),
        verb=_("Mail the link"),
        action=request.path,
        back=customer_address(request, customer_id),
        form="office/customers/invite_form.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)
