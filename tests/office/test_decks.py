"""Rate decks in the office: found by prefix and number, new rates taken over, a call tried, terms changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from rebill.access.acting import Role
from rebill.catalogue.commands import import_rates
from rebill.catalogue.models import Bundle, PeakTimes, PlanDeck, Rate, RateDeck, RateImport, RateImportState
from rebill.interfaces.jobs import read_clock
from rebill.kit.imports.outcomes import ImportRecord
from rebill.parties.commands import grant_role
from rebill.rules.periods import add_months, local_day
from tests.factories import NOW, make_user
from tests.office.world import World
from tests.usage.world import Made, Partner

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def world(db) -> World:
    return World("waterkant", "Rederij Nauta", name="Waterkant Groep")


@pytest.fixture
def office(world) -> Client:
    client = Client()
    client.force_login(world.seller.memberships.get().user)
    return client


def at(world, *path) -> str:
    return "/".join(["/s/waterkant/decks", *map(str, path), ""]) if path else "/s/waterkant/decks/"


def test_decks_are_listed_with_what_waits(office, world):
    shown = office.get(at(world)).content.decode()

    for words in ("Waterkant Wholesale", "Transvox", "New rates wait", "Fixed, 2,000", "2,000 min."):
        assert words in shown


def test_a_deck_shows_its_rates_and_margins(office, world, django_assert_max_num_queries):
    office.get(at(world))
    with django_assert_max_num_queries(26):
        shown = office.get(at(world, world.deck.pk)).content.decode()

    for words in ("Germany, fixed", "0.0072", "0.0140", "48.5%", "Transvox changes 2 prices on 1 Oct", "1 below cost"):
        assert words in shown


@pytest.mark.parametrize(("words", "is_found"), [("4", True), ("+49 151 5550", True), ("german", True), ("32", False)])
def test_a_prefix_is_found_by_beginning_number_and_country(office, world, words, is_found):
    shown = office.get(at(world, world.deck.pk), {"q": words})

    assert bool(shown.context["rows"]) is is_found


def test_rates_of_a_day_are_a_file(office, world):
    answer = office.get(f"/s/waterkant/decks/{world.deck.pk}/rates.csv?on=2026-09-01")

    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("49;Germany, fixed;9;0.014;;0;1;1")


def test_a_call_is_tried(office, world):
    answer = office.get(at(world, world.deck.pk, "try"), {"number": "+49 30 5550 0123", "length": "3:20"})

    shown = answer.content.decode()
    for words in ("49 Germany, fixed", "0.0240", "0.0467", "48.6%"):
        assert words in shown
    assert "No prefix" in office.get(at(world, world.deck.pk, "try"), {"number": "+1 212 5550123"}).content.decode()
    assert "3:20" in office.get(at(world, world.deck.pk, "try"), {"number": "+49", "length": "x"}).content.decode()


def test_ticks_and_prices_of_rows_are_kept(office, world):
    rows = {row.prefix: row for row in world.rate_import.rows.all()}
    kosovo, germany = rows["383"], rows["49"]
    typed = {"shown": [kosovo.pk, germany.pk], "chosen": [kosovo.pk], f"sell-{kosovo.pk}": "0,40"}

    answer = office.post(
        at(world, "imports", world.rate_import.pk, "rows"), typed, headers={"HX-Request": "true", "HX-Target": "w"}
    )

    kosovo.refresh_from_db()
    germany.refresh_from_db()
    assert (kosovo.chosen, germany.chosen, kosovo.sell_new) == (True, False, Decimal("0.40"))
    assert "26.2%" in answer.content.decode()
    wrong = office.post(
        at(world, "imports", world.rate_import.pk, "rows"), {**typed, f"sell-{kosovo.pk}": "x"},
        headers={"HX-Request": "true", "HX-Target": "w"},
    )  # fmt: skip
    assert "Enter a number." in wrong.content.decode()


def test_new_rates_are_taken_over_and_taken_back(office, world):
    path = at(world, "imports", world.rate_import.pk, "take")
    assert "Take over 2 changes" in office.get(path).content.decode()

    office.post(path)

    assert Rate.objects.get(deck=world.deck, prefix="383").minute == Decimal("0.3688")
    office.post(at(world, "imports", world.rate_import.pk, "take-back"))
    assert not Rate.objects.filter(prefix="383").exists()


def test_new_rates_are_left_out(office, world):
    office.post(at(world, "imports", world.rate_import.pk, "leave-out"))

    assert RateImport.objects.get().state == RateImportState.LEFT_OUT
    assert "changes 2 prices" not in office.get(at(world, world.deck.pk)).content.decode()


def test_the_tabs_of_an_import_hold_their_rows(office, world):
    shown = office.get(at(world, world.deck.pk), {"tab": "new"})

    [waiting] = shown.context["imports"]
    assert [row.row.prefix for row in waiting["rows"]] == ["383"]


def test_many_rows_are_paged(office, world):
    records = [
        ImportRecord(number, {"deck_code": "transvox", "valid_from": OCTOBER, "prefix": str(700 + number), "minute": 1})
        for number in range(2, 90)
    ]
    import_rates(acting=world.acting, records=records, now=NOW)

    [second] = office.get(at(world, world.deck.pk), {"rows": "2"}).context["imports"]

    assert (second["first"], second["last"], second["total"]) == (51, 89, 89)


def test_a_deck_is_made_and_changed(office, world):
    said = {
        "code": "retail", "name": "Retail", "currency": "EUR", "product_id": world.product.pk, "markup": "25",
        "price_step": "0,0005", "quantum": "0.0001", "rounding": "0", "first_seconds": "60", "next_seconds": "60",
    }  # fmt: skip
    office.post(at(world, "new"), said)
    deck = RateDeck.objects.get(code="retail")
    assert (deck.markup, deck.price_step, deck.first_seconds) == (Decimal("0.25"), Decimal("0.0005"), 60)

    office.post(at(world, deck.pk, "edit"), {**said, "name": "Retail 2026", "buy_deck_id": world.rate_import.deck_id})

    deck.refresh_from_db()
    assert (deck.name, deck.buy_deck.code) == ("Retail 2026", "transvox")
    again = office.post(at(world, "new"), said)
    assert (again.status_code, "already" in again.content.decode()) == (422, True)


def test_a_rate_is_entered(office, world):
    said = {
        "number": "+32", "destination": "Belgium", "category": "3", "valid_from": "2026-10-01", "minute": "0,017",
        "first_seconds": "1", "next_seconds": "1",
    }  # fmt: skip
    office.post(at(world, world.deck.pk, "rate"), said)

    assert Rate.objects.get(prefix="32").minute == Decimal("0.017")
    refused = office.post(at(world, world.deck.pk, "rate"), {**said, "number": "3x"})
    assert (refused.status_code, "no prefix" in refused.content.decode()) == (422, True)


def test_a_plan_prices_calls_by_a_deck(office, world):
    office.post(at(world, world.deck.pk, "plan"), {"plan_id": world.month.plan.pk, "valid_from": "2026-10-01"})
    days = PlanDeck.objects.filter(deck=world.deck).order_by("valid_from").values_list("valid_before", flat=True)
    assert list(days) == [OCTOBER, None]

    bought = at(world, world.rate_import.deck_id, "plan")
    refused = office.post(bought, {"plan_id": world.month.plan.pk, "valid_from": "2026-10-01"})
    assert (refused.status_code, "no product" in refused.content.decode()) == (422, True)


def test_a_bundle_is_made_and_corrected(office, world):
    said = {"name": "Mobile NL", "product_id": world.product.pk, "valid_from": "2026-10-01", "minutes": "300",
            "categories": ["2"]}  # fmt: skip
    office.post(at(world, "bundles", "new"), said)
    bundle = Bundle.objects.get(name="Mobile NL")
    assert (bundle.seconds, bundle.categories) == (18_000, [2])

    office.post(at(world, "bundles", bundle.pk), {"name": "Mobile NL", "minutes": "400", "categories": ["2", "4"]})

    bundle.refresh_from_db()
    assert (bundle.seconds, bundle.categories) == (24_000, [2, 4])
    refused = office.post(at(world, "bundles", "new"), {**said, "product_id": ""})
    assert refused.status_code == 422


def test_a_viewer_sees_and_decides_nothing(world):
    user = make_user("viewer")
    grant_role(acting=world.acting, user=user, role=Role.VIEWER, now=NOW)
    client = Client()
    client.force_login(user)

    assert "Leave out" not in client.get(at(world, world.deck.pk)).content.decode()
    assert client.post(at(world, "imports", world.rate_import.pk, "take")).status_code == 403


def stretch(number: int, days: tuple[str, ...], begins: str, ends: str) -> dict[str, object]:
    return {f"days-{number}": days, f"begins-{number}": begins, f"ends-{number}": ends}


def test_peak_times_are_made_corrected_and_chosen_at_a_deck(office, world):
    said = {"code": "day", "name": "Day", "holidays": "NL", **stretch(0, ("1", "2"), "08:00", "18:00")}
    assert office.post(at(world, "peak-times", "new"), said).status_code == 302
    made = PeakTimes.objects.get(code="day")
    assert (made.week, made.holidays) == ([[[1, 2], "08:00", "18:00"]], "NL")

    assert office.post(at(world, "peak-times", "new"), said).status_code == 422
    corrected = {
        "name": "Day",
        "holidays": "",
        **stretch(0, ("1",), "07:00", "18:00"),
        **stretch(1, ("6",), "09:00", "12:00"),
    }
    office.post(at(world, "peak-times", made.pk), corrected)
    chosen = office.post(at(world, world.deck.pk, "peak-times"), {"peak_times_id": made.pk, "valid_from": "2026-10-01"})
    office.post(at(world, world.deck.pk, "peak-times"), {"peak_times_id": "", "valid_from": "2026-12-01"})

    made.refresh_from_db()
    assert (made.week, made.holidays) == ([[[1], "07:00", "18:00"], [[6], "09:00", "12:00"]], "")
    assert chosen.status_code == 302
    known = list(world.deck.peak_times.order_by("valid_from").values_list("peak_times_id", "valid_from"))
    assert known == [(made.pk, OCTOBER), (None, date(2026, 12, 1))]
    shown = office.get(at(world)).content.decode()
    assert "Monday 07:00–18:00, Saturday 09:00–12:00" in shown
    assert "Monday–Friday 08:00–18:00" in shown
    assert "Day" in office.get(at(world, world.deck.pk)).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        stretch(0, ("1",), "8 uhr", "18:00"),
        stretch(0, ("1",), "18:00", "08:00"),
        stretch(0, (), "08:00", "18:00"),
        stretch(0, ("1",), "", ""),
        {**stretch(0, ("1",), "08:00", "18:00"), "holidays": "XX"},
    ],
)
def test_peak_times_that_cannot_be_are_refused_in_words(office, world, wrong):
    refused = office.post(at(world, "peak-times", "new"), {"code": "bad", "name": "Bad", **wrong})

    assert refused.status_code == 422
    assert 'class="i bang"' in refused.content.decode()
    assert not PeakTimes.objects.filter(code="bad").exists()


def test_a_rate_a_bundle_and_a_deck_of_a_plan_end(office, world):
    rate = world.deck.rates.get()
    for path, row in (
        (("rates", rate.pk, "end"), rate),
        (("bundles", world.bundle.pk, "end"), world.bundle),
        (("plans", world.link.pk, "end"), world.link),
    ):
        assert "First day on which it holds no longer" in office.get(at(world, *path)).content.decode()
        assert office.post(at(world, *path), {"valid_before": "2020-01-01"}).status_code == 422
        assert office.post(at(world, *path), {"valid_before": "2026-11-01"}).status_code == 302
        row.refresh_from_db()
        assert row.valid_before == date(2026, 11, 1)

    assert "until before" in office.get(at(world, world.deck.pk), {"on": "2026-10-15"}).content.decode()


def test_a_customer_gets_exceptions_of_its_own(office, world):
    prices = f"/s/waterkant/customers/{world.customer.pk}/prices/"
    assert "all calls cost what the plan says" in office.get(prices).content.decode()
    said = {"code": "own-nauta", "name": "Nauta", "product_id": world.product.pk}

    made = office.post(at(world, "exceptions", world.customer.pk), said)
    again = office.post(at(world, "exceptions", world.customer.pk), {**said, "code": "own-2"})
    deck = RateDeck.objects.get(code="own-nauta")
    office.post(
        at(world, deck.pk, "rate"),
        {"number": "49", "valid_from": "2026-10-01", "minute": "0.01", "first_seconds": "1", "next_seconds": "1",
         "category": "3"},
    )  # fmt: skip

    assert (made.status_code, again.status_code) == (302, 422)
    assert deck.customer == world.customer
    assert deck.rates.get().minute == Decimal("0.01")
    assert "own-nauta" not in office.get(prices).content.decode()
    assert "Nauta" in office.get(prices).content.decode()


def test_who_may_not_keep_the_catalogue_sees_no_doors(world):
    client = Client()
    user = make_user("viewer")
    grant_role(acting=world.acting, user=user, role=Role.VIEWER, now=NOW)
    client.force_login(user)

    assert "peak-times/new" not in client.get(at(world)).content.decode()
    assert client.get(at(world, "peak-times", "new")).status_code == 403


def test_last_months_minutes_stand_beside_rates_and_changes(office, world):
    month = add_months(local_day(read_clock(), world.seller.time_zone).replace(day=1), -1)
    assert "Min. in" not in office.get(at(world, world.deck.pk)).content.decode()
    partner = Partner(seller=world.seller)
    partner.give_number(world.customer, "31209876543")
    partner.take([Made("31209876543", "493012345678", f"{month:%Y-%m}-05T09:00", 120)])
    partner.rate_month(month)

    shown = office.get(at(world, world.deck.pk))

    [row] = shown.context["rows"]
    assert (row["minutes"], row["amount"]) == ("2", "0.03")
    [waiting] = shown.context["imports"]
    changes = {each.row.prefix: (each.minutes, each.effect) for each in waiting["rows"]}
    assert changes == {"49": ("2", "+0.02"), "383": ("–", "–")}
    assert waiting["effect"] == "+0.02"
    assert "Min. in" in shown.content.decode()
