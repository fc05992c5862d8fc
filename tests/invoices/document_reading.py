"""Reads a PDF back as a person or a banking app would: its words, its pages, its codes."""

import re
from collections.abc import Iterator

import pypdfium2
import zxingcpp
from PIL import Image

from rebill.invoices.documents.contract import DocumentContent
from rebill.invoices.documents.pdf.renderer import PdfRenderer

RENDER = PdfRenderer().render
_POINTS_PER_INCH = 72


def page_texts(document: bytes) -> list[str]:
    """The text of each page, on one line, with plain spaces."""
    pages = pypdfium2.PdfDocument(document)
    # pdfium puts U+FFFE where a word is parted at the end of a line.
    texts = [page.get_textpage().get_text_range().replace("\ufffe", "") for page in pages]
    return [re.sub(r"\s+", " ", text) for text in texts]


def text_of(content: DocumentContent) -> str:
    """All that a rendered document says."""
    return " ".join(page_texts(RENDER(content)))


def picture(document: bytes, *, page: int = 0, dpi: int = 60) -> Image.Image:
    """A page in shades of grey."""
    rendered = pypdfium2.PdfDocument(document)[page].render(scale=dpi / _POINTS_PER_INCH)
    return rendered.to_pil().convert("L")


def codes_on(document: bytes) -> list[bytes]:
    """What the codes on the first page say."""
    return [code.bytes for code in zxingcpp.read_barcodes(picture(document, dpi=150))]


def letters_outside(document: bytes, *, margin_mm: float) -> Iterator[str]:
    """Letters that stand in the margin at the left or right, or off the paper."""
    margin = margin_mm / 25.4 * _POINTS_PER_INCH
    for number, page in enumerate(pypdfium2.PdfDocument(document), start=1):
        width, height = page.get_size()
        texts = page.get_textpage()
        for index in range(texts.count_chars()):
            left, bottom, right, top = texts.get_charbox(index)
            # Breaks between lines have boxes of no width.
            if right - left < 0.1:
                continue
            if left < margin or right > width - margin or bottom < 0 or top > height:
                yield f"page {number}: {texts.get_text_range(index, 1)!r} at {left:.0f}–{right:.0f}"
