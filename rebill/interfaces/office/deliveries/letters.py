"""Letters: those that wait, bound into one file in postal order, and the batches that were made."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.access.acting import Permission, require
from rebill.delivery.commands import make_print_batch
from rebill.delivery.queries import count_to_look_at, count_waiting, print_batch_of, print_batches_of
from rebill.interfaces import formats
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import note, toast
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.interfaces.specified import pdf_answer
from rebill.invoices.queries.pages import COUNT_MAX
from rebill.kit.files import read_file
from rebill.parties.models import DeliveryChannel

# Bound while the clerk waits; the next batch takes the rest.
LETTERS_MAX = 500


@page(sent_once=False)
def letters_page(request: OfficeRequest) -> HttpResponse:
    """How many letters wait, and the batches; a POST makes one."""
    if request.method == "POST":
        return _make(request)
    batches = print_batches_of(request.acting)
    start = (page_number(request) - 1) * ROWS
    shown = list(batches[start : start + ROWS])
    context = {
        "letters": count_waiting(request.acting, most=COUNT_MAX, channel=DeliveryChannel.PRINT),
        "letters_max": LETTERS_MAX,
        "batches": shown,
        "to_look_at": count_to_look_at(request.acting),
        "waiting": count_waiting(request.acting, most=COUNT_MAX),
        "pager": pager(request, shown=len(shown), total=batches.count()),
    }
    return render(request, "office/deliveries/letters.html", context)


@page()
def batch_file(request: OfficeRequest, batch_id: int) -> HttpResponse:
    """The file of a batch, to print or to hand to a letter shop."""
    batch = print_batch_of(request.acting, batch_id)
    return pdf_answer(read_file(batch.file_id), f"letters-{batch.made_at:%Y-%m-%d}-{batch.pk}")


def _make(request: OfficeRequest) -> HttpResponse:
    require(request.acting, Permission.DELIVER)
    batch = make_print_batch(acting=request.acting, now=request.now, letters_max=LETTERS_MAX)
    if batch is None:
        note(request, _("No letter waits that can be printed."))
    else:
        words = ngettext("%(count)s letter is in the batch.", "%(count)s letters are in the batch.", batch.letters)
        toast(request, words % {"count": formats.number(batch.letters)})
    return redirect("office:deliveries-letters", request.seller.slug)
