"""Which VAT a supply falls under."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.tax import (
    MEMBER_STATES,
    RateClass,
    Supply,
    TaxCategory,
    TaxSituation,
    TaxTreatment,
    VatScheme,
    treat,
    vat_country,
)

SELLERS = ["NL", "BE", "DE", "FI"]
SERVICES, GOODS, ELECTRONIC = Supply
S, Z, E, AE, K, G, O = TaxCategory  # noqa: E741 - the letters are the codes
VATEX = {AE: "VATEX-EU-AE", K: "VATEX-EU-IC", G: "VATEX-EU-G", O: "VATEX-EU-O", S: "", Z: "", E: ""}


def situation(seller: str, customer: str, vat_id: str = "", *, valid: bool = True, **changes: object) -> TaxSituation:
    """An organisation buys from a seller under the normal scheme, unless `changes` say otherwise."""
    plain = TaxSituation(
        seller_country=seller,
        seller_vat_id=f"{seller}123",
        scheme=VatScheme.NORMAL,
        oss=False,
        customer_country=customer,
        customer_vat_id=vat_id,
        customer_vat_id_valid=bool(vat_id) and valid,
        is_organisation=True,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def category(case: TaxSituation, supply: Supply, rate_class: RateClass = RateClass.STANDARD) -> tuple[str, str]:
    """The category, and the country whose rates count."""
    treatment = treat(case, rate_class, supply)
    return treatment.category.value, treatment.country


# --- trap -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("customer", "vat_id", "valid", "expected"),
    [
        ("IT", "", False, ("S", "IT")),
        ("IT", "IT00743110157", True, ("AE", "FR")),
        ("IT", "IT00743110158", False, ("S", "IT")),
        ("FR", "FR40303265045", True, ("S", "FR")),
        ("FR", "", False, ("S", "FR")),
        ("FR", "FR00303265045", False, ("S", "FR")),
    ],
)
def test_c056_reverse_charge(customer: str, vat_id: str, valid: bool, expected: tuple[str, str]) -> None:
    """A French seller of electronic services, reporting through the one-stop shop."""
    case = situation("FR", customer, vat_id, valid=valid, oss=True)

    assert category(case, ELECTRONIC) == expected


@pytest.mark.parametrize("supply", Supply)
@pytest.mark.parametrize("customer", ["NL", "IT", "US"])
@pytest.mark.parametrize("organisation", [True, False])
@pytest.mark.parametrize("oss", [True, False])
def test_c056_an_invalid_vat_id_changes_nothing(supply: Supply, customer: str, organisation: bool, oss: bool) -> None:
    without = situation("NL", customer, is_organisation=organisation, oss=oss)
    invalid = replace(without, customer_vat_id="IT00743110158")

    assert treat(invalid, RateClass.STANDARD, supply) == treat(without, RateClass.STANDARD, supply)


# --- every seller, every customer -------------------------------------------------------------------------------------

# Customer's country ("home": the seller's own), VAT id, organisation, OSS; then services, goods, electronic services.
CASES = [
    ("domestic business", "home", "id", True, False, "S home", "S home", "S home"),
    ("domestic organisation", "home", "", True, False, "S home", "S home", "S home"),
    ("domestic consumer", "home", "", False, False, "S home", "S home", "S home"),
    ("domestic consumer, OSS", "home", "", False, True, "S home", "S home", "S home"),
    ("EU business", "IT", "id", True, False, "AE home", "K home", "AE home"),
    ("EU business, OSS", "IT", "id", True, True, "AE home", "K home", "AE home"),
    ("EU sole trader", "IT", "id", False, False, "AE home", "K home", "AE home"),
    ("EU organisation without id", "IT", "", True, False, "S home", "S home", "S home"),
    ("EU organisation without id, OSS", "IT", "", True, True, "S home", "S IT", "S IT"),
    ("EU consumer", "IT", "", False, False, "S home", "S home", "S home"),
    ("EU consumer, OSS", "IT", "", False, True, "S home", "S IT", "S IT"),
    ("organisation outside the EU", "CH", "", True, False, "O home", "G home", "O home"),
    ("consumer outside the EU", "CH", "", False, False, "S home", "G home", "O home"),
    ("consumer outside the EU, OSS", "US", "", False, True, "S home", "G home", "O home"),
    ("customer without country", "", "", True, False, "S home", "S home", "S home"),
]


@pytest.mark.parametrize("seller", SELLERS)
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_seller_taxes_each_customer_by_law(
    seller: str, case: tuple[str, str, str, bool, bool, str, str, str]
) -> None:
    _, country, vat_id, organisation, oss, services, goods, electronic = case
    customer = seller if country == "home" else country
    number = f"{customer}00743110157" if vat_id else ""
    who = situation(seller, customer, number, is_organisation=organisation, oss=oss)

    expected = [tuple(each.replace("home", seller).split()) for each in (services, goods, electronic)]

    assert [category(who, supply) for supply in (SERVICES, GOODS, ELECTRONIC)] == expected


@pytest.mark.parametrize("seller", SELLERS)
@pytest.mark.parametrize(
    ("rate_class", "expected"),
    [
        (RateClass.STANDARD, "S"),
        (RateClass.REDUCED, "S"),
        (RateClass.SECOND_REDUCED, "S"),
        (RateClass.ZERO, "Z"),
        (RateClass.EXEMPT, "E"),
        (RateClass.OUTSIDE, "O"),
    ],
)
def test_the_rate_class_decides_at_home(seller: str, rate_class: RateClass, expected: str) -> None:
    assert category(situation(seller, seller), SERVICES, rate_class) == (expected, seller)


@pytest.mark.parametrize(
    ("rate_class", "expected"),
    [(RateClass.ZERO, "AE"), (RateClass.REDUCED, "AE"), (RateClass.EXEMPT, "E"), (RateClass.OUTSIDE, "O")],
)
def test_abroad_only_exempt_and_outside_products_stay_what_they_are(rate_class: RateClass, expected: str) -> None:
    assert category(situation("NL", "IT", "IT00743110157"), SERVICES, rate_class) == (expected, "NL")


def test_a_zero_rate_of_the_customers_country_is_z_under_oss() -> None:
    assert category(situation("NL", "IE", is_organisation=False, oss=True), GOODS, RateClass.ZERO) == ("Z", "IE")


# --- small businesses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seller", "law"),
    [
        ("NL", "Art. 25 Wet op de omzetbelasting 1968"),
        ("DE", "§ 19 UStG"),
        ("BE", "Art. 56bis WBTW"),
        ("FI", "AVL 3 §"),
        ("FR", "Art. 284 Directive 2006/112/EC"),
    ],
)
@pytest.mark.parametrize("supply", Supply)
def test_a_small_business_charges_no_vat_at_home(seller: str, law: str, supply: Supply) -> None:
    case = situation(seller, seller, scheme=VatScheme.SMALL_BUSINESS)

    assert treat(case, RateClass.STANDARD, supply) == TaxTreatment(E, seller, False, "small_business", law)


@pytest.mark.parametrize(
    ("customer", "vat_id", "organisation", "supply", "expected"),
    [
        ("IT", "IT00743110157", True, SERVICES, "AE"),
        ("IT", "IT00743110157", True, GOODS, "E"),
        ("IT", "", True, SERVICES, "E"),
        ("IT", "", False, ELECTRONIC, "E"),
        ("CH", "", True, SERVICES, "O"),
        ("CH", "", False, SERVICES, "E"),
        ("CH", "", True, GOODS, "E"),
    ],
)
def test_a_small_business_abroad_is_exempt_where_the_supply_is_at_home(
    customer: str, vat_id: str, organisation: bool, supply: Supply, expected: str
) -> None:
    """Services to foreign businesses take place abroad, so its exemption does not reach them (Art. 44, 139(1), 284)."""
    case = situation("NL", customer, vat_id, scheme=VatScheme.SMALL_BUSINESS, is_organisation=organisation, oss=True)

    assert category(case, supply)[0] == expected


# --- VAT ids ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("customer", "vat_id", "expected"),
    [
        ("GR", "EL094259216", "AE"),
        ("EL", "EL094259216", "AE"),
        ("IT", "00743110157", "AE"),
        ("IT", " it00743110157 ", "AE"),
        ("IT", "DE136695976", "AE"),
        ("IT", "NL004495445B01", "S"),
        ("IT", "CHE100155212", "S"),
        ("IT", "  ", "S"),
    ],
)
def test_reverse_charge_needs_a_vat_id_of_another_member_state(customer: str, vat_id: str, expected: str) -> None:
    assert category(situation("NL", customer, vat_id), SERVICES)[0] == expected


def test_the_vat_id_is_asked_for_where_the_tax_hangs_on_it() -> None:
    def needs(case: TaxSituation, supply: Supply) -> bool:
        return treat(case, RateClass.STANDARD, supply).needs_customer_vat_id

    assert needs(situation("NL", "IT", "IT00743110157"), SERVICES)
    assert needs(situation("NL", "IT", "IT00743110157"), GOODS)
    assert needs(situation("NL", "IT"), SERVICES)
    assert needs(situation("NL", "IT", oss=True), ELECTRONIC)
    assert not needs(situation("NL", "IT", is_organisation=False), SERVICES)
    assert not needs(situation("NL", "NL"), SERVICES)
    assert not needs(situation("NL", "CH"), SERVICES)


# --- countries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "expected"), [("EL", "GR"), ("MC", "FR"), ("IM", "GB"), (" nl ", "NL"), ("DE", "DE")]
)
def test_vat_has_its_own_map(country: str, expected: str) -> None:
    assert vat_country(country) == expected


def test_there_are_27_member_states() -> None:
    assert len(MEMBER_STATES) == 27
    assert "GB" not in MEMBER_STATES


def test_a_seller_outside_the_eu_is_outside_for_everybody_abroad() -> None:
    case = situation("CH", "IT", "IT00743110157", oss=True)

    assert category(case, SERVICES) == ("O", "CH")
    assert category(case, GOODS) == ("G", "CH")


# --- properties -------------------------------------------------------------------------------------------------------

countries = st.sampled_from([*SELLERS, "FR", "IT", "GR", "CH", "US", ""])
situations = st.builds(
    TaxSituation,
    seller_country=st.sampled_from(SELLERS),
    seller_vat_id=st.just("NL1"),
    scheme=st.sampled_from(VatScheme),
    oss=st.booleans(),
    customer_country=countries,
    customer_vat_id=st.sampled_from(["", "IT00743110157", "NL004495445B01", "EL094259216"]),
    customer_vat_id_valid=st.booleans(),
    is_organisation=st.booleans(),
)


@given(situations, st.sampled_from(RateClass), st.sampled_from(Supply))
def test_every_situation_has_a_treatment_with_its_law(
    case: TaxSituation, rate_class: RateClass, supply: Supply
) -> None:
    treatment = treat(case, rate_class, supply)

    assert treatment.law
    assert treatment.reason
    assert treatment.exemption_code == VATEX[treatment.category]
    if treatment.category in (AE, K):
        assert case.customer_vat_id_valid
        assert treatment.needs_customer_vat_id


@given(situations, st.sampled_from(Supply))
def test_nobody_pays_foreign_vat_unless_the_seller_reports_it(case: TaxSituation, supply: Supply) -> None:
    treatment = treat(case, RateClass.STANDARD, supply)

    if not case.oss:
        assert treatment.country == case.seller_country
