"""The document formats in use: ours by hand, guests by the entry point `rebill.documents`."""

from rebill.invoices.documents.contract import DocumentRenderer
from rebill.invoices.documents.pdf.renderer import PdfRenderer
from rebill.kit.plugins import Registry

DOCUMENT_RENDERERS: Registry[DocumentRenderer] = Registry("document format", "rebill.documents", (PdfRenderer(),))
