"""Mails as files in a folder, for trying rebill without mailing anybody."""

import email
from email.policy import default
from pathlib import Path

import pytest

from rebill.delivery.channels.email import EMAIL
from rebill.delivery.channels.email.message import message_of
from rebill.delivery.contract import Accepted, Attachment, Letter


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.EMAIL_BACKEND = "rebill.delivery.channels.email.folder.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def letter(*attachments: Attachment, subject: str = "Factuur 2026-00042 van Waterkant") -> Letter:
    return Letter(
        message_id="<rebill-1-abc@seller.example>",
        sender_name="Waterkant",
        sender_email="facturen@waterkant.example",
        reply_to="",
        recipients=("administratie@rederijnauta.example",),
        subject=subject,
        body="Goedendag,\n\nHierbij ontvangt u factuur 2026-00042.\n",
        attachments=attachments,
    )


def send(*letters: Letter) -> list[object]:
    with EMAIL.open() as session:
        return [session.ready() or session.send(each) for each in letters]


def test_the_text_of_a_mail_with_its_attachments_is_put_together_once():
    message = message_of(letter(INVOICE))

    assert message.message() is message.message()


INVOICE = Attachment("Factuur-2026-00042.pdf", "application/pdf", b"%PDF-1.7 invoice")


def test_a_mail_is_a_file_that_mail_programs_open(folder):
    [outcome] = send(letter(INVOICE))

    assert isinstance(outcome, Accepted)
    message = email.message_from_bytes((folder / "Factuur-2026-00042.eml").read_bytes(), policy=default)
    assert (message["To"], message["Subject"]) == (
        "administratie@rederijnauta.example",
        "Factuur 2026-00042 van Waterkant",
    )
    [attached] = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Factuur-2026-00042.pdf", b"%PDF-1.7 invoice")


def test_a_mail_sent_again_stands_beside_the_first(folder):
    send(letter(INVOICE), letter(INVOICE))

    assert sorted(path.name for path in folder.iterdir()) == ["Factuur-2026-00042-2.eml", "Factuur-2026-00042.eml"]


def test_a_mail_without_attachment_is_named_after_its_subject(folder):
    send(letter(subject="Export ../../etc: augustus 2026"))

    assert [path.name for path in folder.iterdir()] == ["Export-..-..-etc-augustus-2026.eml"]
