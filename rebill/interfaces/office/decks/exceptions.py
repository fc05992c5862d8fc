"""Exceptions of one customer: a rate deck of its own, whose rates win over those of its plan."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.catalogue.commands import create_rate_deck
from rebill.catalogue.commands.decks import DeckCodeTaken
from rebill.catalogue.queries import products_of
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.parties.models import Customer
from rebill.parties.queries import customer_of


class ExceptionsForm(OfficeForm):
    """What the deck is called, and what its calls are billed as; the rest is as in any deck."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Short, as in files; it stays.")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    incoming = forms.BooleanField(label=gettext_lazy("Prices calls to own service numbers"), required=False)
    product_id = forms.TypedChoiceField(label=gettext_lazy("Billed as"), required=False, coerce=int, empty_value=None)

    def __init__(self, request: OfficeRequest, customer: Customer) -> None:
        initial = {"code": f"own-{customer.number or customer.pk}", "name": customer.name}
        super().__init__(request.POST or None, initial=initial)
        field = self.fields["product_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", _("none")), *((each.pk, each.code) for each in products_of(request.acting))]


@page(Permission.KEEP_CATALOGUE)
def new_exceptions_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """A deck of the customer's own; its rates are entered or imported there."""
    customer = customer_of(request.acting, customer_id)
    form = ExceptionsForm(request, customer)
    if request.method == "POST" and form.is_valid():
        try:
            deck = create_rate_deck(
                acting=request.acting, customer_id=customer.pk, **form.cleaned_data, now=request.now
            )
        except DeckCodeTaken as taken:
            form.refuse(taken, field="code")
        except Refused as refused:
            form.refuse(refused)
        else:
            toast(request, _("%(name)s is there. Import its rates, or enter them.") % {"name": deck.name})
            return redirect("office:deck", request.seller.slug, deck.pk)
    context = {"form": form, "customer": customer}
    return render(request, "office/decks/exceptions.html", context, status=422 if form.errors else 200)
