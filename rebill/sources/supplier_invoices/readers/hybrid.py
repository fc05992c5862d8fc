"""Factur-X and ZUGFeRD: a PDF for people with the invoice for machines inside it. In a hybrid the XML leads."""

import io
from collections.abc import Iterator

import pikepdf

from rebill.kit.xml import BYTES_MAX, local_name, parse_xml
from rebill.rules.errors import said as _
from rebill.sources.supplier_invoices.contract import StatedInvoice, Unreadable
from rebill.sources.supplier_invoices.readers.cii import read_cii
from rebill.sources.supplier_invoices.readers.ubl import read_ubl

# The names that the formats give to what is inside, in the order in which they are looked for.
_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "cii-invoice.xml")


class HybridReader:
    """Takes the XML out of the PDF; it is CII, or in a few countries UBL."""

    name = "factur-x"

    def recognises(self, content: bytes) -> bool:
        """See `contract.Reader`."""
        return content[:1024].lstrip().startswith(b"%PDF-")

    def read(self, content: bytes) -> StatedInvoice:
        """See `contract.Reader`."""
        root = parse_xml(attached_xml(content))
        match local_name(root):
            case "CrossIndustryInvoice" | "CrossIndustryDocument":
                return read_cii(root, self.name)
            case "Invoice" | "CreditNote":
                return read_ubl(root, self.name)
        raise Unreadable(_("The XML inside the PDF is no invoice: it begins with %(name)s.", name=local_name(root)))


def attached_xml(content: bytes) -> bytes:
    """The invoice inside the PDF. Unreadable when there is none, and a PDF of pages alone says nothing to machines."""
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            found = dict(_attachments(document))
    except pikepdf.PasswordError:
        raise Unreadable(_("The PDF is protected with a password. Ask the sender for one without.")) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        # What the library says names its own objects, which tells nobody how to mend the file.
        raise Unreadable(
            _("The PDF is damaged, or is none. Open it to look, and ask the sender to send it again.")
        ) from None
    for name in (*_NAMES, *(name for name in found if name.endswith(".xml"))):
        if name in found:
            return found[name]
    raise Unreadable(
        _("The PDF holds no invoice for machines. Ask the supplier for Factur-X, Finvoice or UBL, or enter a table.")
    )


def _attachments(document: pikepdf.Pdf) -> Iterator[tuple[str, bytes]]:
    for name, attachment in document.attachments.items():
        described = attachment.get_file()
        if described.size and described.size > BYTES_MAX:
            continue
        yield (attachment.filename or name).lower(), described.read_bytes()
