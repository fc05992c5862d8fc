"""The examples of the API's page: each is asked, and its answer is the one that is told."""

from datetime import UTC, datetime

from rebill.interfaces.api import caller
from rebill.interfaces.work import doing
from tests.api.told import ANYTHING, Teller, told_on
from tests.architecture.source import PROJECT

PAGE = PROJECT / "docs" / "api.md"
MORNING = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)


def test_every_example_is_answered_as_it_is_told(program, monkeypatch):
    for door in (caller, doing):
        monkeypatch.setattr(door, "read_clock", lambda: MORNING)
    teller = Teller(program)
    examples = told_on(PAGE.read_text("utf-8"))

    for asked, answered in examples:
        teller.tell(asked, answered)

    assert len(examples) > 15


def test_an_answer_that_is_told_otherwise_is_seen(program):
    page = '```http\nGET /api/v1/seller\n```\n```http\n200 OK\n\n{"slug": "waterkant", "…": "…"}\n```\n'
    told = told_on(page)[0]
    Teller(program).tell(*told)

    for wrong in ("noordwal", "…x"):
        told[1].body["slug"] = wrong
        try:
            Teller(program).tell(*told)
        except AssertionError:
            continue
        raise AssertionError(wrong)
    assert ANYTHING in told[1].body
