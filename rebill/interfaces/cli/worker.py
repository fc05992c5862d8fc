"""`rebill worker`: keeps the timetable running, with runs, mails and exports at their hour."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _
from django_q.cluster import Cluster

from rebill.interfaces import jobs
from rebill.interfaces.cli import output
from rebill.interfaces.cli.clock import read_clock
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE
from rebill.kit.queue import release_tasks

LOCK = "worker.lock"


def worker_command() -> int:
    """Run what the timetable and the queue ask for, until it is stopped with Ctrl+C.

    Any number of workers may run; each slot is answered once. After a start, what was missed is caught up.
    """
    prepare_database()
    with _among_the_living():
        jobs.register_timetable(read_clock())
        jobs.start_monthly_jobs()
        jobs.start_deliveries()
        output.aside().print(
            _("The timetable runs on %(settings)s processes. Ctrl+C stops it.")
            % {"settings": settings.Q_CLUSTER["workers"]}
        )
        # The processes of the queue are forked: a connection they shared with this one would be closed under its feet.
        connections.close_all()
        cluster = _Processes()
        cluster.start()
        cluster.sentinel.join()
    return DONE


class _Processes(Cluster):  # type: ignore[misc]
    """The processes of the queue, and how they are told to end."""

    def stop(self) -> bool:
        """Returns when they have ended: finished with what they had begun, or ended by themselves.

        Service managers tell all processes at once. The one that watches the others may then be gone before it can
        acknowledge, and who tells it would wait for ever: so a thread does that, which nothing waits for.
        """
        threading.Thread(target=self.stop_event.set, daemon=True).start()
        self.sentinel.join()
        # Told while it still started, it waits no longer for that.
        self.start_event = None
        return True


@contextmanager
def _among_the_living() -> Iterator[None]:
    """Holds a lock as long as this worker or one of its processes lives.

    Who finds no other worker alive hands out again at once what a killed one had taken; by itself the queue would do
    so only when the time of the task has run out.
    """
    folder = Path(settings.REBILL_DATA)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        if _locked(lock, fcntl.LOCK_EX):
            release_tasks(now=read_clock())
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def _locked(lock: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
