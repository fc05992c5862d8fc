"""Tills in processes of their own sell on the same tabs at the same moment: no limit is ever exceeded."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.processes import Processes
from tests.gate import Gate

ON_OWN = "tests.sources.tabs.on_own"
TILLS = 4


@pytest.fixture
def processes(own_database: str, tmp_path: Path) -> Iterator[Processes]:
    processes = Processes(own_database, tmp_path)
    yield processes
    processes.stop()


def sell_at_once(processes: Processes, gate: Path, *, orders: int, price: str, also: tuple[str, ...] = ()) -> int:
    """All tills at once, and whoever else; how many orders fitted."""
    tills = [processes.start(ON_OWN, "sell", f"till{till}", orders, price, gate) for till in range(TILLS)]
    others = [processes.start(ON_OWN, *words.split(), gate) for words in also]
    Gate(gate).open_for(len(tills) + len(others))
    fitted = sum(int(processes.finish(till)) for till in tills)
    assert [processes.finish(other) for other in others] == [""] * len(others)
    return fitted


def test_c126_of_two_orders_that_fit_only_alone_one_is_accepted(processes, tmp_path):
    """Ten left, and every till wants ten: exactly one gets it."""
    processes.run(ON_OWN, "seed", 1, "10")

    fitted = sell_at_once(processes, tmp_path / "gate", orders=1, price="10")

    told = json.loads(processes.run(ON_OWN, "look"))
    assert fitted == 1
    assert (told["balances"], told["orders"], told["problems"]) == ([1000], 1, [])


def test_tills_at_once_fill_every_limit_and_exceed_none(processes, tmp_path):
    processes.run(ON_OWN, "seed", 3, "100")

    fitted = sell_at_once(processes, tmp_path / "gate", orders=60, price="7")

    told = json.loads(processes.run(ON_OWN, "look"))
    assert told["balances"] == [9800, 9800, 9800]
    assert fitted == told["orders"] == 3 * 14
    assert told["problems"] == []


def test_what_is_billed_while_tills_sell_is_billed_once(processes, tmp_path):
    processes.run(ON_OWN, "seed", 3, "100000")

    fitted = sell_at_once(processes, tmp_path / "gate", orders=60, price="7", also=("bill 10",))

    told = json.loads(processes.run(ON_OWN, "look"))
    assert fitted == told["orders"] == 60 * TILLS
    assert told["charges"] == told["billed"]
    assert sum(told["balances"]) == 700 * (told["orders"] - told["billed"])
    assert told["problems"] == []
