"""Settings: who the seller is, its terms and its numbers, each refused beside its field, and only for owners."""

import pytest

from rebill.access.acting import Role
from rebill.interfaces.jobs import read_clock
from rebill.kit.database import atomic_write
from rebill.kit.sequences import allot_numbers
from rebill.parties.models import SellerAccount, SeriesPurpose
from rebill.parties.queries import sequence_key, series_for
from rebill.rules.money import Money
from rebill.rules.periods import local_day
from tests.factories import events_of, make_seller

HERE = "/s/waterkant/settings/"
TERMS = {
    "payment_term_days": "30",
    "proration_base": "fixed_30",
    "vat_scheme": "normal",
    "uses_oss": "on",
    "masked_digits": "0",
}
IBAN = "DE89 3704 0044 0532 0130 00"


def shown(answer):
    return answer.content.decode()


def today_of(seller):
    """The day that the pages take for today."""
    return local_day(read_clock(), seller.time_zone)


def said_of(seller, **changes):
    """The form as the page shows it, with some fields typed anew."""
    fields = (
        "name legal_name street street_extra postcode city country vat_id tax_number chamber_id register_court email "
        "phone website time_zone currency language"
    )
    return {name: getattr(seller, name) for name in fields.split()} | {"languages": seller.languages} | changes


def test_a_seller_moves(office, seller):
    answer = office.post(HERE, said_of(seller, street="Zuiderkade 3", city="Harlingen"), follow=True)

    seller.refresh_from_db()
    assert (seller.street, seller.city, seller.name) == ("Zuiderkade 3", "Harlingen", "Waterkant Groep")
    assert "The settings are saved." in shown(answer)
    assert events_of(seller)[-1]["details"]["street"] == ["Herengracht 1", "Zuiderkade 3"]


def test_what_is_wrong_is_said_at_its_field(office, seller):
    answer = office.post(HERE, said_of(seller, name="", email="kapot"))

    assert answer.status_code == 422
    assert 'id="id_name_error"' in shown(answer)
    assert 'id="id_email_error"' in shown(answer)


def test_terms_are_saved_together(office, seller):
    office.post(f"{HERE}terms/", {**TERMS, "auto_approve_max": "1.250,50"})

    seller.refresh_from_db()
    assert (seller.payment_term_days, seller.proration_base, seller.uses_oss) == (30, "fixed_30", True)
    assert seller.auto_approve_max == Money(125050, "EUR")
    assert 'value="1250.5"' in shown(office.get(f"{HERE}terms/"))

    office.post(f"{HERE}terms/", {**TERMS, "auto_approve_max": ""})

    seller.refresh_from_db()
    assert seller.auto_approve_max is None


def test_accounts_are_added_put_first_and_removed_with_a_way_back(office, seller):
    office.post(f"{HERE}accounts/add/", {"iban": IBAN, "bic": "", "holder": "", "currency": "EUR"})
    second = SellerAccount.objects.get(iban="DE89370400440532013000")

    office.post(f"{HERE}accounts/{second.pk}/first/")
    assert SellerAccount.objects.order_by("position").first() == second
    page = shown(office.post(f"{HERE}accounts/{second.pk}/remove/", follow=True))

    assert not SellerAccount.objects.filter(pk=second.pk).exists()
    assert f'<input type="hidden" name="iban" value="{second.iban}">' in page


@pytest.mark.parametrize(
    ("iban", "words"), [("NL91ABNA0417164300", "is there already"), ("", "This field is required.")]
)
def test_an_account_that_cannot_be_is_refused_at_its_field(office, iban, words):
    answer = office.post(f"{HERE}accounts/add/", {"iban": iban, "currency": "EUR"})

    assert answer.status_code == 422
    assert words in shown(answer)
    assert 'id="id_iban_error"' in shown(answer)


def test_the_next_numbers_are_shown_while_they_are_typed(office, seller):
    said = {"purpose": "invoice", "invoice-pattern": "WG{yy}-{number:03}", "invoice-per_year": "on"}

    answer = shown(office.post(f"{HERE}numbering/example/", {**said, "invoice-first_number": "42"}))
    wrong = shown(office.post(f"{HERE}numbering/example/", {**said, "invoice-pattern": "WG"}))

    year = today_of(seller).year % 100
    assert f"WG{year}-042, WG{year}-043, WG{year}-044" in answer
    assert "needs {number} exactly once" in wrong


def test_a_series_goes_on_where_an_old_system_ended(office, seller):
    said = {"purpose": "invoice", "invoice-pattern": "{year}-{number:04}", "invoice-per_year": "on"}

    office.post(f"{HERE}numbering/", {**said, "invoice-first_number": "813"})

    assert "Numbers up to 812 are taken" in shown(office.get(f"{HERE}numbering/"))


def test_a_number_that_was_given_is_not_given_again(office, seller):
    today = today_of(seller)
    series, key = series_for(seller.pk, SeriesPurpose.INVOICE, today)
    with atomic_write():
        allot_numbers(key=key, count=20)
    said = {"purpose": "invoice", "invoice-pattern": series.pattern, "invoice-per_year": "on"}

    answer = office.post(f"{HERE}numbering/", {**said, "invoice-first_number": "10"})

    assert answer.status_code == 422
    assert "This number, or a later one, is given already." in shown(answer)
    assert 'id="id_invoice-first_number_error"' in shown(answer)
    assert sequence_key(series, today) == key


def test_two_series_do_not_print_the_same_numbers(office):
    said = {"purpose": "credit_note", "credit_note-pattern": "{year}-{number:05}", "credit_note-per_year": "on"}

    answer = office.post(f"{HERE}numbering/", said)

    assert answer.status_code == 422
    assert "prints the same numbers" in shown(answer)


def test_what_was_changed_is_told(office, seller):
    office.post(f"{HERE}terms/", TERMS)

    page = shown(office.get(f"{HERE}history/"))

    assert "Payment term in days: 14 → 30" in page
    assert "Marit de Boer" in page


def test_the_timetable_says_when(office):
    page = shown(office.get(f"{HERE}timetable/"))

    assert "on the first of the month, 06:00" in page
    assert "To nobody yet" in page


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER, Role.INTEGRATOR])
def test_only_owners_configure(member, role):
    client = member(role)

    for path in ("", "terms/", "numbering/", "timetable/", "history/"):
        assert client.get(f"{HERE}{path}").status_code == 403
    assert client.post(HERE, {"name": "Mine"}).status_code == 403
    assert f'href="{HERE}members/"' in shown(client.get("/s/waterkant/"))


def test_the_account_of_another_seller_is_not_found(office):
    theirs = SellerAccount.objects.get(seller=make_seller("noordwal"))

    assert office.post(f"{HERE}accounts/{theirs.pk}/first/").status_code == 404
    assert office.post(f"{HERE}accounts/{theirs.pk}/remove/").status_code == 404
