"""The question before an uploaded file that waits is deleted."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from rebill.interfaces.imports.uploads import throw_away
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.page import OfficeRequest
from rebill.interfaces.office.toasts import toast
from rebill.kit.models import Upload


def ask_to_throw_away(request: OfficeRequest, upload: Upload, *, reassurance: str, back: str) -> HttpResponse:
    """Asks, and deletes the file once the answer is yes; both lead `back`. `reassurance` says what stays as it is."""
    if request.method == "POST":
        throw_away(acting=request.acting, upload=upload)
        toast(request, _("%(file)s was thrown away.") % {"file": upload.file_name})
        return redirect(back)
    dialog = Dialog(
        question=_("Throw away %(file)s?") % {"file": upload.file_name},
        effects=(
            Effect("x", _("The file and what was chosen for its columns are deleted.")),
            Effect("check", reassurance),
        ),
        verb=_("Throw away"),
        action=request.path,
        back=back,
        hurts=True,
    )
    return show_dialog(request, dialog)
