"""The mails that go with documents: who they come from, and their texts per language with an example beside them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.delivery.languages import MailKind, MailText
from rebill.delivery.mail_texts import NAMES, PLACES, MailFacts, mail_text, unknown_places, wording_in
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Invalid
from rebill.parties.commands import change_look
from rebill.parties.commands.look import BODY_LENGTH, SUBJECT_LENGTH
from rebill.parties.models import Look
from rebill.parties.queries import current_look
from rebill.rules.money import Money

KINDS = {
    MailKind.INVOICE: gettext_lazy("Invoice to pay"),
    MailKind.NOTHING_TO_PAY: gettext_lazy("Nothing to pay"),
    MailKind.CREDIT_NOTE: gettext_lazy("Credit note"),
    MailKind.WITHDRAWAL: gettext_lazy("Withdrawal"),
}
PLACES_IN_WORDS = {
    "number": gettext_lazy("number of the document"),
    "customer": gettext_lazy("name of the customer"),
    "total": gettext_lazy("amount including VAT"),
    "due_on": gettext_lazy("day by which it is due"),
    "seller": gettext_lazy("your name"),
    "withdrawn": gettext_lazy("number of the withdrawn invoice"),
}


class MailForm(OfficeForm):
    """Subject and body of one mail in one language; empty fields leave the built-in words."""

    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=SUBJECT_LENGTH)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 12}),
    )


class SenderForm(OfficeForm):
    """Who mails come from."""

    sender_name = forms.CharField(
        label=gettext_lazy("Name"), required=False, max_length=120, help_text=gettext_lazy("Your own if left empty.")
    )
    sender_email = forms.EmailField(
        label=gettext_lazy("E-mail address"), required=False, help_text=gettext_lazy("Your own if left empty.")
    )
    reply_to = forms.EmailField(
        label=gettext_lazy("Answers go to"), required=False, help_text=gettext_lazy("The sender if left empty.")
    )


@dataclass(frozen=True, slots=True)
class _Mail:
    """Which mail in which language."""

    kind: MailKind
    language: str

    @property
    def name(self) -> str:
        """How its texts are called in the look."""
        return NAMES[self.kind]

    @property
    def address(self) -> str:
        """The query that shows it."""
        return f"?language={self.language}&mail={self.kind.value}"


@page(Permission.CONFIGURE)
def mails_page(request: OfficeRequest) -> HttpResponse:
    """One mail at a time, with an example of it as it will be sent."""
    mail = _asked(request)
    form = MailForm(request.POST if request.method == "POST" else None, initial=_own(request, mail))
    if request.method == "POST" and form.is_valid():
        texts = {f"{mail.name}_{part}": text for part, text in form.cleaned_data.items()}
        if _is_kept(request, form, texts={mail.language: texts}):
            toast(request, _("Mails are written this way from now on."))
            return redirect(reverse("office:settings-mails", args=[request.seller.slug]) + mail.address)
    return _show(request, mail, form, SenderForm(initial=_sender(request)))


@page(Permission.CONFIGURE)
def example_part(request: OfficeRequest) -> HttpResponse:
    """The mail with what is typed, filled in for a customer of nobody. Nothing is kept or sent."""
    mail = _asked(request)
    typed = {part: request.POST.get(part, "")[:BODY_LENGTH] for part in ("subject", "body")}
    return render(request, "office/settings/mail.html", _example(request, mail, typed))


@require_POST
@page(Permission.CONFIGURE)
def change_sender(request: OfficeRequest) -> HttpResponse:
    """Who mails come from."""
    mail, form = _asked(request), SenderForm(request.POST, initial=_sender(request))
    if form.is_valid() and _is_kept(request, form, **form.changed_values()):
        toast(request, _("Mails come from this sender from now on."))
        return redirect(reverse("office:settings-mails", args=[request.seller.slug]) + mail.address)
    return _show(request, mail, MailForm(initial=_own(request, mail)), form)


def _is_kept(request: OfficeRequest, form: OfficeForm, **changes: Any) -> bool:
    try:
        change_look(acting=request.acting, now=request.now, **changes)
    except Invalid as refused:
        form.refuse(refused)
        return False
    return True


def _asked(request: OfficeRequest) -> _Mail:
    said = {**request.GET.dict(), **request.POST.dict()}
    languages = request.seller.languages or [request.seller.language]
    language = str(said.get("language", ""))
    kind = next((each for each in MailKind if each.value == said.get("mail")), MailKind.INVOICE)
    return _Mail(kind, language if language in languages else request.seller.language)


def _look(request: OfficeRequest) -> Look:
    return current_look(request.seller.pk) or Look()


def _own(request: OfficeRequest, mail: _Mail) -> dict[str, str]:
    texts = _look(request).texts.get(mail.language, {})
    return {part: texts.get(f"{mail.name}_{part}", "") for part in ("subject", "body")}


def _sender(request: OfficeRequest) -> dict[str, str]:
    look = _look(request)
    return {name: getattr(look, name) for name in SenderForm.base_fields}


def _example(request: OfficeRequest, mail: _Mail, typed: dict[str, str]) -> dict[str, Any]:
    look = _look(request)
    facts = MailFacts(
        kind=mail.kind,
        number="2026-00042",
        customer="Roeivereniging De Riem",
        seller=look.sender_name or request.seller.name,
        total=Money(0 if mail.kind is MailKind.NOTHING_TO_PAY else 123140, request.seller.currency),
        due_on=request.today + timedelta(days=request.seller.payment_term_days or 0),
        withdrawn="2026-00041",
    )
    texts = {mail.language: {f"{mail.name}_{part}": text for part, text in typed.items() if text.strip()}}
    text: MailText = mail_text(facts, language=mail.language, fallback=request.seller.language, texts=texts)
    return {
        "text": text,
        "sender": f"{facts.seller} <{look.sender_email or request.seller.email}>",
        "unknown": unknown_places(" ".join(typed.values())),
    }


def _show(request: OfficeRequest, mail: _Mail, form: MailForm, sender_form: SenderForm) -> HttpResponse:
    names = dict(settings.LANGUAGES)
    typed = {part: str(form[part].value() or "") for part in ("subject", "body")}
    ours = wording_in(mail.language, request.seller.language).texts[mail.kind]
    form.fields["subject"].widget.attrs["placeholder"] = ours.subject
    form.fields["body"].widget.attrs["placeholder"] = ours.body
    context = {
        "form": form,
        "sender_form": sender_form,
        "mail": mail,
        "kinds": [(_Mail(kind, mail.language), words) for kind, words in KINDS.items()],
        "languages": [(_Mail(mail.kind, each), names[each]) for each in request.seller.languages or [mail.language]],
        "places": [(f"{{{place}}}", PLACES_IN_WORDS[place]) for place in PLACES],
        **_example(request, mail, typed),
    }
    status = 422 if form.errors or sender_form.errors else 200
    return render(request, "office/settings/mails.html", context, status=status)
