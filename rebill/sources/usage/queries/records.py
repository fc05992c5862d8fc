"""Reads of switches, of their files, and of the parts in which the calls lie."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import polars as pl
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Conflict, NotFound
from rebill.kit.files import hash_of
from rebill.sources.usage.dialects import Dialect, read_dialect
from rebill.sources.usage.intake.parts import base_folder
from rebill.sources.usage.models import CallFile, CallFileState, CallPart, Switch


class SwitchUnknown(NotFound):
    """The seller has no such switch."""


class CallFileUnknown(NotFound):
    """The seller has no such file of calls."""


class CallsLost(Conflict):
    """Calls that were taken are gone from the data folder, or damaged there."""


class FileTab(StrEnum):
    """The tabs of the list of files."""

    ALL = "all"
    PROBLEMS = "problems"
    READING = "reading"


def switches_of(acting: Acting) -> QuerySet[Switch]:
    """The seller's switches, by code."""
    require(acting, Permission.READ)
    return Switch.objects.filter(seller_id=acting.seller_id).order_by("code")


def switch_of(acting: Acting, code: str) -> Switch:
    """The seller's switch with this code."""
    switch = switches_of(acting).filter(code=code).first()
    if switch is None:
        raise SwitchUnknown(_("There is no switch %(code)s.") % {"code": code})
    return switch


def switch_by_id(acting: Acting, switch_id: int) -> Switch:
    """The seller's switch with this id."""
    switch = switches_of(acting).filter(pk=switch_id).first()
    if switch is None:
        raise SwitchUnknown(_("There is no switch %(code)s.") % {"code": switch_id})
    return switch


def dialect_of(switch: Switch) -> Dialect:
    """How this switch writes its files."""
    return read_dialect(switch.dialect, switch.settings)


def call_files(acting: Acting, *, switch: str = "", tab: FileTab = FileTab.ALL) -> QuerySet[CallFile]:
    """The seller's files, the latest first; of one switch, or those with rejected lines, with none, or given up."""
    require(acting, Permission.READ)
    files = CallFile.objects.filter(seller_id=acting.seller_id).select_related("switch").order_by("-id")
    if switch:
        files = files.filter(switch__code=switch)
    if tab is FileTab.PROBLEMS:
        return files.filter(Q(rejected__gt=0) | Q(state=CallFileState.READ, lines=0) | Q(state=CallFileState.FAILED))
    return files.filter(state=CallFileState.READING) if tab is FileTab.READING else files


def call_file_of(acting: Acting, file_id: int) -> CallFile:
    """The seller's file with this id."""
    file = call_files(acting).filter(pk=file_id).first()
    if file is None:
        raise CallFileUnknown(_("There is no file of calls %(id)s.") % {"id": file_id})
    return file


def overlapping_parts(seller_id: int, first_s: int, last_s: int) -> QuerySet[CallPart]:
    """The parts that count with calls that began between two moments, both included."""
    return CallPart.objects.filter(
        seller_id=seller_id, file__state=CallFileState.READ, first_s__lte=last_s, last_s__gte=first_s
    ).order_by("month", "id")


def kept_file(path: str) -> Path:
    """Where a kept Parquet file lies: a part of the calls, or of a rating."""
    return base_folder() / path


def part_rows(part: CallPart) -> int | None:
    """How many rows the part has by its own footer; None when it is no Parquet file any more."""
    return number_in(pl.scan_parquet(kept_file(part.path)).select(pl.len()))


def number_in(wanted: pl.LazyFrame) -> int | None:
    """The one number that Parquet files are asked for; None where one of them cannot be read."""
    try:
        return int(wanted.collect().item())
    except (OSError, pl.exceptions.PolarsError):
        return None


def require_whole(paths: Iterable[str]) -> None:
    """CallsLost where one of the parts is gone, or no Parquet file any more: nothing may be counted without it."""
    for path in paths:
        try:
            pl.scan_parquet(base_folder() / path).collect_schema()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise CallsLost(
                _("%(path)s is gone or damaged. Put it back from a backup; `rebill check` names all that is.")
                % {"path": base_folder() / path}
            ) from error


def is_as_written(path: Path, content_hash: str) -> bool:
    """Whether the bytes of a part are those that were written, as far as that is known; not where it cannot be read."""
    if not content_hash:
        return True
    try:
        return hash_of(path) == content_hash
    except OSError:
        return False


def misadded_files(seller_id: int) -> QuerySet[CallFile]:
    """Files whose lines do not add up."""
    told = F("accepted") + F("rejected") + F("duplicates")
    return CallFile.objects.filter(seller_id=seller_id, state=CallFileState.READ).exclude(lines=told).order_by("id")
