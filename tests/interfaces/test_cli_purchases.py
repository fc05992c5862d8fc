"""Purchase invoices on the command line: files, folders, and a folder that is watched."""

import json
import os

import pytest

from rebill.interfaces.purchases.arriving import WatchedPurchases
from rebill.sources.supplier_invoices.models import PurchaseInvoice
from tests.factories import NOW, acting_of, make_customer, make_product
from tests.sources.supplier_invoices.written import Finvoice


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
    watched = WatchedPurchases(folder)
    (folder / "c.xml").write_bytes(b"no invoice")
    looks = [list(watched.look(acting=acting_of(seller), now=NOW)) for _look in range(3)]

    assert [len(each) for each in looks] == [0, 3, 0]
    assert sorted(os.listdir(folder / "done")) == ["a.xml", "b.xml"]
    assert os.listdir(folder / "failed") == ["c.xml"]


@pytest.mark.parametrize("words", [(), ("nowhere.xml",), ("--watch", "nowhere")])
def test_what_is_not_there_is_refused(rebill, words):
    assert rebill("import", "purchase-invoice", *words).code == 2
