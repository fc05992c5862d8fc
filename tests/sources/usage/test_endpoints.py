"""Whose an endpoint is: from a day on, until a day, and never two customers' at once."""

from datetime import date

import pytest

from rebill.access.acting import Role
from rebill.kit.errors import Forbidden, NotFound
from rebill.kit.imports.outcomes import ImportRecord
from rebill.kit.models import Event
from rebill.sources.usage.commands import add_endpoint, end_endpoint, import_endpoints
from rebill.sources.usage.commands.endpoints import EndpointTaken, EndpointUnfit
from rebill.sources.usage.models import Endpoint, EndpointKind
from rebill.sources.usage.queries.endpoints import FOREVER_S, endpoint_frame, endpoints_of
from tests.factories import NOW, acting_of, make_customer, make_seller

pytestmark = pytest.mark.django_db
FIRST, LATER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def seller():
    return make_seller()


@pytest.fixture
def customer(seller):
    return make_customer(seller, number="1001")


@pytest.fixture
def other(seller):
    return make_customer(seller, number="1002")


def add(customer, kind, value, value_to="", valid_from=FIRST, valid_before=None):
    return add_endpoint(
        acting=acting_of(customer.seller),
        customer_id=customer.pk,
        kind=kind,
        value=value,
        value_to=value_to,
        valid_from=valid_from,
        valid_before=valid_before,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("kind", "value", "value_to", "kept"),
    [
        (EndpointKind.NUMBER, "050-123 45 67", "", ("31501234567", "")),
        (EndpointKind.NUMBER, "100", "", ("=100", "")),
        (EndpointKind.RANGE, "0501234500", "050-1234599", ("31501234500", "31501234599")),
        (EndpointKind.RANGE, "100", "199", ("=100", "=199")),
        (EndpointKind.ACCOUNT, " acme ", "", ("acme", "")),
        (EndpointKind.TRUNK, "carrier/1", "", ("carrier/1", "")),
    ],
)
def test_numbers_are_kept_as_calls_have_them(customer, kind, value, value_to, kept):
    endpoint = add(customer, kind, value, value_to)

    assert (endpoint.value, endpoint.value_to) == kept
    assert Event.objects.filter(subject_id=customer.pk, verb="endpoint_added").count() == 1


@pytest.mark.parametrize(
    ("kind", "value", "value_to", "before", "term"),
    [
        (EndpointKind.ACCOUNT, " ", "", None, "value"),
        (EndpointKind.ACCOUNT, "x" * 81, "", None, "value"),
        (EndpointKind.ACCOUNT, "acme", "acmf", None, "value_to"),
        (EndpointKind.RANGE, "0501234599", "0501234500", None, "value_to"),
        (EndpointKind.RANGE, "0501234500", "", None, "value_to"),
        (EndpointKind.RANGE, "100", "0501234500", None, "value_to"),
        (EndpointKind.ACCOUNT, "acme", "", FIRST, "valid_before"),
    ],
)
def test_what_can_be_no_endpoint_is_refused_by_its_part(customer, kind, value, value_to, before, term):
    with pytest.raises(EndpointUnfit) as refused:
        add(customer, kind, value, value_to, valid_before=before)

    assert refused.value.term == term


def test_an_endpoint_is_one_customers_at_a_time(customer, other):
    first = add(customer, EndpointKind.NUMBER, "0501234567")

    with pytest.raises(EndpointTaken):
        add(other, EndpointKind.NUMBER, "+31501234567", valid_from=LATER)
    add(other, EndpointKind.NUMBER, "0501234567", valid_from=date(2026, 8, 1), valid_before=FIRST)
    end_endpoint(acting=acting_of(customer.seller), endpoint_id=first.pk, valid_before=LATER, now=NOW)
    add(other, EndpointKind.NUMBER, "0501234567", valid_from=LATER)

    assert [each.customer_id for each in Endpoint.objects.order_by("valid_from")] == [
        other.pk, customer.pk, other.pk,
    ]  # fmt: skip


