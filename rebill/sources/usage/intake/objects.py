"""Records that are no lines of a table: JSON, XML, and the halves of calls that flatstore writes."""

import json
from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from rebill.kit.bulk import chunks
from rebill.sources.usage.dialects import Dialect
from rebill.sources.usage.intake.records import Broken, Chunk, frame_of
from rebill.sources.usage.intake.streams import FileUnreadable, text_blocks

_RECORDS_AT_ONCE = 50_000
_WHOLE_BYTES_MAX = 256 << 20
_DEPTH_MAX = 40
# A record by its line: its fields by name, or None where the line is no record.
_Found = tuple[int, Mapping[str, str] | None, str]


class Objects:
    """Records with named fields; what is read of them are the columns that the dialect names."""

    def __init__(self, found: Iterator[_Found], dialect: Dialect) -> None:
        self.labels = dialect.names or dialect.named_columns()
        self._found = found

    def chunks(self, wanted: Collection[int]) -> Iterator[Chunk]:
        for some in chunks(self._found, _RECORDS_AT_ONCE):
            broken = tuple(Broken(line, text) for line, fields, text in some if fields is None)
            whole = [(line, fields) for line, fields, _text in some if fields is not None]
            rows = [tuple(fields.get(label) or None for label in self.labels) for _line, fields in whole]
            yield Chunk(frame_of(rows, [line for line, _fields in whole], len(self.labels)), broken)


# --- JSON -------------------------------------------------------------------------------------------------------------


def json_objects(pieces: Iterator[bytes], dialect: Dialect) -> Objects:
    """One object, an array of objects, or one object a line."""
    return Objects(_json_records(text_blocks(pieces, dialect.encoding, line_bytes_max=_WHOLE_BYTES_MAX)), dialect)


def _json_records(blocks: Iterator[bytes]) -> Iterator[_Found]:
    first = next(blocks, b"")
    top = first.lstrip().partition(b"\n")[0]
    if isinstance(_loaded(top), dict):
        yield from _json_lines(chain([first], blocks))
        return
    whole = bytearray(first)
    for block in blocks:
        whole += block
        if len(whole) > _WHOLE_BYTES_MAX:
            raise FileUnreadable(_("Its JSON is one piece of more than 256 MB. Write one object a line."))
    if not whole.strip():
        return
    value = _loaded(bytes(whole))
    listed = value if isinstance(value, list) else [value]
    if not isinstance(value, list | dict):
        raise FileUnreadable(_("It is no JSON: neither an object nor an array of objects."))
    for number, each in enumerate(listed, 1):
        yield _json_found(number, each, _text(str(each)[:500]))


def _json_lines(blocks: Iterator[bytes]) -> Iterator[_Found]:
    number = 0
    for block in blocks:
        for line in block.split(b"\n"):
            number += 1
            if line.strip():
                yield _json_found(number, _loaded(line), line.decode("utf-8", errors="replace")[:500])
        number -= block.endswith(b"\n")


def _loaded(text: bytes) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None


def _json_found(line: int, value: Any, text: str) -> _Found:
    return (line, dict(_flat(value)), text) if isinstance(value, dict) else (line, None, text)


def _flat(value: Mapping[str, Any], path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    for name, each in value.items():
        if isinstance(each, dict) and depth < _DEPTH_MAX:
            yield from _flat(each, f"{path}{name}/", depth + 1)
        elif isinstance(each, bool):
            yield f"{path}{name}", "true" if each else "false"
        elif isinstance(each, str):
            yield f"{path}{name}", _text(each)


def _text(value: str) -> str:
    """What JSON escapes and no database keeps: half a surrogate pair becomes U+FFFD, NUL a blank."""
    if not value.isascii():
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value.replace("\0", " ")


# --- XML --------------------------------------------------------------------------------------------------------------


def xml_objects(pieces: Iterator[bytes], dialect: Dialect) -> Objects:
    """The elements that are records. A document that declares entities is refused: no switch writes them."""
    return Objects(_Elements(dialect.record).found(pieces), dialect)


class _Elements:
    """Collects the texts of one record by their path, and lets go of it."""

    def __init__(self, record: str) -> None:
        self._record = record
        self._path: list[str] = []
        self._text: list[str] = []
        self._fields: dict[str, str] | None = None
        self._line = 0
        self._ready: list[_Found] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.EntityDeclHandler = self._refuse
        self._parser.ExternalEntityRefHandler = self._refuse

    def found(self, pieces: Iterator[bytes]) -> Iterator[_Found]:
        try:
            for piece in pieces:
                self._parser.Parse(piece)
                yield from self._taken()
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FileUnreadable(_("Its XML is not well-formed: %(reason)s.") % {"reason": error}) from error
        yield from self._taken()

    def _taken(self) -> list[_Found]:
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._text.clear()
        if self._fields is not None:
            self._path.append(name)
            if len(self._path) > _DEPTH_MAX:
                raise FileUnreadable(_("Its elements stand too deep in each other."))
        elif name == self._record:
            self._fields, self._line = {}, self._parser.CurrentLineNumber

    def _end(self, name: str) -> None:
        if self._fields is None:
            return
        if not self._path:
            self._ready.append((self._line, self._fields, ""))
            self._fields = None
            return
        text = "".join(self._text).strip()
        if text:
            self._fields.setdefault("/".join(self._path), text)
        self._text.clear()
        self._path.pop()

    def _refuse(self, *_declared: object) -> int:
        raise FileUnreadable(_("Its XML declares entities. It was not read."))


# --- flatstore --------------------------------------------------------------------------------------------------------


def flatstore_objects(pieces: Iterator[bytes], dialect: Dialect) -> Objects:
    """The INVITE and the BYE of a call as one record, `ended` being the moment of the BYE.

    A half whose other half is not in the file is no record: which is told, so that both can be delivered together. An
    INVITE that was not answered with 200 is a call without a BYE.
    """
    return Objects(_pairs(text_blocks(pieces, dialect.encoding), dialect), dialect)


def _pairs(blocks: Iterator[bytes], dialect: Dialect) -> Iterator[_Found]:
    begun: dict[tuple[str, ...], _Found] = {}
    ends: dict[tuple[str, ...], tuple[int, str, str]] = {}
    number = 0
    for block in blocks:
        for line in block.decode("utf-8", errors="replace").split("\n"):
            number += 1
            text = line.rstrip("\r")
            if not text.strip():
                continue
            fields = dict(zip(dialect.names, text.split(dialect.delimiter), strict=False))
            key = tuple(fields.get(name, "") for name in ("callid", "from_tag", "to_tag"))
            if fields.get("method") == "INVITE":
                begun_at = begun.setdefault(key, (number, fields, text))
                if begun_at[0] != number:
                    yield number, None, text
            elif fields.get("method") == "BYE":
                ends.setdefault(key, (number, fields.get("time", ""), text))
            else:
                yield number, None, text
            if key in begun and key in ends:
                yield _joined(begun.pop(key), ends.pop(key)[1])
        number -= block.endswith(b"\n")
    for begun_line, said, begun_text in begun.values():
        is_answered = said is not None and said.get("code", "").startswith("2")
        yield begun_line, None if is_answered else said, begun_text
    for end_line, _time, end_text in ends.values():
        yield end_line, None, end_text


def _joined(invite: _Found, ended: str) -> _Found:
    line, fields, text = invite
    return line, {**(fields or {}), "ended": ended}, text
