"""Purchase invoices on the command line: files, folders, and a folder that is watched."""

import json
import os

import pytest

from rebill.interfaces.purchases.arriving import WatchedPurchases
from rebill.kit.arrivals import Arrivals
from rebill.sources.supplier_invoices.models import PriceGroup, PurchaseInvoice, PurchaseLink
from tests.factories import NOW, acting_of, make_customer, make_product
from tests.sources.supplier_invoices.written import Finvoice, Row


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "inbox"
    path.mkdir()
    (path / "a.xml").write_bytes(Finvoice().written())
    (path / "b.xml").write_bytes(Finvoice(number="900124").written())
    return path


def test_a_folder_is_taken_and_its_twins_are_named(rebill, folder):
    first = rebill("import", "purchase-invoice", folder)
    again = rebill("import", "purchase-invoice", folder / "a.xml", "--json")

    assert (first.code, "900123" in first.shown, "Ohjelmistotalo" in first.shown) == (0, True, True)
    [told] = json.loads(again.shown)["files"]
    assert again.code == 2
    assert told["first"] == PurchaseInvoice.objects.get(number="900123").pk


def test_what_matches_nothing_is_counted(rebill, seller, folder):
    make_customer(seller, chamber_id="1478523-2", country="FI")
    make_product(seller, "NV-1")

    ended = rebill("import", "purchase-invoice", folder / "a.xml", "--json")

    [told] = json.loads(ended.shown)["files"]
    assert (told["invoice"]["rows"], told["invoice"]["to_fix"], told["invoice"]["net"]) == (1, 0, "50.00")


def test_one_broken_file_does_not_stop_the_others(rebill, folder):
    (folder / "c.xml").write_bytes(b"<Finvoice>")

    ended = rebill("import", "purchase-invoice", folder)

    assert (ended.code, "c.xml" in ended.aside) == (1, True)
    assert PurchaseInvoice.objects.count() == 2


def test_a_watched_folder_takes_what_has_stopped_growing(seller, folder):
    watched = WatchedPurchases(Arrivals(folder))
    (folder / "c.xml").write_bytes(b"no invoice")
    looks = [list(watched.look(acting=acting_of(seller), now=NOW)) for _look in range(3)]

    assert [len(each) for each in looks] == [0, 3, 0]
    assert sorted(os.listdir(folder / "done")) == ["a.xml", "b.xml"]
    assert os.listdir(folder / "failed") == ["c.xml"]


@pytest.mark.parametrize("words", [(), ("nowhere.xml",), ("--watch", "nowhere")])
def test_what_is_not_there_is_refused(rebill, words):
    assert rebill("import", "purchase-invoice", *words).code == 2


def test_a_purchase_invoice_is_mended_and_re_billed(rebill, seller, folder):
    make_customer(seller, number="10388", name="Yritys Oy Ab")
    make_product(seller, "MINE")
    rebill("import", "purchase-invoice", folder / "a.xml")

    held = rebill("rebill", "900123", "--preview", "--json")
    rebill("purchases", "link", "900123", "--row", "1", "--customer", "10388", "--product", "MINE")
    rebill("purchases", "group", "Margin", "--factor", "1.25", "--from", "2026-01-01", "--customer", "10388")
    told = rebill("rebill", "900123", "--date", "2026-11-03", "--intro", "Netvisor", "--json")
    shown = rebill("rebill", "900123")

    assert held.code == 1
    assert json.loads(held.shown)["customers"][0]["to_fix"] == "Customer not linked: 1478523-2"
    facts = json.loads(told.shown)
    assert (told.code, facts["rebilled"]["drafts"], facts["sold"], facts["bought"]) == (0, 1, "62.50", "50.00")
    assert "1 earlier draft was replaced" in shown.shown


def test_price_groups_are_listed_and_shown(rebill, seller):
    make_customer(seller, number="10388", name="Zeilmakerij Vos")
    rebill("purchases", "group", "Margin", "--factor", "1.25", "--from", "2026-01-01", "--customer", "10388")
    rebill("purchases", "group", "Margin", "--factor", "1.3", "--from", "2030-01-01")

    listed = rebill("purchases", "groups", "--on", "2026-11-01", "--json")
    shown = rebill("purchases", "group", "Margin", "--json")
    read = rebill("purchases", "groups").shown + rebill("purchases", "group", "Margin").shown
    unknown = rebill("purchases", "group", "Nobody")

    assert json.loads(listed.shown)["groups"] == [
        {"group": "Margin", "factor": "1.25", "products": 0, "customers": 1},
    ]
    facts = json.loads(shown.shown)
    assert [(each["factor"], each["valid_from"]) for each in facts["factors"]] == [
        ("1.3", "2030-01-01"), ("1.25", "2026-01-01"),
    ]  # fmt: skip
    assert facts["customers"] == [{"number": "10388", "name": "Zeilmakerij Vos"}]
    assert "Zeilmakerij Vos" in read
    assert (unknown.code, PriceGroup.objects.count()) == (2, 1)


def test_suppliers_states_rows_and_margins(rebill, seller, folder):
    rebill("import", "purchase-invoice", folder)

    out = [
        rebill("purchases", "supplier", "900123", "--model", "older", "--place", "party", "--commission-code", "P"),
        rebill("purchases", "leave-out", "900123", "1", "--reason", "Ours"),
        rebill("purchases", "read-again", "900123"),
        rebill("purchases", "move", "900123", "--to", "in-review"),
        rebill("purchases", "list", "--search", "9001"),
        rebill("purchases", "balances"),
        rebill("purchases", "margins", "--monthly"),
        rebill("purchases", "margins", "--json"),
    ]

    assert [each.code for each in out] == [0] * len(out)
    assert "In review" in out[4].shown
    assert "125.50" in out[5].shown
    assert [each["excluded"] for each in json.loads(out[7].shown)["margins"]] == ["0.00", "50.00"]


