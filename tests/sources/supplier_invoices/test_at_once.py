"""Reviewers in processes of their own, at the same moment or killed in the middle: nothing is billed twice."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gate import Gate
from tests.stories.own_process import OwnMonth

ON_OWN = "tests.sources.supplier_invoices.on_own"
ROWS, CUSTOMERS = 300, 60


@pytest.fixture
def own(own_database: str, tmp_path: Path) -> Iterator[OwnMonth]:
    own = OwnMonth(own_database, tmp_path)
    yield own
    own.stop()


def at_once(own: OwnMonth, *orders: str) -> list[str]:
    """What each of them printed; they begin together."""
    gate = own.processes.folder / "gate"
    started = [own.processes.start(ON_OWN, *order.replace("GATE", str(gate)).split()) for order in orders]
    Gate(gate).open_for(len(started))
    return [own.processes.finish(each) for each in started]


def look(own: OwnMonth) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(own.processes.run(ON_OWN, "look"))
    return found


def assert_billed_once(told: dict[str, Any], *, rows: int) -> None:
    """Every row is one charge, every charge stands on one document or draft, and what was bought was re-billed."""
    assert told["problems"] == []
    assert (told["rebilled"], told["left_over"], told["charged"]) == (told["bought"], 0, told["bought"])
    assert (told["charges"], told["told_rows"], told["untold_rows"]) == (rows, rows, 0)
    assert told["drafted"] == told["bought"]
    assert told["lines_without_a_charge"] == 0
    assert told["lines_of_a_charge"] <= 1


def test_the_same_invoices_taken_by_four_at_once_are_kept_once(own):
    own.processes.run(ON_OWN, "seed", 10, 5)

    new = at_once(own, *["take 8 GATE"] * 4)

    assert sum(map(int, new)) == 8
    assert look(own)["invoices"] == 9


@pytest.mark.parametrize("goes_on", ["on", "anew"])
def test_two_reviewers_at_once_bill_every_row_once(own, goes_on):
    own.processes.run(ON_OWN, "seed", ROWS, CUSTOMERS)

    at_once(own, *[f"rebill 5 {goes_on} GATE invoices 3"] * 2)
    own.processes.run(ON_OWN, "rebill", 5, "on")

    assert_billed_once(look(own), rows=ROWS)


@pytest.mark.parametrize("target", ["invoices", "next_run"])
def test_what_is_issued_while_it_is_re_billed_anew_is_billed_once(own, target):
    own.processes.run(ON_OWN, "seed", ROWS, CUSTOMERS)

    at_once(own, f"rebill 5 anew GATE {target} 8", "issue 8 GATE")
    own.processes.run(ON_OWN, "rebill", 5, "on")
    # What was passed on last may still wait for a run.
    own.processes.run(ON_OWN, "issue", 1, "-")

    assert_billed_once(look(own), rows=ROWS)


def test_a_re_billing_killed_again_and_again_goes_on_where_it_was(own):
    rows, customers, chunk = 5_000, 1_200, 40
    own.processes.run(ON_OWN, "seed", rows, customers)
    moments = random.Random(3)

    for share in (0.1, 0.4, 0.8):
        process = own.processes.start(ON_OWN, "rebill", chunk, "on")
        own.kill_when("charges_charge", int(rows * share), process, seconds_later=moments.uniform(0, 0.05))
    own.processes.run(ON_OWN, "rebill", chunk, "on")

    assert_billed_once(look(own), rows=rows)
