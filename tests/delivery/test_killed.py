"""Workers that are killed, or work at the same time: every document is sent once, or a person is asked."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.mail_server import MailServer
from tests.delivery.processes import Processes, mailing_processes

ON_OWN = "tests.delivery.on_own"


@pytest.fixture
def processes(own_database: str, tmp_path: Path, mail_server: MailServer) -> Iterator[Processes]:
    with mailing_processes(own_database, tmp_path / "own", mail_server) as processes:
        yield processes


def look(processes: Processes) -> dict:
    return json.loads(processes.run(ON_OWN, "look"))


def wait_for(mail_server: MailServer, received: int) -> None:
    deadline = time.monotonic() + 60
    while len(mail_server.received) < received:
        assert time.monotonic() < deadline, f"Only {len(mail_server.received)} mails came in a minute."
        time.sleep(0.002)


def mails(mail_server: MailServer) -> Counter[str]:
    return Counter(recipient for recipients in mail_server.addressed for recipient in recipients)


def test_a_killed_delivery_goes_on_and_mails_nothing_twice(processes, mail_server):
    processes.run(ON_OWN, "seed", 30)
    mail_server.seconds = 0.03
    worker = processes.start(ON_OWN, "deliver")
    wait_for(mail_server, 10)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    mail_server.seconds = 0

    processes.run(ON_OWN, "deliver", 20)

    found = look(processes)
    assert max(mails(mail_server).values()) == 1
    assert found["states"].get("unclear", 0) <= 1
    assert sum(found["states"].values()) == 30
    assert found["states"]["accepted"] + found["states"].get("unclear", 0) == 30
    assert len(mail_server.received) >= found["states"]["accepted"]
    assert found["problems"] == []


def test_two_workers_at_once_mail_each_document_once(processes, mail_server):
    processes.run(ON_OWN, "seed", 40)
    mail_server.seconds = 0.01
    workers = [processes.start(ON_OWN, "deliver") for _ in range(2)]

    for worker in workers:
        processes.finish(worker)

    assert len(mail_server.received) == 40
    assert set(mails(mail_server).values()) == {1}
    assert look(processes) == {
        "states": {"accepted": 40},
        "accepted_attempts": 40,
        "batches": 0,
        "letters": 0,
        "problems": [],
    }


def test_two_workers_queue_each_document_once(processes):
    processes.run(ON_OWN, "seed", 40)

    for worker in [processes.start(ON_OWN, "queue") for _ in range(3)]:
        processes.finish(worker)

    assert look(processes)["states"] == {"queued": 40}


@pytest.mark.parametrize("moment", ["stored", "accepted"])
def test_a_batch_killed_before_it_is_kept_leaves_its_letters_waiting(processes, moment):
    processes.run(ON_OWN, "seed", 7, "print")
    dying = processes.start(ON_OWN, "print_letters_and_die", moment)
    dying.communicate(timeout=120)
    assert dying.returncode == -signal.SIGKILL
    assert look(processes)["states"] == {"queued": 7}

    processes.run(ON_OWN, "print_letters")

    found = look(processes)
    assert (found["states"], found["batches"], found["letters"]) == ({"accepted": 7}, 2, 7)
    assert found["problems"] == []


def test_two_workers_bind_each_letter_once(processes):
    processes.run(ON_OWN, "seed", 23, "print")

    for worker in [processes.start(ON_OWN, "print_letters") for _ in range(2)]:
        processes.finish(worker)

    found = look(processes)
    assert (found["states"], found["letters"], found["accepted_attempts"]) == ({"accepted": 23}, 23, 23)
