"""The VAT of a line as runs ask for it: who buys what from whom, on which day."""

from datetime import date

import pytest

from rebill.catalogue.queries.tax_desk import TaxDesk, TaxParty
from rebill.rules.tax import RateClass, Supply, TaxCategory
from tests.factories import make_seller

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 1)
GERMAN_ID = "DE136695976"


def decide(party: TaxParty, *, on=TODAY, rate_class=RateClass.STANDARD, supply=Supply.SERVICES, **terms):
    return TaxDesk(make_seller(**terms)).decide(party, rate_class, supply, on)


@pytest.mark.parametrize(
    ("party", "category", "rate_e6", "reason", "vat_id_missing"),
    [
        (TaxParty("NL", "", True), TaxCategory.S, 21_000_000, "domestic", False),
        (TaxParty("DE", GERMAN_ID, True), TaxCategory.AE, 0, "reverse_charge_services", False),
        (TaxParty("DE", "", True), TaxCategory.S, 21_000_000, "union_consumer", True),
        # An id whose check digits are wrong counts as none.
        (TaxParty("DE", "DE136695977", True), TaxCategory.S, 21_000_000, "union_consumer", True),
        (TaxParty("DE", "", False), TaxCategory.S, 21_000_000, "union_consumer", False),
        (TaxParty("CH", "", True), TaxCategory.O, 0, "services_outside_union", False),
    ],
)
def test_the_customer_decides_who_owes_the_vat(party, category, rate_e6, reason, vat_id_missing):
    decision = decide(party)

    assert decision is not None
    assert (decision.category, decision.rate_e6, decision.reason) == (category, rate_e6, reason)
    assert decision.vat_id_missing is vat_id_missing


def test_goods_to_a_business_in_another_member_state_are_an_intra_community_supply():
    decision = decide(TaxParty("DE", GERMAN_ID, True), supply=Supply.GOODS)

    assert decision is not None
    assert (decision.category, decision.rate_e6, decision.exemption_code) == (TaxCategory.K, 0, "VATEX-EU-IC")


def test_the_one_stop_shop_takes_the_rate_of_the_customers_country_on_the_day():
    consumer, electronic = TaxParty("FI", "", False), Supply.ELECTRONIC

    before = decide(consumer, supply=electronic, uses_oss=True, on=date(2024, 8, 31))
    since = decide(consumer, supply=electronic, uses_oss=True, on=date(2024, 9, 1))

    assert before is not None
    assert since is not None
    assert (before.rate_e6, since.rate_e6) == (24_000_000, 25_500_000)


def test_a_small_business_charges_no_vat():
    decision = decide(TaxParty("NL", "", True), vat_scheme="small_business")

    assert decision is not None
    assert (decision.category, decision.rate_e6, decision.reason) == (TaxCategory.E, 0, "small_business")


def test_where_no_rate_is_known_nothing_is_decided():
    assert decide(TaxParty("NL", "", True), rate_class=RateClass.SECOND_REDUCED) is None
    assert decide(TaxParty("NL", "", True), on=date(2000, 1, 1)) is None


def test_the_same_question_is_decided_once():
    desk, party = TaxDesk(make_seller()), TaxParty("DE", GERMAN_ID, True)

    assert desk.decide(party, "standard", "services", TODAY) is desk.decide(party, "standard", "services", TODAY)
