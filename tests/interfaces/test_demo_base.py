"""The invented partner: the same each time, with right check digits, and nobody's real address."""

from datetime import date

import pytest
from stdnum.eu import vat

from rebill.interfaces.demo.base import make_base
from rebill.interfaces.demo.cast import CUSTOMERS, NAMED
from rebill.interfaces.demo.days import story_days
from rebill.interfaces.demo.diary import Diary, NotOurFolder, clear_folder

SEPTEMBER = date(2026, 9, 1)


@pytest.fixture(scope="module")
def base():
    return make_base(SEPTEMBER)


def test_the_same_month_gives_the_same_base(base):
    again = make_base(SEPTEMBER)

    assert (again.customers, again.subscriptions, again.months) == (base.customers, base.subscriptions, base.months)


def test_every_customer_has_a_name_and_a_number_of_its_own(base):
    customers = base.customers.values()

    assert len({customer.number for customer in customers}) == CUSTOMERS
    assert len({customer.name for customer in customers}) == CUSTOMERS


def test_every_vat_id_has_right_check_digits(base):
    wrong = [each.vat_id for each in base.customers.values() if each.vat_id and not vat.is_valid(each.vat_id)]

    assert wrong == []


def test_no_mail_could_ever_reach_anybody(base):
    addresses = [customer.email for customer in base.customers.values() if customer.email]

    assert len(addresses) == CUSTOMERS - 4
    assert all(address.endswith(".example") for address in addresses)


def test_the_customers_of_the_story_are_among_them(base):
    assert {number: base.customers[number].name for number in NAMED} == {
        number: named.name for number, named in NAMED.items()
    }


def test_four_countries_and_four_languages(base):
    customers = base.customers.values()

    assert {customer.country for customer in customers} == {"NL", "BE", "DE", "FI"}
    assert {customer.language for customer in customers} == {"nl", "de", "fi", "en"}


def test_nobody_has_two_parts_that_would_need_a_look(base):
    cast = base.cast
    parts = [cast.no_email, cast.no_vat_id, cast.no_price, cast.big_change, cast.zero_total]

    assert [len(part) for part in parts] == [4, 5, 9, 6, 13]
    assert len(frozenset().union(*parts)) == 37


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 9, 9), date(2026, 9, 1)),
        (date(2026, 9, 8), date(2026, 8, 1)),
        (date(2027, 1, 3), date(2026, 12, 1)),
        (date(2026, 11, 30), date(2026, 11, 1)),
    ],
)
def test_the_story_is_over_when_it_is_told(today, month):
    days = story_days(today)

    assert days.month == month
    assert days.corrected_at.date() < today


def test_a_step_that_was_cut_off_is_known_and_done_again(tmp_path):
    diary = Diary(tmp_path)
    diary.begin(SEPTEMBER)
    diary.note(password="anker-boei-1234")
    assert not diary.has_begun
    with pytest.raises(KeyboardInterrupt), diary.step("sent"):
        raise KeyboardInterrupt

    later = Diary(tmp_path)

    assert later.has_begun
    assert (later.month, later.is_done("sent")) == (SEPTEMBER, False)
    with later.step("sent") as was_cut_off:
        assert was_cut_off
    assert Diary(tmp_path).is_done("sent")


def test_a_folder_of_the_demo_is_cleared_and_keeps_its_key(tmp_path):
    Diary(tmp_path).begin(SEPTEMBER)
    (tmp_path / "secret_key").write_text("key")
    (tmp_path / "rebill.sqlite3").write_text("rows")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "Factuur-1.eml").write_text("mail")
    (tmp_path / "my notes.txt").write_text("notes")

    clear_folder(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["my notes.txt", "secret_key"]


def test_a_folder_of_somebody_else_is_not_cleared(tmp_path):
    (tmp_path / "rebill.sqlite3").write_text("rows")

    with pytest.raises(NotOurFolder):
        clear_folder(tmp_path)

    assert (tmp_path / "rebill.sqlite3").exists()
