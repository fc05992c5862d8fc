"""Files as people have them: encodings, marks, workbooks, and what is no table at all."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from rebill.kit.models import Event
from rebill.parties.models import Customer
from rebill.sources.oneoff.models import InterimLine
from rebill.subscriptions.models import Subscription
from tests.factories import make_customer, make_product


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso8859-15", "utf-16"])
def test_accents_come_in_whatever_the_encoding(rebill, write, encoding):
    file = write("Klantnummer;Naam;Plaats", "1;Café Zoë;’s-Gravenhage" if encoding == "cp1252" else "1;Café Zoë;Töölö",
                 encoding=encoding)  # fmt: skip

    ended = rebill("import", "customers", file)

    assert ended.code == 0, ended
    assert Customer.objects.get().name == "Café Zoë"


def test_a_stated_encoding_is_used(rebill, write):
    file = write("Klantnummer;Naam", "1;Café Zoë", encoding="cp850")

    assert rebill("import", "customers", file, "--encoding", "cp850").code == 0

    assert Customer.objects.get().name == "Café Zoë"


def test_broken_letters_cost_their_own_line_only(rebill, tmp_path):
    file = tmp_path / "broken.csv"
    file.write_bytes("Klantnummer;Naam\n1;Café\n2;Zo\n3;Möbel Süß\n".encode().replace(b"Zo", b"Zo\xff"))

    ended = rebill("import", "customers", file)

    assert ended.code == 1
    assert sorted(Customer.objects.values_list("number", flat=True)) == ["1", "3"]
    assert "line 3" in ended.shown


@pytest.mark.parametrize(
    ("written", "read"),
    [("1.234,56", "1234.56"), ("1\u202f234,56", "1234.56"), ("€ 12,50", "12.50"), ("-3,00", "3.00")],
)
def test_c055_amounts_as_the_dutch_and_the_finns_write_them(rebill, write, seller, written, read):
    make_customer(seller, number="7")
    file = write("Klantnummer;Datum;Omschrijving;Prijs", f"7;31-03-2026;Montage;{written}")

    assert rebill("import", "interim-lines", file).code == 0

    line = InterimLine.objects.get()
    assert (line.unit_price, line.supplied_on) == (Decimal(read), date(2026, 3, 31))
    assert line.kind == ("CREDIT" if written.startswith("-") else "PERPETUAL")


def test_a_day_that_could_be_two_waits_for_a_word(rebill, write, seller):
    make_customer(seller, number="7")
    file = write("Klantnummer;Datum;Omschrijving;Prijs", "7;03/04/2026;Montage;10")

    assert rebill("import", "interim-lines", file).code == 1
    assert rebill("import", "interim-lines", file, "--dates", "dmy").code == 0

    assert InterimLine.objects.get().supplied_on == date(2026, 4, 3)


def workbook(path, *rows, sheet="Blad1"):
    book = openpyxl.Workbook()
    book.active.title = "Leeg"
    for row in rows:
        book.create_sheet(sheet).append(row) if sheet not in book.sheetnames else book[sheet].append(row)
    book.save(path)
    return path


def test_a_workbook_comes_in_by_the_name_of_its_sheet(rebill, seller, tmp_path):
    make_product(seller, "HOST")
    make_customer(seller, number="7")
    file = workbook(
        tmp_path / "base.xlsx",
        ["Klantnummer", "Artikelcode", "Aantal", "Prijs", "Startdatum"],
        [7, "HOST", 2, Decimal("9.95"), date(2026, 3, 1)],
        sheet="Abonnementen",
    )

    assert rebill("import", "subscriptions", file, "--sheet", "Abonnementen").code == 0
    assert rebill("import", "subscriptions", file, "--sheet", "Elders").code == 2

    kept = Subscription.objects.get()
    assert (kept.quantity, kept.unit_price, kept.start_on) == (2, Decimal("9.95"), date(2026, 3, 1))


def test_a_formula_is_no_name(rebill, write):
    file = write("Klantnummer;Naam", '1;"=HYPERLINK(""http://evil.example"")"', "2;Bakker")

    ended = rebill("import", "customers", file)

    assert ended.code == 1
    assert Customer.objects.get().number == "2"


def test_a_formula_of_a_workbook_counts_as_what_it_shows_or_is_rejected(rebill, tmp_path):
    file = workbook(tmp_path / "base.xlsx", ["Klantnummer", "Naam"], [1, "=1+1"], [2, "Bakker"])

    ended = rebill("import", "customers", file, "--sheet", "Blad1")

    assert ended.code == 1
    assert Customer.objects.get().number == "2"


def test_rejected_lines_cannot_run_as_formulas(rebill, write, tmp_path):
    file = write("Klantnummer;Naam;Betaaltermijn", "1;@SUM(A1);nooit")
    rejects = tmp_path / "rejects.csv"

    rebill("import", "customers", file, "--rejects", rejects)

    assert "'@SUM(A1)" in rejects.read_text("utf-8-sig")


def bomb():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 600_000_000)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"%PDF-1.7\n1 0 obj\n", id="pdf"),
        pytest.param(b"<html><table><tr><td>1</td></tr></table></html>", id="web page"),
        pytest.param(b"PK\x03\x04 no archive at all", id="damaged workbook"),
        pytest.param(bytes(range(256)) * 40, id="noise"),
        pytest.param(bomb(), id="bomb"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(rebill, tmp_path, content):
    file = tmp_path / "base.xlsx"
    file.write_bytes(content)

    ended = rebill("import", "customers", file)

    assert ended.code == 2
    assert "base.xlsx" in ended.aside + ended.shown
    assert "Traceback" not in ended.aside + ended.shown
    assert not Customer.objects.exists()


def test_a_file_that_is_not_there_is_refused(rebill, tmp_path):
    ended = rebill("import", "customers", tmp_path / "nowhere.csv")

    assert ended.code == 2
    assert "nowhere.csv" in ended.aside


def test_columns_that_do_not_suffice_are_all_named_at_once(rebill, write):
    file = write("Kolom A;Kolom B", "1;2")

    ended = rebill("import", "subscriptions", file)

    assert ended.code == 2
    for label in ("Customer number", "Product code", "Starts on"):
        assert label in " ".join(ended.shown.split())
    assert "--map" in ended.aside


def test_every_line_is_told_and_the_three_add_up(rebill, write, tmp_path):
    rejects = tmp_path / "rejects.csv"
    rebill("import", "customers", write("Klantnummer;Naam", "1;Smit"))
    file = write(
        "Klantnummer;Naam;Betaaltermijn",
        "1;Smit;",
        "2;Bakker;30",
        "2;Bakker;30",
        ";Zonder nummer;14",
        "4;Visser;morgen",
        "5;;8",
        '6;"Open;9',
        "7;Te;veel;cellen",
    )

    ended = rebill("import", "customers", file, "--json", "--rejects", rejects)

    told = json.loads(ended.shown)
    assert ended.code == 1
    assert (told["lines"], told["accepted"], told["unchanged"], told["rejected"]) == (8, 1, 1, 6)
    assert [each["where"] for each in told["first_rejected"]] == [
        "file.csv line 4",
        "file.csv line 5 column Klantnummer",
        "file.csv line 6 column Betaaltermijn",
        "file.csv line 7 column Naam",
        "file.csv line 8",
        "file.csv line 9",
    ]
    assert all(each["why"] and each["remedy"] for each in told["first_rejected"])
    assert len(rejects.read_text("utf-8-sig").splitlines()) == 7
    assert Event.objects.filter(verb="file_imported").count() == 2


def test_a_mended_file_of_rejects_comes_in(rebill, write, tmp_path):
    rejects = tmp_path / "rejects.csv"
    rebill("import", "customers", write("Klantnummer;Naam;Betaaltermijn", "1;Smit;x"), "--rejects", rejects)
    text = rejects.read_text("utf-8-sig").replace("1;Smit;x", "1;Smit;14", 1)
    rejects.write_text(text, "utf-8-sig")

    assert rebill("import", "customers", rejects).code == 0

    assert Customer.objects.get().payment_term_days == 14


def test_the_rejects_cannot_overwrite_the_file(rebill, write):
    file = write("Klantnummer;Naam", "1;Smit")

    ended = rebill("import", "customers", file, "--rejects", file)

    assert ended.code == 2
    assert file.read_text() == "Klantnummer;Naam\n1;Smit\n"


def test_rejects_that_cannot_be_written_are_said_to_be(rebill, write, tmp_path):
    ended = rebill(
        "import", "customers", write("Klantnummer;Naam", ";Smit"), "--rejects", tmp_path / "nowhere" / "rejects.csv"
    )

    assert ended.code == 2
    assert "The import is done" in ended.aside


def test_an_amount_too_large_for_the_database_costs_its_own_line_only(rebill, write, seller):
    make_customer(seller, number="7")
    file = write(
        "Klantnummer;Datum;Omschrijving;Prijs",
        "7;2026-03-31;Montage;10",
        f"7;2026-03-31;Te veel;{'9' * 40}",
        "7;2026-03-31;Transport;20",
    )

    assert rebill("import", "interim-lines", file).code == 1

    assert list(InterimLine.objects.values_list("description", flat=True)) == ["Montage", "Transport"]
