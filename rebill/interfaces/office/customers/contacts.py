"""People at a customer: added, changed and removed in dialogs."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.office.addresses import customer_address
from rebill.interfaces.office.customers.forms import ContactForm
from rebill.interfaces.office.dialogs import Dialog, show_dialog
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Invalid
from rebill.parties.commands import add_contact, change_contact, remove_contact
from rebill.parties.queries import contact_of, customer_of


@page(Permission.KEEP_PARTIES)
def new_contact_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """A person that is not known yet."""
    customer = customer_of(request.acting, customer_id)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_contact(acting=request.acting, customer_id=customer_id, now=request.now, **form.cleaned_data)
            return redirect(customer_address(request, customer_id))
        except Invalid as refusal:
            form.refuse(refusal)
    question = _("Whom do you know at %(name)s?") % {"name": customer.name}
    return _show(request, form, customer_id, question, _("Add"))


@page(Permission.KEEP_PARTIES)
def contact_page(request: OfficeRequest, customer_id: int, contact_id: int) -> HttpResponse:
    """A person that is known, to be changed or removed."""
    contact = contact_of(request.acting, contact_id)
    shown = {"name": contact.name, "role": contact.role, "email": contact.email, "phone": contact.phone}
    if request.method == "POST" and "remove" in request.POST:
        remove_contact(acting=request.acting, contact_id=contact_id, now=request.now)
        toast(request, _("%(name)s is no longer kept.") % {"name": contact.name})
        return redirect(customer_address(request, contact.customer_id))
    form = ContactForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        try:
            change_contact(acting=request.acting, contact_id=contact_id, now=request.now, **form.changed_values())
            return redirect(customer_address(request, contact.customer_id))
        except Invalid as refusal:
            form.refuse(refusal)
    question = _("What is different about %(name)s?") % {"name": contact.name}
    return _show(request, form, contact.customer_id, question, _("Save"), may_remove=True)


def _show(
    request: OfficeRequest, form: ContactForm, customer_id: int, question: str, verb: str, *, may_remove: bool = False
) -> HttpResponse:
    dialog = Dialog(
        question=question,
        effects=(),
        verb=verb,
        action=request.path,
        back=customer_address(request, customer_id),
        form="office/customers/contact_form.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form, may_remove=may_remove)
