"""Who the seller is and how it bills: each a form, saved in one command."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.settings.forms import AccountForm, SellerForm, TermsForm
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Invalid
from rebill.parties.checks import check_seller
from rebill.parties.commands import change_seller
from rebill.parties.queries import accounts_of


@page(Permission.CONFIGURE)
def seller_page(request: OfficeRequest) -> HttpResponse:
    """Names, addresses, ids, home and languages, and the bank accounts beside them."""
    kept = {name: getattr(request.seller, name) for name in SellerForm.base_fields}
    form = SellerForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and _is_saved(request, form):
        return redirect("office:settings", request.seller.slug)
    return show_seller(request, form, AccountForm(initial={"currency": request.seller.currency}))


def show_seller(request: OfficeRequest, form: SellerForm, account_form: AccountForm) -> HttpResponse:
    """The page with both of its forms, one of which may have been refused."""
    status = 422 if form.errors or account_form.errors else 200
    context = {
        "form": form,
        "account_form": account_form,
        "accounts": accounts_of(request.acting),
        "problems": check_seller(acting=request.acting),
    }
    return render(request, "office/settings/seller.html", context, status=status)


@page(Permission.CONFIGURE)
def terms_page(request: OfficeRequest) -> HttpResponse:
    """Payment term, parts of months, VAT scheme, and who has to look before documents go."""
    kept = {name: getattr(request.seller, name) for name in TermsForm.base_fields}
    limit = request.seller.auto_approve_max
    kept["auto_approve_max"] = limit.decimal if limit is not None else None
    posted = request.POST if request.method == "POST" else None
    form = TermsForm(posted, initial=kept, currency=request.seller.currency)
    if request.method == "POST" and _is_saved(request, form):
        return redirect("office:settings-terms", request.seller.slug)
    return render(request, "office/settings/terms.html", {"form": form}, status=422 if form.errors else 200)


def _is_saved(request: OfficeRequest, form: OfficeForm) -> bool:
    """Whether what was changed could be saved; a refusal stands beside its field."""
    if not form.is_valid():
        return False
    try:
        change_seller(acting=request.acting, now=request.now, **form.changed_values())
    except Invalid as refused:
        form.refuse(refused)
        return False
    toast(request, _("The settings are saved."))
    return True
