"""Changes of one subscription that are entered at the same moment, by processes of their own."""

import json

from tests.interfaces.machine import Machine

UUID = "7f9c24e8-3b12-4c8e-9d1a-2f6b0c5a7e11"


def test_two_changes_at_once_never_get_the_same_place(machine: Machine, tmp_path):
    base = tmp_path / "base.csv"
    base.write_text(f"Contractnummer;Klantnummer;Artikelcode;Startdatum\n{UUID};1;HOST;2026-01-01\n", "utf-8")
    assert machine.rebill("import", "subscribers", base)[0] == 0
    days = [f"2026-{month:02}-01" for month in range(2, 8)]

    started = [
        machine.start("subscriptions", "change", UUID, "--from", day, "--quantity", position)
        for position, day in enumerate(days, start=2)
    ]
    told = [process.communicate(timeout=900) for process in started]

    assert [process.returncode for process in started] == [0] * 6, told
    shown = machine.rebill("subscriptions", "show", UUID, "--json")[1]
    changes = json.loads(shown)["changes"]
    assert sorted(change["sequence"] for change in changes) == [1, 2, 3, 4, 5, 6]
    assert {change["effective_on"]: change["quantity"] for change in changes} == {
        day: str(position) for position, day in enumerate(days, start=2)
    }
