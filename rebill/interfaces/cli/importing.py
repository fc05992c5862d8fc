"""`rebill import`: customers, products, prices and more from CSV and XLSX files; calls, and purchase invoices."""

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.catalogue.queries.rate_imports import waiting_imports_of
from rebill.interfaces.cli import import_options as says
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption, begin_session
from rebill.interfaces.cli.call_files import import_calls
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE, PARTLY, REFUSED
from rebill.interfaces.cli.purchases.importing import import_purchases
from rebill.interfaces.cli.rates.diff import import_facts, print_diff
from rebill.interfaces.imports.entities import ENTITIES, importable
from rebill.interfaces.imports.inspecting import OpenedFile, inspect_file, open_file
from rebill.interfaces.imports.purchase_rows import PURCHASES, purchase_rows
from rebill.interfaces.imports.running import FileImport, import_file
from rebill.kit.errors import Invalid
from rebill.kit.imports.mapping import MappedColumn
from rebill.kit.imports.preview import Preview
from rebill.kit.imports.refusals import MappingRefused
from rebill.kit.imports.rejects import Rejected
from rebill.kit.imports.running import write_rejects_csv
from rebill.sources.usage.queries.minutes import deck_use, last_month

SHOWN_REJECTS = 10

CALLS = "calls"
Entity = StrEnum(  # type: ignore[misc]
    "Entity", {name.replace("-", "_").upper(): name for name in (*ENTITIES, CALLS, PURCHASES)}
)


class RejectsUnwritable(Invalid):
    """The file for rejected lines is the imported file itself, or cannot be written."""


