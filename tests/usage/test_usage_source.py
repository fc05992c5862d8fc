"""Rated calls on the bill: in arrears, once, and later as a difference that names what it corrects."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.catalogue.commands import change_rate_deck, create_rate_deck
from rebill.charges.checks import check_charges
from rebill.charges.models import Charge
from rebill.parties.commands import change_customer
from rebill.rules.money import Money
from rebill.rules.reconcile import ChargeKind
from rebill.runs.commands import discard_drafts
from rebill.runs.models import Draft, DraftWarning
from rebill.sources.usage.checks.ratings import check_accounts, check_ratings
from rebill.sources.usage.commands import rating, take_rating
from rebill.sources.usage.commands.rating import RatingNotWaiting
from rebill.sources.usage.engine.rating import rate
from rebill.sources.usage.models import CallsWithoutOwner, Endpoint, Rating, RatingState, UsageAccount, UsageTelling
from rebill.sources.usage.queries.ratings import differences
from rebill.sources.usage.queries.specification import specification_of
from tests.factories import NOW, make_customer
from tests.usage.world import OCTOBER, Made, Partner

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)
DECEMBER = date(2026, 12, 1)


@pytest.fixture
def partner(db) -> Partner:
    """Mobile calls at 0.06 a minute, per second; 31201234567 is Nauta's."""
    partner = Partner()
    partner.rate("31", "0.03")
    partner.rate("316", "0.06")
    return partner


@pytest.fixture
def nauta(partner):
    customer = make_customer(partner.seller, name="Rederij Nauta")
    partner.give_number(customer, "31201234567")
    return customer


def mobile(seconds: int, at: str = "2026-10-05T09:00") -> Made:
    return Made("31201234567", "31612345678", at, seconds)


def test_calls_of_a_month_are_one_line_of_the_next_bill(partner, nauta):
    partner.take([mobile(61), mobile(30), Made("31201234567", "31201112233", "2026-10-06T10:00", 60)])

    partner.bill(NOVEMBER)

    [charge] = Charge.objects.filter(buyer=nauta)
    # 61 s at 0.001 a second and 30 s more, then a minute at 0.03.
    assert (charge.kind, charge.unit_price, charge.amount) == (
        ChargeKind.USAGE, Decimal("0.121"), Money.of(Decimal("0.12"), "EUR"),
    )  # fmt: skip
    assert (charge.starts_on, charge.ends_before, charge.end_customer) == (OCTOBER, NOVEMBER, nauta)
    assert charge.description == "Outgoing calls: 3 gesprekken, 3 min"
    assert check_ratings(acting=partner.acting) == check_accounts(acting=partner.acting) == []


def test_a_call_that_is_nobodys_may_name_more_than_a_row_holds(partner):
    partner.take([Made("=" + "9" * 90, "31612345678", "2026-10-05T09:00", 61)])

    assert partner.rate_month().unowned == 1
    assert CallsWithoutOwner.objects.get().number == "=" + "9" * 39


def test_a_month_that_is_not_over_is_not_billed(partner, nauta):
    partner.take([mobile(61, at="2026-11-05T09:00")])

    partner.bill(NOVEMBER)

    assert not Charge.objects.exists()


def test_c72_a_late_call_stands_on_the_next_bill_with_its_own_month(partner, nauta):
    partner.take([mobile(60)])
    partner.bill(NOVEMBER)
    partner.take([mobile(120, at="2026-10-31T22:00")], name="late.csv")

    partner.bill(DECEMBER)

    first, late = Charge.objects.filter(buyer=nauta).order_by("id")
    assert (first.amount, late.amount) == (Money.of(Decimal("0.06"), "EUR"), Money.of(Decimal("0.12"), "EUR"))
    assert (late.starts_on, late.corrects_id) == (OCTOBER, first.pk)
    assert [call.seconds for call in specification_of(seller_id=partner.seller.pk, keys=[late.key]).rows()] == [120]


def test_c74_a_call_belongs_to_the_local_month_of_its_start(partner, nauta):
    partner.take([mobile(60, at="2026-09-30T22:30")])

    rating = partner.rate_month(OCTOBER)

    assert (rating.calls, rating.rated) == (1, 1)
    assert UsageAccount.objects.get().month == OCTOBER


