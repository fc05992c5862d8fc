"""The colour of a document for the page that shows it, apart, for pages hold no styles of their own."""

from django.http import HttpResponse

from rebill.invoices.documents.contract import Look


def colour_sheet(accent: str) -> HttpResponse:
    """A style sheet for the paper of a page; without an accent, in the colour in which the PDF is printed then."""
    return HttpResponse(f".doc{{--doc:{accent or Look().accent}}}\n", content_type="text/css")
