"""The task queue, django-q2 on the database itself: what it repeats, what waits in it, what failed in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max
from django_q.models import Failure, OrmQ, Schedule
from django_q.tasks import async_task

from rebill.kit.database import atomic_write, write_lock


@dataclass(frozen=True, slots=True)
class Repeated:
    """A function, by its dotted name, that the queue starts every so many minutes."""

    name: str
    function: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A task that failed, by its name: how often, and when the last time."""

    name: str
    times: int
    last_at: datetime


def start_task(function: str, *values: object, name: str, group: str) -> None:
    """Put a task into the queue; inside a transaction it is there when that is committed."""
    async_task(function, *values, task_name=name, group=group)


def queued_names() -> set[str]:
    """The names of the tasks that wait or are being worked on."""
    return {str(task.name()) for task in OrmQ.objects.order_by("id")}


def failed_tasks(*, groups: Collection[str], since: datetime) -> list[Failed]:
    """The tasks of these groups that failed since a moment."""
    failures = Failure.objects.filter(stopped__gt=since, group__in=groups).order_by("name")
    rows = failures.values_list("name").annotate(Count("id"), Max("stopped"))
    return [Failed(name, times, last_at) for name, times, last_at in rows]


def release_tasks(*, now: datetime) -> int:
    """Hand out again what workers that are gone had taken; only when no worker is alive. Return how many tasks.

    By itself the queue hands a task out again when its time has run out.
    """
    released: int = OrmQ.objects.filter(lock__gt=now).update(lock=now)
    return released


def keep_repeated(entries: Sequence[Repeated], *, prefix: str, now: datetime) -> None:
    """Let the queue repeat these and nothing else whose name begins with `prefix`, however many processes say so.

    A next start that lies further ahead than one round was set by a clock that has been put back since: it is now.
    """
    with atomic_write():
        write_lock(f"kit.queue:{prefix}")
        kept = Schedule.objects.filter(name__startswith=prefix)
        kept.exclude(name__in=[entry.name for entry in entries]).delete()
        for entry in entries:
            first, *spare = kept.filter(name=entry.name).order_by("id") or [Schedule(name=entry.name)]
            for schedule in spare:
                schedule.delete()
            first.func = entry.function
            first.schedule_type = Schedule.MINUTES
            first.minutes = entry.minutes
            first.repeats = -1
            if first.pk is None or first.next_run > now + timedelta(minutes=entry.minutes):
                first.next_run = now
            first.save()
