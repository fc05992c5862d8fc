"""The data-protection terms, to be read and accepted before there are tabs; and the rules of numbering and billing."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from rebill.access.acting import Permission, require
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.sources.tabs.commands import accept_tab_terms, set_tab_rules
from rebill.sources.tabs.queries.agreeing import acceptances_of, rules_of
from rebill.sources.tabs.texts import terms_text
from rebill.sources.tabs.words import LAYOUT_WORDS


class RulesForm(OfficeForm):
    """How new tabs are numbered, and how orders stand on invoices."""

    scheme = forms.CharField(label=gettext_lazy("Numbers of new tabs"), max_length=40)
    layout = forms.ChoiceField(label=gettext_lazy("On invoices"), choices=list(LAYOUT_WORDS.items()))


@page()
def terms_page(request: OfficeRequest) -> HttpResponse:
    """The terms in the reader's language, who accepted them, and for an owner the button that does."""
    text = terms_text((get_language() or "en").partition("-")[0])
    if request.method == "POST":
        require(request.acting, Permission.CONFIGURE)
        accept_tab_terms(
            acting=request.acting,
            version=request.POST.get("version", ""),
            language=request.POST.get("language", ""),
            now=request.now,
        )
        toast(request, _("The data-protection terms are accepted."))
        return redirect("office:tabs", request.seller.slug)
    context = {"text": text, "paragraphs": text.text.split("\n\n"), "accepted": acceptances_of(request.acting)}
    return render(request, "office/tabs/terms.html", context)


@page(Permission.CONFIGURE)
def rules_page(request: OfficeRequest) -> HttpResponse:
    """The rules, to be changed."""
    rules = rules_of(request.acting.seller_id)
    form = RulesForm(request.POST or None, initial={"scheme": rules.scheme, "layout": rules.layout})
    if request.method == "POST" and form.is_valid():
        try:
            set_tab_rules(acting=request.acting, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal, field="scheme")
        else:
            toast(request, _("The rules of tabs are changed."))
            return redirect("office:tabs", request.seller.slug)
    return render(request, "office/tabs/rules.html", {"form": form}, status=422 if form.errors else 200)
