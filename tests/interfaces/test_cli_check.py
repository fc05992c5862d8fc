"""`rebill check`: every stage is asked, and what does not agree is told."""

import importlib
import inspect
import json
from pathlib import Path

import pytest
from django.db.models import F

import rebill
from rebill.charges.models import Charge
from rebill.interfaces import checking
from rebill.interfaces.checking import CHECKS
from rebill.parties.commands import change_customer
from rebill.runs.models import Draft
from tests.interfaces.conftest import THIS_MONTH

pytestmark = pytest.mark.django_db


def test_sound_books_are_in_order(month, typed):
    month.bill_on(THIS_MONTH)
    typed("issue")

    ended = typed("check")

    # Those of the books, and whether kept files are unchanged.
    words = f"{len(CHECKS) + 1} checks: all in order."
    assert (ended.code, words in ended.shown) == (0, True), ended.shown


def test_what_does_not_agree_is_listed_and_ends_with_one(month, typed):
    typed("prepare")
    charge = Charge.objects.first()
    Charge.objects.filter(id=charge.id).update(amount=F("amount") + 1)

    ended = typed("check")
    told = json.loads(typed("check", "--json").shown)

    assert ended.code == 1
    assert f"charge {charge.id}" in ended.shown
    assert "✗" in ended.shown
    assert {problem["what"] for problem in told["problems"]} == {"charge.amount_differs", "draft.sum_differs"}
    assert told["blocking"] == 2


def test_what_only_asks_for_a_look_is_no_failure(month, typed):
    typed("prepare")
    draft = Draft.objects.get(customer__number="1001")
    change_customer(
        acting=month.acting, customer_id=draft.customer_id, country="DE", vat_id="DE136695976", now=month.at(THIS_MONTH)
    )

    ended = typed("check")

    assert ended.code == 0
    assert "0 problems, 1 to look at" in ended.shown
    assert "Review the draft again" in ended.shown


def test_another_sellers_problems_are_not_ours(month, typed):
    typed("prepare")
    Charge.objects.update(amount=1)
    typed("sellers", "add", "zuidkade", "--name", "Zuidkade", "--owner", "zuid", "--email", "zuid@zuidkade.example")

    told = json.loads(typed("check", "--seller", "zuidkade", "--json").shown)

    assert not [problem for problem in told["problems"] if problem["what"].startswith(("charge", "draft"))]


def test_every_check_of_every_stage_is_asked():
    root = Path(rebill.__file__).parent
    offered = set()
    for path in root.rglob("checks.py"):
        module = importlib.import_module(".".join(("rebill", *path.relative_to(root).with_suffix("").parts)))
        offered |= {
            name
            for name, value in vars(module).items()
            if name.startswith("check_") and inspect.isfunction(value) and value.__module__ == module.__name__
            and "acting" in inspect.signature(value).parameters
        }  # fmt: skip

    # Asked together by `check_parties`.
    assert offered - {"check_seller", "check_customers"} <= set(vars(checking))
