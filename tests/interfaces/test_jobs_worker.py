"""Real workers on a database of their own: killed, started again, two at once, each slot is answered once."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rebill.interfaces.jobs import TIMETABLE
from tests.delivery.mail_server import MailServer, mails_go_to_a_server
from tests.delivery.processes import Processes, mailing_processes

ON_SCHEDULE = "tests.interfaces.on_schedule"
BOOKKEEPING = "boekhouding@noordwal.example"


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    with mails_go_to_a_server(settings) as server:
        yield server


@pytest.fixture
def processes(own_database: str, tmp_path: Path, mail_server: MailServer) -> Iterator[Processes]:
    with mailing_processes(own_database, tmp_path / "own", mail_server, REBILL_WORKERS="2") as processes:
        yield processes


def a_zone_where_the_hours_have_come() -> str:
    """Where the first of the month is not younger than half past seven: these two lie 25 hours apart."""
    local = datetime.now(UTC).astimezone(ZoneInfo("Pacific/Kiritimati"))
    too_early = local.day == 1 and (local.hour, local.minute) < (8, 0)
    return "Pacific/Pago_Pago" if too_early else "Pacific/Kiritimati"


def seed(processes: Processes, *, customers: int, documents: int) -> None:
    processes.run(ON_SCHEDULE, "seed", a_zone_where_the_hours_have_come(), customers, documents)


def look(processes: Processes) -> dict:
    return json.loads(processes.run(ON_SCHEDULE, "look"))


def kill(process: subprocess.Popen[str]) -> None:
    """As when the machine loses its power: the worker with all its processes."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def wait_until_quiet(processes: Processes) -> None:
    """Until every task that was started is done and written down."""
    deadline = time.monotonic() + 120
    while processes.count("django_q_ormq"):
        assert time.monotonic() < deadline, "The queue was not empty in two minutes."
        time.sleep(0.05)


def wait_until_it_works(worker: subprocess.Popen[str]) -> None:
    """Until the worker says that the timetable runs, however long it takes to start."""
    assert worker.stderr is not None
    assert any("The timetable runs" in line for line in worker.stderr), "It ended before it worked."


def wait_for(mail_server: MailServer, mails: int, *workers: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while len(mail_server.received) < mails:
        for worker in workers:
            assert worker.poll() is None, worker.communicate()[1]
        assert time.monotonic() < deadline, f"Only {mail_server.addressed} came in two minutes."
        time.sleep(0.02)


def test_two_workers_answer_each_slot_once(processes, mail_server):
    seed(processes, customers=6, documents=4)
    workers = [processes.start(ON_SCHEDULE, "work") for _ in range(2)]

    wait_for(mail_server, 5, *workers)
    wait_until_quiet(processes)
    for worker in workers:
        stop(worker)

    found = look(processes)
    assert found["failed"] == []
    assert (found["runs"], found["prepared"], found["drafts"]) == (1, 1, 6)
    assert (found["exports"], found["mailed"], found["schedules"]) == (1, 1, len(TIMETABLE))
    assert found["states"] == {"accepted": 4}
    customers = [[f"{number}@customer.example"] for number in range(4)]
    assert sorted(mail_server.addressed) == [*customers, [BOOKKEEPING]]


def test_a_killed_worker_is_replaced_and_what_it_had_begun_is_finished_once(processes, mail_server):
    seed(processes, customers=8, documents=8)
    mail_server.seconds = 0.4
    killed = processes.start(ON_SCHEDULE, "work")
    wait_for(mail_server, 2, killed)
    kill(killed)
    mail_server.seconds = 0
    between = look(processes)

    second = processes.start(ON_SCHEDULE, "work")
    # What was being sent when the power went is a question for a person and is not sent again.
    wait_for(mail_server, 9 - between["states"].get("sending", 0) - between["mailing"], second)
    wait_until_quiet(processes)
    stop(second)

    found = look(processes)
    assert found["failed"] == []
    assert (found["runs"], found["prepared"], found["drafts"], found["exports"]) == (1, 1, 8, 1)
    assert found["states"].get("sending", 0) <= 1
    assert sum(found["states"].values()) == 8
    recipients = [recipient for recipients in mail_server.addressed for recipient in recipients]
    assert len(recipients) == len(set(recipients))


def test_started_once_more_with_nothing_missed_a_worker_does_nothing(processes, mail_server):
    seed(processes, customers=2, documents=1)
    first = processes.start(ON_SCHEDULE, "work")
    wait_for(mail_server, 2, first)
    wait_until_quiet(processes)
    stop(first)
    before = look(processes)

    second = processes.start(ON_SCHEDULE, "work")
    wait_until_it_works(second)
    # The queue is looked at once a second.
    time.sleep(4)
    stop(second)

    assert look(processes) == before
    assert before["queued"] == []
    assert len(mail_server.received) == 2
