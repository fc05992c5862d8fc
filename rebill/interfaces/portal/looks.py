"""The seller's own colour and logo, apart of the pages, which hold no styles of their own."""

from django.http import HttpResponse

from rebill.interfaces.logos import logo_answer
from rebill.interfaces.portal.visiting import PortalRequest, door
from rebill.invoices.documents.contract import Look
from rebill.invoices.queries.documents import look_of
from rebill.invoices.queries.freezing import seller_content


@door
def colours(request: PortalRequest) -> HttpResponse:
    """The accent of the look in force, from which the portal's style sheet makes one that can be read."""
    accent = _look(request).accent
    answer = HttpResponse(f":root{{--brand:{accent}}}\n", content_type="text/css")
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


@door
def logo(request: PortalRequest) -> HttpResponse:
    """The logo of the look in force."""
    return logo_answer(_look(request).logo)


def _look(request: PortalRequest) -> Look:
    return look_of(seller_content(request.seller), request.seller.language)