def test_c84_a_call_without_a_rate_is_unpriced_and_blocks_the_draft_until_it_is_rated(partner, nauta):
    partner.take([Made("31201234567", "88216123456", "2026-10-05T09:00", 60)])

    prepared = partner.bill(NOVEMBER)

    [warning] = DraftWarning.objects.filter(draft__run_id=prepared.run_id)
    assert "882161" in warning.details["product"]
    assert warning.blocking
    assert not Charge.objects.exists()

    partner.rate("8821", "5")
    assert partner.rate_month().unpriced == 0
    partner.bill(NOVEMBER)

    assert not DraftWarning.objects.filter(code="price_missing").exists()
    assert Charge.objects.get().amount == Money.of(Decimal("5.00"), "EUR")


def test_c85_a_month_rated_anew_is_corrected_by_the_difference(partner, nauta):
    partner.take([mobile(60), mobile(600)])
    partner.bill(NOVEMBER)
    partner.rate("316", "0.05", valid_from=OCTOBER)

    waiting = partner.rate_month()

    # Billed months wait for a person's word.
    assert waiting.state == RatingState.WAITING
    [difference] = differences(acting=partner.acting, waiting=waiting)
    assert (difference.before_e6, difference.after_e6) == (660_000, 550_000)
    partner.bill(DECEMBER)
    assert Charge.objects.count() == 1

    take_rating(acting=partner.acting, rating=waiting, now=NOW)
    partner.bill(DECEMBER)
    partner.bill(DECEMBER)

    first, correction = Charge.objects.order_by("id")
    assert (correction.amount, correction.corrects_id) == (Money.of(Decimal("-0.11"), "EUR"), first.pk)
    changed = list(specification_of(seller_id=partner.seller.pk, keys=[correction.key]).rows())
    assert [(call.amount_e6, call.before_e6) for call in changed] == [(50_000, 60_000), (500_000, 600_000)]
    assert check_ratings(acting=partner.acting) == check_accounts(acting=partner.acting) == []


def test_c085_neighbour_calls_that_were_somebody_elses_are_given_back_and_billed_to_their_owner(partner, nauta):
    endpoint = partner.give_number(nauta, "31207654321")
    # The second begins on the 16th where the seller is.
    partner.take([Made("31207654321", "31612345678", at, 600) for at in ("2026-10-15T21:59", "2026-10-15T22:00")])
    partner.bill(NOVEMBER)
    other = make_customer(partner.seller, name="Zeilmakerij Vos")
    Endpoint.objects.filter(pk=endpoint.pk).update(valid_before=date(2026, 10, 16))
    partner.give_number(other, "31207654321", valid_from=date(2026, 10, 16))

    take_rating(acting=partner.acting, rating=partner.rate_month(), now=NOW)
    partner.bill(DECEMBER)

    first, back, moved = Charge.objects.order_by("id")
    assert [(each.buyer, str(each.amount)) for each in (first, back, moved)] == [
        (nauta, "1.20 EUR"), (nauta, "-0.60 EUR"), (other, "0.60 EUR"),
    ]  # fmt: skip
    assert (back.corrects_id, back.description) == (first.pk, "Outgoing calls, 1 gesprek teruggenomen")


def test_c085_neighbour_what_was_billed_in_another_currency_is_given_back_in_it(partner, nauta):
    partner.take([mobile(600)])
    partner.bill(NOVEMBER)
    change_customer(acting=partner.acting, customer_id=nauta.pk, currency="JPY", now=NOW)

    take_rating(acting=partner.acting, rating=partner.rate_month(), now=NOW)
    partner.bill(DECEMBER)

    back = Charge.objects.order_by("id")[1]
    assert (str(back.amount), back.unit_price) == ("-0.60 EUR", Decimal("-0.60"))
    assert check_charges(acting=partner.acting) == []


def test_a_call_without_an_owner_is_counted_and_billed_once_it_has_one(partner, nauta):
    partner.take([Made("31209999999", "31612345678", "2026-10-05T09:00", 60)])
    rating = partner.rate_month()
    assert (rating.unowned, rating.without_owner.get().number) == (1, "31209999999")

    partner.give_number(nauta, "31209999999")

    assert (partner.rate_month().unowned, partner.rate_month().rated) == (0, 1)


