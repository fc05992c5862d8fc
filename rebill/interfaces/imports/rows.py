"""Imports rows that a program sends, with an outcome for each; what it takes is what a file of such lines would."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, require
from rebill.interfaces.imports.importable import Importable
from rebill.interfaces.imports.running import Twins, take_records
from rebill.kit.imports.fields import Value
from rebill.kit.imports.outcomes import ImportRecord, Outcome, rejected
from rebill.kit.imports.refusals import CellRefused
from rebill.kit.imports.values import Reading

# Programs write numbers with a point and days as ISO has them.
READING = Reading(decimal_mark=".", date_order="ymd")


def import_rows(
    *, acting: Acting, entity: Importable, rows: Sequence[Mapping[str, str]], now: datetime, is_dry_run: bool = False
) -> list[Outcome]:
    """One outcome for each row, in their order, counted from 1; all that is accepted is written in one transaction.

    An empty text says nothing of its field. A dry run does the same work and takes it back.
    """
    require(acting, entity.permission)
    twins = Twins(entity)
    wanted: list[ImportRecord] = []
    outcomes: dict[int, Outcome] = {}
    for line, row in enumerate(rows, start=1):
        read = _read(entity, line, row)
        refused = read if isinstance(read, Outcome) else twins.refuse(read)
        if refused is not None:
            outcomes[line] = refused
        elif isinstance(read, ImportRecord):
            wanted.append(read)
    with transaction.atomic():
        for outcome in take_records(entity, acting, wanted, now):
            outcomes[outcome.line] = outcome
        if is_dry_run:
            transaction.set_rollback(True)
    return [outcomes[line] for line in sorted(outcomes)]


def _read(entity: Importable, line: int, row: Mapping[str, str]) -> ImportRecord | Outcome:
    """The row as the command takes it, or the first reason why it cannot be read."""
    spec, values = entity.spec, dict[str, Value]()
    record = ImportRecord(line=line)
    for name, text in row.items():
        if not spec.has_field(name):
            remedy = _("Use one of: %(fields)s.") % {"fields": ", ".join(each.name for each in spec.fields)}
            return rejected(
                record, what="import.field_unknown", why=_("There is no such field."), remedy=remedy, column=name
            )
        field = spec.field(name)
        if not text.strip():
            values[name] = field.default
            continue
        try:
            values[name] = field.parse(text, READING)
        except CellRefused as refused:
            return rejected(
                record, what="import.value_refused", why=refused.why, remedy=refused.remedy, column=name, value=text
            )
    for field in spec.fields:
        if field.required and not row.get(field.name, "").strip():
            why = _("%(field)s is missing.") % {"field": field.label}
            return rejected(
                record, what="import.value_missing", why=why, remedy=_("Fill in the cell."), column=field.name
            )
    return ImportRecord(line=line, values=entity.prepare(values))
