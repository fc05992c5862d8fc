"""`rebill tabs` and `rebill till`: tabs kept, sold on and billed from the command line."""

import json

import pytest

from rebill.parties.models import Customer
from rebill.sources.tabs.models import Tab, TabOrder
from tests.factories import make_customer, make_seller

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seller():
    seller = make_seller("waterkant", name="Waterkant")
    make_customer(seller, name="Zeilschool Lauwers", number="2890")
    return seller


def told(done) -> dict:
    assert done.code == 0, done.aside
    return json.loads(done.shown)


def test_from_the_terms_to_a_draft(rebill, seller):
    refused = rebill("tabs", "open", "2890")
    assert (refused.code, "data-protection terms" in refused.aside) == (2, True)

    assert len(told(rebill("tabs", "terms", "--accept", "--yes", "--json"))["accepted"]) == 1
    opened = rebill("tabs", "open", "2890", "--limit", "100", "--status", "active", "--buy", "--show")
    assert "Tab 2890-01 of Zeilschool Lauwers is open." in opened.shown
    sold = told(rebill("till", "--orders", "12", "--tills", "2", "--json"))

    assert sold["booked"] + sold["settled"] + sold["refused"] == 12
    assert (sold["over_limit"], sold["problems"]) == (0, [])
    shown = told(rebill("tabs", "show", "2890-01", "--json"))
    assert len(shown["orders"]) == TabOrder.objects.count() == sold["booked"] + sold["settled"]
    assert "2890-01" in rebill("tabs", "list").shown
    assert (
        "2890-01" in rebill("tabs", "show", "2890-01").shown or "Zeilschool" in rebill("tabs", "show", "2890-01").shown
    )
    billed = rebill("tabs", "bill", "--all", "--layout", "per_product")
    assert billed.code == 0, billed.aside
    assert Tab.objects.get().balance.minor == 0


def test_many_change_and_change_back(rebill, seller):
    rebill("tabs", "terms", "--accept", "--yes")
    rebill("tabs", "rules", "--scheme", "2890-{number:04}", "--layout", "per_product")
    for _ in range(2):
        rebill("tabs", "open", "2890", "--status", "active")

    changed = told(rebill("tabs", "change", "--all", "--limit", "600", "--buy", "--json"))
    assert changed["tabs"] == 2
    assert "0 tabs changed." in rebill("tabs", "change", "2890-0001", "--buy").shown
    assert "2 tabs are as before." in rebill("tabs", "undo", str(changed["change"])).shown
    assert [tab["limit"] for tab in told(rebill("tabs", "list", "--json"))["tabs"]] == ["0.00", "0.00"]
    assert rebill("tabs", "change", "--limit", "5").code == 2
    assert rebill("till").code == 2


def test_tabs_come_from_a_spreadsheet_as_the_bar_writes_it(rebill, seller, tmp_path):
    rebill("tabs", "terms", "--accept", "--yes")
    file = tmp_path / "rekeningen.csv"
    file.write_text(
        "Bedrijf;Rekeningnummer;Bestedingsbudget;Op naam kopen\n"
        "Roeivereniging De Riem;2890-0001;1.500,00;ja\n"
        "Zeilschool Lauwers;2890-0004;350,00;nee\n"
        "Zeilschool Lauwers;2890-0004;350,00;nee\n",
        encoding="utf-8",
    )

    assert rebill("import", "tabs", file).code == 1
    found = {tab.number: (tab.limit.minor, tab.may_buy) for tab in Tab.objects.all()}
    assert found == {"2890-0001": (150000, True), "2890-0004": (35000, False)}


def test_a_person_is_erased(rebill, seller, tmp_path):
    rebill("tabs", "terms", "--accept", "--yes")
    file = tmp_path / "personen.csv"
    file.write_text("Voornaam;Achternaam;Rekeningnummer\nJelle;Bos;7\n", encoding="utf-8")
    rebill("import", "tabs", file)
    [holder] = told(rebill("tabs", "show", "7", "--json"))["holders"]

    assert rebill("tabs", "erase", str(holder["holder"]), "--yes").code == 0
    assert told(rebill("tabs", "show", "7", "--json"))["holders"] == []


def test_a_person_is_erased_as_a_customer_by_number(rebill, seller):
    make_customer(seller, name="Jelle Bos", kind="person", number="1234")

    assert told(rebill("customers", "erase", "1234", "--json")) == {"customer": "1234", "erased": True}
    assert rebill("customers", "erase", "1234", "--yes").code == 0
    assert "Jelle" not in Customer.objects.get(number="1234").name
    assert rebill("check").code == 0
