"""Making a customer and changing it: one form with all there is to say, refusals beside their fields."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.office.addresses import customer_address
from rebill.interfaces.office.customers.forms import CustomerForm, NotesForm, shown_of
from rebill.interfaces.office.dialogs import Dialog, show_dialog
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.templatetags.people import country
from rebill.interfaces.office.toasts import toast
from rebill.kit.database import atomic_write
from rebill.kit.errors import Invalid
from rebill.parties.commands import change_customer, create_customer, give_customer_number
from rebill.parties.commands.customers import NumberTaken
from rebill.parties.models import Customer
from rebill.parties.queries import customer_of


@page(Permission.KEEP_PARTIES)
def new_customer_page(request: OfficeRequest) -> HttpResponse:
    """A new customer."""
    shown = {"country": country(request.seller.country), "invoice_interval_months": 1, "channel": "email"}
    form = CustomerForm(request.POST or None, initial=shown, seller=request.seller)
    if request.method == "POST" and form.is_valid():
        customer = _create(request, form)
        if customer is not None:
            toast(request, _("%(name)s is a customer now.") % {"name": customer.name})
            return redirect(customer_address(request, customer.pk))
    return _show(request, form, None)


@page(Permission.KEEP_PARTIES)
def edit_customer_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """A customer as it is, to be changed."""
    customer = customer_of(request.acting, customer_id)
    form = CustomerForm(request.POST or None, initial=shown_of(customer), seller=request.seller)
    if request.method == "POST" and form.is_valid() and _change(request, form, customer):
        toast(request, _("%(name)s is changed. Open drafts follow.") % {"name": customer.name})
        return redirect(customer_address(request, customer.pk))
    return _show(request, form, customer)


@page(Permission.KEEP_PARTIES)
def notes_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """The notes on a customer, in a dialog."""
    customer = customer_of(request.acting, customer_id)
    back = customer_address(request, customer_id)
    form = NotesForm(request.POST or None, initial={"notes": customer.notes})
    if request.method == "POST" and form.is_valid():
        change_customer(
            acting=request.acting, customer_id=customer_id, now=request.now, notes=form.cleaned_data["notes"]
        )
        return redirect(back)
    dialog = Dialog(
        question=_("What should colleagues know of %(name)s?") % {"name": customer.name},
        effects=(),
        verb=_("Save"),
        action=request.path,
        back=back,
        form="office/customers/notes_form.html",
    )
    return show_dialog(request, dialog, form=form)


def _create(request: OfficeRequest, form: CustomerForm) -> Customer | None:
    try:
        return create_customer(
            acting=request.acting, number=form.cleaned_data["number"] or None, now=request.now, **form.terms()
        )
    except NumberTaken as refusal:
        form.refuse(refusal, field="number")
    except Invalid as refusal:
        form.refuse(refusal)
    return None


def _change(request: OfficeRequest, form: CustomerForm, customer: Customer) -> bool:
    """Whether everything could be saved; nothing is saved otherwise."""
    try:
        with atomic_write():
            if "number" in form.changed_data:
                give_customer_number(
                    acting=request.acting,
                    customer_id=customer.pk,
                    number=form.cleaned_data["number"],
                    now=request.now,
                )
            change_customer(acting=request.acting, customer_id=customer.pk, now=request.now, **form.changes())
    except NumberTaken as refusal:
        form.refuse(refusal, field="number")
    except Invalid as refusal:
        form.refuse(refusal)
    return not form.errors


def _show(request: OfficeRequest, form: CustomerForm, customer: Customer | None) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "customer": customer}
    return render(request, "office/customers/edit.html", context, status=status)
