"""Why one document comes to more than another."""

from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.difference import Cause, Item, differences

E8, E6 = 10**8, 10**6
items = st.builds(
    Item,
    key=st.sampled_from(["seat", "fibre", "phone", "calls"]),
    quantity_e8=st.integers(-(10**12), 10**12),
    price_e6=st.integers(0, 10**9),
    amount_minor=st.integers(-(10**9), 10**9),
)


@given(before=st.lists(items), now=st.lists(items))
def test_the_reasons_add_up_to_the_difference(before, now):
    found = differences(before, now)

    wanted = sum(each.amount_minor for each in now) - sum(each.amount_minor for each in before)
    assert sum(each.amount_minor for each in found) == wanted
    assert all(each.amount_minor for each in found)


def test_each_reason_says_what_made_it():
    before = [Item("seat", 26 * E8, 7_950_000, 20_670), Item("fibre", E8, 64 * E6, 6_400), Item("sim", E8, E6, 100)]
    now = [
        Item("seat", 24 * E8, 7_950_000, 19_080),
        Item("fibre", E8, 66 * E6, 6_600),
        Item("phone", 2 * E8, 89 * E6, 17_800),
    ]

    found = {each.key: (each.cause, each.amount_minor) for each in differences(before, now)}

    assert found == {
        "phone": (Cause.NEW, 17_800),
        "seat": (Cause.QUANTITY, -1_590),
        "fibre": (Cause.PRICE, 200),
        "sim": (Cause.GONE, -100),
    }


def test_what_comes_to_the_same_is_no_reason():
    same = [Item("seat", E8, E6, 100)]

    assert differences(same, [Item("seat", 2 * E8, E6 // 2, 100)]) == []
