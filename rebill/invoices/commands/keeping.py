"""Documents that were made elsewhere: while a seller tries rebill beside its old system, that one prints and sends."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.invoices.commands.rendering import MEDIA_TYPE, PDF
from rebill.invoices.models import Document, Invoice
from rebill.kit.bulk import chunks, insert_rows
from rebill.kit.database import atomic_write
from rebill.kit.errors import Invalid
from rebill.kit.events import record_event
from rebill.kit.files import store_file

CHUNK = 5_000


class NotAPdf(Invalid):
    """The bytes are no PDF."""


def keep_documents(*, acting: Acting, invoice_ids: Collection[int], content: bytes, now: datetime) -> int:
    """Keeps this PDF as the document of these invoices, in place of making one; returns how many took it.

    A document that is made already stays. Sends nothing: the invoices of a customer who wants none sent are never sent.
    """
    require(acting, Permission.ISSUE)
    if not content.startswith(b"%PDF-"):
        raise NotAPdf(_("What is kept as a document must be a PDF."))
    kept = 0
    for ids in chunks(invoice_ids, CHUNK):
        with atomic_write():
            mine = Invoice.objects.filter(seller_id=acting.seller_id, id__among=ids).exclude(documents__format=PDF)
            waiting = list(mine.order_by("id").values_list("id", flat=True))
            file = store_file(content, media_type=MEDIA_TYPE, now=now)
            rows = [(invoice_id, PDF, file.hash, now) for invoice_id in waiting]
            insert_rows(Document, ("invoice_id", "format", "file_id", "made_at"), rows, ignore_conflicts=True)
            if waiting:
                record_event(
                    seller_id=acting.seller_id,
                    subject=("parties.seller", acting.seller_id),
                    verb="documents_kept",
                    actor_id=acting.user_id,
                    now=now,
                    details={"documents": len(waiting), "file": file.hash},
                )
        kept += len(waiting)
    return kept
