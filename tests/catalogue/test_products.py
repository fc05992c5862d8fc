"""Products: a code, a name per language, and everything a charge takes over from them."""

import pytest

from rebill.access.acting import Role
from rebill.catalogue.commands import change_product, create_product
from rebill.catalogue.commands.products import ProductCodeTaken
from rebill.catalogue.models import ProductKind, SummaryGroup
from rebill.catalogue.queries import find_products, product_by_code, product_of, products_of
from rebill.kit.errors import Forbidden
from rebill.parties.entries import EntryRefused
from tests.factories import NOW, acting_of, events_of, make_product, make_seller

pytestmark = pytest.mark.django_db


def test_a_product_has_its_name_in_the_sellers_language():
    seller = make_seller(language="de")
    acting = acting_of(seller)

    seat = create_product(
        acting=acting, code="SEAT", name="Sprachplatz", kind="recurring", now=NOW, names={"en": "Seat"}
    )

    assert product_by_code(acting, "SEAT") == product_of(acting, seat.pk) == seat
    assert seat.names == {"de": "Sprachplatz", "en": "Seat"}
    assert (seat.rate_class, seat.supply, seat.unit, seat.active) == ("standard", "services", "piece", True)


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        (ProductKind.ONE_OFF, SummaryGroup.ONE_OFF),
        (ProductKind.SETUP, SummaryGroup.ONE_OFF),
        (ProductKind.RECURRING, SummaryGroup.RECURRING),
        (ProductKind.USAGE, SummaryGroup.CALLS),
        (ProductKind.HARDWARE, SummaryGroup.HARDWARE),
    ],
)
def test_the_summary_group_follows_the_kind_unless_said(kind, group):
    seller = make_seller()

    assert make_product(seller, kind=kind).summary_group == group
    assert make_product(seller, kind=kind, summary_group=SummaryGroup.SERVICE_NUMBERS).summary_group == 4


def test_names_are_joined_and_taken_away_but_never_that_of_the_seller():
    seller = make_seller()
    seat = make_product(seller, name="Spraakplaats", names={"en": "Seat"})
    acting = acting_of(seller)

    changed = change_product(acting=acting, product_id=seat.pk, now=NOW, names={"en": "", "fi": "Puhepaikka"})

    assert changed.names == {"nl": "Spraakplaats", "fi": "Puhepaikka"}
    with pytest.raises(EntryRefused):
        change_product(acting=acting, product_id=seat.pk, now=NOW, names={"nl": ""})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "x" * 61),
        ("name", ""),
        ("name", "x" * 201),
        ("kind", "gift"),
        ("supply", "air"),
        ("rate_class", "21"),
        ("summary_group", 6),
        ("names", {"fr": "Siège"}),
        ("active", "yes"),
        ("price", 10),
    ],
)
def test_what_cannot_be_kept_is_refused(field, value):
    seller = make_seller()

    with pytest.raises(EntryRefused):
        create_product(
            acting=acting_of(seller), **{"code": "SEAT", "name": "Seat", "kind": "recurring", "now": NOW, field: value}
        )

    assert not seller.products.exists()


def test_a_code_is_given_once_per_seller():
    seller = make_seller()
    make_product(seller, "SEAT")
    make_product(make_seller(), "SEAT")

    with pytest.raises(ProductCodeTaken):
        make_product(seller, " SEAT ")


def test_products_are_found_by_code_and_by_name_in_any_language():
    seller = make_seller()
    acting = acting_of(seller)
    seat = make_product(seller, "SEAT", name="Spraakplaats", names={"de": "Büroplatz"})
    make_product(seller, "DOMAIN", name="Domeinnaam")
    make_product(make_seller(), "SEAT", name="Spraakplaats")

    for search in ("sea", "SPRAAK", "büro", "seat plaats"):
        assert list(find_products(acting, search)) == [seat], search
    assert find_products(acting, "").count() == products_of(acting).count() == 2


def test_a_change_says_what_was_and_what_is():
    seller = make_seller()
    seat = make_product(seller)

    change_product(acting=acting_of(seller), product_id=seat.pk, now=NOW, rate_class="reduced", active=False)
    change_product(acting=acting_of(seller), product_id=seat.pk, now=NOW, rate_class="reduced")

    changed = [
        event["details"] for event in events_of(seller) if event["verb"] == "changed" and "active" in event["details"]
    ]
    assert changed == [{"rate_class": ["standard", "reduced"], "active": [True, False]}]


def test_a_viewer_changes_no_product():
    seller = make_seller()
    seat, viewer = make_product(seller), acting_of(seller, role=Role.VIEWER)

    with pytest.raises(Forbidden):
        create_product(acting=viewer, code="X", name="X", kind="recurring", now=NOW)
    with pytest.raises(Forbidden):
        change_product(acting=viewer, product_id=seat.pk, now=NOW, active=False)
