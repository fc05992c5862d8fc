"""How the files of a switch are written: dialects as data, one file each, and what of it is otherwise at one switch."""

import codecs
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.utils.translation import gettext as _
from polars.exceptions import PolarsError

from rebill.kit.errors import Invalid
from rebill.sources.usage.numbers import Unprefixed, is_country

FORMATS = ("csv", "fixed", "json", "xml", "flatstore", "parquet")
UNITS = ("s", "ms", "us", "ns", "min", "hms", "go")
FIELDS = (
    "record_id", "account", "trunk", "caller", "called", "start", "answered_at", "ended_at", "seconds", "buy", "sell",
    "destination", "reason",
)  # fmt: skip
NEEDED = ("start", "called")
_SKIPPED_MAX = 1_000


class DialectUnknown(Invalid):
    """There is no dialect of this name."""


class SettingsUnfit(Invalid):
    """The settings of a switch say something that cannot be meant; `setting` names which."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(_("Setting %(setting)s: %(why)s") % {"setting": setting, "why": why})
        self.setting = setting


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a file, by its name or its position from 1; `extract` takes one group of a pattern out of it."""

    column: str
    extract: str = ""


@dataclass(frozen=True, slots=True)
class Among:
    """Whether a column has one of some values."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a file is to be read. `docs/reference/call-dialects.md` says what each setting means."""

    name: str
    format: str = "csv"
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: bool = False
    skip_lines: int = 0
    skip_after_header: int = 0
    names: tuple[str, ...] = ()
    widths: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    record: str = ""
    columns: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    moments: tuple[str, ...] = ("iso",)
    time_zone: str = ""
    decimal_mark: str = "."
    unit: str = "s"
    answered: Among | None = None
    incoming: Among | None = None
    leg: Among | None = None
    only: Among | None = None
    frame: Among | None = None
    country: str = ""
    strip: tuple[str, ...] = ()
    unprefixed: Unprefixed = Unprefixed.INTERNATIONAL

    def named_columns(self) -> tuple[str, ...]:
        """Every column that is read, each once."""
        places = [place.column for field_places in self.columns.values() for place in field_places]
        rules = [rule.column for rule in (self.answered, self.incoming, self.leg, self.only, self.frame) if rule]
        return tuple(dict.fromkeys([*places, *rules]))


