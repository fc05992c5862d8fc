"""Numbers in every spelling, where they stand, and what is nearest to what matched nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.matching.candidates import likeness, nearest
from rebill.rules.matching.customers import KnownCustomer, book
from rebill.rules.matching.identifiers import keys_in, keys_of, without_numbers
from rebill.rules.matching.places import (
    USUAL_ORDER,
    Place,
    RowSays,
    Statement,
    all_statements,
    chosen_statement,
    learnt_places,
)
from rebill.rules.matching.products import KnownProduct, Model, shelf


@pytest.mark.parametrize(
    ("number", "country", "keys"),
    [
        ("1478523-2", "", ("FI14785232",)),
        ("FI14785232", "", ("FI14785232",)),
        ("003714785232", "", ("FI14785232",)),
        ("0037147852320001", "", ("FI14785232",)),
        ("0216:003714785232", "", ("FI14785232",)),
        ("14785232", "FI", ("FI14785232",)),
        ("0106:01234567", "", ("KVK01234567",)),
        ("01 234 567", "NL", ("KVK01234567",)),
        ("01234567", "", ("KVK01234567", "FI01234567")),
        ("KvK 01234567", "", ("KVK01234567",)),
        ("NL 0044.95.445.B01", "", ("NL004495445B01",)),
        ("0403.170.701", "BE", ("BE0403170701",)),
        ("BE403170701", "", ("BE0403170701",)),
        ("0208:0403170701", "", ("BE0403170701",)),
        ("DE136695976", "", ("DE136695976",)),
        ("136695976", "DE", ("DE136695976",)),
        ("Nauta", "", ()),
        ("", "NL", ()),
        ("12", "NL", ()),
    ],
)
def test_a_number_has_one_key_however_it_is_written(number, country, keys):
    assert keys_of(number, country=country) == keys


def test_numbers_in_text_must_be_unmistakable():
    assert keys_in("Netvisor 10/2026 Yritys Oy (1478523-2), tilaus 12345678") == ("FI14785232",)
    assert keys_in("Kompas Reizen, KvK-nummer 00990311, NL 004495445 B01") == ("KVK00990311", "NL004495445B01")
    assert keys_in("31-10-2026 2026-10-31 11478523-2 1478523-25") == ()
    assert without_numbers("Yritys Oy (1478523-2)") == "Yritys Oy"


@given(st.text())
def test_any_text_is_read_without_an_error(text):
    keys_in(text)
    keys_of(text, country="NL")
    likeness(text, text[::-1])


def row(*, texts: tuple[str, ...] = (), amount: bool = True, **named: str) -> RowSays:
    return RowSays({Place(place): ("", value) for place, value in named.items()}, texts, amount)


def test_the_place_with_most_known_customers_is_learnt_first():
    rows = [row(group="A", party="Yritys Oy"), row(group="B", party="Toinen Oy"), row(group="C", party="?")]
    said = all_statements(rows, country="FI")

    learnt = learnt_places(said, lambda each: each.name in {"Yritys Oy", "Toinen Oy", "A"})

    assert learnt == (Place.PARTY, Place.GROUP)
    assert [chosen_statement(each, learnt, lambda _: False).name for each in said] == ["Yritys Oy", "Toinen Oy", "?"]


def test_an_order_number_is_nobody():
    said = all_statements([row(row_identifier="TIL2122")], country="FI")

    assert learnt_places(said, lambda _: False) == ()
    assert chosen_statement(said[0], USUAL_ORDER, lambda _: False).place is Place.ROW_IDENTIFIER


def test_a_heading_holds_until_the_next_one():
    rows = [row(texts=("Yritys Oy 1478523-2",), amount=False), row(), row(texts=("Toinen Oy",), amount=False), row()]

    said = all_statements(rows, country="FI")

    assert [each.get(Place.HEADING).name if Place.HEADING in each else None for each in said] == [
        None, "Yritys Oy", None, "Toinen Oy",
    ]  # fmt: skip
    assert said[1][Place.HEADING].keys == ("FI14785232",)


KNOWN = [
    KnownCustomer(1, "Yritys Oy", "", "1478523-2", "FI"),
    KnownCustomer(2, "Nauta B.V.", "NL004495445B01", "01234567", "NL"),
    KnownCustomer(3, "Nauta B.V.", "", "", "NL"),
]


@pytest.mark.parametrize(
    ("model", "number", "name", "found"),
    [
        (Model.PACKAGE, "FI14785232", "Anything", 1),
        (Model.PACKAGE, "", "Yritys Oy", None),
        (Model.OLDER, "FI14785232", "Else", None),
        (Model.OLDER, "", "Yritys Oy", 1),
        (Model.OLDER, "", "yritys oy", None),
        (Model.DETECT, "", "Yritys Oy", 1),
        # A number that nobody has is to be entered, not guessed by the name.
        (Model.DETECT, "0201256-6", "Yritys Oy", None),
        (Model.DETECT, "", "Nauta B.V.", None),
    ],
)
def test_each_model_finds_customers_its_own_way(model, number, name, found):
    said = Statement(Place.PARTY, number, name, keys_of(number, country="FI"))

    assert book(KNOWN, {}).find(said, model).id == found
    assert book(KNOWN, {said.identity: 9}).find(said, model) == (9, "link")


@pytest.mark.parametrize(
    ("model", "code", "name", "found"),
    [
        (Model.PACKAGE, "NV-1", "?", (2, "code")),
        (Model.PACKAGE, "", "Premium", (None, "")),
        (Model.OLDER, "NV-1", "Premium", (1, "name")),
        (Model.DETECT, "NV-1", "Premium", (2, "code")),
        (Model.DETECT, "??", "Premium", (1, "name")),
    ],
)
def test_each_model_finds_products_its_own_way(model, code, name, found):
    known = [KnownProduct(2, "NV-1", ("Premium",)), KnownProduct(1, "OLD", ("Premium",))]

    assert shelf(known, {}).find(code, name, model) == found


def test_the_nearest_names_are_proposed_whatever_their_legal_form():
    names = {1: "Kompas Reizen B.V.", 2: "Studio Vlet", 3: "Vlettevaart Friesland"}

    assert [each.id for each in nearest("Het Kompas Reizen", names)] == [1]
    assert nearest("studio vlet bv", names)[0].id == 2
    assert nearest("Smederij Aldert", names) == []
