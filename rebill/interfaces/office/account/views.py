"""One's own account: name and language here, password, second factors and sessions on allauth's pages."""

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.commands import change_language
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.office.today.views import slug_to_open


@login_required
def my_account(request: HttpRequest) -> HttpResponse:
    """To the account page beside the seller that was looked at last: for allauth's pages, which know no seller."""
    slug = slug_to_open(request)
    return redirect("office:home") if slug is None else redirect("office:account", slug)


class LanguageForm(OfficeForm):
    """In which language the pages are shown."""

    language = forms.ChoiceField(label=gettext_lazy("Language of the pages"), choices=settings.LANGUAGES)


@page()
def account_page(request: OfficeRequest) -> HttpResponse:
    """Shows the account, and takes a change of language."""
    form = LanguageForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        change_language(user=request.user, language=form.cleaned_data["language"], now=request.now)
        with translation.override(request.user.language):
            toast(request, _("The pages are in this language now."))
        return redirect("office:account", request.seller.slug)
    return render(request, "office/account/account.html", {"form": form})
