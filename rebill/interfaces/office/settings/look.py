"""How documents look: chosen with a picture of the result beside it, tried before it is used, and kept in history."""

import base64
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.access.queries import events_of
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.settings.look_form import LookForm
from rebill.interfaces.office.toasts import toast
from rebill.invoices.documents.pdf.fonts import UnknownFont
from rebill.invoices.documents.pdf.logos import BadLogo
from rebill.invoices.documents.pdf.look_check import BadColour, check_look
from rebill.invoices.documents.pdf.press import NotLaidOut
from rebill.invoices.documents.pdf.preview import picture_of
from rebill.invoices.documents.pdf.template_files import BadTemplate
from rebill.invoices.queries.samples import look_in_use, sample_from
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import subject_type_of
from rebill.parties.commands import change_look, reuse_look
from rebill.parties.models import Look
from rebill.parties.queries import current_look, looks_of

_SHOWN = 20
# Where a refusal of a look stands.
_FIELDS: dict[type[Invalid], str] = {
    BadLogo: "logo",
    BadTemplate: "template_source",
    NotLaidOut: "template_source",
    BadColour: "accent_colour",
    UnknownFont: "font",
}


@dataclass(frozen=True, slots=True)
class Past:
    """A look the seller has or had, and who chose it."""

    look: Look
    by: str


@page(Permission.CONFIGURE)
def look_page(request: OfficeRequest) -> HttpResponse:
    """Shows the look with a picture of it; what is saved was tried on samples of every kind of document."""
    form = _form(request)
    if request.method == "POST" and form.is_valid() and _is_saved(request, form):
        return redirect("office:settings-look", request.seller.slug)
    return _show(request, form)


@page(Permission.CONFIGURE)
def preview_part(request: OfficeRequest) -> HttpResponse:
    """A picture of the sample invoice: of the look in force when it is fetched, of what is typed when it is posted.

    Nothing of what is posted is kept. Asked for by a form without scripts it is the page with the picture in it.
    """
    language = _language(request)
    if request.method != "POST":
        return HttpResponse(_picture_in_use(request, language), content_type="image/png")
    form = _form(request)
    picture, problem = "", ""
    if form.is_valid():
        try:
            picture = _picture(request, form, language)
        except (Invalid, Conflict) as refused:
            _refuse(form, refused)
    problem = " ".join(f"{error}" for errors in form.errors.values() for error in errors)
    if not request.htmx:
        return _show(request, form, picture=picture)
    return render(request, "office/settings/picture.html", {"picture": picture, "problem": problem})


@require_POST
@page(Permission.CONFIGURE)
def use_again(request: OfficeRequest, look_id: int) -> HttpResponse:
    """An earlier look is in force again; the toast goes back to the one that was."""
    before = current_look(request.seller.pk)
    reuse_look(acting=request.acting, look_id=look_id, now=request.now)
    undo = reverse("office:settings-look-again", args=[request.seller.slug, before.pk]) if before is not None else ""
    toast(request, _("The earlier look is used again from now on."), undo=undo)
    return redirect("office:settings-look", request.seller.slug)


def _form(request: OfficeRequest) -> LookForm:
    is_posted = request.method == "POST"
    return LookForm(
        request.POST if is_posted else None,
        request.FILES if is_posted else None,
        kept=current_look(request.seller.pk),
        current=look_in_use(request.seller, request.seller.language),
        languages=list(request.seller.languages or [request.seller.language]),
    )


def _language(request: OfficeRequest) -> str:
    asked = request.POST.get("language") or request.GET.get("language", "")
    return asked if asked in (request.seller.languages or []) else request.seller.language


def _is_saved(request: OfficeRequest, form: LookForm) -> bool:
    before = current_look(request.seller.pk)
    try:
        changes = form.changes()
        if not changes:
            toast(request, _("Nothing was changed."))
            return True
        if set(changes) - {"texts"}:
            check_look(form.wanted(changes, request.seller.language))
        change_look(acting=request.acting, now=request.now, **changes)
    except Invalid as refused:
        _refuse(form, refused)
        return False
    undo = reverse("office:settings-look-again", args=[request.seller.slug, before.pk]) if before is not None else ""
    toast(request, _("Documents look this way from now on. Those issued before keep their look."), undo=undo)
    return True


def _refuse(form: LookForm, refused: Invalid | Conflict) -> None:
    form.refuse(refused, field=getattr(refused, "field", None) or _FIELDS.get(type(refused)))  # type: ignore[arg-type]


def _picture(request: OfficeRequest, form: LookForm, language: str) -> str:
    """The sample in the look that is typed, as an address that holds the picture itself."""
    changes = form.changes()
    content = sample_from(
        request.seller,
        look=form.wanted(changes, language),
        language=language,
        opening=form.cleaned_data.get(f"intro_{language}", ""),
        closing=form.cleaned_data.get(f"closing_{language}", ""),
    )
    png = picture_of(content, is_tried=not changes.get("logo"))
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _picture_in_use(request: OfficeRequest, language: str) -> bytes:
    look = current_look(request.seller.pk)
    texts = look.texts.get(language, {}) if look is not None else {}
    content = sample_from(
        request.seller,
        look=look_in_use(request.seller, language),
        language=language,
        opening=texts.get("intro", ""),
        closing=texts.get("closing", ""),
    )
    return picture_of(content, is_tried=True)


def _show(request: OfficeRequest, form: LookForm, *, picture: str = "") -> HttpResponse:
    looks = list(looks_of(request.acting)[:_SHOWN])
    kind = subject_type_of(Look)
    chosen_by = {
        event.subject_id: event.actor for event in events_of(request.acting, *((kind, each.pk) for each in looks))
    }
    language = _language(request)
    context = {
        "form": form,
        "picture": picture,
        "language": language,
        "looks": [Past(each, chosen_by.get(each.pk, "")) for each in looks],
        "has_logo": form.current.logo is not None,
        "other_files": [name for name, _content in form.current.template.files[1:]] if form.current.template else [],
    }
    return render(request, "office/settings/look.html", context, status=422 if form.errors else 200)
