"""What stands around rates on the command line: decks of price plans and peak times."""

import json

import pytest

from rebill.catalogue.models import PeakTimes, PricePlan
from rebill.rules.periods import add_months
from tests.factories import make_customer, make_plan, make_product
from tests.interfaces.conftest import THIS_MONTH

pytestmark = pytest.mark.django_db

NEXT_MONTH = add_months(THIS_MONTH, 1)


@pytest.fixture
def deck(seller, typed):
    """A deck that can be sold by, in a seller with a price plan."""
    make_plan(seller, "standard")
    make_product(seller, "CALLS", kind="usage")
    assert typed("rates", "create", "retail", "--product", "CALLS").code == 0
    return "retail"


def told(ended):
    assert ended.code == 0, ended.aside
    return json.loads(ended.shown)


def test_a_price_plan_is_linked_to_a_deck_and_ended(deck, typed):
    linked = typed("rates", "link", "standard", deck, "--from", THIS_MONTH)
    typed("rates", "create", "surcharge", "--product", "CALLS")
    optional = ("--component", 1, "--optional", "--json")
    told(typed("rates", "link", "standard", "surcharge", "--from", THIS_MONTH, *optional))

    ended = typed("rates", "unlink", "standard", deck, "--before", NEXT_MONTH)

    assert "standard prices calls by retail from" in linked.shown
    assert "until before" in ended.shown
    rows = told(typed("rates", "links", "standard", "--json"))["links"]
    assert [(row["deck"], row["component"], row["required"], row["from"], row["before"]) for row in rows] == [
        ("retail", 0, True, str(THIS_MONTH), str(NEXT_MONTH)),
        ("surcharge", 1, False, str(THIS_MONTH), None),
    ]
    assert "not required" in typed("rates", "links", "standard").shown


def test_the_first_plan_of_a_seller_is_made_with_its_deck(seller, typed):
    make_product(seller, "CALLS", kind="usage")
    typed("rates", "create", "retail", "--product", "CALLS")

    assert typed("rates", "link", "calls", "wholesale", "--from", THIS_MONTH).code == 2
    assert not PricePlan.objects.exists()
    assert typed("rates", "link", "calls", "retail", "--from", THIS_MONTH).code == 0
    assert PricePlan.objects.get().is_default
    assert typed("rates", "link", "other", "retail", "--from", THIS_MONTH).code == 2


def test_a_deck_that_the_plan_has_not_is_not_ended(deck, typed):
    refused = typed("rates", "unlink", "standard", deck, "--before", NEXT_MONTH)

    assert refused.code == 2
    assert "There is no such deck of a plan." in refused.aside


def test_peak_times_are_made_corrected_and_listed(seller, typed):
    made = typed(
        "peak-times", "create", "daytime", "--peak", "1-5 8:00-18:00", "--peak", "6 09:00-13:00", "--holidays", "NL"
    )

    corrected = told(typed("peak-times", "change", "daytime", "--holidays", "", "--name", "By day", "--json"))

    assert "Peak times daytime: 1-5 08:00-18:00, 6 09:00-13:00." in made.shown
    expected = {
        "code": "daytime", "name": "By day", "peak": ["1-5 08:00-18:00", "6 09:00-13:00"], "holidays": "",
    }  # fmt: skip
    assert corrected == expected
    assert told(typed("peak-times", "list", "--json")) == {"peak_times": [expected]}
    assert "1-5 08:00-18:00, 6 09:00-13:00" in typed("peak-times", "list").shown


def test_days_that_stand_apart_are_shown_as_they_are_typed(seller, typed):
    PeakTimes.objects.create(seller=seller, code="odd", name="Odd", week=[[[1, 2, 4], "08:00", "18:00"]])

    rows = told(typed("peak-times", "list", "--json"))["peak_times"]

    assert rows[0]["peak"] == ["1-2 08:00-18:00", "4 08:00-18:00"]


