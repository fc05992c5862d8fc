"""Customers of another system: each line accepted, unchanged or rejected, and the same file again changes nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebill.access.acting import Role
from rebill.kit.errors import Forbidden
from rebill.kit.imports.outcomes import ImportRecord
from rebill.parties.commands import import_customers, importing
from rebill.parties.queries import customer_by_number
from tests.factories import NOW, acting_of, events_of, make_customer, make_seller

pytestmark = pytest.mark.django_db


def records(*lines: dict[str, object]) -> list[ImportRecord]:
    return [ImportRecord(line=line, values=values) for line, values in enumerate(lines, start=2)]


def import_lines(seller, *lines: dict[str, object]):
    return import_customers(acting=acting_of(seller), records=records(*lines), now=NOW)


def kinds(outcomes) -> list[str]:
    return [outcome.kind for outcome in outcomes]


NAUTA = {"number": "10482", "name": "Rederij Nauta", "city": "Harlingen", "invoice_emails": ("ap@nauta.example",)}


def test_the_same_file_again_changes_nothing():
    seller = make_seller()
    waterkant = {
        "number": "10483",
        "name": "Waterkant",
        "country": "Suomi",
        "vat_id": "2077474-0",
        "per_cost_centre": False,
    }
    assert kinds(import_lines(seller, NAUTA, waterkant)) == ["accepted", "accepted"]
    before = events_of(seller)

    assert kinds(import_lines(seller, NAUTA, waterkant)) == ["unchanged", "unchanged"]

    assert events_of(seller) == before
    assert customer_by_number(acting_of(seller), "10483").vat_id == "FI20774740"


def test_a_new_customer_gets_the_usual_terms():
    seller = make_seller(country="BE")

    import_lines(seller, {"number": "10482", "name": "Rederij Nauta"})

    imported = customer_by_number(acting_of(seller), "10482")
    created = make_customer(
        seller, name="Rederij Nauta", country="BE", street="", postcode="", city="", invoice_emails=[]
    )
    differing = [
        field.attname
        for field in imported._meta.concrete_fields
        if getattr(imported, field.attname) != getattr(created, field.attname)
    ]
    assert differing == ["id", "number", "search_text"]


def test_what_a_line_does_not_say_stays():
    seller = make_seller()
    import_lines(seller, {**NAUTA, "payment_term_days": 30, "notes": "at sea"})

    outcomes = import_lines(seller, {"number": "10482", "city": "Sneek", "notes": "", "payment_term_days": None})

    customer = customer_by_number(acting_of(seller), "10482")
    assert kinds(outcomes) == ["accepted"]
    assert (customer.name, customer.city) == ("Rederij Nauta", "Sneek")
    assert (customer.payment_term_days, customer.notes) == (30, "at sea")
    assert events_of(seller)[-1]["details"] == {"city": ["Harlingen", "Sneek"]}


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        ({"name": "No number"}, "number", ""),
        ({"number": "", "name": "No number"}, "number", ""),
        ({"number": "1"}, "name", ""),
        ({"number": "1", "name": "x" * 121}, "name", "x" * 121),
        ({"number": "1" * 41, "name": "A"}, "number", "1" * 41),
        ({"number": "1", "name": "A", "invoice_emails": ("ap@nauta",)}, "invoice_emails", "ap@nauta"),
        ({"number": "1", "name": "A", "country": "Atlantis"}, "country", "Atlantis"),
        ({"number": "1", "name": "A", "invoice_interval_months": 2}, "invoice_interval_months", "2"),
        ({"number": "1", "name": "A", "fax": "0517"}, "fax", ""),
        ({"number": "1", "name": "A\0B"}, "name", "A?B"),
    ],
)
def test_one_bad_line_is_rejected_with_its_column_and_the_rest_goes_on(line, column, value):
    seller = make_seller()

    rejected, accepted = import_lines(seller, line, NAUTA)

    assert (rejected.kind, rejected.column, rejected.value) == ("rejected", column, value)
    assert rejected.problem is not None
    assert rejected.problem.why
    assert rejected.problem.remedy
    assert accepted.kind == "accepted"
    assert seller.customers.count() == 1


def test_a_doubtful_identifier_is_accepted_with_a_warning():
    seller = make_seller()

    [outcome] = import_lines(seller, {**NAUTA, "vat_id": "NL810411902B01"})

    assert outcome.kind == "accepted"
    assert outcome.problem is not None
    assert (outcome.problem.what, outcome.problem.blocking) == ("party.vat_id_doubtful", False)


def test_a_number_that_stands_twice_is_taken_once():
    seller = make_seller()

    same, again, other = import_lines(seller, NAUTA, NAUTA, {**NAUTA, "city": "Sneek"})

    assert kinds([same, again, other]) == ["accepted", "unchanged", "rejected"]
    assert other.problem is not None
    assert "line 2" in other.problem.why
    assert customer_by_number(acting_of(seller), "10482").city == "Harlingen"


def test_another_sellers_customer_with_the_number_is_left_alone():
    seller = make_seller()
    others = make_customer(make_seller(), number="10482", city="Sneek")

    import_lines(seller, NAUTA)

    others.refresh_from_db()
    assert others.city == "Sneek"
    assert seller.customers.get().name == "Rederij Nauta"


def test_the_number_of_reads_and_writes_does_not_grow_with_the_lines():
    seller = make_seller()
    lines = [{**NAUTA, "number": str(number)} for number in range(300)]
    import_lines(seller, *lines[:150])

    def statements(some) -> int:
        with CaptureQueriesContext(connection) as queries:
            import_lines(seller, *some)
        return len(queries)

    few = statements([{**NAUTA, "number": "1", "city": "Sneek"}, {**NAUTA, "number": "new"}])
    many = statements([{**line, "city": "Franeker"} for line in lines])
    assert many == few


def test_a_file_larger_than_a_chunk_is_imported_whole(monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 3)
    seller = make_seller()
    lines = [{**NAUTA, "number": str(number)} for number in range(8)]

    outcomes = import_customers(acting=acting_of(seller), records=iter(records(*lines)), now=NOW)

    assert [outcome.line for outcome in outcomes] == list(range(2, 10))
    assert seller.customers.count() == 8


def test_a_viewer_imports_nothing():
    seller = make_seller()

    with pytest.raises(Forbidden):
        import_customers(acting=acting_of(seller, role=Role.VIEWER), records=records(NAUTA), now=NOW)
