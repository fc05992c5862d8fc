"""The second step: which column is what, how the file is written, and how its first lines will come in."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.access.acting import Permission
from rebill.interfaces.formats import number
from rebill.interfaces.imports.inspecting import ConstantRefused, OpenedFile, Wishes, inspect_file
from rebill.interfaces.imports.starting import start_trial
from rebill.interfaces.imports.uploads import decide, has_all_lines, open_upload, own_upload, wishes_of
from rebill.interfaces.office.imports.mapping import (
    Column,
    posted_constants,
    read_wishes,
    shown_columns,
    shown_constants,
    shown_fields,
    shown_lines,
    without_strangers,
)
from rebill.interfaces.office.imports.options import OptionsForm, shown_options
from rebill.interfaces.office.imports.steps import steps
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.kit.imports.options import ImportOptions
from rebill.kit.imports.preview import Preview
from rebill.kit.imports.refusals import FileRefused
from rebill.kit.models import Upload, WorkState


@dataclass(frozen=True)
class _Refused:
    """What of a form cannot be: the way the file is written, or a value for every line."""

    options: str = ""
    constants: dict[str, str] = field(default_factory=dict)
    posted: dict[str, str] = field(default_factory=dict)
    form: OptionsForm | None = None


@page(Permission.KEEP_PARTIES)
def columns_page(request: OfficeRequest, upload_id: UUID) -> HttpResponse:
    """Shows the columns, keeps what is decided of them, and has every line checked when that is asked for."""
    upload = own_upload(acting=request.acting, upload_id=upload_id)
    if upload.work is not None and upload.work.state != WorkState.REFUSED:
        return redirect("office:imports-result", request.seller.slug, upload.id)
    opened = open_upload(acting=request.acting, upload=upload)
    if request.method != "POST":
        return _show(request, upload, opened, inspect_file(opened))
    return _decide(request, upload, opened)


def _decide(request: OfficeRequest, upload: Upload, opened: OpenedFile) -> HttpResponse:
    shown = inspect_file(opened)
    # The part that asks as one chooses sends the button along that was pressed meanwhile; the form itself follows.
    checks = not request.htmx and request.POST.get("do") == "check"
    kept = wishes_of(upload)
    form = OptionsForm(request.POST, table=opened.table)
    wishes = read_wishes(request.POST, opened=opened, shown=shown, kept=kept, confirms=checks)
    try:
        if not form.is_valid():
            return _show(request, upload, opened, shown, refused=_Refused(form=form))
        wishes, opened = _opened_anew(request, upload, replace(wishes, options=form.options(kept.options)))
    except FileRefused as refused:
        words = f"{refused.problem.why} {refused.problem.remedy}"
        return _show(request, upload, opened, shown, refused=_Refused(options=words, form=form))
    except ConstantRefused as refused:
        said = posted_constants(request.POST)
        wrong = _Refused(constants={refused.field: refused.words}, posted=said)
        return _show(request, upload, opened, shown, refused=wrong)
    remembers = "remembers" in request.POST
    decide(acting=request.acting, upload=upload, wishes=wishes, remembers=remembers)
    upload.remembers = remembers
    shown = inspect_file(opened)
    if checks and not any(problem.blocking for problem in shown.problems):
        start_trial(acting=request.acting, upload=upload, language=request.LANGUAGE_CODE, now=request.now)
        return redirect("office:imports-check", request.seller.slug, upload.id)
    if checks or request.htmx:
        return _show(request, upload, opened, shown, status=422 if checks else 200)
    return redirect("office:imports-columns", request.seller.slug, upload.id)


def _opened_anew(request: OfficeRequest, upload: Upload, wishes: Wishes) -> tuple[Wishes, OpenedFile]:
    """The file as the wishes say; columns that it does not have when it is read that way are wished for no more."""
    opened = open_upload(acting=request.acting, upload=upload, wishes=replace(wishes, mapping={}, constants={}))
    wishes = without_strangers(wishes, opened.table.columns)
    return wishes, open_upload(acting=request.acting, upload=upload, wishes=wishes)


def _show(
    request: OfficeRequest,
    upload: Upload,
    opened: OpenedFile,
    shown: Preview,
    *,
    status: int = 200,
    refused: _Refused | None = None,
) -> HttpResponse:
    columns = shown_columns(opened, shown)
    fields = shown_fields(opened, shown)
    lines = shown_lines(opened, shown, fields)
    wrong = refused or _Refused()
    constants = shown_constants(opened, wrong.constants, wrong.posted)
    initial = shown_options(ImportOptions.from_json(upload.options) if refused else opened.layout.options)
    if not has_all_lines(upload) and "encoding" not in upload.options:
        initial.pop("encoding", None)
    context = {
        "upload": upload,
        "opened": opened,
        "columns": columns,
        "constants": constants,
        "is_lacking": any(row.error for row in constants),
        "form": wrong.form or OptionsForm(initial=initial, table=opened.table),
        "options_problem": wrong.options,
        "fields": fields,
        "lines": lines,
        "to_fix": sum(line.is_rejected for line in lines),
        "notes": [problem for problem in shown.problems if not problem.blocking and _is_of_file(problem.what)],
        "count": opened.table.count_lines() if has_all_lines(upload) else None,
        "steps": steps("columns", file=upload.file_name, columns=_matched(columns), check=_all_lines(upload, opened)),
    }
    template = "office/imports/columns_form.html" if request.htmx else "office/imports/columns.html"
    return render(request, template, context, status=422 if refused else status)


def _is_of_file(what: str) -> bool:
    """Whether a remark is about the file: what is open about a column stands beside the column."""
    return what not in {"import.column_open", "import.column_unknown"}


def _matched(columns: list[Column]) -> str:
    matched = sum(column.chosen not in ("", "?") for column in columns)
    return _("%(matched)s of %(count)s matched") % {"matched": number(matched), "count": number(len(columns))}


def _all_lines(upload: Upload, opened: OpenedFile) -> str:
    if not has_all_lines(upload):
        return _("every line")
    count = opened.table.count_lines()
    return ngettext("%(count)s line", "%(count)s lines", count) % {"count": number(count)}
