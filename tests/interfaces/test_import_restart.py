"""Imports that are killed, started twice at once, or very long: after a second start it is as if nothing happened."""

import os
import signal

import pytest

HEADING = "Contractnummer;Klantnummer;Klantnaam;Artikelcode;Aantal;Prijs;Startdatum;Plaats"


def write_base(path, count, *, bad_every=0):
    """A flat sheet of `count` subscribers; every so many lines one has a quantity that is no number."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADING + "\n")
        for number in range(count):
            quantity = "veel" if bad_every and number % bad_every == 0 else 1 + number % 7
            day = f"{1 + number % 28:02}-{1 + number % 9:02}-2025"
            customer = f"{10_000 + number};Klant {number} B.V."
            file.write(f"C{number};{customer};HOST;{quantity};{number % 90},95;{day};Plaats {number % 50}\n")
    return path


def counts(shown):
    """Lines, accepted, unchanged, rejected and warnings from the table of the result."""
    rows = [line.replace(",", "").split() for line in shown.splitlines()]
    return next([int(cell) for cell in row] for row in rows if len(row) == 5 and all(map(str.isdecimal, row)))


def test_killed_in_the_middle_and_repeated_is_as_if_nothing_happened(machine, tmp_path):
    file = write_base(tmp_path / "base.csv", 6_000)
    process = machine.start("import", "subscribers", file)
    machine.wait_for_customers(of=process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    half = machine.look()
    assert 0 < half["customers"] < 6_000
    # A chunk is in whole or not at all.
    assert half["customers"] == half["subscriptions"] == half["started"] == half["created"]
    assert half["customers"] % 1_000 == 0

    code, shown = machine.rebill("import", "subscribers", file)

    assert code == 0
    assert counts(shown) == [6_000, 6_000 - half["customers"], half["customers"], 0, 0]
    whole = machine.look()
    assert whole["customers"] == whole["subscriptions"] == whole["started"] == whole["created"] == 6_000
    assert counts(machine.rebill("import", "subscribers", file)[1]) == [6_000, 0, 6_000, 0, 0]
    assert machine.look() == whole


def test_two_imports_at_once_give_one_base(machine, tmp_path):
    file = write_base(tmp_path / "base.csv", 4_000)

    both = [machine.start("import", "subscribers", file) for _attempt in range(2)]
    shown = [process.communicate(timeout=900)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    accepted = [counts(each)[1] for each in shown]
    unchanged = [counts(each)[2] for each in shown]
    assert sum(accepted) == sum(unchanged) == 4_000
    found = machine.look()
    assert found["customers"] == found["subscriptions"] == found["started"] == found["created"] == 4_000


# Two minutes of reading lines, of which the database's part is tried at every other size.
@pytest.mark.once
def test_a_file_of_200_000_lines_goes_in_with_little_memory(machine, tmp_path):
    file = write_base(tmp_path / "base.csv", 200_000, bad_every=100)

    code, shown, peak = machine.rebill_measured(
        "import", "customers", file, "--map", "Klantnaam=name", "--map", "Aantal=payment_term_days"
    )

    assert code == 1, shown
    assert counts(shown) == [200_000, 198_000, 0, 2_000, 0]
    assert machine.look()["customers"] == 198_000
    assert peak < 500_000
