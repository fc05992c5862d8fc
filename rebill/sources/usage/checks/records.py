"""What must hold of files of calls: their lines add up, and their parts lie on the disk as they were written."""

from collections.abc import Iterator

from django.db.models import Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Problem
from rebill.sources.usage.models import CallFile, CallFileState, CallPart
from rebill.sources.usage.queries.records import is_as_written, kept_file, misadded_files, part_rows


def check_calls(*, acting: Acting) -> list[Problem]:
    """Every file that does not add up, and every part that is gone or does not hold what it is said to hold."""
    require(acting, Permission.READ)
    return [*_misadded(acting.seller_id), *_unlike(acting.seller_id), *_changed(acting.seller_id)]


def _misadded(seller_id: int) -> Iterator[Problem]:
    for file in misadded_files(seller_id):
        why = _("Accepted, rejected and repeated lines do not come to %(lines)s.") % {"lines": file.lines}
        yield _problem("call_file.misadded", file, why, _("Restore the row from a backup, or report it."))


def _unlike(seller_id: int) -> Iterator[Problem]:
    """Files whose parts hold other than the lines that were accepted."""
    read = CallFile.objects.filter(seller_id=seller_id, state=CallFileState.READ).order_by("id")
    for file in read.annotate(kept=Sum("parts__rows", default=0)).exclude(accepted=Sum("parts__rows", default=0)):
        why = _("It has %(kept)s calls, and %(accepted)s lines were accepted.") % {
            "kept": file.kept,
            "accepted": file.accepted,
        }
        yield _problem("call_file.unlike", file, why, _("Restore the rows from a backup, or report it."))


def _changed(seller_id: int) -> Iterator[Problem]:
    parts = CallPart.objects.filter(seller_id=seller_id, file__state=CallFileState.READ).select_related("file")
    for part in parts.order_by("id").iterator():
        if not kept_file(part.path).exists():
            why = _("Its calls of %(month)s are gone from the data folder.") % {"month": f"{part.month:%m-%Y}"}
            yield _problem(
                "call_part.missing", part.file, why, _("Put %(path)s back from a backup.") % {"path": part.path}
            )
            continue
        rows = part_rows(part)
        if rows is None or not is_as_written(kept_file(part.path), part.content_hash):
            why = _("%(path)s is damaged: its bytes are not those that were written.") % {"path": part.path}
            yield _problem("call_part.damaged", part.file, why, _("Put it back from a backup."))
        elif rows != part.rows:
            why = _("%(path)s holds %(rows)s calls instead of %(wanted)s.") % {
                "path": part.path,
                "rows": rows,
                "wanted": part.rows,
            }
            yield _problem("call_part.changed", part.file, why, _("Put it back from a backup."))


def _problem(what: str, file: CallFile, why: str, remedy: str) -> Problem:
    return Problem(what=what, where=_("call file %(name)s") % {"name": file.name}, why=why, remedy=remedy)
