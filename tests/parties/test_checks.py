"""What a check tells of a seller that cannot issue, or that nobody owns."""

import pytest

from rebill.parties.checks import check_parties, check_seller
from rebill.parties.commands import add_seller_account, create_seller
from rebill.parties.models import Membership
from tests.factories import NOW, acting_of, make_customer, make_seller, make_user

pytestmark = pytest.mark.django_db


def test_a_seller_that_can_issue_has_no_problems():
    seller = make_seller()
    make_customer(seller)

    assert check_parties(acting=acting_of(seller)) == []


def test_a_bare_seller_is_told_what_is_missing():
    seller = create_seller(owner=make_user(), slug="bare", name="Bare", now=NOW)

    problems = check_seller(acting=acting_of(seller))

    assert {problem.what: problem.blocking for problem in problems} == {
        "seller.series_missing": True,
        "seller.address_missing": False,
        "seller.tax_id_missing": False,
        "seller.account_missing": False,
    }
    assert all(problem.where == "seller bare" and problem.remedy for problem in problems)


def test_a_seller_without_an_owner_is_told():
    seller = make_seller()
    acting = acting_of(seller)
    Membership.objects.all().delete()

    assert [problem.what for problem in check_seller(acting=acting)] == ["seller.owner_missing"]


def test_doubtful_numbers_of_the_seller_are_warnings():
    seller = make_seller(vat_id="NL123456789B01")
    acting = acting_of(seller)
    add_seller_account(acting=acting, iban="NL91 ABNA 0417 1643 01", bic="ABNA", now=NOW)

    problems = check_seller(acting=acting)

    assert [(problem.what, problem.blocking) for problem in problems] == [
        ("party.vat_id_doubtful", False),
        ("party.iban_doubtful", False),
        ("party.bic_doubtful", False),
    ]
