"""Numbers, days and sentences as people of each language write them."""

import re
from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.invoices.documents.contract import DocumentKind
from rebill.invoices.documents.languages import LANGUAGES, wording_of
from rebill.invoices.documents.pdf.days import period_in_words
from rebill.invoices.documents.pdf.figures import amount, amount_with_currency, plain, rate, shown_quantity
from rebill.rules.errors import Invalid
from rebill.rules.money import Money
from rebill.rules.periods import Period
from rebill.rules.tax import TaxCategory

LOCALES = tuple(wording.locale for wording in LANGUAGES.values())


@pytest.mark.parametrize(
    ("locale", "written", "negative"),
    [
        ("nl", "€ 1.231,40", "€ −1.231,40"),
        ("de", "1.231,40 €", "−1.231,40 €"),
        ("fi", "1 231,40 €", "−1 231,40 €"),
        ("en_GB", "€1,231.40", "−€1,231.40"),
    ],
)
def test_an_amount_is_written_as_in_its_language(locale, written, negative):
    assert amount_with_currency(Money(123140, "EUR"), locale=locale).replace("\xa0", " ") == written
    assert amount_with_currency(Money(-123140, "EUR"), locale=locale).replace("\xa0", " ") == negative


def test_an_amount_has_the_digits_of_its_currency():
    assert amount(Money(1231, "JPY"), locale="nl") == "1.231"
    assert amount(Money(1231400, "KWD"), locale="nl") == "1.231,400"


@pytest.mark.parametrize(
    ("locale", "written"), [("nl", "25,5%"), ("de", "25,5 %"), ("fi", "25,5 %"), ("en_GB", "25.5%")]
)
def test_a_rate_is_written_as_in_its_language(locale, written):
    assert rate(Decimal("25.5"), locale=locale).replace("\xa0", " ") == written


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**12), max_value=10**12))
@pytest.mark.parametrize("locale", LOCALES)
def test_a_number_can_be_read_back_as_it_was(locale, value):
    marks = str.maketrans({"−": "-", "\xa0": "", **({".": "", ",": "."} if locale != "en_GB" else {",": ""})})

    assert Decimal(plain(value, locale=locale).translate(marks)) == value


@pytest.mark.parametrize(
    ("quantity", "price", "net", "shown"),
    [
        ("26.00000000", "7.95", "206.70", "26"),
        ("-1.03225806", "7.95", "-8.21", "-1.0323"),
        ("0.51612903", "64", "33.03", "0.5161"),
        ("0.51612903", "64000", "33032.26", "0.516129"),
        ("0.33333333", None, "5.00", "0.33333333"),
    ],
)
def test_a_quantity_has_as_many_decimals_as_its_amount_needs(quantity, price, net, shown):
    unit_price = None if price is None else Decimal(price)

    written = shown_quantity(Decimal(quantity), unit_price=unit_price, net=Money.of(net, "EUR"))

    assert plain(written, locale="en_GB") == shown.replace("-", "−")


@pytest.mark.parametrize(
    ("start", "before", "written"),
    [
        ((2026, 8, 1), (2026, 9, 1), "augustus"),
        ((2025, 12, 1), (2026, 1, 1), "december 2025"),
        ((2026, 8, 16), (2026, 9, 1), "16–31 aug"),
        ((2026, 8, 16), (2026, 9, 16), "16 aug – 15 sep"),
        ((2025, 12, 16), (2026, 1, 16), "16 dec 2025 – 15 jan 2026"),
        ((2026, 8, 24), (2026, 8, 25), "24 aug"),
        ((2026, 7, 1), (2026, 10, 1), "jul–sep"),
        ((2026, 11, 1), (2027, 2, 1), "nov 2026 – jan 2027"),
        ((2026, 1, 1), (2027, 1, 1), "2026"),
        ((2026, 2, 1), (2026, 2, 1), "1 feb"),
    ],
)
def test_a_period_is_said_as_short_as_it_can_be(start, before, written):
    period = Period(date(*start), date(*before))

    assert period_in_words(period, year=2026, locale="nl").replace("\u2009", " ") == written


@pytest.mark.parametrize(
    ("locale", "month", "part"),
    [("nl", "augustus", "16–31 aug"), ("de", "August", "16.–31. Aug."), ("fi", "elokuu", "16.–31. elokuuta"),
     ("en_GB", "August", "16–31 Aug")],
)  # fmt: skip
def test_a_period_is_said_in_the_words_of_its_language(locale, month, part):
    whole, half = (Period(date(2026, 8, day), date(2026, 9, 1)) for day in (1, 16))

    assert period_in_words(whole, year=2026, locale=locale) == month
    assert period_in_words(half, year=2026, locale=locale) == part


def test_a_language_that_documents_do_not_speak_is_refused_with_those_they_do():
    with pytest.raises(Invalid, match="de, en, fi, nl, not 'sv'"):
        wording_of("sv")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_a_word_for_everything(language):
    wording = wording_of(language)

    assert set(wording.kinds) == set(DocumentKind)
    assert set(wording.taxes) == set(TaxCategory)
    assert set(wording.chambers) == {"NL", "BE", "DE", "FI"}
    assert all(getattr(wording, field.name) for field in fields(wording))


def places(sentence: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", sentence))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_has_the_same_places_in_every_language(language):
    wording, english = wording_of(language), wording_of("en")

    for field in fields(wording):
        sentence = getattr(wording, field.name)
        if isinstance(sentence, str):
            assert places(sentence) == places(getattr(english, field.name)), field.name