@pytest.mark.parametrize(
    "words",
    [
        ("rebill", "nowhere"),
        ("rebill", "900123"),
        ("purchases", "link", "900123", "--row", "9", "--customer", "1"),
        ("purchases", "link", "900123", "--row", "1"),
        ("purchases", "leave-out", "900123", "9", "--reason", "x"),
        ("purchases", "supplier", "900123", "--model", "magic"),
        ("purchases", "supplier", "900123", "--place", "moon"),
        ("purchases", "group", "G", "--factor", "-1"),
        ("purchases", "settle", "900123", "900124"),
        ("purchases", "unsettle", "900124", "900123"),
        ("purchases", "move", "900123", "--to", "rebilled"),
    ],
)
def test_what_cannot_be_done_is_refused(rebill, seller, folder, words):
    rebill("import", "purchase-invoice", folder)

    assert rebill(*words).code == 2


TABLE = """Leverancier;Factuurnummer;Factuurdatum;KvK;Klant;Artikelcode;Omschrijving;Aantal;Stukprijs;Bedrag;BTW
Nimbus B.V.;ND-1;31-08-2026;00990311;Kompas Reizen;NMB-1;Mail archive;24;1,10;26,40;21%
Nimbus B.V.;ND-1;31-08-2026;;Studio Vlet;NMB-1;Mail archive;2;1,10;2,20;21%
Nimbus B.V.;ND-2;31-08-2026;00990311;Kompas Reizen;NMB-1;Correction;-1;1,10;-1,10;21%
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "nimbus.csv"
    path.write_text(TABLE, "utf-8")
    return path


def test_a_table_is_read_by_its_columns_and_may_hold_several_invoices(rebill, seller, table):
    kompas = make_customer(seller, name="Kompas Reizen B.V.", chamber_id="00990311")

    ended = rebill("import", "purchase-invoice", table, "--json")

    told = {each["invoice"]["number"]: each["invoice"] for each in json.loads(ended.shown)["files"]}
    assert ended.code == 0
    assert (told["ND-1"]["net"], told["ND-1"]["gross"], told["ND-2"]["net"]) == ("28.60", "34.61", "-1.10")
    assert told["ND-2"]["kind"] == "credit_note"
    first = PurchaseInvoice.objects.get(number="ND-1")
    assert [row.customer_id for row in first.rows.order_by("position")] == [kompas.pk, None]
    assert rebill("import", "purchase-invoice", table).code == 2


def test_c106_neighbour_of_a_table_that_overlaps_the_last_one_the_new_invoices_are_taken(rebill, seller, table):
    rebill("import", "purchase-invoice", table)
    table.write_text(TABLE.replace("ND-1", "ND-3"), "utf-8")

    ended = rebill("import", "purchase-invoice", table)

    assert ended.code == 0
    assert "ND-2" in ended.shown
    assert "was taken in on" in ended.shown
    assert list(PurchaseInvoice.objects.order_by("id").values_list("number", flat=True)) == ["ND-1", "ND-2", "ND-3"]


def test_rows_of_a_table_with_more_decimals_than_cents_leave_no_cent_over(rebill, seller, table):
    table.write_text(TABLE.replace("26,40", "26,404").replace("2,20", "2,204"), "utf-8")

    rebill("import", "purchase-invoice", table)

    first = PurchaseInvoice.objects.get(number="ND-1")
    assert [(row.kind, str(row.net)) for row in first.rows.order_by("position")] == [
        ("row", "26.40 EUR"), ("row", "2.20 EUR"),
    ]  # fmt: skip
    assert str(first.net) == "28.60 EUR"


def test_columns_are_named_where_they_are_not_known_and_remembered(rebill, table):
    table.write_text(TABLE.replace("Factuurnummer", "Beleg"), "utf-8")

    refused = rebill("import", "purchase-invoice", table)
    named = rebill("import", "purchase-invoice", table, "--map", "Beleg=invoice_number")
    again = TABLE.replace("Factuurnummer", "Beleg").replace("ND-", "NE-")
    table.write_text(again, "utf-8")

    assert (refused.code, named.code) == (2, 0)
    assert rebill("import", "purchase-invoice", table).code == 0


def test_a_table_with_a_line_that_cannot_be_read_is_refused_whole(rebill, table):
    table.write_text(TABLE.replace(";2,20;", ";two;"), "utf-8")

    ended = rebill("import", "purchase-invoice", table)

    assert (ended.code, "line 3" in ended.aside) == (2, True)
    assert not PurchaseInvoice.objects.exists()


def test_the_columns_of_a_table_are_listed(rebill):
    assert "invoice_number" in rebill("import", "purchase-invoice", "--fields").shown


def test_a_row_that_names_nobody_is_given_to_a_customer_and_not_remembered(rebill, seller, folder):
    make_customer(seller, number="K-1")
    (folder / "c.xml").write_bytes(Finvoice([Row(), Row(price="3.00")], number="900125").written())
    rebill("import", "purchase-invoice", folder / "c.xml")

    told = rebill("purchases", "link", "900125", "--row", "1", "--customer", "K-1")

    rows = PurchaseInvoice.objects.get(number="900125").rows
    assert (told.code, rows.filter(customer__isnull=False).count()) == (0, 1)
    assert not PurchaseLink.objects.exists()
