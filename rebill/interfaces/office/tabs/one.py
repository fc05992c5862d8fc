"""One tab: what is open on it, whose it is, and what happened; and opening a new one."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.office.choosing.views import chooser, chosen_customer
from rebill.interfaces.office.forms import NumberField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.tabs.entries import entries_of
from rebill.interfaces.office.tabs.listing import rows_of
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.rules.money import Money
from rebill.sources.tabs.commands import open_tab
from rebill.sources.tabs.models import TabStatus
from rebill.sources.tabs.queries.agreeing import has_accepted_terms, rules_of
from rebill.sources.tabs.queries.holders import holdings_of
from rebill.sources.tabs.queries.orders import order_sums
from rebill.sources.tabs.queries.tabs import tab_of
from rebill.sources.tabs.words import LAYOUT_WORDS, STATE_WORDS, STATUS_WORDS

SHOWN = 20


class NewTabForm(OfficeForm):
    """A new tab of a customer."""

    number = forms.CharField(label=gettext_lazy("Number"), required=False, max_length=40)
    description = forms.CharField(label=gettext_lazy("Description"), required=False, max_length=200)
    limit = NumberField(label=gettext_lazy("Limit, VAT included"), min_value=0)
    is_active = forms.BooleanField(label=gettext_lazy("Active"), required=False, initial=True)
    may_buy = forms.BooleanField(label=gettext_lazy("Allow buying on name"), required=False, initial=True)
    is_shown = forms.BooleanField(label=gettext_lazy("Show at the till without being asked"), required=False)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def terms(self) -> dict[str, Any]:
        """The terms as the command takes them."""
        said = self.cleaned_data
        return {
            "number": said["number"],
            "description": said["description"],
            "limit": Money.of(said["limit"], self.currency),
            "status": TabStatus.ACTIVE if said["is_active"] else TabStatus.INACTIVE,
            "may_buy": said["may_buy"],
            "is_shown": said["is_shown"],
        }


@page()
def tab_page(request: OfficeRequest, tab_id: int) -> HttpResponse:
    """A tab with its latest orders and its holders."""
    tab = tab_of(request.acting, tab_id)
    [row] = rows_of([tab])
    sums = order_sums(tab)
    context = {
        "row": row,
        "tab": tab,
        "status": STATUS_WORDS[tab.status],
        "layout": LAYOUT_WORDS[tab.layout or rules_of(tab.seller_id).layout],
        "entries": entries_of(request, tab)[:SHOWN],
        "states": [
            (STATE_WORDS[state], count, Money(minor, tab.currency)) for state, (count, minor) in sums.items() if count
        ],
        "holdings": holdings_of(tab),
    }
    return render(request, "office/tabs/tab.html", context)


@page(Permission.KEEP_TABS)
def new_tab_page(request: OfficeRequest) -> HttpResponse:
    """A new tab for the customer that was chosen; before one is chosen, the search for one."""
    if not has_accepted_terms(request.acting.seller_id):
        return redirect("office:tabs-terms", request.seller.slug)
    customer = chosen_customer(request)
    if customer is None:
        return render(request, "office/tabs/new_tab.html", chooser(request))
    form = NewTabForm(customer.currency or request.seller.currency, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tab = open_tab(acting=request.acting, customer_id=customer.pk, now=request.now, **form.terms())
        except Refused as refusal:
            form.refuse(refusal, field=getattr(refusal, "term", "number"))
        else:
            words = _("Tab %(number)s of %(name)s is open.") % {"number": tab.number, "name": customer.name}
            toast(request, words)
            return redirect("office:tab", request.seller.slug, tab.pk)
    context = {"form": form, "customer": customer}
    return render(request, "office/tabs/new_tab.html", context, status=422 if form.errors else 200)
