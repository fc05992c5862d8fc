"""A new colleague's first import, by mouse and by keys alone."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from rebill.parties.models import Customer
from tests.office.importing import work_off, workbook

HEADINGS = ["Relatienr", "Bedrijf", "Straat", "PC", "Woonplaats", "Factuur e-mail", "Kleur"]


def book_of_300(folder: Path) -> Path:
    """Customers from another program; two of them have an address that is none."""
    rows = [
        [f"9{n:04}", f"Bedrijf {n}", f"Kade {n}", "8860 ZZ", "Harlingen", f"a{n}@bedrijf.example", "blauw"]
        for n in range(300)
    ]
    for broken in (2, 140):
        rows[broken][5] = "kapot"
    path = folder / "relaties.xlsx"
    path.write_bytes(workbook([HEADINGS, *rows]))
    return path


def test_a_new_colleague_imports_300_customers_from_excel(page: Page, tmp_path):
    page.goto("/s/waterkant/imports/")
    page.get_by_role("link", name="Import Customers").click()
    page.get_by_label("File", exact=True).set_input_files(book_of_300(tmp_path))
    page.get_by_role("button", name="Upload").click()

    # Which column is what shows in its samples; what is seen changes at once.
    expect(page.get_by_text("90000, 90001, 90002")).to_be_visible()
    page.get_by_label("Column PC goes to").select_option("Postcode")
    expect(page.locator("#seen-3")).to_contain_text("Chosen by hand")
    page.get_by_label("Column Relatienr goes to").select_option("Customer number *")
    page.get_by_label("Column Kleur goes to").select_option("Leave out")
    expect(page.get_by_text("6 of 7 matched")).to_be_visible()
    page.get_by_role("button", name="Check 300 lines").click()

    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    work_off()
    expect(page.get_by_role("button", name="Import 298 lines")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("142 .*kapot"))).to_be_visible()
    page.get_by_role("button", name="Import 298 lines").click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    work_off()

    expect(page.get_by_role("heading", name="relaties.xlsx is in, except what was rejected")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download 2 rejected lines, to mend them").click()
    assert download.value.suggested_filename == "relaties-rejected.csv"
    assert Path(download.value.path()).read_text("utf-8-sig").count("kapot") == 4 + 2
    assert Customer.objects.count() == 298


def test_an_import_by_keys_alone(page: Page, tmp_path):
    path = tmp_path / "klanten.csv"
    path.write_text("Klantnummer;Klantnaam\n10001;Bakker\n")
    page.goto("/s/waterkant/imports/customers/")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_label("File", exact=True).focus()

    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("2 of 2 matched")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    work_off()
    expect(page.get_by_role("button", name="Import 1 line")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    work_off()

    expect(page.get_by_role("heading", name="klanten.csv is in")).to_be_visible()


def test_a_file_that_is_too_large_is_said_before_it_travels(page: Page, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    page.goto("/s/waterkant/imports/customers/")

    page.get_by_label("File", exact=True).set_input_files(path)

    message = page.get_by_label("File", exact=True).evaluate("field => field.validationMessage")
    assert message == "The file is larger than 200 MB. Split it into several files."
