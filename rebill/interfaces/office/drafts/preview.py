"""The PDF of a draft: made from what it is now, marked as a draft, and not kept; and the look of its paper."""

from django.http import HttpResponse

from rebill.interfaces.logos import logo_answer
from rebill.interfaces.office.looks import colour_sheet
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.invoices.documents.registry import DOCUMENT_RENDERERS
from rebill.invoices.queries.drafted import draft_document
from rebill.invoices.queries.samples import look_in_use
from rebill.parties.queries import current_look
from rebill.runs.queries.drafts import draft_of


@page()
def preview_pdf(request: OfficeRequest, draft_id: int) -> HttpResponse:
    """The paper as it would go out today, without a number."""
    content = draft_document(acting=request.acting, draft_id=draft_id, today=request.today)
    renderer = DOCUMENT_RENDERERS.get("pdf")
    response = HttpResponse(renderer.render(content), content_type=renderer.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="draft-{draft_id}.pdf"'
    return response


@page()
def draft_look(request: OfficeRequest, draft_id: int) -> HttpResponse:
    """The colour in which it would be printed today."""
    draft_of(acting=request.acting, draft_id=draft_id)
    look = current_look(request.seller.pk)
    return colour_sheet(look.accent_colour if look else "")


@page()
def draft_logo(request: OfficeRequest, draft_id: int) -> HttpResponse:
    """The logo with which it would be printed today."""
    draft_of(acting=request.acting, draft_id=draft_id)
    return logo_answer(look_in_use(request.seller, request.seller.language).logo)
