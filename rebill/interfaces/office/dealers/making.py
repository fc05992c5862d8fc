"""Making a customer a dealer: a seller of its own below this one."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.invitations import mail_invitation
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.parties.commands import invite_dealer
from rebill.parties.queries import customer_of


class DealerForm(OfficeForm):
    """Its short name, and who owns it."""

    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=50,
        help_text=gettext_lazy("Stands in its addresses: letters, digits and hyphens."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address of its owner"))
    full_name = forms.CharField(label=gettext_lazy("Name"), max_length=150, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the pages"), choices=settings.LANGUAGES)


@page(Permission.CONFIGURE)
def new_dealer_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """Asks who owns it, makes the seller, and mails the invitation."""
    customer = customer_of(request.acting, customer_id)
    first = customer.invoice_emails[0] if customer.invoice_emails else ""
    language = customer.language or request.seller.language
    initial: dict[str, Any] = {"slug": slugify(customer.name)[:50], "email": first, "language": language}
    form = DealerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            invited = invite_dealer(
                acting=request.acting, customer_id=customer.pk, now=request.now, **form.cleaned_data
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            transaction.on_commit(
                lambda: mail_invitation(request, seller=invited.seller, user=invited.owner, inviter=request.user)
            )
            toast(request, _("%(name)s is a dealer now; %(email)s is invited.") % {
                "name": customer.name, "email": invited.owner.email,
            })  # fmt: skip
            return redirect("office:dealers", request.seller.slug)
    context = {"form": form, "customer": customer}
    return render(request, "office/dealers/new.html", context, status=422 if form.errors else 200)
