"""Checks a logo before it is used: what it is, how large it is, and whether Typst can draw it."""

import re
import struct

from rebill.invoices.documents.contract import Logo
from rebill.invoices.documents.pdf.press import LOGO_SUFFIXES
from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _

BYTES_MAX = 1_000_000
# 40 cm at 300 dpi would fit; more only makes every document slower.
PIXELS_MAX = 4_000_000
_STARTS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_SVG = re.compile(rb"<(?:\w+:)?svg[\s>]")
_JPEG_END = b"\xff\xd9"
# The markers of a JPEG that tell its size (start of frame), without those for tables and arithmetic coding.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class BadLogo(Invalid):
    """The file is no picture that can stand on a document."""


def check_logo_file(logo: Logo) -> None:
    """Refuses what is not the PNG, JPEG or SVG it says it is, or is too large. Does not draw it yet."""
    content, media_type = logo.content, logo.media_type
    if media_type not in LOGO_SUFFIXES:
        raise BadLogo(_("A logo is a PNG, JPEG or SVG, not %(media_type)r.", media_type=media_type))
    if len(content) > BYTES_MAX:
        raise BadLogo(
            _(
                "The logo has %(size)s bytes; at most %(bytes_max)s are taken.",
                size=f"{len(content):,}",
                bytes_max=f"{BYTES_MAX:,}",
            )
        )
    if media_type == "image/svg+xml":
        if not _SVG.search(content):
            raise BadLogo(_("The logo is said to be an SVG, but has no <svg> in it."))
        return
    if not content.startswith(_STARTS[media_type]):
        raise BadLogo(_("The logo is said to be %(media_type)s, but it is something else.", media_type=media_type))
    width, height = _png_size(content) if media_type == "image/png" else _jpeg_size(content)
    if not 0 < width * height <= PIXELS_MAX:
        raise BadLogo(
            _(
                "The logo has %(width)s × %(height)s pixels; between 1 and %(pixels_max)s are taken.",
                width=width,
                height=height,
                pixels_max=f"{PIXELS_MAX:,}",
            )
        )


def _png_size(content: bytes) -> tuple[int, int]:
    if len(content) < 24:
        raise BadLogo(_("The logo is a PNG that breaks off at its beginning."))
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Walk from marker to marker until the one that tells the size."""
    # Typst puts a JPEG into the document as it is, so one that breaks off would be found by the customer only.
    if _JPEG_END not in content[-1024:]:
        raise BadLogo(_("The logo is a JPEG that breaks off before its end."))
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker, length = content[position + 1], int.from_bytes(content[position + 2 : position + 4])
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, position + 5)
            return width, height
        position += 2 + length
    raise BadLogo(_("The logo is a JPEG that does not tell its size."))
