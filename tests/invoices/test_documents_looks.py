"""A seller's logo, font, colours and template are tried before they are used, and a template sees only its folder."""

import io
import os
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from rebill.invoices.documents.contract import Logo, Look
from rebill.invoices.documents.pdf.fonts import UnknownFont, font_folders
from rebill.invoices.documents.pdf.logos import BadLogo
from rebill.invoices.documents.pdf.look_check import BadColour, check_look
from rebill.invoices.documents.pdf.template_files import BadTemplate, read_template
from tests.invoices.document_examples import WATERKANT_LOGO, WATERKANT_LOOK, nauta_invoice
from tests.invoices.document_reading import RENDER, page_texts

START = '#import "rebill.typ": *\n#let it = json(bytes(sys.inputs.document))\n#show: sheet.with(it)\n'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">%s</svg>'


def png(width: int, height: int) -> bytes:
    """A whole PNG of one shade of grey."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x55" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """A JPEG of one shade of grey."""
    content = io.BytesIO()
    Image.new("L", (width, height), 99).save(content, "JPEG")
    return content.getvalue()


def with_template(source: str | bytes | Path) -> Look:
    return Look(template=read_template(source.encode() if isinstance(source, str) else source))


def zipped(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        WATERKANT_LOOK,
        Look(logo=Logo(png(400, 100), "image/png"), font="Libertinus Serif"),
        Look(logo=Logo(jpeg(50, 400), "image/jpeg"), accent="#ABCDEF"),
    ],
)
def test_a_good_look_gives_a_sample_to_look_at(look):
    assert check_look(look).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("content", "media_type", "why"),
    [
        (b"GIF89a", "image/gif", "not 'image/gif'"),
        (png(1, 1), "image/jpeg", "something else"),
        (b"hello", "image/svg+xml", "no <svg>"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "breaks off"),
        (b"\xff\xd8\xff\xe0\xff\xd9", "image/jpeg", "does not tell its size"),
        (png(20, 20)[:60], "image/png", "cannot be drawn"),
        (jpeg(20, 20)[:-50], "image/jpeg", "breaks off before its end"),
        (png(5000, 1000), "image/png", "5000 × 1000 pixels"),
        (b" " * 1_000_001, "image/png", "1,000,001 bytes"),
        (SVG % b"<path", "image/svg+xml", "cannot be drawn"),
        (SVG % b'<image href="/etc/passwd" width="9" height="9"/>', "image/svg+xml", "cannot be drawn"),
    ],
)
def test_a_logo_that_cannot_stand_on_a_document_is_refused(content, media_type, why):
    with pytest.raises(BadLogo, match=why):
        check_look(Look(logo=Logo(content, media_type)))


def test_an_svg_that_unfolds_without_end_is_refused():
    layers = b"".join(b'<g id="g%d">%s</g>' % (n + 1, b'<use href="#g%d"/>' % n * 10) for n in range(9))
    logo = SVG % (b'<defs><path id="g0" d="M0 0h1"/>' + layers + b'</defs><use href="#g9"/>')

    with pytest.raises(BadLogo, match="cannot be drawn"):
        check_look(Look(logo=Logo(logo, "image/svg+xml")))


def test_an_unknown_font_is_refused_with_those_there_are():
    with pytest.raises(UnknownFont, match="Inter"):
        check_look(Look(font="Comic Sans MS"))


@pytest.mark.parametrize("look", [Look(accent="teal"), Look(ink="#12345"), Look(accent='#000000"); #panic(')])
def test_a_colour_that_is_none_is_refused(look):
    with pytest.raises(BadColour):
        check_look(look)


def test_an_own_template_prints_in_its_own_way():
    source = START + "= Mijn #it.title \n #it.total.at(1)"

    document = RENDER(replace(nauta_invoice(), look=with_template(source)))

    assert "Mijn Factuur 2026-09117 € 429,82" in page_texts(document)[0]


def test_the_example_of_the_documentation_makes_documents():
    page = Path(__file__).parents[2] / "docs" / "how-to" / "own-invoice-template.md"
    source = page.read_text("utf-8").partition("```typst\n")[2].partition("```")[0]

    assert check_look(replace(WATERKANT_LOOK, template=read_template(source.encode()))).startswith(b"%PDF")


def test_a_folder_may_hold_pictures_fonts_and_more_source(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "invoice.typ").write_text(START + '#import "parts/words.typ": word\n#word #image("parts/waves.svg")')
    (tmp_path / "parts" / "words.typ").write_text('#let word = text(font: "Inter")[Groeten uit Groningen]')
    (tmp_path / "parts" / "waves.svg").write_bytes(WATERKANT_LOGO.content)
    (tmp_path / "parts" / "Own.ttf").write_bytes(next(font_folders()[0].rglob("*.ttf")).read_bytes())
    (tmp_path / ".DS_Store").write_bytes(b"\0")

    document = RENDER(replace(nauta_invoice(), look=with_template(tmp_path)))

    assert "Groeten uit Groningen" in page_texts(document)[0]


@pytest.mark.parametrize("names", [("invoice.typ", "words.typ"), ("mine/invoice.typ", "mine/words.typ")])
def test_a_zip_of_a_folder_is_taken_with_and_without_the_folders_name(names):
    source = zipped({names[0]: START + '#include "words.typ"', names[1]: "Uit een ZIP"})

    document = RENDER(replace(nauta_invoice(), look=with_template(source)))

    assert "Uit een ZIP" in page_texts(document)[0]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("#let x = (", r"invoice\.typ line 1: unclosed delimiter"),
        (START + "\n\n#it.nothing", r"invoice\.typ line 6: dictionary does not contain key \"nothing\""),
        (START + '#image("logo.png")', r"invoice\.typ line 4: file not found"),
        (START + '#panic("stop")', r"invoice\.typ line 4: panicked with: stop"),
        ("#let f(n) = f(n + 1)\n#f(1)", r"invoice\.typ line 1: maximum function call depth exceeded"),
    ],
)
def test_a_broken_template_is_refused_with_its_line(source, why):
    with pytest.raises(BadTemplate, match=why):
        check_look(with_template(source))


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd", "/proc/self/environ", "rebill.typ/../../x"])
def test_a_template_cannot_read_files_outside_its_folder(path):
    with pytest.raises(BadTemplate, match=r"line 4"):
        check_look(with_template(START + f'#read("{path}")'))


def test_a_template_does_not_learn_where_its_folder_is():
    with pytest.raises(BadTemplate) as refusal:
        check_look(with_template(START + '#read("absent.txt")'))

    assert "/tmp" not in str(refusal.value)


@pytest.mark.parametrize("package", ["@preview/tablex:0.0.8", "@local/mine:1.0.0"])
def test_packages_are_refused_with_the_line(package):
    with pytest.raises(BadTemplate, match=r"invoice\.typ line 2: packages are not available"):
        read_template(f'// mine\n#import "{package}": *'.encode())


def test_a_package_whose_name_is_put_together_is_not_fetched():
    with pytest.raises(BadTemplate, match="packages from the network are not available"):
        check_look(with_template('#import "@pre" + "view/tablex:0.0.8": *'))


def test_a_folder_with_a_link_is_refused(tmp_path):
    (tmp_path / "invoice.typ").write_text('#read("words.txt")')
    os.symlink("/etc/passwd", tmp_path / "words.txt")

    with pytest.raises(BadTemplate, match=r"words\.txt is a link"):
        read_template(tmp_path)


def test_a_folder_with_a_linked_folder_is_refused(tmp_path):
    (tmp_path / "invoice.typ").write_text("")
    os.symlink("/etc", tmp_path / "parts")

    with pytest.raises(BadTemplate, match="parts is a link"):
        read_template(tmp_path)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"words.typ": ""}, "has no invoice.typ"),
        ({"invoice.typ": "", "../words.typ": ""}, "leads out of the folder"),
        ({"invoice.typ": "", "/etc/words.typ": ""}, "leads out of the folder"),
        ({"invoice.typ": "", "run.sh": ""}, "of no kind that a template needs"),
        ({"invoice.typ": "", "rebill.typ": ""}, "kept for rebill's own files"),
        ({"invoice.typ": "", **{f"{number}.txt": "" for number in range(100)}}, "too large"),
        ({"invoice.typ": "", "bomb.txt": "0" * 6_000_000}, "too large"),
    ],
)
def test_a_zip_with_what_a_template_must_not_hold_is_refused(files, why):
    with pytest.raises(BadTemplate, match=why):
        read_template(zipped(files))


@pytest.mark.parametrize("source", [b"PK\x03\x04broken", zipped({"invoice.typ": "a" * 999})[:-30]])
def test_a_broken_zip_is_refused(source):
    with pytest.raises(BadTemplate, match="cannot be read"):
        read_template(source)


def test_a_template_that_is_no_text_is_refused():
    with pytest.raises(BadTemplate, match=r"invoice\.typ is not written in UTF-8"):
        read_template(b"\xff\xfe#")
