"""Files and steps that the tests of imports share."""

import io
from collections.abc import Sequence

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rebill.interfaces.work.doing import do_work
from rebill.kit.models import Upload, Work

CUSTOMERS = (
    "Klantnummer;Klantnaam;E-mail;Kleur\n10001;Bakker B.V.;a@bakker.example;rood\n10002;Slager B.V.;kapot;blauw\n"
)


def workbook(rows: Sequence[Sequence[object]], *, sheet: str = "Relaties") -> bytes:
    """An XLSX file of one sheet."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def give(office: Client, content: str | bytes = CUSTOMERS, *, entity="customers", name="klanten.csv", **said):
    """What the page answers to an uploaded file."""
    if isinstance(content, str):
        content = content.encode()
    return office.post(f"/s/waterkant/imports/{entity}/", {"file": SimpleUploadedFile(name, content), **said})


def upload(office: Client, content: str | bytes = CUSTOMERS, **said) -> str:
    """The address of the columns of a file that was taken."""
    answer = give(office, content, **said)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def work_off() -> None:
    """Does what waits in the queue, as a worker would."""
    for work in Work.objects.filter(state="queued"):
        do_work(str(work.id))


def only_upload() -> Upload:
    return Upload.objects.select_related("trial", "work", "file").get()
