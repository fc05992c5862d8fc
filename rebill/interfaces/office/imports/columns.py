"""The second step: which column is what, how the file is written, and how its first lines will come in."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.access.acting import Permission
from rebill.interfaces.formats import number
from rebill.interfaces.imports.entities import ENTITIES
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
from rebill.interfaces.office.imports.steps import Step, steps
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
    file: str = ""


@dataclass(frozen=True, slots=True)
class Wizard:
    """What the step is a step of: its address, the page around it, the bar below it, and how it goes on.

    `follow` answers once the columns suffice, or says in words why the file cannot be taken. With `has_steps` the steps
    of an import stand on top.
    """

    address: str
    template: str
    bar: str
    has_steps: bool
    follow: Callable[[OfficeRequest, Upload], HttpResponse | str]


@page(Permission.KEEP_PARTIES)
def columns_page(request: OfficeRequest, upload_id: UUID) -> HttpResponse:
    """Shows the columns, keeps what is decided of them, and has every line checked when that is asked for."""
    upload = own_upload(acting=request.acting, upload_id=upload_id)
    if upload.entity not in ENTITIES:
        return redirect("office:rebilling-columns", request.seller.slug, upload.id)
    if upload.work is not None and upload.work.state != WorkState.REFUSED:
        return redirect("office:imports-result", request.seller.slug, upload.id)
    return decide_columns(request, upload, _IMPORT)


def decide_columns(request: OfficeRequest, upload: Upload, wizard: Wizard) -> HttpResponse:
    """The step of a wizard: shows what is known of the columns, or keeps what the form says of them and goes on."""
    opened = open_upload(acting=request.acting, upload=upload)
    step = _Step(request, upload, wizard)
    if request.method != "POST":
        return step.show(opened, inspect_file(opened))
    return step.decide(opened)


def _have_checked(request: OfficeRequest, upload: Upload) -> HttpResponse:
    start_trial(acting=request.acting, upload=upload, language=request.LANGUAGE_CODE, now=request.now)
    return redirect("office:imports-check", request.seller.slug, upload.id)


_IMPORT = Wizard(
    "office:imports-columns", "office/imports/columns.html", "office/imports/columns_bar.html", True, _have_checked
)


@dataclass(frozen=True, slots=True)
class _Step:
    request: OfficeRequest
    upload: Upload
    wizard: Wizard

    def decide(self, opened: OpenedFile) -> HttpResponse:
        request, upload = self.request, self.upload
        shown = inspect_file(opened)
        # The part that asks as one chooses sends the button along that was pressed meanwhile; the form itself follows.
        goes_on = not request.htmx and request.POST.get("do") == "check"
        kept = wishes_of(upload)
        form = OptionsForm(request.POST, table=opened.table)
        wishes = read_wishes(request.POST, opened=opened, shown=shown, kept=kept, confirms=goes_on)
        try:
            if not form.is_valid():
                return self.show(opened, shown, refused=_Refused(form=form))
            wishes, opened = self._opened_anew(replace(wishes, options=form.options(kept.options)))
        except FileRefused as refused:
            words = f"{refused.problem.why} {refused.problem.remedy}"
            return self.show(opened, shown, refused=_Refused(options=words, form=form))
        except ConstantRefused as refused:
            said = posted_constants(request.POST)
            return self.show(opened, shown, refused=_Refused(constants={refused.field: refused.words}, posted=said))
        remembers = "remembers" in request.POST
        decide(acting=request.acting, upload=upload, wishes=wishes, remembers=remembers)
        upload.refresh_from_db(fields=["options", "mapping", "constants", "remembers"])
        return self._go_on(opened, goes_on=goes_on)

    def _go_on(self, opened: OpenedFile, *, goes_on: bool) -> HttpResponse:
        request, upload = self.request, self.upload
        shown = inspect_file(opened)
        if goes_on and not any(problem.blocking for problem in shown.problems):
            followed = self.wizard.follow(request, upload)
            if isinstance(followed, str):
                return self.show(opened, shown, refused=_Refused(file=followed))
            return followed
        if goes_on or request.htmx:
            return self.show(opened, shown, status=422 if goes_on else 200)
        return redirect(self.wizard.address, request.seller.slug, upload.id)

    def _opened_anew(self, wishes: Wishes) -> tuple[Wishes, OpenedFile]:
        """The file as the wishes say; columns that it does not have when it is read that way are wished for no more."""
        acting, upload = self.request.acting, self.upload
        opened = open_upload(acting=acting, upload=upload, wishes=replace(wishes, mapping={}, constants={}))
        wishes = without_strangers(wishes, opened.table.columns)
        return wishes, open_upload(acting=acting, upload=upload, wishes=wishes)

    def show(
        self, opened: OpenedFile, shown: Preview, *, status: int = 200, refused: _Refused | None = None
    ) -> HttpResponse:
        request, upload, wrong = self.request, self.upload, refused or _Refused()
        columns = shown_columns(opened, shown)
        fields = shown_fields(opened, shown)
        lines = shown_lines(opened, shown, fields)
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
            "file_problem": wrong.file,
            "fields": fields,
            "lines": lines,
            "to_fix": sum(line.is_rejected for line in lines),
            "notes": [problem for problem in shown.problems if not problem.blocking and _is_of_file(problem.what)],
            "count": opened.table.count_lines() if has_all_lines(upload) else None,
            "steps": self._steps(opened, columns),
            "here": reverse(self.wizard.address, args=[request.seller.slug, upload.id]),
            "bar": self.wizard.bar,
        }
        template = "office/imports/columns_form.html" if request.htmx else self.wizard.template
        return render(request, template, context, status=422 if refused else status)

    def _steps(self, opened: OpenedFile, columns: list[Column]) -> list[Step]:
        if not self.wizard.has_steps:
            return []
        name, lines = self.upload.file_name, _lines(self.upload, opened)
        return steps("columns", file=name, columns=_matched(columns), check=lines)


def _is_of_file(what: str) -> bool:
    """Whether a remark is about the file: what is open about a column stands beside the column."""
    return what not in {"import.column_open", "import.column_unknown"}


def _matched(columns: list[Column]) -> str:
    matched = sum(column.chosen not in ("", "?") for column in columns)
    return _("%(matched)s of %(count)s matched") % {"matched": number(matched), "count": number(len(columns))}


def _lines(upload: Upload, opened: OpenedFile) -> str:
    if not has_all_lines(upload):
        return _("every line")
    count = opened.table.count_lines()
    return ngettext("%(count)s line", "%(count)s lines", count) % {"count": number(count)}
