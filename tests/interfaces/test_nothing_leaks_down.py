"""What a wholesaler asks its dealer stands in no answer of the API, no command and no log of a seller further down."""

import json
import logging
from datetime import date
from decimal import Decimal

import pytest

from rebill.access.scopes import ALL_SCOPES
from rebill.kit.models import Event
from rebill.parties.commands import create_token
from rebill.parties.queries import acting_for
from tests.api.conftest import Program
from tests.api.walked import operations
from tests.factories import NOW, make_customer_price
from tests.invoices.document_reading import page_texts
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

SEPTEMBER = date(2026, 9, 1)
# What the dealer pays, as programs and people write it, and to whom. What its dealer pays it, and what is asked below.
PAID_ABOVE = ("4321.87", "4321,87", "4,321.87", "4.321,87", "432187", "Elbtal")
PAID, ASKED = "7777.31", "15554.62"


@pytest.fixture
def second(caplog) -> Link:
    """A dealer's dealer whose only customer was billed, as everybody above it was."""
    caplog.set_level(logging.DEBUG, logger="rebill")
    top = Link.wholesaler("Elbtal Kommunikation", slug="elbtal")
    first = top.dealer("Delta Telecom", slug="delta")
    basic = first.resells(top.sells("FLEX-BASIC", "6"), "FLEX", "fixed", PAID)
    make_customer_price(first.seller.as_customer, basic.resells, "4321.87", months=1)
    second = first.dealer("Oost ICT", slug="oost")
    profile = second.resells(basic, "PROFIL", "percent", "100")
    second.subscribe(second.customer("Bakker Bol", number="10482"), profile, SEPTEMBER)
    top.prepare_chain(SEPTEMBER)
    for link in (top, first, second):
        link.issue(SEPTEMBER)
    assert [charge.amount.decimal for charge in first.charges()] == [Decimal(PAID)]
    assert [charge.amount.decimal for charge in top.charges()] == [Decimal("4321.87")]
    return second


def test_no_answer_of_the_api_tells_it(second, caplog):
    program = Program(_token(second))
    answers = {}
    for operation in operations():
        path = _filled(program, operation.path.removeprefix("/api/v1")) if operation.method == "GET" else None
        if path is not None:
            answer = program.get(path)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code < 500, (path, content)
            answers[path] = (
                " ".join(page_texts(content)) if content[:5] == b"%PDF-" else content.decode("utf-8", "replace")
            )
    for side in ("purchase", "sales"):
        rows = program.get(f"/line-exports?month=2026-09-01&side={side}").streaming_content
        answers[side] = b"".join(rows).decode()
    answers["margins"] = program.get("/margins?month=2026-09-01").content.decode()

    assert [(path, secret) for path, text in answers.items() for secret in PAID_ABOVE if secret in text] == []
    assert len(answers) > 70
    assert PAID in answers["/resale-offers"]
    assert any(ASKED in text for text in answers.values())
    assert [secret for secret in PAID_ABOVE if secret in caplog.text and secret != "Elbtal"] == []


@pytest.mark.parametrize(
    "words",
    [
        "sellers show",
        "resale offers",
        "subscriptions list",
        "drafts list",
        "invoices list",
        "invoices show {number}",
        "export margins 2026-09",
        "export margins 2026-09 --by product",
        "check",
    ],
)
def test_no_command_tells_it(second, typed, words):
    words = words.format(number=second.seller.invoices.get().number).split()

    ended = typed(*words, "--seller", "oost")

    assert ended.code == 0, ended.aside
    assert [secret for secret in PAID_ABOVE if secret in ended.shown + ended.aside] == []


def test_no_event_of_it_tells_it(second):
    told = json.dumps([event.details for event in Event.objects.filter(seller_id=second.seller.pk)], default=str)

    assert told != "[]"
    assert [secret for secret in PAID_ABOVE if secret in told] == []


def _token(link: Link) -> str:
    owner = acting_for(link.seller.memberships.get().user, link.seller.slug)
    _kept, secret = create_token(acting=owner, name="ERP", scopes=ALL_SCOPES, now=NOW)
    return secret


def _filled(program: Program, path: str) -> str | None:
    """The address with the ids of the first thing in its list; None where the seller has no such thing."""
    before, brace, rest = path.partition("{")
    if not brace:
        return path
    variable, _brace, rest = rest.partition("}")
    if variable == "country":
        return f"{before}NL{rest}"
    answer = program.get(before.rstrip("/"))
    listed = answer.json().get("items", []) if answer.status_code == 200 else []
    return f"{before}{listed[0].get('id', listed[0].get('uuid'))}{rest}" if listed else None
