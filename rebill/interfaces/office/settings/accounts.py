"""The bank accounts of the seller: added, put first, and removed with a way back."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.settings.forms import AccountForm, SellerForm
from rebill.interfaces.office.settings.seller import show_seller
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Conflict, Invalid
from rebill.parties.commands import add_seller_account, move_account_first, remove_seller_account
from rebill.parties.queries import account_of
from rebill.rules.references import grouped_iban


@require_POST
@page(Permission.CONFIGURE)
def add_account(request: OfficeRequest) -> HttpResponse:
    """Adds a bank account; what is wrong with it is shown at its field."""
    form = AccountForm(request.POST)
    if form.is_valid():
        try:
            account = add_seller_account(acting=request.acting, now=request.now, **form.cleaned_data)
        except (Invalid, Conflict) as refused:
            form.refuse(refused, field=getattr(refused, "field", "iban"))
        else:
            toast(request, _("%(iban)s is added.") % {"iban": grouped_iban(account.iban)})
            return redirect("office:settings", request.seller.slug)
    kept = {name: getattr(request.seller, name) for name in SellerForm.base_fields}
    return show_seller(request, SellerForm(initial=kept), form)


@require_POST
@page(Permission.CONFIGURE)
def put_first(request: OfficeRequest, account_id: int) -> HttpResponse:
    """The account stands on documents from now on."""
    account = move_account_first(acting=request.acting, account_id=account_id, now=request.now)
    toast(request, _("%(iban)s stands on documents from now on.") % {"iban": grouped_iban(account.iban)})
    return redirect("office:settings", request.seller.slug)


@require_POST
@page(Permission.CONFIGURE)
def remove_account(request: OfficeRequest, account_id: int) -> HttpResponse:
    """Removes the account; undo adds it again, as the last one."""
    account = account_of(request.acting, account_id)
    said = {"iban": account.iban, "bic": account.bic, "holder": account.holder, "currency": account.currency}
    remove_seller_account(acting=request.acting, account_id=account_id, now=request.now)
    undo = reverse("office:settings-account-add", args=[request.seller.slug])
    toast(request, _("%(iban)s is removed.") % {"iban": grouped_iban(account.iban)}, undo=undo, **said)
    return redirect("office:settings", request.seller.slug)
