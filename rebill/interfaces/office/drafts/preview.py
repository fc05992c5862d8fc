"""The PDF of a draft: made from what it is now, marked as a draft, and not kept."""

from django.http import HttpResponse

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.invoices.documents.registry import DOCUMENT_RENDERERS
from rebill.invoices.queries.drafted import draft_document


@page()
def preview_pdf(request: OfficeRequest, draft_id: int) -> HttpResponse:
    """The paper as it would go out today, without a number."""
    content = draft_document(acting=request.acting, draft_id=draft_id, today=request.today)
    renderer = DOCUMENT_RENDERERS.get("pdf")
    response = HttpResponse(renderer.render(content), content_type=renderer.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="draft-{draft_id}.pdf"'
    return response
