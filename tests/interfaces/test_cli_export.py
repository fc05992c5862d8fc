"""`rebill export` on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from rebill.exports.commands import MailingUnclear
from rebill.exports.layouts import LayoutInvalid
from rebill.exports.models import Export
from rebill.interfaces.cli.exports.combined import MonthUnclear, export_command
from rebill.parties.models import Seller
from tests.delivery.factories import make_invoice
from tests.delivery.mail_server import MailServer, closed_port, mails_go_to_a_server
from tests.factories import make_customer, make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    with mails_go_to_a_server(settings) as server:
        yield server


@pytest.fixture
def seller() -> Seller:
    seller = make_seller("noordwal", email="billing@noordwal.example", export_emails=["boekhouding@noordwal.example"])
    make_invoice(make_customer(seller, number="1001", name="Jansen"), pdf=None)
    return seller


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: object, code: int = 0) -> str:
    app = typer.Typer()
    app.command()(export_command)
    result = CliRunner().invoke(app, [str(word) for word in words], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    assert result.return_value == code
    return result.output


def test_the_export_of_a_month_is_written_where_one_stands(seller, folder):
    shown = run("2026-10")

    written = (folder / "noordwal-2026-10.csv").read_text()
    assert "1 rows of 2026-10" in shown
    assert written.splitlines()[1] == "1001;Jansen;2;Maandelijkse kosten;100,00;2026-10"


def test_the_layout_is_chosen_by_options(seller, folder):
    run(
        "2026-10", "--out", "x.csv", "--columns", "customer_number, amount", "--delimiter", "\\t", "--decimal", "point",
        "--language", "de", "--encoding", "windows-1252",
    )  # fmt: skip

    assert (folder / "x.csv").read_bytes() == b"Kundennummer\tBetrag ohne MwSt.\r\n1001\t100.00\r\n"


def test_a_layout_that_was_remembered_is_used_from_then_on(seller, folder):
    run("2026-10", "--columns", "amount", "--language", "fi", "--kind", "xlsx", "--remember")

    run("2026-10")

    assert (folder / "noordwal-2026-10.xlsx").exists()
    assert Seller.objects.get().export_layout["columns"] == ["amount"]
    assert "basis" not in Seller.objects.get().export_layout


def test_the_basis_is_remembered_only_when_it_was_said(seller):
    run("2026-10", "--basis", "issued", "--remember")
    run("2026-10", "--language", "de", "--remember")

    assert Seller.objects.get().export_layout["basis"] == "issued"


def test_a_sample_is_written_and_nothing_is_kept(seller, folder):
    run("--sample", "--out", "try.csv")

    assert "Jansen Hosting" in (folder / "try.csv").read_text()
    assert not Export.objects.exists()


def test_it_is_mailed_once(seller, mail_server):
    run("2026-10", "--mail")
    run("2026-10", "--mail")

    assert mail_server.addressed == [["boekhouding@noordwal.example"]]


def test_a_mail_that_was_not_taken_leaves_with_another_code(seller, settings, mail_server):
    settings.EMAIL_PORT = closed_port()

    told = json.loads(run("2026-10", "--mail", "--json", code=1))

    assert "is not reached" in told["mail"]


def test_a_mail_that_may_have_arrived_is_not_sent_again(seller, mail_server):
    mail_server.contents = ["take and drop"]
    run("2026-10", "--mail", code=1)

    with pytest.raises(MailingUnclear):
        run("2026-10", "--mail")


@pytest.mark.parametrize("month", ["october", "2026", "2026-13", "10-2026", "2026-10-01"])
def test_what_is_no_month_is_refused(seller, month):
    with pytest.raises(MonthUnclear):
        run(month)


def test_a_column_that_is_none_is_refused(seller):
    with pytest.raises(LayoutInvalid):
        run("2026-10", "--columns", "amount,colour")