def test_ranges_that_share_a_number_clash_and_a_number_within_a_range_does_not(customer, other):
    add(customer, EndpointKind.RANGE, "0501234500", "0501234599")

    with pytest.raises(EndpointTaken):
        add(other, EndpointKind.RANGE, "0501234599", "0501234650")
    add(other, EndpointKind.RANGE, "0501234600", "0501234650")
    add(other, EndpointKind.NUMBER, "0501234567")


@pytest.mark.parametrize("before", [FIRST, date(2027, 1, 1)])
def test_an_end_is_after_the_first_day_and_never_put_off(customer, before):
    endpoint = add(customer, EndpointKind.ACCOUNT, "acme", valid_before=LATER)

    with pytest.raises(EndpointUnfit):
        end_endpoint(acting=acting_of(customer.seller), endpoint_id=endpoint.pk, valid_before=before, now=NOW)


def test_who_may_and_whose(customer):
    stranger = make_seller()
    endpoint = add(customer, EndpointKind.ACCOUNT, "acme")
    mine = {"customer_id": customer.pk, "kind": EndpointKind.ACCOUNT, "value": "b", "valid_from": FIRST, "now": NOW}

    with pytest.raises(NotFound):
        add_endpoint(acting=acting_of(stranger), **mine)
    with pytest.raises(NotFound):
        end_endpoint(acting=acting_of(stranger), endpoint_id=endpoint.pk, valid_before=LATER, now=NOW)
    with pytest.raises(Forbidden):
        add_endpoint(acting=acting_of(customer.seller, role=Role.VIEWER), **mine)
    assert not endpoints_of(acting_of(stranger))


def test_the_frame_has_the_days_of_each_sellers_time_zone(customer):
    american = make_customer(make_seller(country="US", time_zone="America/New_York", vat_id=""))
    add(customer, EndpointKind.ACCOUNT, "acme", valid_before=LATER)
    add(american, EndpointKind.ACCOUNT, "zeta")

    frame = endpoint_frame([customer.seller_id, american.seller_id])

    assert frame.select("value", "from_s", "before_s", "owner_id").rows() == [
        ("acme", 1788213600, 1790805600, customer.pk),
        ("zeta", 1788235200, FOREVER_S, american.pk),
    ]


def records(*rows: dict[str, object]) -> list[ImportRecord]:
    common = {"customer_number": "1001", "kind": "number", "valid_from": FIRST}
    return [ImportRecord(line, {**common, **row}) for line, row in enumerate(rows, 2)]


def test_a_file_of_endpoints_adds_ends_and_rejects(customer, other):
    add(other, EndpointKind.NUMBER, "0501234568")
    add(customer, EndpointKind.ACCOUNT, "acme")
    rows = records(
        {"value": "0501234567"},
        {"value": "0501234568"},
        {"kind": "account", "value": "acme"},
        {"kind": "account", "value": "acme", "valid_before": LATER},
        {"kind": "account", "value": "acme", "valid_from": LATER},
        {"value": "0501234569", "customer_number": "9"},
        {"kind": "range", "value": "0501234500", "value_to": "0501234599"},
        {"kind": "range", "value": "0501234599", "value_to": "0501234600", "customer_number": "1002"},
        {"kind": "range", "value": "1"},
    )

    outcomes = import_endpoints(acting=acting_of(customer.seller), records=rows, now=NOW)

    assert [(each.kind, each.problem.what if each.problem else "") for each in outcomes] == [
        ("accepted", ""),
        ("rejected", "endpoint.taken"),
        ("unchanged", ""),
        ("accepted", ""),
        ("accepted", ""),
        ("rejected", "endpoint.customer_unknown"),
        ("accepted", ""),
        ("rejected", "endpoint.taken"),
        ("rejected", "endpoint.value_to"),
    ]
    assert Endpoint.objects.count() == 5
    again = import_endpoints(acting=acting_of(customer.seller), records=rows[:1], now=NOW)
    assert [each.kind for each in again] == ["unchanged"]
