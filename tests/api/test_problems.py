"""What the API refuses, and how: problems with codes that stay, whatever is sent."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator

import pytest
from django.test import Client

import rebill
from rebill.interfaces.api.problems import OWN_CODES, code_of, status_of
from rebill.kit.errors import Refused
from tests.architecture.source import PROJECT

PAGE = PROJECT / "docs" / "reference" / "api-problems.md"
# Doors of their own, which refuse in words and not in codes.
OTHER_DOORS = ("rebill.interfaces.cli", "rebill.interfaces.office", "rebill.interfaces.demo")
# What only a machine with Spark can import; it refuses nothing by itself.
SPARK = "rebill.sources.usage.engine.cluster"


def refusals() -> Iterator[type[Refused]]:
    """Every class of refusal that the stages and the API have."""
    for module in pkgutil.walk_packages(rebill.__path__, "rebill."):
        if ".migrations" not in module.name and not module.name.endswith("__main__") and module.name != SPARK:
            importlib.import_module(module.name)
    waiting: list[type[Refused]] = [Refused]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("rebill.") and not kind.__module__.startswith(OTHER_DOORS):
                yield kind


def table() -> str:
    """The table of all codes, as it has to stand on the page."""
    rows: dict[str, tuple[int, str]] = {code: (int(status), meaning) for code, (status, meaning) in OWN_CODES.items()}
    for kind in sorted(refusals(), key=lambda each: (each.__name__, each.__module__)):
        meaning = " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
        code, status = code_of(kind), int(status_of(kind))
        earlier = rows.get(code)
        if earlier is not None and meaning not in earlier[1]:
            meaning = f"{earlier[1]} {meaning}"
        rows[code] = (status, meaning if earlier is None or meaning not in earlier[1] else earlier[1])
    lines = [f"| `{code}` | {status} | {meaning} |" for code, (status, meaning) in sorted(rows.items())]
    return "\n".join(["| code | status | what it says |", "|---|---|---|", *lines])


def test_every_code_is_on_the_page():
    text = PAGE.read_text("utf-8")
    shown = text[text.index("| code |") :].rstrip()

    if shown != table():
        pytest.fail(f"Codes changed. If that is meant, put this into {PAGE.name}:\n\n{table()}", pytrace=False)


def test_a_code_has_one_status():
    statuses: dict[str, set[int]] = {}
    for kind in refusals():
        statuses.setdefault(code_of(kind), set()).add(int(status_of(kind)))

    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def test_codes_are_words():
    assert all(re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", code_of(kind)) for kind in refusals())


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{", "application/json", 400, "body_unreadable"),
        (b"\xff\xfe", "application/json", 400, "body_unreadable"),
        (b"[" * 100_000, "application/json", 422, "text_unkeepable"),
        (b'{"name": NaN}', "application/json", 422, "text_unkeepable"),
        (b'{"name": "a\\u0000b"}', "application/json", 422, "text_unkeepable"),
        (b'{"name": "\\ud800"}', "application/json", 422, "text_unkeepable"),
        (b"name=x", "application/x-www-form-urlencoded", 415, "media_type_unknown"),
        (b"<a/>", "text/xml", 415, "media_type_unknown"),
        (b'"text"', "application/json", 422, "fields_invalid"),
        (b"[]", "application/json", 422, "fields_invalid"),
        (b"null", "application/json", 422, "fields_invalid"),
        (b"{}", "application/json", 422, "fields_invalid"),
        (b'{"name": "x", "colour": "red"}', "application/json", 422, "fields_invalid"),
        (b'{"name": "x", "payment_term_days": ' + b"9" * 5000 + b"}", "application/json", 400, "body_unreadable"),
        (b'{"name": "' + b"x" * 3_000_000 + b'"}', "application/json", 413, "body_too_large"),
    ],
    ids=lambda value: value[:30].decode("latin1") if isinstance(value, bytes) else None,
)
def test_a_body_that_cannot_be_taken_is_refused(program, content, media_type, status, code):
    answer = Client().generic(
        "POST", "/api/v1/customers", content, media_type, headers={"Authorization": f"Bearer {program.secret}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_fields_that_do_not_fit_are_all_named(program):
    answer = program.post("/customers", {"number": 7, "colour": "red", "invoice_months": ["x"]})

    assert {(each["field"], each["code"]) for each in answer.json()["errors"]} == {
        ("name", "missing"),
        ("number", "string_type"),
        ("colour", "extra_forbidden"),
        ("invoice_months.0", "int_parsing"),
    }


def test_a_number_is_sent_as_text(program, seller):
    body = {"customer_id": 1, "unit_price": 7.95, "description": "x"}

    error = program.post("/lines", body).json()["errors"][0]

    assert error["field"] == "unit_price"
    assert "7.95" in error["why"]


@pytest.mark.parametrize(
    "path",
    ["/customers/0", "/customers/x", f"/customers/{2**63}", f"/customers/{10**30}", "/subscriptions/x", "/runs/-1"],
)
def test_an_id_that_is_none_is_refused(program, path):
    assert program.get(path).status_code == 422


@pytest.mark.parametrize("day", ["2026-02-30", "20260901", "2026-W36-1", "9999-12-31", "0001-01-01", "1.9.2026", 7])
def test_a_day_that_is_none_is_refused(program, day):
    answer = program.post("/runs", {"billed_on": day})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "billed_on")


def test_a_day_that_is_too_far_is_refused(program):
    assert program.post("/runs", {"billed_on": "2999-01-01"}).json()["code"] == "day_too_far"


def test_an_address_that_is_none_is_not_found(program):
    for path in ("/", "/nowhere", "/customers/1/nowhere"):
        assert program.get(path).json()["code"] == "nothing_here"


def test_another_method_is_said_to_be_none(program):
    answer = program.ask("DELETE", "/customers")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_unknown")
    assert answer.headers["Allow"] == "GET, POST"


def test_words_follow_the_language_and_codes_do_not(program):
    answer = program.ask("POST", "/customers", {"name": "x", "country": "Atlantis"}, **{"Accept_Language": "nl"})

    assert answer.json()["code"] == "entry_refused"
    assert answer.json()["errors"][0]["why"] == "Dit land is niet bekend."


def test_the_description_is_whole():
    description = json.loads(Client().get("/api/v1/openapi.json").content)

    for path, methods in description["paths"].items():
        for method, said in methods.items():
            assert said["summary"], (path, method)
            assert {"401", "403", "404", "422"} <= said["responses"].keys(), (path, method)
            content = said.get("requestBody", {}).get("content", {}).get("application/json")
            if content:
                schema = description["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
                assert schema["examples"], (path, method)


def test_fields_and_addresses_that_do_not_fit_are_said_in_the_language_too(program):
    fields = program.ask("POST", "/customers", {"colour": "red"}, Accept_Language="nl").json()
    address = program.ask("GET", "/nowhere", Accept_Language="de").json()

    said = {error["field"]: (error["why"], error["remedy"]) for error in fields["errors"]}
    assert said["colour"] == ("Dit veld is hier niet toegestaan.", "Laat het weg, of controleer de naam.")
    assert (address["code"], address["detail"]) == ("nothing_here", "Diese Adresse gibt es nicht.")
