"""The readers in use, by hand; guests are found by their entry point."""

from rebill.kit.plugins import Registry
from rebill.rules.errors import said as _
from rebill.sources.supplier_invoices.contract import Reader, StatedInvoice, Unreadable
from rebill.sources.supplier_invoices.readers.cii import CiiReader
from rebill.sources.supplier_invoices.readers.finvoice import FinvoiceReader
from rebill.sources.supplier_invoices.readers.hybrid import HybridReader, attached_xml
from rebill.sources.supplier_invoices.readers.ubl import UblReader

READERS: Registry[Reader] = Registry(
    "reader of purchase invoices",
    "rebill.purchase_readers",
    (HybridReader(), FinvoiceReader(), UblReader(), CiiReader()),
)


def reader_of(content: bytes) -> Reader | None:
    """The reader whose format this is; None when it is none of theirs."""
    return next((reader for reader in READERS.all() if reader.recognises(content)), None)


def carries_invoice(content: bytes) -> bool:
    """Whether it is worth reading: a PDF of pages alone is of a format that is read, and says nothing to machines."""
    reader = reader_of(content)
    if isinstance(reader, HybridReader):
        try:
            attached_xml(content)
        except Unreadable:
            return False
    return reader is not None


def read_invoice(content: bytes) -> StatedInvoice:
    """The document in whichever format it is. Unreadable when no reader knows it."""
    reader = reader_of(content)
    if reader is None:
        raise Unreadable(_("The file is no Finvoice, UBL, CII or Factur-X. A table is read by its columns."))
    return reader.read(content)