def test_the_drafts_of_a_run_that_is_thrown_away_tell_the_calls_again(partner, nauta):
    partner.take([mobile(60)])
    prepared = partner.bill(NOVEMBER)
    discard_drafts(acting=partner.acting, drafts=Draft.objects.filter(run_id=prepared.run_id), reason="wrong", now=NOW)
    assert not UsageTelling.objects.exists()

    partner.bill(NOVEMBER)

    assert Charge.objects.get().amount == Money.of(Decimal("0.06"), "EUR")


def test_rating_twice_changes_nothing(partner, nauta):
    partner.take([mobile(60)])
    first = partner.rate_month()
    again = partner.rate_month()

    first.refresh_from_db()
    assert (first.state, again.state) == (RatingState.REPLACED, RatingState.CURRENT)
    assert UsageAccount.objects.get().amount_e6 == 60_000


def test_a_day_unlike_the_days_before_is_looked_at_on_the_draft(partner, nauta):
    partner.rate("882", "5")
    usual = [mobile(600, at=f"2026-10-{day:02}T09:00") for day in range(1, 11)]
    partner.take([*usual, Made("31201234567", "88216123456", "2026-10-12T02:00", 3600)])

    prepared = partner.bill(NOVEMBER)

    [warning] = DraftWarning.objects.filter(draft__run_id=prepared.run_id, code="unusual_calls")
    assert (warning.subject, warning.details, warning.blocking) == ("2026-10-12", {"amount": "300.00"}, False)
    # It is said again when the draft is judged again.
    partner.bill(NOVEMBER)
    assert DraftWarning.objects.filter(code="unusual_calls").count() == 1


def test_what_a_deck_is_bought_by_says_what_its_calls_are_bought_at(partner, nauta):
    """A start fee and a share of the buy price, for calls of which the switch says nothing or something else."""
    selling = partner.deck or partner.open_deck()
    carrier = create_rate_deck(acting=partner.acting, code="carrier", name="carrier", now=NOW)
    change_rate_deck(acting=partner.acting, deck_id=selling.pk, buy_deck_id=carrier.pk, now=NOW)
    partner.rate("49", "0.10", deck=carrier)
    for prefix in ("49", "48"):
        partner.rate(prefix, "0", deck=selling, setup=Decimal("0.05"), markup=Decimal("0.20"))
    told = {"at": "2026-10-05T09:00", "seconds": 60}
    calls = [
        Made("31201234567", "4930123456", **told),
        Made("31201234567", "4930123456", **told, buy_e6=900_000),
        # The carrier's deck knows no price of this one, so what the switch says is what it was bought at.
        Made("31201234567", "4822123456", **told, buy_e6=200_000),
    ]
    partner.take(calls)

    rating = partner.rate_month()

    [added] = rating.sums.all()
    assert (added.buy_e6, added.amount_e6) == (400_000, 2 * 170_000 + 290_000)
    assert rating.unpriced == 0


def test_calls_to_a_customer_cost_nothing_unless_a_deck_says_so(partner, nauta):
    partner.take([Made("31612345678", "31201234567", "2026-10-05T09:00", 600, incoming=True)])

    rating = partner.rate_month()
    partner.bill(NOVEMBER)

    assert (rating.calls, rating.rated, rating.unpriced) == (1, 1, 0)
    assert not Charge.objects.exists()


def test_of_two_ratings_at_once_the_one_that_began_later_counts(partner, nauta, monkeypatch):
    partner.take([mobile(60)])
    later = []

    def overtaken(**asked):
        monkeypatch.undo()
        later.append(partner.rate_month())
        return rate(**asked)

    monkeypatch.setattr(rating, "rate", overtaken)
    with pytest.raises(RatingNotWaiting):
        partner.rate_month()

    assert Rating.objects.get(state=RatingState.CURRENT) == later[0]
    assert UsageAccount.objects.get().amount_e6 == 60_000
    assert check_ratings(acting=partner.acting) == []
