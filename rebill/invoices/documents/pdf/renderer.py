"""The PDF renderer: A4, tagged, in the seller's look and the document's language."""

from dataclasses import dataclass

from rebill.invoices.documents.contract import DocumentContent
from rebill.invoices.documents.pdf.many import render_many
from rebill.invoices.documents.pdf.press import NotLaidOut, press_for
from rebill.rules.errors import Problem


@dataclass(frozen=True, slots=True)
class PdfRenderer:
    name: str = "pdf"
    media_type: str = "application/pdf"

    def render(self, content: DocumentContent) -> bytes:
        """One document. For many take `render_many`, which uses all cores.

        A seller's own template runs in a process of its own, whatever it does; our own needs none.
        """
        look = content.look
        if look.template is None:
            return press_for(look.logo, None).print(content)
        ((_, outcome),) = render_many([(None, content)], workers=1)
        if isinstance(outcome, Problem):
            raise NotLaidOut(outcome.why)
        return outcome