@pytest.mark.parametrize("text", ["weekdays 08:00-18:00", "5-1 08:00-18:00", "1-5 8-18"])
def test_times_that_cannot_be_read_are_refused(seller, typed, text):
    refused = typed("peak-times", "create", "daytime", "--peak", text)

    assert refused.code == 2
    assert "is no stretch of the week" in refused.aside
    assert not PeakTimes.objects.exists()


def test_a_deck_knows_peak_times_from_a_day_on(deck, typed):
    typed("peak-times", "create", "daytime", "--peak", "1-5 08:00-18:00")
    typed("peak-times", "choose", deck, "daytime", "--from", THIS_MONTH)

    chosen = typed("peak-times", "choose", deck, "--from", NEXT_MONTH)

    assert "none" in chosen.shown
    rows = told(typed("peak-times", "chosen", deck, "--json"))["chosen"]
    assert [(row["from"], row["peak_times"]) for row in rows] == [
        (str(NEXT_MONTH), None),
        (str(THIS_MONTH), "daytime"),
    ]


def test_a_bundle_is_made_corrected_listed_and_ended(deck, typed):
    said = ("--plan", "standard", "--minutes", 2000, "--category", "national-fixed")
    made = typed("bundles", "create", "Fixed NL", "--from", THIS_MONTH, *said)
    [listed] = told(typed("bundles", "list", "--json"))["bundles"]

    corrected = told(typed("bundles", "change", listed["number"], "--amount", "12.50", "--json"))
    ended = typed("bundles", "end", listed["number"], "--before", NEXT_MONTH)

    assert "Fixed NL" in made.shown
    assert (listed["plan"], listed["minutes"], listed["categories"]) == ("standard", 2000, ["national-fixed"])
    assert (corrected["minutes"], corrected["amount"], corrected["name"]) == (None, "12.5", "Fixed NL")
    assert "until before" in ended.shown
    shown = " ".join(typed("bundles", "list").shown.split())
    assert "plan standard" in shown


def test_a_bundle_of_an_unknown_category_is_refused_with_those_there_are(deck, typed):
    refused = typed("bundles", "create", "Fixed", "--from", THIS_MONTH, "--plan", "standard", "--category", "fixed")

    assert refused.code == 2
    assert "'fixed' is no category of calls; they are national-fixed" in " ".join(refused.aside.split())


def test_a_customer_has_a_rate_of_its_own_until_it_is_ended(deck, seller, typed):
    make_customer(seller, number="K-1", name="Rederij Nauta")
    first = typed(
        "rates", "set-exception", "K-1", "316", "--minute", "0.04", "--from", THIS_MONTH, "--product", "CALLS"
    )
    told(typed("rates", "set-exception", "K-1", "316", "--setup", "0.01", "--from", NEXT_MONTH, "--json"))
    twice = ("--on", NEXT_MONTH, "--json")

    [before], [after] = (told(typed("rates", "exceptions", *said))["exceptions"] for said in (["--json"], twice))
    ended = typed("rates", "end-exception", "K-1", "316", "--before", add_months(NEXT_MONTH, 1))

    assert "Rederij Nauta calls 316 at 0.04" in " ".join(first.shown.split())
    assert (before["customer"], before["minute"], before["setup"], before["before"]) == (
        "K-1", "0.04", "0", str(NEXT_MONTH),
    )  # fmt: skip
    assert (after["minute"], after["setup"]) == ("0.04", "0.01")
    assert "until before" in ended.shown
    assert "K-1" in typed("rates", "exceptions", "K-1").shown
    assert told(typed("rates", "exceptions", "--on", add_months(NEXT_MONTH, 1), "--json"))["exceptions"] == []


def test_a_rate_that_the_customer_has_not_is_not_ended(deck, seller, typed):
    make_customer(seller, number="K-1", name="Rederij Nauta")

    refused = typed("rates", "end-exception", "K-1", "316", "--before", NEXT_MONTH)

    assert refused.code == 2
    assert "Rederij Nauta has no rate of its own for 316" in " ".join(refused.aside.split())
