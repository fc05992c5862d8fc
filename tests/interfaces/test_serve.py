"""The office over HTTP, with its worker beside it, in processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from rebill.interfaces.cli.app import run
from rebill.interfaces.cli.serve import free_port, lead_links_to


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A data folder of its own, on SQLite."""
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return {**kept, "REBILL_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "rebill.config.settings"}


def answer_of(address: str, seconds: int = 180) -> str:
    for _ in range(seconds * 5):
        try:
            return urllib.request.urlopen(address, timeout=30).read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")


def processes_of(folder: Path) -> set[int]:
    """Every process that works in the folder."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"REBILL_DATA={folder}\0".encode() in each.read_bytes():
                found.add(int(each.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.once
@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
def test_one_command_serves_pages_and_works_the_queue_and_ends_whole(environment, tmp_path):
    port = free_port(18_000)
    server = subprocess.Popen(
        [sys.executable, "-m", "rebill.interfaces.cli", "serve", "--port", str(port), "--processes", "1"],
        env=environment,
    )
    try:
        assert answer_of(f"http://127.0.0.1:{port}/health") == '{"status": "ok"}'
        assert "Set up rebill" in answer_of(f"http://127.0.0.1:{port}/")
        assert "--accent" in answer_of(f"http://127.0.0.1:{port}/static/office/rebill.css")
        for _ in range(150):
            if (tmp_path / "worker.lock").exists():
                break
            time.sleep(0.2)
        assert (tmp_path / "worker.lock").exists()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
    for _ in range(150):
        if not processes_of(tmp_path):
            break
        time.sleep(0.2)
    assert processes_of(tmp_path) == set()


@pytest.mark.once
@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
def test_a_worker_whose_processes_are_all_told_to_end_ends(environment, tmp_path):
    """As systemd stops a service: the process that watches the others may be gone before it hears of it."""
    said = [sys.executable, "-m", "rebill.interfaces.cli", "worker"]
    worker = subprocess.Popen(said, env=environment, start_new_session=True)
    try:
        for _ in range(600):
            # The worker, who watches, who fills and empties the queue, and two who work.
            if len(processes_of(tmp_path)) >= 6:
                break
            time.sleep(0.2)
        time.sleep(1)
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(timeout=30)
        assert processes_of(tmp_path) == set()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)


@pytest.mark.once
def test_who_has_computed_serves_in_a_process_that_begins_anew(environment):
    """Forked after Polars made its threads, the processes that answer would wait for these forever."""
    port = free_port(18_100)
    computes = (
        "from tests.interfaces.computing import computed; from rebill.interfaces.cli.serve import become_server; "
        f"computed(); become_server(port={port})"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", computes], env={**environment, "DJANGO_SETTINGS_MODULE": "tests.interfaces.computing"}
    )
    try:
        assert answer_of(f"http://127.0.0.1:{port}/computed") == "500500"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)


@pytest.mark.django_db
def test_a_port_that_is_taken_is_said(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        code = run(["serve", "--port", str(port)])

    assert code == 2
    assert f"Something listens on 127.0.0.1:{port} already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "expected"), [("", "http://127.0.0.1:8107"), ("https://office.example", "https://office.example")]
)
def test_links_in_mails_lead_to_where_the_office_is_unless_it_is_said(said, expected, monkeypatch, settings):
    monkeypatch.setenv("REBILL_URL", said)
    settings.REBILL_URL = said or "http://127.0.0.1:8000"

    lead_links_to("http://127.0.0.1:8107/")

    assert settings.REBILL_URL == os.environ["REBILL_URL"] == expected
