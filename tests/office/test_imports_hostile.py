"""Uploads that are too large, of another kind, broken or made to do harm: each is answered in words at its field."""

import io
import tracemalloc
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebill.interfaces.receiving import BYTES_MAX
from rebill.kit.models import Upload
from rebill.parties.models import Customer
from tests.office.importing import give, upload, work_off, workbook

PLAIN = workbook([["Klantnummer", "Klantnaam"], ["10001", "Bakker"]])
SHEET = "xl/worksheets/sheet1.xml"
ADDRESS = "/s/waterkant/imports/customers/"


def with_part(name: str, content: bytes) -> bytes:
    """The plain workbook with one part replaced."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(PLAIN)) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for entry in source.infolist():
            target.writestr(entry.filename, content if entry.filename == name else source.read(entry))
    return made.getvalue()


ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
REFUSED = {
    "nothing at all": (b"", "k.csv", "The file is empty."),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "k.csv", "It is a PNG file, not a table."),
    "a document": (b"%PDF-1.7 ...", "k.xlsx", "It is a PDF file, not a table."),
    "a program": (
        b"MZ\x90\x00\x03" + bytes(range(32)) * 9,
        "k.csv",
        "It is neither text nor a workbook.",
    ),
    "a web page": (b"<html><table><tr><td>1</td></tr></table></html>", "k.xls", "It is a web page or XML"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "k.xls", "It is a workbook of the old kind"),
    "half a workbook": (PLAIN[: len(PLAIN) // 2], "k.xlsx", "The workbook is damaged"),
    "a zip bomb": (with_part(SHEET, b" " * 300_000_000), "k.xlsx", "The workbook unpacks to 300 MB"),
    "entities": (with_part(SHEET, ENTITIES), "k.xlsx", "The workbook is damaged"),
    "one endless line": (b"x" * 1_100_000, "k.csv", "The line is longer than 1000000 characters."),
    "too many columns": (";".join(f"c{n}" for n in range(600)).encode(), "k.csv", "The table has 600 columns"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(office, what, data_folder):
    content, name, words = REFUSED[what]

    answer = give(office, content, name=name)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_file_error"><i class="i bang" aria-hidden="true"></i> {words}' in page.replace("&#x27;", "'")
    assert 'aria-describedby="id_file_helptext id_file_error" aria-invalid="true"' in page
    assert not Upload.objects.exists()
    assert not (data_folder / "uploads").exists()


def test_no_file_is_asked_for(office):
    answer = office.post(ADDRESS, {})

    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()


class Endless(io.RawIOBase):
    """A request whose file has this many bytes, made while they are read."""

    HEAD = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="k.csv"\r\nContent-Type: text/csv\r\n\r\n'
        b"Klantnummer;Klantnaam\r\n"
    )
    TAIL = b"\r\n--x--\r\n"
    LINE = b"10001;Bakker B.V., Zuiderkade 3, 8860 ZZ Harlingen\r\n" * 1000

    def __init__(self, size: int) -> None:
        self.left = size
        self.size = len(self.HEAD) + size + len(self.TAIL)
        self.ready = self.HEAD
        self.is_ended = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self.ready) < size and not self.is_ended:
            piece = self.LINE[: self.left]
            self.left -= len(piece)
            self.ready += piece
            if not self.left:
                self.ready += self.TAIL
                self.is_ended = True
        taken, self.ready = self.ready[:size], self.ready[size:]
        return taken


def post_endless(office, size: int):
    body = Endless(size)
    return office.request(
        PATH_INFO=ADDRESS,
        REQUEST_METHOD="POST",
        CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(body.size),
        **{"wsgi.input": body},
    )


def test_more_than_the_limit_is_refused_in_words_and_in_little_memory(office):
    tracemalloc.start()
    answer = post_endless(office, BYTES_MAX + 1)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer.status_code == 422
    assert "The file is larger than 200 MB. Split it into several files." in answer.content.decode()
    assert peak < 20_000_000


def test_a_large_text_is_shown_by_its_first_lines_and_in_little_memory(office):
    tracemalloc.start()
    answer = post_endless(office, 6_000_000)
    page = office.get(answer.headers["Location"]).content.decode()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "Check every line" in page
    assert "every line" in page
    assert peak < 30_000_000


def test_a_broken_byte_costs_its_own_line(office):
    columns = upload(office, b"Klantnummer;Klantnaam\n10001;B\xc3\xa4cker\n10002;Sl\xffger\n10003;K\xc3\xb6ster\n")

    office.post(columns, {"do": "check"})
    work_off()

    page = office.get(f"{columns}check/").content.decode()
    assert "Import 2 lines" in page
    assert '<th scope="row" role="rowheader" class="num w0 m-sel">3</th>' in page


def test_a_formula_is_rejected_and_never_handed_back_as_one(office):
    columns = upload(office, "Klantnummer;Klantnaam\n10001;\"=cmd|'/C calc'!A0\"\n10002;Bakker\n")

    office.post(columns, {"do": "check"})
    work_off()

    assert "The cell holds a formula, not a value." in office.get(f"{columns}check/").content.decode()
    rejected = b"".join(office.get(f"{columns}rejected/").streaming_content).decode("utf-8-sig")
    assert "10001;'=cmd" in rejected


def test_markup_in_a_file_is_text(office):
    columns = upload(office, "Klantnummer;<script>x</script>\n10001;<img src=x>\n", name="<b>.csv")

    page = office.get(columns).content.decode()

    assert "<script>x" not in page
    assert "<img" not in page
    assert "&lt;img src=x&gt;" in page


def test_a_name_that_leads_elsewhere_leads_nowhere(office, data_folder):
    file = SimpleUploadedFile("k.csv", b"Klantnummer;Klantnaam\n10001;Bakker\n")
    file.name = "../../../etc/cron.d/x.csv"

    office.post(ADDRESS, {"file": file})

    assert Upload.objects.get().file_name == "x.csv"
    assert [path.parent for path in data_folder.rglob("*") if path.is_file()] == [data_folder / "uploads"]


def test_an_option_that_nobody_offered_is_refused(office):
    answer = give(office, encoding="rot13")

    assert answer.status_code == 422
    assert "rot13" in answer.content.decode()
    assert not Customer.objects.exists()
