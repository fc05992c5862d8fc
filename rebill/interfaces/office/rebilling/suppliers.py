"""How a supplier's invoices are to be understood."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.rebilling.forms import SupplierForm
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.sources.supplier_invoices.commands import change_supplier, renew_matches
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of


@page(Permission.KEEP_PURCHASES)
def supplier_page(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """The settings of the supplier of this invoice, which is read again when they are kept."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    supplier = purchase.supplier
    initial = {
        "model": supplier.model,
        "places": supplier.places,
        "commission_codes": " ".join(supplier.commission_codes),
        "commission_text": supplier.commission_text,
    }
    form = SupplierForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            change_supplier(
                acting=request.acting, supplier_id=supplier.pk, now=request.now, model=typed["model"],
                places=typed["places"], commission_codes=typed["commission_codes"].split(),
                commission_text=typed["commission_text"],
            )  # fmt: skip
            renew_matches(acting=request.acting, invoice_id=purchase.pk, now=request.now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            toast(request, _("Invoices of %(name)s are read so from now on.") % {"name": supplier.name})
            return redirect("office:rebilling-invoice", request.seller.slug, purchase.pk)
    context = {"purchase": purchase, "form": form}
    return render(request, "office/rebilling/supplier.html", context, status=422 if form.errors else 200)
