"""The same request by several processes at the same moment: one does it, the others wait for its answer."""

import json

from tests.gate import Gate
from tests.interfaces.machine import Machine

AT_ONCE = 5
DOOR = "tests.api.on_machine"


def test_the_same_request_at_once_is_done_once(machine: Machine, tmp_path):
    secret, gate = machine.run(DOOR, "token"), tmp_path / "gate"
    started = [machine.start_module(DOOR, "send", secret, "a-1", gate) for _ in range(AT_ONCE)]

    Gate(gate).open_for(AT_ONCE)
    told = [process.communicate(timeout=300) for process in started]

    assert {process.returncode for process in started} == {0}, told
    answers = [json.loads(shown) for shown, _aside in told]
    assert {answer["status"] for answer in answers} == {201}, told
    assert len({answer["body"]["id"] for answer in answers}) == 1
    assert sum(answer["repeated"] for answer in answers) == AT_ONCE - 1
    assert machine.run(DOOR, "count") == "1"
