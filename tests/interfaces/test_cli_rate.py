"""`rebill rate`, `rebill compare` and `rebill export specification` as they are typed."""

import json
from datetime import date

import pytest

from rebill.catalogue.commands import create_rate_deck
from rebill.invoices.commands import issue_invoices
from rebill.invoices.models import Invoice
from rebill.runs.commands import approve_drafts
from rebill.runs.models import Draft
from rebill.sources.usage.models import Rating, RatingState
from tests.factories import NOW, make_customer
from tests.usage.world import OCTOBER, Made, Partner

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def partner(seller) -> Partner:
    """Nauta calls a mobile and somewhere without a price; a third call is nobody's."""
    partner = Partner(seller=seller)
    partner.rate("316", "0.06", destination="Netherlands, mobile")
    partner.give_number(make_customer(seller, name="Rederij Nauta", number="10482"), "31201234567")
    return partner


def mobile(seconds: int = 60) -> Made:
    return Made("31201234567", "31612345678", "2026-10-05T09:00", seconds)


def test_new_calls_are_rated_and_what_is_missing_is_named(rebill, partner):
    partner.take(
        [
            mobile(),
            Made("31201234567", "88216123456", "2026-10-05T09:00", 60),
            Made("31209999999", "31612345678", "2026-10-05T09:00", 60),
        ]
    )

    first, again = rebill("rate"), rebill("rate")

    assert first.code == 1
    assert "October 2026: 3 calls, 1 of them with a price." in first.shown
    for word in ("Rederij Nauta", "882161", "31209999999"):
        assert word in first.shown
    assert (again.code, again.shown.strip()) == (0, "All calls are rated.")


def test_a_billed_month_is_tried_taken_and_left(rebill, partner):
    partner.take([mobile(600)])
    partner.bill(NOVEMBER)
    partner.rate("316", "0.05", valid_from=OCTOBER)

    tried = rebill("rate", "--month", "2026-10")
    left = rebill("rate", "--month", "2026-10", "--leave")
    rebill("rate", "--month", "2026-10", "--trial")
    taken = rebill("rate", "--month", "2026-10", "--take", "--json")

    assert "It waits: taken over, it changes the bill of 1 customer." in tried.shown
    assert "0.60" in tried.shown
    assert left.code == 0
    [rating] = json.loads(taken.shown)["ratings"]
    assert (rating["state"], rating["rated"]) == ("current", 1)
    assert Rating.objects.get(state=RatingState.CURRENT).pk == rating["id"]


def test_two_decisions_at_once_are_refused(rebill, partner):
    assert rebill("rate", "--month", "2026-10", "--take", "--leave").code == 2
    assert rebill("rate", "--trial").code == 2
    assert rebill("rate", "--month", "2026-10", "--take").code == 2


def test_the_calls_behind_an_invoice_are_written(rebill, partner, tmp_path):
    partner.take([mobile(61)])
    prepared = partner.bill(NOVEMBER)
    approve_drafts(acting=partner.acting, drafts=Draft.objects.filter(run_id=prepared.run_id), now=NOW)
    issue_invoices(acting=partner.acting, today=NOVEMBER, now=NOW)
    number = Invoice.objects.get().number

    for kind, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        file = tmp_path / f"calls.{kind}"
        written = rebill("export", "specification", number, "--kind", kind, "--out", file)
        assert (written.code, file.read_bytes()[: len(start)]) == (0, start)
    assert rebill("export", "specification", "X-1").code == 2


def test_a_suppliers_records_are_compared_with_ours(rebill, partner, tmp_path):
    rebill("switches", "set", "carrier", "--dialect", "neutral", "--supplier")
    partner.take([mobile(60)])
    partner.take([mobile(90)], name="carrier.csv", switch="carrier")
    file = tmp_path / "differences.csv"

    compared = rebill("compare", "carrier", "--month", "2026-10", "--out", file)
    facts = json.loads(rebill("compare", "carrier", "--month", "2026-10", "--json").shown)

    assert compared.code == 1
    assert "Longer at the supplier" in compared.shown
    assert facts["counts"]["longer"] == 1
    assert file.read_text("utf-8-sig").splitlines()[1].startswith("longer;2026-10-05")


def test_a_suppliers_invoice_is_compared_with_ours(rebill, partner, tmp_path):
    bought = create_rate_deck(acting=partner.acting, code="transvox", name="Transvox", now=NOW)
    partner.rate("316", "0.02", deck=bought, destination="NL mobile")
    partner.deck.buy_deck = bought
    partner.deck.save()
    partner.take([mobile()])
    partner.rate_month()
    file, out = tmp_path / "invoice.csv", tmp_path / "compared.csv"
    file.write_text("Bestemming;Gesprekken;Minuten;Bedrag\nNL mobile;1;1;0,02\nOman;2;3,5;1,05\n", encoding="utf-8")

    taken = rebill(
        "import", "call-invoices", file, "--deck", "transvox", "--from", "2026-10-01", "--set", "invoice_number=TX-1"
    )
    compared = rebill("compare-invoice", "TX-1", "--out", out)
    facts = json.loads(rebill("compare-invoice", "TX-1", "--json").shown)
    listed = json.loads(rebill("compare-invoice", "--json").shown)["invoices"]

    assert (taken.code, compared.code) == (0, 1)
    assert "Only on the invoice" in compared.shown
    assert {each["destination"]: (each["finding"], each["difference"]) for each in facts["destinations"]} == {
        "Oman": ("only_theirs", "1.05"),
        "NL mobile": ("same", "0.00"),
    }
    assert out.read_text("utf-8-sig").splitlines()[1].startswith("only_theirs;Oman")
    assert [(each["number"], each["deck"], each["amount"]) for each in listed] == [("TX-1", "transvox", "1.07")]
    assert "TX-1" in rebill("compare-invoice").shown
    assert rebill("compare-invoice", "TX-1", "--remove").code == 0
    assert rebill("compare-invoice", "TX-1").code == 2
    assert rebill("compare-invoice").code == 0


def test_a_customers_usage_is_shown_by_month_kind_and_destination(rebill, partner):
    partner.take([mobile(), mobile(90), Made("31201234567", "88216123456", "2026-10-05T09:00", 60)])
    partner.rate_month()

    months = json.loads(rebill("usage", "10482", "--json").shown)
    october = json.loads(rebill("usage", "10482", "--month", "2026-10", "--json").shown)
    shown = rebill("usage", "10482", "--month", "2026-10").shown

    whole = {"calls": 2, "seconds": 150, "included_seconds": 0, "amount": "0.15"}
    [month] = months["months"]
    assert {name: month[name] for name in ("month", *whole)} == {"month": "2026-10", **whole}
    assert [each["calls"] for each in months["without_price"]] == [1]
    assert october["destinations"] == [{"destination": "Netherlands, mobile", "category": 9, **whole}]
    assert "Netherlands, mobile" in shown
    assert "1 call of October 2026 has no price: 882161 (1)." in " ".join(shown.split())
    assert "October 2026" in rebill("usage", "10482").shown
    assert json.loads(rebill("usage", "10482", "--month", "2026-09", "--json").shown)["months"] == []
    assert "no rated calls" in rebill("usage", "10482", "--month", "2026-09").shown
    assert rebill("usage", "999").code == 2