def import_command(
    entity: Annotated[Entity, typer.Argument(help="What the file holds.")],
    files: says.FilesArgument = None,
    seller: SellerOption = None,
    user: UserOption = None,
    mapped: says.MapOption = None,
    fixed: says.SetOption = None,
    sheet: says.SheetOption = None,
    header_row: says.HeaderRowOption = None,
    encoding: says.EncodingOption = None,
    delimiter: says.DelimiterOption = None,
    decimal: says.DecimalOption = None,
    dates: says.DatesOption = None,
    currency: says.CurrencyOption = None,
    preview: says.PreviewOption = None,
    dry_run: says.DryRunOption = False,
    rejects: says.RejectsOption = None,
    deck: says.DeckOption = None,
    starts_on: says.FromOption = None,
    fields: says.FieldsOption = False,
    switch: says.SwitchOption = None,
    dialect: says.DialectOption = None,
    watch: says.WatchOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Import a file: every line is accepted, rejected or unchanged; the same file again changes nothing.

    Leaves with 0 when every line is in, 1 when some were rejected or a call file has none, 2 when the file was refused.
    """
    if entity.value == CALLS:
        return import_calls(
            files or [], seller=seller, user=user, switch_code=switch, dialect=dialect, watch=watch, as_json=as_json
        )
    if fields:
        return _show_fields(entity.value, as_json=as_json)
    options = says.file_options(
        sheet=sheet,
        header_row=header_row,
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        dates=dates,
        currency=currency,
    )
    fixed = says.fixed_for_all(entity.value, fixed, deck=deck, starts_on=starts_on)
    wishes = says.wishes(options, mapped=mapped, fixed=fixed)
    if entity.value == PURCHASES:
        return import_purchases(files or [], seller=seller, user=user, watch=watch, wishes=wishes, as_json=as_json)
    file = _only_file(files)
    _require_apart(file, rejects)
    prepare_database()
    session = begin_session(seller=seller, user=user)
    opened = open_file(
        acting=session.acting, entity=entity.value, source=file, file_name=file.name or str(file), wishes=wishes
    )
    return _take(session, opened, preview=preview, is_dry_run=dry_run, rejects=rejects, as_json=as_json)


def _take(
    session: Session,
    opened: OpenedFile,
    *,
    preview: int | None,
    is_dry_run: bool,
    rejects: Path | None,
    as_json: bool,
) -> int:
    if preview is not None:
        return _show_preview(opened, inspect_file(opened, rows_count=preview), as_json=as_json)
    waiting: list[dict[str, object]] = []
    try:
        told = _import(session, opened, waiting, is_dry_run=is_dry_run, is_silent=as_json)
    except MappingRefused as refused:
        return _show_misfit(opened, refused, as_json=as_json)
    if rejects is not None and told.result.rejected:
        _write_rejects(told, rejects)
    _show_result(opened, told, rejects, waiting, as_json=as_json)
    return PARTLY if told.result.rejected else DONE


def _only_file(files: list[Path] | None) -> Path:
    if not files:
        raise typer.BadParameter("Name the file to import.", param_hint="FILE")
    if len(files) > 1:
        raise typer.BadParameter("Import one file after the other.", param_hint="FILE")
    return files[0]


def _require_apart(file: Path, rejects: Path | None) -> None:
    if rejects is not None and rejects.resolve() == file.resolve():
        raise RejectsUnwritable(_("The rejected lines would overwrite the file they come from. Choose another name."))


def _import(
    session: Session, opened: OpenedFile, waiting: list[dict[str, object]], *, is_dry_run: bool, is_silent: bool
) -> FileImport:
    """Imports or tries the file; what then waits beside rate decks is shown, or put into `waiting` for programs."""

    def show_waiting() -> None:
        if opened.entity.name == "rates":
            for each in waiting_imports_of(session.acting):
                use = deck_use(acting=session.acting, deck=each.deck, month=last_month(session.today))
                waiting.append(import_facts(each, use))
                if not is_silent:
                    print_diff(each, use)

    title = f"{opened.entity.label}: {opened.table.file_name}"
    with output.progress(title, is_silent=is_silent) as advance:
        total = opened.table.count_lines()
        advance(0, total)
        return import_file(
            acting=session.acting,
            opened=opened,
            now=session.now,
            is_dry_run=is_dry_run,
            on_progress=advance,
            on_taken=show_waiting,
        )


def _write_rejects(told: FileImport, path: Path) -> None:
    """All rejected lines, written beside their place first, so that a full disk leaves no half file there."""
    waiting = path.with_name(path.name + ".part")
    try:
        waiting.write_bytes(write_rejects_csv(told.result))
        os.replace(waiting, path)
    except OSError as error:
        waiting.unlink(missing_ok=True)
        raise RejectsUnwritable(
            _(
                "The import is done, but the %(rejected)s rejected lines cannot be written to %(path)s: "
                "%(error)s. Import the same file again with another name for --rejects."
            )
            % {"rejected": told.result.rejected, "path": path, "error": error.strerror or error}
        ) from None


# --- what is shown --------------------------------------------------------------------------------------------------


def _show_fields(entity: str, *, as_json: bool) -> int:
    target = purchase_rows() if entity == PURCHASES else importable(entity)
    if as_json:
        fields = [
            {
                "name": field.name,
                "label": str(field.label),
                "kind": field.kind.value,
                "required": field.required,
                "help": str(field.help),
                "headings": list(field.names()),
                "choices": [choice.value for choice in field.choices],
            }
            for field in target.fields
        ]
        output.print_json({"entity": target.name, "fields": fields})
        return DONE
    output.print_table(
        (_("Field"), _("Meaning"), _("Kind"), _("Remarks")),
        [
            (field.name, field.label, f"{field.kind.value}{', required' if field.required else ''}", field.help)
            for field in target.fields
        ],
        title=f"{target.label}. {target.help}",
    )
    return DONE


def _show_preview(opened: OpenedFile, shown: Preview, *, as_json: bool) -> int:
    blocking = any(problem.blocking for problem in shown.problems)
    if as_json:
        output.print_json(
            {
                **_file_facts(opened),
                "columns": [
                    {
                        "letter": column.letter,
                        "heading": column.mapped.column,
                        "field": column.mapped.field,
                        "proposal": _proposal(opened, column.mapped.column),
                        "reason": column.mapped.reason,
                        "samples": list(column.samples),
                        "read_as": list(column.read_as),
                    }
                    for column in shown.columns
                ],
                "problems": [output.problem_facts(problem) for problem in shown.problems],
            }
        )
        return REFUSED if blocking else DONE
    output.print_table(
        ("", _("Heading"), _("Field"), _("Why"), _("Samples"), _("Read as")),
        [
            (
                column.letter,
                column.mapped.column,
                *_decision(opened, column.mapped),
                " · ".join(column.samples),
                " · ".join(map(_read_as, column.read_as)),
            )
            for column in shown.columns
        ],
        title=_("%(file_name)s as %(label)s") % {"file_name": opened.table.file_name, "label": opened.entity.label},
    )
    for row in shown.rows:
        if isinstance(row, Rejected):
            output.print_problems(
                [row.problem(opened.table.file_name)], title=_("Line %(line)s would be rejected") % {"line": row.line}
            )
    output.print_problems(shown.problems, title=_("What to look at"))
    return REFUSED if blocking else DONE


def _show_misfit(opened: OpenedFile, refused: MappingRefused, *, as_json: bool) -> int:
    """The columns do not suffice: everything that is missing at once, and how to say it."""
    if as_json:
        output.print_json(
            {**_file_facts(opened), "problems": [output.problem_facts(each) for each in refused.problems]}
        )
        return REFUSED
    output.print_problems(refused.problems, title=_("The columns of the file do not fit. Nothing was imported."))
    name = opened.entity.name
    for column, proposal in opened.proposals.items():
        output.aside().print(
            output.plain(
                _("Perhaps --map '%(column)s=%(field)s': %(reason)s.")
                % {"column": column, "field": proposal.field, "reason": proposal.reason}
            )
        )
    output.aside().print(
        output.plain(
            _(
                "Say it with --map COLUMN=FIELD or --set FIELD=VALUE. `rebill import %(name)s --fields` "
                "shows the fields, `rebill import %(name)s %(file_name)s --preview 3` how the columns "
                "are read."
            )
            % {"name": name, "file_name": opened.table.file_name}
        )
    )
    return REFUSED


def _show_result(
    opened: OpenedFile,
    told: FileImport,
    rejects: Path | None,
    waiting: Sequence[Mapping[str, object]],
    *,
    as_json: bool,
) -> None:
    result = told.result
    if as_json:
        output.print_json(
            {
                **_file_facts(opened),
                "dry_run": told.is_dry_run,
                "lines": result.lines,
                "accepted": result.accepted,
                "unchanged": result.unchanged,
                "rejected": result.rejected,
                "warnings": told.warnings_count,
                "first_warnings": [output.problem_facts(problem) for problem in told.warnings],
                "first_rejected": [
                    output.problem_facts(each.problem(result.file_name)) for each in result.first_rejected
                ],
                "rejects_file": str(rejects) if rejects is not None and result.rejected else None,
                **({"waiting": waiting} if opened.entity.name == "rates" else {}),
            }
        )
        return
    read = ", ".join(f"{column} → {field}" for field, column in opened.mapping.fields().items())
    output.screen().print(output.plain(_("Columns: %(read)s") % {"read": read}))
    if opened.left_out:
        output.screen().print(output.plain(_("Left out: %(left_out)s") % {"left_out": ", ".join(opened.left_out)}))
    title = f"{opened.entity.label}: {result.file_name}" + (" (dry run: nothing written)" if told.is_dry_run else "")
    output.print_table(
        (_("Lines"), _("Accepted"), _("Unchanged"), _("Rejected"), _("Warnings")),
        [(result.lines, result.accepted, result.unchanged, result.rejected, told.warnings_count)],
        title=title,
    )
    shown = [each.problem(result.file_name) for each in result.first_rejected[:SHOWN_REJECTS]]
    output.print_problems(shown, title=_("Rejected"))
    if result.rejected > len(shown):
        output.screen().print(_("… and %(result)s more.") % {"result": f"{result.rejected - len(shown):,}"})
    if result.rejected and rejects is None:
        output.screen().print(_("Write them to a file with --rejects FILE, mend them there and import that file."))
    elif result.rejected:
        output.screen().print(
            output.plain(
                _("All rejected lines stand in %(rejects)s: mend them there and import it.") % {"rejects": rejects}
            )
        )
    output.print_problems(told.warnings[:SHOWN_REJECTS], title=_("Accepted, but to be looked at"))


def _file_facts(opened: OpenedFile) -> dict[str, object]:
    return {
        "entity": opened.entity.name,
        "file": opened.table.file_name,
        "sha256": opened.table.file_hash,
        "remembered": opened.is_remembered,
        "mapping": dict(opened.layout.mapping),
        "left_out": list(opened.left_out),
        "constants": dict(opened.layout.constants),
    }


def _decision(opened: OpenedFile, column: MappedColumn) -> tuple[str, str]:
    """The field of a column and why, with a question mark where a person has to confirm it."""
    proposal = opened.proposals.get(column.column)
    if proposal is not None:
        return f"{proposal.field}?", proposal.reason
    return column.field or "—", column.reason


def _read_as(value: object) -> str:
    """A value as it was understood; a list as people write it, and ? for what could not be read."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "?" if value is None else str(value)


def _proposal(opened: OpenedFile, column: str) -> str | None:
    proposal = opened.proposals.get(column)
    return proposal.field if proposal else None
