"""`rebill deliver` on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from rebill.delivery.commands import DispatchNotUnclear
from rebill.delivery.models import Dispatch, PrintBatch
from rebill.delivery.queries import DispatchUnknown
from rebill.interfaces.cli.deliver import deliver_command
from rebill.parties.models import Seller
from tests.delivery.factories import make_invoice
from tests.delivery.mail_server import MailServer, closed_port, mails_go_to_a_server
from tests.delivery.test_bounces import returned
from tests.factories import make_customer, make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    with mails_go_to_a_server(settings) as server:
        yield server


@pytest.fixture
def seller() -> Seller:
    return make_seller("noordwal", email="billing@noordwal.example")


def run(*words: object, code: int = 0):
    app = typer.Typer()
    app.command()(deliver_command)
    result = CliRunner().invoke(app, [str(word) for word in words], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    assert result.return_value == code
    return result.output


def test_everything_issued_is_sent_and_counted(seller, mail_server):
    for _ in range(3):
        make_invoice(make_customer(seller))

    shown = run()

    assert "3 sent, 0 waiting, 0 need a look." in shown
    assert len(mail_server.received) == 3
    assert "0 sent" in run()


def test_what_failed_is_listed_with_the_words_of_the_server(seller, mail_server):
    invoice = make_invoice(make_customer(seller, name="Jansen", invoice_emails=["gone@jansen.example"]))
    mail_server.recipients["gone@jansen.example"] = "550 5.1.1 no such user"

    told = json.loads(run("--json", code=1))

    [failed] = told["to_look_at"]
    assert told["failed"] == 1
    assert (failed["document"], failed["state"]) == (invoice.number, "failed")
    assert "550 5.1.1 no such user" in failed["words"]
    assert "550 5.1.1 no such user" in run(code=1)


def test_a_server_out_of_reach_is_told_and_the_rest_waits(seller, settings, mail_server):
    settings.EMAIL_PORT = closed_port()
    for _ in range(2):
        make_invoice(make_customer(seller))

    shown = run(code=1)

    assert "2 waiting" in shown
    assert "is not reached" in shown


def test_an_invoice_is_sent_again_to_whoever_is_named(seller, mail_server):
    invoice = make_invoice(make_customer(seller))
    run()

    run("--again", invoice.number, "--to", "accountant@elsewhere.example")

    assert mail_server.addressed[-1] == ["accountant@elsewhere.example"]


def test_an_unclear_one_is_answered(seller, mail_server):
    mail_server.contents = ["take and drop"]
    make_invoice(make_customer(seller))
    run(code=1)
    dispatch = Dispatch.objects.get()

    run("--arrived", dispatch.pk)

    assert Dispatch.objects.get().state == "accepted"
    with pytest.raises(DispatchNotUnclear):
        run("--lost", dispatch.pk)
    with pytest.raises(DispatchUnknown):
        run("--arrived", dispatch.pk + 1)


def test_a_failed_one_is_tried_again_elsewhere(seller, mail_server):
    make_invoice(make_customer(seller, invoice_emails=["gone@jansen.example"]))
    mail_server.recipients["gone@jansen.example"] = "550 no"
    run(code=1)

    run("--retry", Dispatch.objects.get().pk, "--to", "here@jansen.example")

    assert mail_server.addressed == [["here@jansen.example"]]


def test_letters_are_written_once_and_again_when_their_file_was_lost(seller, tmp_path: Path):
    make_invoice(make_customer(seller, channel="print"))
    folder = tmp_path / "letters"

    first = json.loads(run("--letters", folder, "--json"))["letters"]
    second = json.loads(run("--letters", folder, "--json"))["letters"]
    Path(first[0]).unlink()
    third = json.loads(run("--letters", folder, "--json"))["letters"]

    assert Path(first[0]).read_bytes().startswith(b"%PDF")
    assert (second, third) == ([], first)
    assert PrintBatch.objects.count() == 1


def test_returned_mails_of_a_folder_are_noted(seller, mail_server, tmp_path: Path):
    make_invoice(make_customer(seller))
    run()
    [(_, sent)] = mail_server.received
    ours = returned().replace(b"<rebill-7-0123456789abcdef01234567@seller.example>", sent["Message-ID"].encode())
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "1.eml").write_bytes(ours)
    (tmp_path / "mails" / "2.eml").write_bytes(returned())
    (tmp_path / "mails" / "3.eml").write_bytes(b"Subject: hello\r\n\r\nhello")

    told = json.loads(run("--bounces", tmp_path / "mails", "--json", code=1))

    assert told["bounced"] == 1
    assert [each["state"] for each in told["to_look_at"]] == ["bounced"]
