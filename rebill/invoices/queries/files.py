"""Issued documents to look at: the bytes as they were kept, a copy that says it is one, or the words on it."""

from typing import Any

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.invoices.documents.pdf.printed import printed
from rebill.invoices.documents.registry import DOCUMENT_RENDERERS
from rebill.invoices.models import Document, Invoice
from rebill.invoices.queries.documents import document_contents
from rebill.invoices.queries.invoices import InvoiceNotFound
from rebill.kit.errors import Conflict
from rebill.kit.files import read_file

PDF = "pdf"


class DocumentNotMade(Conflict):
    """The document is issued, and its bytes in this format are not made yet."""


def document_file(*, acting: Acting, invoice: Invoice, format_name: str = PDF) -> bytes:
    """The bytes that were kept when the document was made, compared with their hash."""
    _require_own(acting, invoice)
    kept = Document.objects.filter(invoice_id=invoice.pk, format=format_name).values_list("file_id", flat=True).first()
    if kept is None:
        raise DocumentNotMade(
            _("The %(format)s of %(number)s is not made yet; issue again makes it.")
            % {"format": format_name.upper(), "number": invoice.number}
        )
    return read_file(kept)


def document_copy(*, acting: Acting, invoice: Invoice, format_name: str = PDF) -> bytes:
    """The same document made once more and marked as a copy; it is not kept."""
    _require_own(acting, invoice)
    [(_id, content)] = document_contents(invoice_ids=[invoice.pk], copy=True)
    return DOCUMENT_RENDERERS.get(format_name).render(content)


def document_now(*, acting: Acting, invoice: Invoice, format_name: str = PDF) -> bytes:
    """The bytes that were kept; where they are not made yet, the same made now and not kept."""
    try:
        return document_file(acting=acting, invoice=invoice, format_name=format_name)
    except DocumentNotMade:
        [(_id, content)] = document_contents(invoice_ids=[invoice.pk])
        return DOCUMENT_RENDERERS.get(format_name).render(content)


def document_words(*, acting: Acting, invoice: Invoice) -> dict[str, Any]:
    """What stands on the document, in its own language, as `printed` tells it to templates."""
    _require_own(acting, invoice)
    [(_id, content)] = document_contents(invoice_ids=[invoice.pk])
    return printed(content, logo_path=None, fonts=())


def is_made(*, invoice: Invoice, format_name: str = PDF) -> bool:
    """Whether the bytes are kept."""
    return Document.objects.filter(invoice_id=invoice.pk, format=format_name).exists()


def _require_own(acting: Acting, invoice: Invoice) -> None:
    require(acting, Permission.READ)
    if invoice.seller_id != acting.seller_id:
        raise InvoiceNotFound(_("There is no invoice %(named)s.") % {"named": invoice.pk})
