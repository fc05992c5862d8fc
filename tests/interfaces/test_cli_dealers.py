"""`rebill resale`, `sellers move`, `prepare --chain` and `export lines`: dealers from the keyboard."""

import json
from datetime import timedelta

import pytest

from rebill.charges.models import Charge
from rebill.exports.models import LineLayout
from rebill.rules.periods import add_months
from rebill.subscriptions.models import Subscription
from tests.interfaces.conftest import THIS_MONTH
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db


@pytest.fixture
def top(db) -> Link:
    """A wholesaler that sells a seat, with two dealers."""
    link = Link.wholesaler("Elbtal Kommunikation", slug="elbtal")
    link.seat = link.sells("SEAT", "6", name="Seat")
    link.delta, link.gamma = link.dealer("Delta Telecom", slug="delta"), link.dealer("Gamma", slug="gamma")
    link.nauta = link.delta.customer("Rederij Nauta", number="10482")
    return link


def adopt(typed, dealer: str, *price: str) -> None:
    ended = typed("resale", "adopt", "SEAT", "--code", f"{dealer}-SEAT", *price, "--seller", dealer)
    assert ended.code == 0, ended.aside


def test_a_product_is_offered_taken_over_and_priced(top, typed):
    assert "6.00" in typed("resale", "offers", "--seller", "delta").shown
    adopt(typed, "delta", "--percent", "50")

    [offer] = json.loads(typed("resale", "offers", "--seller", "delta", "--json").shown)["offers"]
    priced = typed("resale", "price", "delta-SEAT", "--price", "8.50", "--seller", "delta", "--json")
    common = typed("resale", "price", "--amount", "2", "--seller", "delta")

    assert (offer["buy_price"], offer["resold_as"]) == ("6", "delta-SEAT")
    assert [each["kind"] for each in json.loads(priced.shown)["resale_prices"]] == ["fixed"]
    assert (common.code, "amount" in common.shown) == (0, True)


@pytest.mark.parametrize(
    "words",
    [
        ("resale", "offers", "--seller", "elbtal"),
        ("resale", "adopt", "NONE", "--code", "X", "--seller", "delta"),
        ("resale", "price", "--price", "8", "--percent", "9", "--seller", "delta"),
        ("resale", "price", "--price", "8", "--seller", "delta"),
        ("resale", "order", "10482", "SEAT", "--dealer", "nobody", "--quantity", "1", "--seller", "elbtal"),
        ("sellers", "move", "10482", "--from", "delta", "--to", "nobody", "--on", "2026-09-01", "--seller", "elbtal"),
        ("export", "lines", "--layout", "NONE", "--seller", "delta"),
        ("export", "lines", "--columns", "profit", "--seller", "delta"),
    ],
)
def test_what_cannot_be_is_refused_in_words(top, typed, words):
    ended = typed(*words)

    assert (ended.code, ended.aside.startswith("Refused: ")) == (2, True)


def test_an_order_is_billed_moved_and_exported_through_the_chain(top, typed, tmp_path):
    for dealer in ("delta", "gamma"):
        adopt(typed, dealer, "--percent", "50")
    ordered = typed(
        "resale", "order", "10482", "SEAT", "--dealer", "delta", "--quantity", "2", "--order", "50311", "--seller",
        "elbtal", "--from", THIS_MONTH,
    )  # fmt: skip
    assert ordered.code == 0, ordered.aside

    told = json.loads(typed("prepare", "--chain", "--on", THIS_MONTH, "--seller", "elbtal", "--json").shown)
    assert [(each["seller"], each["new_charges"]) for each in told["sellers"]] == [
        ("elbtal", 1), ("delta", 1), ("gamma", 0),
    ]  # fmt: skip
    assert [charge.amount.decimal for charge in Charge.objects.order_by("seller_id")] == [12, 18]

    for link in (top, top.delta):
        link.issue(THIS_MONTH)
    file = tmp_path / "ek.csv"
    exported = typed(
        "export", "lines", f"{THIS_MONTH:%Y-%m}", "--side", "purchase", "--columns", "order_number,amountnew,price",
        "--headings", "keys", "--remember", "ERP", "--out", file, "--seller", "delta",
    )  # fmt: skip
    assert exported.code == 0, exported.aside
    assert file.read_bytes().decode("utf-8-sig").splitlines() == ["order_number;amountnew;price", "50311;2,0000;12,00"]
    assert LineLayout.objects.get().name == "ERP"
    assert "amountnew" in typed("export", "lines", "--list", "--seller", "delta").shown

    shown = typed("export", "margins", f"{THIS_MONTH:%Y-%m}", "--seller", "delta").shown
    assert [word for word in ("Rederij Nauta", "18.00", "12.00", "6.00") if word not in shown] == []
    written = typed("export", "margins", "--by", "product", "--out", tmp_path / "m.csv", "--seller", "delta", "--json")
    assert json.loads(written.shown)["totals"] == [
        {"currency": "EUR", "sold": "18.00", "bought": "12.00", "earned": "6.00", "percent": 33}
    ]
    rows = (tmp_path / "m.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert rows[1:] == ["delta-SEAT;Seat;EUR;18.00;12.00;6.00"]
    nowhere = typed("export", "margins", "--out", tmp_path / "no" / "m.csv", "--seller", "delta")
    assert (nowhere.code, "cannot be written" in nowhere.aside) == (2, True)

    day = add_months(THIS_MONTH, 1) - timedelta(days=1)
    moved = typed("sellers", "move", "10482", "--from", "delta", "--to", "gamma", "--on", day, "--seller", "elbtal")
    assert (moved.code, "Gamma" in moved.shown) == (0, True)
    assert set(Subscription.objects.values_list("seller__slug", flat=True)) == {"delta", "gamma"}
