"""A seller's logo as an answer of its own, for pages hold no images themselves."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rebill.invoices.documents.contract import Logo
from rebill.kit.errors import NotFound


class LogoUnknown(NotFound):
    """The document has no logo."""


def logo_answer(logo: Logo | None) -> HttpResponse:
    """The logo as it is printed. A drawing may hold scripts; looked at by itself it runs none."""
    if logo is None:
        raise LogoUnknown(_("This document has no logo."))
    answer = HttpResponse(logo.content, content_type=logo.media_type)
    answer._csp_replace = {"default-src": "'none'", "sandbox": ""}  # type: ignore[attr-defined]
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
