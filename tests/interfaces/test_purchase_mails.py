"""Mail messages that bring purchase invoices: files, folders, pipes, and what else is attached to them."""

import io
import json
import sys
from contextlib import suppress
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from rebill.interfaces.purchases.arriving import WatchedPurchases
from rebill.interfaces.purchases.mails import MessageUnreadable, is_message, parts_of
from rebill.kit.arrivals import Arrivals
from rebill.sources.supplier_invoices.models import PurchaseInvoice
from tests.factories import NOW, acting_of
from tests.sources.supplier_invoices.written import Finvoice

PLAIN_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
TABLE = "Leverancier;Factuurnummer;Factuurdatum;Klant;Omschrijving;Bedrag\nNimbus;ND-1;31-08-2026;Kompas;Mail;26,40\n"


def mail(*attached: tuple[str, str, bytes], words: str = "Lasku liitteenä.") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "laskut@toimittaja.example", "in@firm.example", "Lasku 900123"
    message.set_content(words)
    message.add_alternative(f"<p>{words}</p>", subtype="html")
    for name, kind, content in attached:
        maintype, subtype = kind.split("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return message


FINVOICE = ("lasku.xml", "application/xml", Finvoice().written())
PICTURE = ("logo.png", "image/png", b"\x89PNG\r\n")
PAGES = ("lasku.pdf", "application/pdf", PLAIN_PDF)


@pytest.fixture
def message(tmp_path):
    path = tmp_path / "message.eml"
    path.write_bytes(mail(FINVOICE, PICTURE, PAGES).as_bytes())
    return path


@pytest.fixture
def pipe(rebill, monkeypatch):
    """`rebill import purchase-invoice -` with these bytes at its standard input."""

    def piped(content: bytes, *words: str):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        return rebill("import", "purchase-invoice", "-", *words)

    return piped


def test_what_may_be_an_invoice_is_taken_and_the_rest_is_named(rebill, message):
    ended = rebill("import", "purchase-invoice", message, "--json")

    told = {each["file"]: (each["invoice"] is not None, each["left"]) for each in json.loads(ended.shown)["files"]}
    assert told == {"lasku.xml": (True, False), "logo.png": (False, True), "lasku.pdf": (False, True)}
    assert ended.code == 0
    assert PurchaseInvoice.objects.get().file_name == "lasku.xml"


def test_the_same_message_twice_is_harmless(rebill, message):
    codes = [rebill("import", "purchase-invoice", message).code for _time in range(2)]

    assert (codes, PurchaseInvoice.objects.count()) == ([0, 0], 1)


def test_a_mail_server_pipes_messages_in(pipe):
    content = b"From laskut@toimittaja.example Sun Nov  1 08:00:00 2026\n" + mail(FINVOICE).as_bytes()

    first, again = pipe(content), pipe(content, "--json")

    assert (first.code, again.code) == (0, 0)
    [told] = json.loads(again.shown)["files"]
    assert told["first"] == PurchaseInvoice.objects.get().pk


def test_an_invoice_without_a_message_can_be_piped_too(pipe):
    assert (pipe(Finvoice().written()).code, PurchaseInvoice.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (mail(), "Nothing is attached"),
        (mail(PICTURE, PAGES), "attached are: logo.png, lasku.pdf"),
        (mail(("lasku.xml", "application/xml", b"<Finvoice>")), "lasku.xml"),
    ],
)
def test_a_message_that_brings_nothing_is_sent_back_with_the_reason(pipe, message, said):
    ended = pipe(message.as_bytes())

    assert (ended.code, said in ended.aside) == (2, True)


def test_one_broken_attachment_does_not_keep_the_others_out(pipe):
    ended = pipe(mail(("broken.xml", "text/xml", b"<Finvoice>"), FINVOICE).as_bytes())

    assert (ended.code, PurchaseInvoice.objects.count()) == (1, 1)


def test_what_cannot_be_kept_now_is_brought_again_by_the_mail_server(pipe, monkeypatch):
    def locked(**said):
        raise OperationalError("database is locked")

    monkeypatch.setattr("rebill.interfaces.cli.purchases.importing.open_session", locked)

    assert pipe(mail(FINVOICE).as_bytes()).code == 75


def test_tables_and_forwarded_messages_are_looked_into(rebill, tmp_path):
    forwarded = mail(words="Fwd")
    forwarded.add_attachment(mail(FINVOICE))
    forwarded.add_attachment(TABLE, filename="nimbus.csv")
    forwarded.add_attachment("Read me", filename="notes.txt")
    path = tmp_path / "forwarded.eml"
    path.write_bytes(forwarded.as_bytes())

    ended = rebill("import", "purchase-invoice", path)

    assert (ended.code, "notes.txt" in ended.shown) == (0, True)
    assert set(PurchaseInvoice.objects.values_list("number", flat=True)) == {"900123", "ND-1"}


def test_a_watched_folder_may_be_the_new_mail_of_a_maildir(seller, tmp_path):
    (tmp_path / "1793520000.M1P2.mail").write_bytes(mail(FINVOICE, PICTURE).as_bytes())
    (tmp_path / "1793520001.M1P3.mail").write_bytes(mail().as_bytes())
    watched = WatchedPurchases(Arrivals(tmp_path))

    looks = [list(watched.look(acting=acting_of(seller), now=NOW)) for _look in range(2)]

    assert [each.name for each in looks[1] if each.is_settled] == ["lasku.xml", "logo.png"]
    assert [path.name for path in (tmp_path / "done").iterdir()] == ["1793520000.M1P2.mail"]
    assert [path.name for path in (tmp_path / "failed").iterdir()] == ["1793520001.M1P3.mail"]


def test_names_are_decoded_and_lead_nowhere():
    written = mail(FINVOICE).as_bytes()
    named = written.replace(b'filename="lasku.xml"', b'filename="=?utf-8?q?..=2F..=2Fetc=2Fl=C3=A4sku=0A.xml?="')

    assert [part.name for part in parts_of(named)] == ["läsku.xml"]


def test_a_nameless_invoice_is_found_by_what_it_is():
    message = EmailMessage()
    message["Subject"] = "Finvoice"
    message.set_content(Finvoice().written(), maintype="application", subtype="xml")

    [part] = parts_of(message.as_bytes())

    assert (part.name, part.may_be_invoice) == ("1.xml", True)


def test_a_message_of_a_thousand_parts_is_refused_at_once():
    with pytest.raises(MessageUnreadable):
        parts_of(mail(*[PICTURE] * 1000).as_bytes())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"Subject: \xff\nContent-Type: multipart/mixed; boundary=\n\n--\n",
        b"Content-Type: application/xml\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"Content-Type: application/xml; charset=nothing\nContent-Transfer-Encoding: x\n\nabc",
        b"Content-Disposition: attachment; filename*=nothing''%ff; filename=\"\xff\"\n\nabc",
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 3000,
    ],
)
def test_broken_messages_are_read_as_far_as_they_go_or_refused(content):
    with suppress(MessageUnreadable):
        assert all(not part.may_be_invoice for part in parts_of(content))


@pytest.mark.parametrize(
    ("name", "content", "is_mail"),
    [
        ("x.eml", b"anything", True),
        ("1793520000.M1P2.mail", b"Return-Path: <a@b.example>\r\n", True),
        ("-", Finvoice().written(), False),
        ("x.csv", b"Factuur: 1;2", False),
        ("-", PLAIN_PDF, False),
        ("-", b"<cbc:ID> 1", False),
    ],
)
def test_what_a_message_is(name, content, is_mail):
    assert is_message(name, content) is is_mail
