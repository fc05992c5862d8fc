"""Typst, made ready for one look: its templates and logo in a folder of their own, which is all that Typst can read."""

import json
import re
import shutil
import tempfile
import threading
import weakref
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

from rebill.invoices.documents.contract import DocumentContent, Logo, Template
from rebill.invoices.documents.pdf.fonts import families_for, load_fonts
from rebill.invoices.documents.pdf.printed import printed
from rebill.rules.errors import Invalid

MAIN_FILE = "invoice.typ"
PARTS_FILE = "rebill.typ"
LOGO_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/svg+xml": ".svg"}

_LOOKS_KEPT = 64
# Sharp on a screen, and no more bytes than a photograph.
_PICTURE_PPI = 110
_NO_PAGE = "The template made no page."
_PLACE = re.compile(r"┌─ (?:\S*/)?([^/\s]+\.typ):(\d+):\d+")
_NO_PACKAGES = "packages from the network are not available; put their files into the folder of the template"


class NotLaidOut(Invalid):
    """Typst could not make a document of this content; the message names the line of the template."""


class Press:
    """Makes PDFs of one look. The folder it works in goes when the press goes."""

    def __init__(self, *, logo: Logo | None, template: Template | None) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="rebill-press-"))
        self._discard = weakref.finalize(self, shutil.rmtree, self._root, ignore_errors=True)
        self._logo_path = self._lay_out_files(logo, template)
        self._own_files = frozenset(name for name, _ in template.files) if template else frozenset()
        nowhere = self._root / "packages"
        self._compiler = typst.Compiler(
            self._root / MAIN_FILE,
            root=self._root,
            font_paths=load_fonts(self._root),
            ignore_system_fonts=True,
            package_path=nowhere,
            package_cache_path=nowhere,
        )
        # A compiler takes one document at a time; the web server may ask from several threads.
        self._one_at_a_time = threading.Lock()

    def _lay_out_files(self, logo: Logo | None, template: Template | None) -> str | None:
        """Write down all that Typst may read, and return where it finds the logo."""
        own = files("rebill.invoices.documents.pdf") / "templates"
        contents = {name: (own / name).read_bytes() for name in (PARTS_FILE, MAIN_FILE)}
        if template is not None:
            contents |= dict(template.files)
        logo_name = None
        if logo is not None:
            logo_name = f"rebill-logo{LOGO_SUFFIXES[logo.media_type]}"
            contents[logo_name] = logo.content
        for name, content in contents.items():
            path = self._root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return None if logo_name is None else f"/{logo_name}"

    def print(self, content: DocumentContent) -> bytes:
        """The PDF of a content whose look is this press's. NotLaidOut names the line that is wrong."""
        pages = self._laid_out(content, form="pdf")
        if not isinstance(pages, bytes):
            raise NotLaidOut(_NO_PAGE)
        return pages

    def picture(self, content: DocumentContent) -> bytes:
        """The first page as PNG, to be looked at on a screen. NotLaidOut as above."""
        pages = self._laid_out(content, form="png")
        if not pages:
            raise NotLaidOut(_NO_PAGE)
        return pages if isinstance(pages, bytes) else pages[0]

    def _laid_out(self, content: DocumentContent, *, form: Literal["pdf", "png"]) -> bytes | list[bytes] | None:
        document = printed(content, logo_path=self._logo_path, fonts=families_for(content.look.font))
        with self._one_at_a_time:
            try:
                return self._compiler.compile(
                    format=form,
                    ppi=_PICTURE_PPI,
                    sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
                    # Not the moment of printing: the same content gives the same bytes.
                    timestamp=datetime.combine(content.issued_on, time(), tzinfo=UTC),
                )
            except typst.TypstError as error:
                raise NotLaidOut(_in_words(error, self._own_files)) from error


@lru_cache(maxsize=_LOOKS_KEPT)
def press_for(logo: Logo | None, template: Template | None) -> Press:
    """The press for a logo and template; those used last are kept ready."""
    return Press(logo=logo, template=template)


def _in_words(error: typst.TypstError, own_files: frozenset[str]) -> str:
    """What is wrong, and where in the seller's own files; a place in ours would help nobody."""
    places = [place for place in _PLACE.findall(error.diagnostic) if place[0] in own_files]
    message = error.message.partition(" (searched at ")[0]
    if "package" in message:
        message = _NO_PACKAGES
    return f"{places[0][0]} line {places[0][1]}: {message}" if places else message
