"""Requests that nobody would write by hand, made from the description, right ones and wrong ones, with and without a
token: nothing breaks, and every answer is as described."""

from collections import Counter
from collections.abc import Callable

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rebill.config.wsgi import application
from tests.api.conftest import Program
from tests.api.seeded import Seeded, seed
from tests.api.walked import Operation, operations

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
EXAMPLES = 3
# Each starts processes of its own to try a look on samples, and is tried by the tests of looks.
SLOW = {"get_sample", "put_logo", "remove_logo", "put_template", "remove_template", "change_look", "get_invoice_copy"}


@pytest.fixture
def seeded(seller) -> Seeded:
    return seed(seller)


@pytest.fixture
def schema(program, seeded):
    """The description as schemathesis reads it; requests go to the application itself, in the test's own transaction:
    it must not close its connection after each, as it does for a server."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_a_made_up_request_breaks_nothing(schema, seeded, program, mode):
    asked = ask_everything(schema, seeded, mode, program)

    assert asked.keys() == {operation.name for operation in operations()} - SLOW
    assert sum(asked.values()) > EXAMPLES * 100


def test_a_made_up_request_without_a_token_is_turned_away(schema, seeded):
    asked = ask_everything(schema, seeded, GenerationMode.POSITIVE, Program(), status=401)

    assert sum(asked.values()) > EXAMPLES * 100


def ask_everything(
    schema, seeded: Seeded, mode: GenerationMode, program: Program, status: int | None = None
) -> "Counter[str]":
    """Asks every endpoint some made-up requests, half of them about what is there; returns how many each."""
    asked: Counter[str] = Counter()
    for operation in operations():
        if operation.name not in SLOW:
            described = schema[operation.path][operation.method]
            asked[operation.name] = ask_some(described, seeded, mode, program, operation, status)
    return asked


def ask_some(
    described, seeded: Seeded, mode: GenerationMode, program: Program, operation: Operation, status: int | None
) -> int:
    count = 0

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy_of(described, mode))
    def run(case: Case) -> None:
        nonlocal count
        count += 1
        if count % 2 and mode is GenerationMode.POSITIVE:
            kind = operation.path.removeprefix("/api/v1/").partition("/")[0]
            known = {**seeded.parameters, "uuid": seeded.parameters.get(f"{kind}.uuid", "")}
            named = {name: known.get(name, value) for name, value in case.path_parameters.items()}
            case.path_parameters = {name: each if isinstance(each, int) else str(each) for name, each in named.items()}
        headers = {"Authorization": f"Bearer {program.secret}"} if program.secret else {}
        headers["Accept-Encoding"] = "identity"
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)
        assert status in (None, answer.status_code)

    run()
    return count


def strategy_of(described, mode: GenerationMode) -> Callable[..., Case]:
    return described.as_strategy(generation_mode=mode)
