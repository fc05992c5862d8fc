"""Lists: in pages that nothing shifts, with as many queries for many rows as for one."""

import pytest

from rebill.interfaces.api.cursors import ROWS_MAX
from rebill.parties.models import Customer
from tests.api.seeded import Seeded, seed
from tests.api.walked import Operation, operations
from tests.factories import NOW, make_customer, make_product

LISTS = {str(each): each for each in operations() if "Page_" in str(each.said["responses"].get(200))}
QUERIES_MAX = 7


@pytest.fixture
def seeded(seller) -> Seeded:
    return seed(seller)


def test_pages_follow_each_other_whatever_is_added(program, seller):
    for number in range(5):
        make_customer(seller, name=f"Customer {number}", number=f"K-{number}")

    first = program.get("/customers?limit=2").json()
    make_customer(seller, name="Customer 5", number="A-5")
    second = program.get(f"/customers?limit=2&cursor={first['next_cursor']}").json()
    third = program.get(f"/customers?limit=2&cursor={second['next_cursor']}").json()

    names = [each["name"] for page in (first, second, third) for each in page["items"]]
    assert names == [f"Customer {number}" for number in range(6)]
    assert third["next_cursor"] is None


def test_pages_of_several_columns_follow_each_other(program, seeded):
    there = [each["id"] for each in program.get("/work").json()["items"]]
    cursor, found = "", []
    while cursor is not None:
        page = program.get(f"/work?limit=1&cursor={cursor}").json()
        found += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        program.post("/invoices/render")

    assert found == there
    assert str(seeded.parameters["work_id"]) in found


@pytest.mark.parametrize("cursor", ["abc", "bnVsbA", "WzFd", "WyJ4Il0", "WzEsMl0", "W251bGxd", "e30", "%00"])
def test_a_cursor_of_another_list_is_refused(program, cursor):
    answer = program.get(f"/runs?cursor={cursor}")

    assert answer.status_code == 422
    assert answer.json()["code"] in {"cursor_unreadable", "text_unkeepable"}


def test_a_page_has_a_most(program):
    assert program.get(f"/customers?limit={ROWS_MAX}").status_code == 200
    assert program.get(f"/customers?limit={ROWS_MAX + 1}").json()["errors"][0]["field"] == "limit"


def test_every_list_is_known():
    assert len(LISTS) >= 24


@pytest.mark.parametrize("operation", LISTS.values(), ids=LISTS.keys())
def test_a_list_needs_few_queries(program, seeded, operation: Operation, django_assert_max_num_queries):
    program.get("/customers")

    with django_assert_max_num_queries(QUERIES_MAX):
        answer = program.get(seeded.fill(operation.path))

    assert answer.status_code == 200


def test_a_long_list_needs_no_more_queries(program, seller, django_assert_max_num_queries):
    made = [Customer(seller=seller, name=f"C{n}", number=f"L-{n}", created_at=NOW) for n in range(ROWS_MAX)]
    Customer.objects.bulk_create(made)
    make_product(seller)
    program.get("/customers")

    with django_assert_max_num_queries(3):
        assert len(program.get(f"/customers?limit={ROWS_MAX}").json()["items"]) == ROWS_MAX
