"""What stands on a document that charges no VAT: for every reason there are words in every language."""

from itertools import product

import pytest

from rebill.catalogue.vat.texts import ReasonUnknown, exemption_text
from rebill.parties.entries import LANGUAGES
from rebill.rules.tax import RateClass, Supply, TaxCategory, TaxSituation, VatScheme, treat

LENGTH_MAX = 300


def every_treatment():
    countries = ("NL", "BE", "DE", "FI", "FR", "CH")
    for seller, customer, scheme, oss, known, organisation in product(
        countries, countries, VatScheme, (False, True), (False, True), (False, True)
    ):
        vat_id = f"{customer}123" if known else ""
        situation = TaxSituation(seller, f"{seller}1", scheme, oss, customer, vat_id, known, organisation)
        for rate_class, supply in product(RateClass, Supply):
            yield seller, treat(situation, rate_class, supply)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_without_vat_has_its_words_and_no_other(language):
    for seller, treatment in every_treatment():
        text = exemption_text(treatment.reason, language, seller_country=seller)

        assert bool(text) == (treatment.category not in (TaxCategory.S, TaxCategory.Z)), treatment
        assert len(text) <= LENGTH_MAX


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "Btw verlegd (art. 44 en 196, Richtlijn 2006/112/EG)"),
        ("de", "Steuerschuldnerschaft des Leistungsempfängers (Art. 44 und 196, Richtlinie 2006/112/EG)"),
        ("fi", "Käännetty verovelvollisuus (44 ja 196 artikla, direktiivi 2006/112/EY)"),
        ("en", "Reverse charge (Art. 44 and 196, Directive 2006/112/EC)"),
        ("sv", "Reverse charge (Art. 44 and 196, Directive 2006/112/EC)"),
    ],
)
def test_reverse_charge_says_the_words_the_law_asks(language, words):
    assert exemption_text("reverse_charge_services", language, seller_country="NL") == words


@pytest.mark.parametrize(
    ("country", "law"),
    [("NL", "art. 25 Wet OB"), ("DE", "§ 19 UStG"), ("BE", "art. 56bis WBTW"), ("FI", "AVL 3 §"), ("FR", "art. 284")],
)
def test_a_small_business_names_the_law_of_its_country(country, law):
    assert law in exemption_text("small_business", "nl", seller_country=country)


def test_a_reason_nobody_has_words_for_is_refused():
    with pytest.raises(ReasonUnknown):
        exemption_text("because", "nl", seller_country="NL")
