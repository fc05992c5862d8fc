"""What a page asks for apart of a document's look: its colour, for pages hold no styles of their own, and its logo."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rebill.invoices.documents.contract import Logo, Look
from rebill.kit.errors import NotFound


class LogoUnknown(NotFound):
    """The document has no logo."""


def colour_sheet(accent: str) -> HttpResponse:
    """A style sheet for the paper of a page; without an accent, in the colour in which the PDF is printed then."""
    return HttpResponse(f".doc{{--doc:{accent or Look().accent}}}\n", content_type="text/css")


def logo_answer(logo: Logo | None) -> HttpResponse:
    """The logo as it is printed. A drawing may hold scripts; looked at by itself it runs none."""
    if logo is None:
        raise LogoUnknown(_("This document has no logo."))
    answer = HttpResponse(logo.content, content_type=logo.media_type)
    answer._csp_replace = {"default-src": "'none'", "sandbox": ""}  # type: ignore[attr-defined]
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
