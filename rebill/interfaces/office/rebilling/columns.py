"""A supplier's table of which not every column is known: which is which is said here, and remembered."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.imports.purchase_rows import PURCHASES
from rebill.interfaces.imports.uploads import own_upload, throw_away, wishes_of
from rebill.interfaces.office.imports.columns import Wizard, decide_columns
from rebill.interfaces.office.imports.throwing_away import ask_to_throw_away
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.rebilling.listing import taken_in
from rebill.interfaces.office.toasts import note
from rebill.interfaces.purchases.tables import take_table
from rebill.kit.errors import Refused, reason_of
from rebill.kit.imports.uploads import UploadUnknown, upload_path
from rebill.kit.models import Upload


@page(Permission.KEEP_PURCHASES)
def columns_page(request: OfficeRequest, upload_id: UUID) -> HttpResponse:
    """Shows the columns of a table that waits, keeps what is decided of them, and takes its invoices in."""
    return decide_columns(request, _waiting(request, upload_id), _TAKING)


@page(Permission.KEEP_PURCHASES)
def throw_away_page(request: OfficeRequest, upload_id: UUID) -> HttpResponse:
    """Asks before a table that waits is deleted, and deletes it."""
    return ask_to_throw_away(
        request,
        _waiting(request, upload_id),
        reassurance=_("No invoice of it was taken in, so nothing else changes."),
        back=reverse("office:rebilling-send", args=[request.seller.slug]),
    )


def _take_in(request: OfficeRequest, upload: Upload) -> HttpResponse | str:
    """The invoices of the table are there, and the file is kept with each of them; or what it lacks, in words."""
    path = upload_path(upload)
    try:
        with transaction.atomic():
            taken = take_table(
                acting=request.acting,
                source=path,
                content=path.read_bytes(),
                name=upload.file_name,
                now=request.now,
                wishes=wishes_of(upload),
                remembers=upload.remembers,
            )
    except Refused as refusal:
        return reason_of(refusal)
    throw_away(acting=request.acting, upload=upload)
    for words in taken.known:
        note(request, words)
    return taken_in(request, taken.invoices)


def _waiting(request: OfficeRequest, upload_id: UUID) -> Upload:
    upload = own_upload(acting=request.acting, upload_id=upload_id)
    if upload.entity != PURCHASES:
        raise UploadUnknown(_("There is no file %(upload_id)s to import.") % {"upload_id": upload_id})
    return upload


_TAKING = Wizard(
    "office:rebilling-columns", "office/rebilling/columns.html", "office/rebilling/columns_bar.html", False, _take_in
)
