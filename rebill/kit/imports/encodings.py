"""Which encoding a text file is in: told by its first bytes, by strict decoding, and else by the letters it would give.

UTF-8 refuses nearly every text that is not UTF-8, so it is tried first, over the whole file. What remains are the
one-byte encodings, which accept anything: there, the eight places at which ISO-8859-15 and Windows-1252 differ decide.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK_BYTES = 1 << 18
_SAMPLE_BYTES = 1 << 12

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_HIGH = re.compile(rb"[\x80-\xff]")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ONLY_CP1252 = re.compile(rb"[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]")
# €, and the letters Š š Ž ž Œ œ Ÿ beside another letter: in Windows-1252 these bytes are ¤ ¦ ¨ ´ ¸ ¼ ½ ¾, which stand
# beside letters in no word.
_ONLY_ISO8859_15 = re.compile(
    rb"\xa4|[A-Za-z\xc0-\xff][\xa6\xa8\xb4\xb8\xbc\xbd\xbe]|[\xa6\xa8\xb4\xb8\xbc\xbd\xbe][A-Za-z\xc0-\xff]"
)


@dataclass(frozen=True)
class Encoding:
    """The codec to read with. Bytes it does not know come out as lone surrogates, which `is_broken` finds by line."""

    codec: str
    label: str
    errors: str = "surrogateescape"


def is_broken(text: str) -> bool:
    """True for text that came from bytes which the encoding of the file does not have."""
    return _SURROGATE.search(text) is not None


def stated_encoding(name: str, first_bytes: bytes) -> Encoding:
    """The encoding a person named; a byte order mark that belongs to it is not read as text."""
    if name == "utf-8":
        return Encoding("utf-8-sig", "utf-8")
    if name == "utf-16" and not first_bytes.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16-le", "utf-16-le", errors="surrogatepass")
    if name.startswith("utf-16"):
        return Encoding(name, name, errors="surrogatepass")
    return Encoding(name, name)


def guess_encoding(open_file: Callable[[], BinaryIO]) -> Encoding:
    """Reads the whole file once in small pieces; never refuses."""
    with open_file() as file:
        first = file.read(_SAMPLE_BYTES)
    for mark, codec in _BYTE_ORDER_MARKS:
        if first.startswith(mark):
            wide = codec != "utf-8-sig"
            return Encoding(codec, codec.removesuffix("-sig"), errors="surrogatepass" if wide else "surrogateescape")
    wide_codec = _utf16_without_mark(first)
    if wide_codec:
        return Encoding(wide_codec, wide_codec, errors="surrogatepass")
    if _is_utf8(open_file):
        return Encoding("utf-8", "utf-8")
    return _guess_beyond_utf8(open_file)


def _utf16_without_mark(first: bytes) -> str | None:
    """Latin text in UTF-16 has a zero in every second byte; a text with a stray NUL has only a few."""
    even, odd = first[0::2].count(0), first[1::2].count(0)
    half = len(first) // 2
    if half >= 4 and odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if half >= 4 and even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return None


def _is_utf8(open_file: Callable[[], BinaryIO]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for chunk in _chunks(open_file):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess_beyond_utf8(open_file: Callable[[], BinaryIO]) -> Encoding:
    """UTF-8 with a few broken bytes stays UTF-8: read as Windows-1252 every accent of it would be garbled unseen."""
    high = in_sequences = only_cp1252 = only_iso = 0
    for chunk in _chunks(open_file):
        high += len(_HIGH.findall(chunk))
        in_sequences += sum(len(sequence) for sequence in _UTF8_SEQUENCE.findall(chunk))
        only_cp1252 += len(_ONLY_CP1252.findall(chunk))
        only_iso += len(_ONLY_ISO8859_15.findall(chunk))
    if in_sequences > high / 2:
        return Encoding("utf-8", "utf-8")
    if only_iso and not only_cp1252:
        return Encoding("iso8859-15", "iso8859-15")
    return Encoding("cp1252", "cp1252")


def _chunks(open_file: Callable[[], BinaryIO]) -> Iterator[bytes]:
    with open_file() as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
