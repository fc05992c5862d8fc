"""`rebill lines`: one-off lines and credits that wait for the next run."""

import json
from uuid import uuid4

import pytest

from rebill.sources.oneoff.models import InterimLine
from tests import factories
from tests.interfaces.conftest import THIS_MONTH

pytestmark = pytest.mark.django_db


def test_a_line_waits_for_the_next_run(month, typed):
    ended = typed(
        "lines", "add", "1001", "--text", "Monteur", "--price", "75", "--quantity", "1.5", "--on", THIS_MONTH,
        "--reference", "Bon 12",
    )  # fmt: skip

    assert ended.code == 0
    assert "Monteur, 112.50 EUR" in ended.shown
    assert "112.50" in typed("lines", "list").shown
    typed("prepare")
    assert "No lines wait." in typed("lines", "list").shown


def test_a_credit_is_given_without_a_minus(month, typed):
    told = json.loads(typed("lines", "add", "1001", "--text", "Storing", "--price", "5", "--credit", "--json").shown)

    assert (told["kind"], told["net"], told["quantity"]) == ("CREDIT", "-5.00", "-1")
    assert typed("lines", "add", "1001", "--text", "x", "--price", "-5").code == 2


def test_the_same_line_twice_is_one_line(month, typed):
    key = uuid4()
    for _ in range(2):
        typed("lines", "add", "1001", "--text", "Monteur", "--price", "75", "--on", THIS_MONTH, "--uuid", key)

    assert InterimLine.objects.count() == 1


def test_lines_are_listed_by_customer(month, typed):
    typed("lines", "add", "1001", "--text", "Een", "--price", "1")
    typed("lines", "add", "1002", "--text", "Twee", "--price", "2")

    told = json.loads(typed("lines", "list", "--customer", "1002", "--json").shown)

    assert [(line["text"], line["net"]) for line in told["lines"]] == [("Twee", "2.00")]


def test_a_line_is_taken_away_until_a_run_bills_it(month, typed):
    typed("lines", "add", "1001", "--text", "Een", "--price", "1", "--on", THIS_MONTH)
    line = InterimLine.objects.get()
    typed("prepare")

    billed = typed("lines", "remove", line.uuid, "--reason", "Dubbel")
    typed("lines", "add", "1001", "--text", "Twee", "--price", "1")
    taken = typed("lines", "remove", InterimLine.objects.last().uuid, "--reason", "Dubbel")

    assert (billed.code, taken.code, InterimLine.objects.count()) == (2, 0, 1)
    assert "billed this line already" in billed.aside


def test_what_another_seller_has_is_not_there(month, typed):
    typed("lines", "add", "1001", "--text", "Een", "--price", "1")
    factories.make_seller("zuidkade")

    ended = typed("lines", "remove", InterimLine.objects.get().uuid, "--seller", "zuidkade")

    assert (ended.code, InterimLine.objects.count()) == (2, 1)
