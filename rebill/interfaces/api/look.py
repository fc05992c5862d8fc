"""How the seller's documents and mails look; a change is tried on samples before it is in use."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import File
from ninja.files import UploadedFile
from pydantic import Field, StringConstraints

from rebill.access.acting import Permission, require
from rebill.access.scopes import Area
from rebill.interfaces.api.caller import MULTIPART, ApiRequest, BodyTooLarge
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Id, Line, Shown, Text, with_example
from rebill.interfaces.looks import changed_look
from rebill.invoices.documents.pdf.look_check import check_look
from rebill.parties import commands
from rebill.parties.commands.look import LOGO_BYTES_MAX, TEMPLATE_BYTES_MAX, FileGiven, LookChanges
from rebill.parties.models import Look
from rebill.parties.queries import current_look, looks_of

looks = Endpoints(Area.SETTINGS, "Look")

Colour = Annotated[str, StringConstraints(max_length=7)]
PDF = "application/pdf"


class LookShown(Shown):
    """The look in force. Texts are per language: intro, closing, footer, and subject and body of mails."""

    has_logo: bool
    has_template: bool
    accent_colour: str
    ink_colour: str
    font: str
    sender_name: str
    sender_email: str
    reply_to: str
    texts: dict[str, dict[str, str]]
    created_at: datetime | None = Field(description="null while the seller has chosen none: it is the built-in one.")


class LookKept(LookShown):
    """A look that was or is in force, from `created_at` on."""

    id: int


class LookGiven(Body):
    """What is to be changed of the look; what is left out stays. An empty text takes one away."""

    model_config = with_example({"accent_colour": "#0d6b62", "texts": {"nl": {"footer": "Graag binnen 14 dagen."}}})

    accent_colour: Colour = LEFT_OUT
    ink_colour: Colour = LEFT_OUT
    font: Annotated[str, StringConstraints(max_length=60)] = LEFT_OUT
    sender_name: Line = LEFT_OUT
    sender_email: Line = LEFT_OUT
    reply_to: Line = LEFT_OUT
    texts: dict[Line, dict[Line, Text]] = Field(LEFT_OUT, description="By language and name.")


def show_look(look: Look) -> LookShown:
    """The look as an answer says it."""
    plain = {name: getattr(look, name) for name in LookShown.model_fields if not name.startswith("has_")}
    return LookShown(**plain, has_logo=look.logo_id is not None, has_template=look.template_id is not None)


def show_kept(look: Look) -> LookKept:
    """A look of the history as an answer says it."""
    return LookKept(**show_look(look).model_dump(), id=look.pk)


def _change(request: ApiRequest, changes: LookChanges) -> LookShown:
    require(request.acting, Permission.CONFIGURE)
    check_look(changed_look(request.seller, changes))
    return show_look(commands.change_look(acting=request.acting, now=request.now, **changes))


def _given(file: UploadedFile, bytes_max: int) -> FileGiven:
    if (file.size or 0) > bytes_max:
        raise BodyTooLarge(
            _("The file has %(size)s bytes; at most %(bytes_max)s are taken.")
            % {"size": file.size, "bytes_max": bytes_max}
        )
    return FileGiven(file.read(), file.content_type or "")


@looks.read("/seller/look")
def get_look(request: ApiRequest) -> LookShown:
    """Show the look in force."""
    return show_look(current_look(request.acting.seller_id) or Look())


@looks.read("/seller/looks")
def list_looks(request: ApiRequest, paging: Paged) -> Page[LookKept]:
    """List every look there was, the one in force first."""
    return page_of(looks_of(request.acting), paging, each(show_kept), by=("-id",))


@looks.write("POST", "/seller/looks/{look_id}/reuse")
def reuse_look(request: ApiRequest, look_id: Id) -> LookShown:
    """Put an earlier look in force again, in every part."""
    return show_look(commands.reuse_look(acting=request.acting, look_id=look_id, now=request.now))


@looks.read("/seller/look/sample", media_type=PDF)
def get_sample(request: ApiRequest) -> HttpResponse:
    """Download a sample invoice in the look in force."""
    return HttpResponse(check_look(changed_look(request.seller, LookChanges())), content_type=PDF)


@looks.write("PATCH", "/seller/look")
def change_look(request: ApiRequest, body: LookGiven) -> LookShown:
    """Change colours, font, sender or texts."""
    return _change(request, LookChanges(**body.given()))  # type: ignore[typeddict-item]


@looks.write("POST", "/seller/look/logo", media_type=MULTIPART, status=HTTPStatus.CREATED)
def put_logo(request: ApiRequest, file: Annotated[UploadedFile, File()]) -> LookShown:
    """Give the look a logo: PNG, JPEG or SVG of at most two megabytes."""
    return _change(request, LookChanges(logo=_given(file, LOGO_BYTES_MAX)))


@looks.write("DELETE", "/seller/look/logo")
def remove_logo(request: ApiRequest) -> None:
    """Take the logo away."""
    _change(request, LookChanges(logo=None))


@looks.write("POST", "/seller/look/template", media_type=MULTIPART, status=HTTPStatus.CREATED)
def put_template(request: ApiRequest, file: Annotated[UploadedFile, File()]) -> LookShown:
    """Give the look a template of its own: `invoice.typ`, or a ZIP with it, of at most five megabytes."""
    return _change(request, LookChanges(template=_given(file, TEMPLATE_BYTES_MAX)))


@looks.write("DELETE", "/seller/look/template")
def remove_template(request: ApiRequest) -> None:
    """Go back to the built-in template."""
    _change(request, LookChanges(template=None))
