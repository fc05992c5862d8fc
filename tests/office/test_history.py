"""What happened, in words: the time line of an object, from its events."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

import rebill
from rebill.access.acting import Acting, Role
from rebill.access.queries import Happening, events_of
from rebill.interfaces.office.history.telling import history_of, tell
from rebill.interfaces.office.history.titles import TITLES
from rebill.kit.events import record_event, subject_type_of
from rebill.parties.commands import change_customer
from rebill.parties.models import Customer
from tests.factories import NOW, acting_of, make_customer, make_seller

CUSTOMER = subject_type_of(Customer)


def told(verb: str, **details: object) -> list[str]:
    """The lines of one event of a subject without sentences of its own."""
    return list(tell(Happening("any.thing", 1, verb, NOW, "", details)).lines)


def test_a_change_is_told_with_what_stood_before(seller):
    customer = make_customer(seller, payment_term_days=14)
    change_customer(acting=acting_of(seller), customer_id=customer.pk, payment_term_days=30, now=NOW)

    created, changed = history_of(acting_of(seller), (CUSTOMER, customer.pk))

    assert created.title == "Created"
    assert changed.title == "Changed"
    assert changed.occurred_at == NOW
    assert changed.lines == ("Marit de Boer", "Payment term in days: 14 → 30")


def test_of_a_file_as_much_is_told_as_a_person_can_read():
    digest = "3f224d78" + "0" * 56

    assert told("changed", logo=["", f"{digest} (image/svg+xml, 4795 bytes)"]) == [
        "Logo: – → image/svg+xml, 4795 bytes"
    ]
    assert told("documents_kept", file=digest) == ["File: 3f224d780000…"]


def test_the_reader_gets_own_words(seller):
    customer = make_customer(seller)
    change_customer(acting=acting_of(seller), customer_id=customer.pk, channel="none", now=NOW)

    with translation.override("nl"):
        *_, changed = history_of(acting_of(seller), (CUSTOMER, customer.pk))

    assert changed.title == "Gewijzigd"
    assert changed.lines[1] == "Facturen gaan per: E-mail → Er wordt niets verstuurd"


def test_several_subjects_make_one_line_of_time(seller, django_assert_num_queries):
    acting = acting_of(seller)
    for number, subject in enumerate([("runs.draft", 1), ("invoices.invoice", 7), ("runs.draft", 1)]):
        record_event(
            seller_id=seller.pk, subject=subject, verb="approved", actor_id=None, now=NOW + timedelta(hours=number)
        )

    with django_assert_num_queries(1):
        events = events_of(acting, ("runs.draft", 1), ("invoices.invoice", 7))

    assert [event.subject_type for event in events] == ["runs.draft", "invoices.invoice", "runs.draft"]


def test_only_the_newest_of_a_long_history_are_read(seller):
    for _ in range(5):
        record_event(seller_id=seller.pk, subject=("runs.draft", 1), verb="held", actor_id=None, now=NOW)
    record_event(seller_id=seller.pk, subject=("runs.draft", 1), verb="released", actor_id=None, now=NOW)

    events = events_of(acting_of(seller), ("runs.draft", 1), limit=2)

    assert [event.verb for event in events] == ["held", "released"]


def test_what_happened_at_another_seller_is_not_told(seller):
    customer = make_customer(seller)
    stranger = Acting(seller_id=make_seller().pk, role=Role.OWNER)

    assert history_of(stranger, (CUSTOMER, customer.pk)) == []


@pytest.mark.parametrize(
    ("verb", "details", "lines"),
    [
        ("held", {"reason": "Wants an order number first"}, ["Wants an order number first"]),
        ("prepared", {"drafts": 1219, "customers": 1212, "charges": 5117}, ["1,219 drafts for 1,212 customers"]),
        ("paused", {"change": "6a86834a", "effective_on": "2026-08-10", "reference": ""}, ["As of: 10 Aug 2026"]),
        ("issued", {"number": "2026-00001"}, ["Number 2026-00001"]),
        (
            "queued_again",
            {"invoice": 7, "recipients": ["a@b.example", "c@b.example"]},
            ["To: a@b.example, c@b.example"],
        ),
        ("bounced", {"invoice": 7, "words": "550 no such user"}, ["550 no such user"]),
        ("resolved", {"invoice": 7, "arrived": False}, ["It did not arrive."]),
        ("changed", {"unit_price": [5_950_000, 6_250_000]}, ["Unit price: 5.95 → 6.25"]),
        (
            "changed",
            {"active": [True, False], "names": [{}, {"nl": "Bel"}]},
            ["For sale: yes → no", "Names: – → nl Bel"],
        ),
        (
            "line_changed",
            {"before": {"quantity": "3.00000000", "unit_price": "5.950000"}, "quantity": "2", "reason": "One is new"},
            ["Quantity: 3 → 2", "One is new"],
        ),
    ],
)
def test_details_are_told_as_people_say_them(verb, details, lines):
    assert told(verb, **details) == lines


def test_every_verb_has_words():
    folder = Path(rebill.__file__).parent
    # The interfaces write nothing themselves: what is called a verb there stands on a button.
    stages = [path for path in folder.rglob("*.py") if not path.is_relative_to(folder / "interfaces")]
    used = {verb for path in stages for verb in verbs_in(path)}

    named = {verb.rpartition(" ")[2] for verb in TITLES}

    assert used - named == set()
    assert len(used) > 40


def verbs_in(path: Path) -> set[str]:
    """The verbs that a module records: by name, in an EventRow, through its own recorder, or in a table of verbs."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "verb":
            found |= {each.value for each in ast.walk(node.value) if is_verb(each)}
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"EventRow", "_record", "_edited"}:
            found |= {each.value for each in node.args if is_verb(each)}
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "VERBS":
            found |= {each.value for each in ast.walk(node.value) if is_verb(each)}
    return found


def is_verb(node: ast.AST) -> bool:
    """Whether it is a text that could be a verb."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.replace("_", "").isalpha()
