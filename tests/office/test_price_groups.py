"""Price groups in the office: made with a factor, their customers put in and taken out."""

import pytest

from rebill.access.acting import Role
from rebill.sources.supplier_invoices.models import PriceFactor, PriceGroup, PriceGroupMember
from tests.factories import make_customer, make_product, make_seller

PAGE = "/s/waterkant/re-billing/groups/"
NEW = {"name": "Netvisor", "factor": "1,25", "valid_from": "2026-01-01"}


@pytest.fixture
def group(office) -> PriceGroup:
    office.post(PAGE, NEW)
    return PriceGroup.objects.get()


def shown(client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_group_begins_with_a_factor(office, group):
    assert [(str(each.factor), each.product) for each in PriceFactor.objects.all()] == [("1.250000", None)]
    assert "× 1.25" in shown(office, PAGE)
    assert "All products" in shown(office, f"{PAGE}{group.pk}/")


def test_a_product_has_a_factor_of_its_own_for_some_days(office, seller, group):
    make_product(seller, "NV-1", name="Premium")
    said = {"factor": "1.4", "product": "NV-1", "valid_from": "2026-09-01", "valid_before": "2026-12-01"}

    assert office.post(f"{PAGE}{group.pk}/", said).status_code == 302

    page = shown(office, f"{PAGE}{group.pk}/")
    assert ("Premium" in page, "× 1.4" in page, "1 Dec" in page) == (True, True, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"factor": "-1"},
        {"factor": "much"},
        {"factor": "1001"},
        {"product": "NOWHERE"},
        {"valid_before": "2025-01-01"},
        {"valid_from": ""},
    ],
)
def test_what_is_no_factor_is_refused_in_place(office, group, wrong):
    assert office.post(f"{PAGE}{group.pk}/", {**NEW, **wrong}).status_code == 422
    assert office.post(PAGE, {**NEW, "name": "Other", **wrong}).status_code == 422
    assert PriceFactor.objects.count() == 1


def test_customers_are_put_in_and_taken_out(office, seller, group):
    customer = make_customer(seller, name="Kompas Reizen B.V.", number="10388")
    members = f"{PAGE}{group.pk}/members/"

    assert "Put into the group" in shown(office, f"{PAGE}{group.pk}/?customer={customer.pk}")
    office.post(members, {"customer": customer.pk})
    assert "10388" in shown(office, f"{PAGE}{group.pk}/")
    office.post(members, {"customer": customer.pk, "out": "1"})

    assert not PriceGroupMember.objects.exists()
    assert office.post(members, {}).status_code == 302


def test_who_moved_to_another_group_is_not_taken_out_of_it(office, seller, group):
    customer = make_customer(seller)
    office.post(PAGE, {**NEW, "name": "Other"})
    other = PriceGroup.objects.get(name="Other")
    office.post(f"{PAGE}{other.pk}/members/", {"customer": customer.pk})

    office.post(f"{PAGE}{group.pk}/members/", {"customer": customer.pk, "out": "1"})

    assert PriceGroupMember.objects.get().group == other


def test_another_sellers_groups_and_customers_are_not_found(office, group):
    theirs = make_seller("theirs")
    hidden = PriceGroup.objects.create(seller=theirs, name="Hidden")

    assert office.get(f"{PAGE}{hidden.pk}/").status_code == 404
    assert office.post(f"{PAGE}{hidden.pk}/members/", {"customer": 1}).status_code == 404
    stranger = make_customer(theirs)
    assert office.post(f"{PAGE}{group.pk}/members/", {"customer": stranger.pk}).status_code == 404
    assert "Hidden" not in shown(office, PAGE)


def test_a_viewer_sees_them_and_changes_nothing(member, group):
    viewer = member(Role.VIEWER)

    assert "New price group" not in shown(viewer, PAGE)
    assert viewer.post(PAGE, NEW).status_code == 403
    assert viewer.post(f"{PAGE}{group.pk}/members/", {"customer": 1}).status_code == 403