@lru_cache(maxsize=1)
def dialect_names() -> tuple[str, ...]:
    """The dialects there are."""
    folder = resources.files(__name__)
    return tuple(sorted(each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml")))


def read_dialect(name: str, settings: Mapping[str, Any]) -> Dialect:
    """The dialect as one switch writes it; SettingsUnfit or DialectUnknown when that cannot be read."""
    if name not in dialect_names():
        raise DialectUnknown(
            _("There is no dialect “%(name)s”. Use one of: %(names)s.")
            % {"name": name, "names": ", ".join(dialect_names())}
        )
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8")
    said = {**tomllib.loads(text), **settings}
    own = settings.get("columns", {})
    if not isinstance(own, Mapping):
        raise SettingsUnfit("columns", _("It is no table."))
    said["columns"] = {**tomllib.loads(text).get("columns", {}), **own}
    return _checked(name, said)


def _checked(name: str, said: Mapping[str, Any]) -> Dialect:
    unknown = sorted(said.keys() - _READERS.keys())
    if unknown:
        raise SettingsUnfit(unknown[0], _("There is no such setting. Use one of: %s.") % ", ".join(sorted(_READERS)))
    values = {setting: _READERS[setting](setting, value) for setting, value in said.items()}
    dialect = Dialect(name=name, **values)
    for needed in NEEDED:
        if not dialect.columns.get(needed):
            raise SettingsUnfit("columns", _("It does not say where %s stands.") % needed)
    if not dialect.columns.get("seconds") and not dialect.columns.get("ended_at"):
        raise SettingsUnfit("columns", _("It says neither where seconds stands nor where ended_at does."))
    if dialect.format == "xml" and not dialect.record:
        raise SettingsUnfit("record", _("It does not say which element is a record."))
    return dialect


# --- readers of single settings ---------------------------------------------------------------------------------------


def _text(setting: str, value: Any) -> str:
    if not isinstance(value, str):
        raise SettingsUnfit(setting, _("It is no text."))
    return value


def _one_of(*allowed: str) -> Any:
    def read(setting: str, value: Any) -> str:
        if value not in allowed:
            raise SettingsUnfit(setting, _("Use one of: %s.") % ", ".join(allowed))
        return str(value)

    return read


def _mark(setting: str, value: Any) -> str:
    text = _text(setting, value)
    is_fit = len(text) == 1 and text.isascii() and text not in "\r\n" and not text.isalnum()
    if not is_fit and not (setting == "quote" and not text):
        raise SettingsUnfit(setting, _("It is not one character."))
    return text


def _count(setting: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _SKIPPED_MAX:
        raise SettingsUnfit(setting, _("It is no whole number of lines."))
    return value


def _yes_no(setting: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise SettingsUnfit(setting, _("It is neither true nor false."))
    return value


def _texts(setting: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(each, str) for each in value):
        raise SettingsUnfit(setting, _("It is no list of texts."))
    return tuple(value)


def _moments(setting: str, value: Any) -> tuple[str, ...]:
    forms = _texts(setting, value)
    if not forms:
        raise SettingsUnfit(setting, _("It names no form."))
    for form in forms:
        if form not in ("iso", "unix", "unix_ms") and "%" not in form:
            raise SettingsUnfit(setting, _("“%s” is neither iso, unix, unix_ms nor a form such as %%d.%%m.%%Y.") % form)
    return forms


def _encoding(setting: str, value: Any) -> str:
    try:
        return codecs.lookup(_text(setting, value)).name
    except LookupError:
        raise SettingsUnfit(setting, _("There is no encoding of this name.")) from None


def _zone(setting: str, value: Any) -> str:
    text = _text(setting, value)
    try:
        return ZoneInfo(text).key if text else ""
    except (ValueError, OSError, LookupError):
        raise SettingsUnfit(setting, _("There is no time zone of this name.")) from None


def _country(setting: str, value: Any) -> str:
    text = _text(setting, value)
    if text and not is_country(text):
        raise SettingsUnfit(setting, _("It is no country by its two letters."))
    return text


def _unprefixed(setting: str, value: Any) -> Unprefixed:
    return Unprefixed(_one_of(*Unprefixed)(setting, value))


def _among(setting: str, value: Any) -> Among:
    if not isinstance(value, Mapping) or value.keys() != {"column", "values"}:
        raise SettingsUnfit(setting, _("It needs a column and its values."))
    return Among(_column(setting, value["column"]), _texts(setting, value["values"]))


def _column(setting: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return str(value)
    if isinstance(value, str) and value:
        return value
    raise SettingsUnfit(setting, _("A column is a name, or a position from 1."))


def _columns(setting: str, value: Mapping[str, Any]) -> dict[str, tuple[Place, ...]]:
    unknown = sorted(value.keys() - set(FIELDS))
    if unknown:
        raise SettingsUnfit(f"columns.{unknown[0]}", _("There is no such field. Use one of: %s.") % ", ".join(FIELDS))
    return {name: _places(f"columns.{name}", said) for name, said in value.items() if said not in ("", [], None)}


def _places(setting: str, value: Any) -> tuple[Place, ...]:
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(_place(setting, each) for each in listed)


def _place(setting: str, value: Any) -> Place:
    if not isinstance(value, Mapping):
        return Place(_column(setting, value))
    pattern = _text(setting, value.get("extract", ""))
    if value.keys() - {"column", "extract"} or not _has_one_group(pattern):
        raise SettingsUnfit(setting, _("It needs a column, and a pattern to extract with one group."))
    return Place(_column(setting, value.get("column")), pattern)


def _has_one_group(pattern: str) -> bool:
    try:
        # The engine that will use it has no look-around, and takes no time that grows without bounds.
        pl.Series([""]).str.extract(pattern, 1)
        return re.compile(pattern).groups == 1
    except (re.error, PolarsError):
        return False


def _widths(setting: str, value: Any) -> dict[str, tuple[int, int]]:
    if not isinstance(value, Mapping):
        raise SettingsUnfit(setting, _("It is no table."))
    widths = {}
    for name, ends in value.items():
        is_fit = isinstance(ends, list | tuple) and len(ends) == 2 and all(isinstance(end, int) for end in ends)
        if not is_fit or not 1 <= ends[0] <= ends[1]:
            raise SettingsUnfit(f"{setting}.{name}", _("It needs a first and a last position, from 1."))
        widths[str(name)] = (ends[0], ends[1])
    return widths


_READERS: Mapping[str, Any] = {
    "format": _one_of(*FORMATS),
    "delimiter": _mark,
    "quote": _mark,
    "encoding": _encoding,
    "header": _yes_no,
    "skip_lines": _count,
    "skip_after_header": _count,
    "names": _texts,
    "widths": _widths,
    "record": _text,
    "columns": _columns,
    "optional": _texts,
    "moments": _moments,
    "time_zone": _zone,
    "decimal_mark": _one_of(".", ","),
    "unit": _one_of(*UNITS),
    "answered": _among,
    "incoming": _among,
    "leg": _among,
    "only": _among,
    "frame": _among,
    "country": _country,
    "strip": _texts,
    "unprefixed": _unprefixed,
}
