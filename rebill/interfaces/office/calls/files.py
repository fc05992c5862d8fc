"""Call files: those that were read, with their counts, and another one to be sent."""

from pathlib import Path

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.calls.starting import start_reading
from rebill.interfaces.calls.uploads import keep_whole
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.interfaces.receiving import BYTES_MAX, received_file
from rebill.kit.errors import NotFound
from rebill.kit.files import read_file
from rebill.kit.work import under_way
from rebill.sources.usage.queries.records import FileTab, call_file_of, call_files, switches_of

TABS = {
    FileTab.ALL: gettext_lazy("All"),
    FileTab.PROBLEMS: gettext_lazy("With problems"),
    FileTab.READING: gettext_lazy("Being read"),
}


class NothingRejected(NotFound):
    """No line of the file was rejected."""


class SendForm(OfficeForm):
    """A file of a switch."""

    switch = forms.ChoiceField(label=gettext_lazy("Switch"))


@page()
def files_page(request: OfficeRequest) -> HttpResponse:
    """The files of all switches, the latest first."""
    asked = request.GET.get("tab", "")
    tab = FileTab(asked) if asked in set(FileTab) else FileTab.ALL
    found = call_files(request.acting, tab=tab)
    start = (page_number(request) - 1) * ROWS
    rows = list(found[start : start + ROWS])
    context = {
        "rows": rows,
        "tab": tab,
        "tabs": [(each.value, words) for each, words in TABS.items()],
        "is_waiting": under_way(seller_id=request.acting.seller_id, kind="calls") is not None,
        "pager": pager(request, shown=len(rows), total=found.count()),
    }
    return render(request, "office/calls/files.html", context)


@page(Permission.ADD_LINES)
def send_page(request: OfficeRequest) -> HttpResponse:
    """A file to be read; larger ones come over the API or a folder that is watched."""
    form = SendForm(request.POST if request.method == "POST" else None)
    switches = [(each.code, each.code) for each in switches_of(request.acting)]
    form.fields["switch"].choices = switches  # type: ignore[attr-defined]
    problem = ""
    if request.method == "POST" and form.is_valid():
        file, problem = received_file(request, "file")
        if file is not None:
            upload = keep_whole(
                acting=request.acting,
                switch=form.cleaned_data["switch"],
                name=str(file.name),
                source=Path(file.temporary_file_path()),
                now=request.now,
            )
            start_reading(acting=request.acting, upload_id=upload.id, language=request.user.language, now=request.now)
            toast(request, _("%(file)s is being read.") % {"file": upload.name})
            return redirect("office:calls", request.seller.slug)
    context = {
        "form": form,
        "has_switches": bool(switches),
        "problem": problem,
        "bytes_max": BYTES_MAX,
        "megabytes": BYTES_MAX // 1_000_000,
    }
    return render(request, "office/calls/send.html", context, status=422 if problem or form.errors else 200)


@page()
def rejects_file(request: OfficeRequest, call_file_id: int) -> HttpResponse:
    """The lines that were rejected, each with its reason."""
    file = call_file_of(request.acting, call_file_id)
    if file.rejects_id is None:
        raise NothingRejected(_("No line of this file was rejected, or it is not read to its end yet."))
    answer = HttpResponse(read_file(file.rejects_id), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="rejected-{file.pk}.csv"'
    return answer
