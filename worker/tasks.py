"""The doors: Celery tasks of a few lines each, one for each message, with the message's fields as their arguments.

No task is retried by Celery and none raises for want of the database: what it held is a lease, and leases heal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from celery import current_app, shared_task
from sqlalchemy.exc import InterfaceError, OperationalError

from dateline import log, messages
from dateline.clock import utc_now
from scheduler.dispatch import dispatch_due_hosts
from scheduler.sweep import sweep
from worker.enriching import enrich_waiting
from worker.process import process_captures

if TYPE_CHECKING:
    from worker.workshop import Workshop

Task = TypeVar("Task", bound=Callable[..., Any])

_log = log.get("tasks")


def _door(message: type[messages.Message]) -> Callable[[Task], Task]:
    return cast("Callable[[Task], Task]", shared_task(name=message.task))


@contextmanager
def _workshop(message: type[messages.Message]) -> Iterator[Workshop]:
    """This process's workshop; an absent database is one line in the log, and the end of this task alone."""
    began = time.monotonic()
    try:
        yield current_app.workshop
    except (OperationalError, InterfaceError) as error:
        _log.warning("database_away", task=message.task, error=str(error.orig).partition("\n")[0])
    else:
        _log.debug("task_done", task=message.task, seconds=round(time.monotonic() - began, 3))


@_door(messages.VisitHosts)
def visit_hosts(host_ids: list[int], lease_token: str) -> None:
    """Hand these hosts to the fetch loop of this process; waits while there is no room."""
    with _workshop(messages.VisitHosts) as workshop:
        taken = workshop.loop.hand_over(host_ids, lease_token)
        if taken < len(host_ids):
            _log.info("hosts_handed_back", hosts=len(host_ids) - taken)


@_door(messages.ProcessCaptures)
def process(capture_ids: list[int]) -> None:
    """Read and save these captures."""
    with _workshop(messages.ProcessCaptures) as workshop:
        with workshop.reader() as reader:
            process_captures(workshop.toolkit, reader, capture_ids)
        workshop.step("process")  # behind a long queue a pulse would come too late


@_door(messages.EnrichWaiting)
def enrich() -> None:
    """Enrich the next that wait; behind them another message stands for the rest."""
    with _workshop(messages.EnrichWaiting) as workshop:
        with workshop.enricher() as reader:
            more = reader is not None and enrich_waiting(workshop.toolkit, reader) > 0
        workshop.step("enrich")
        if more:
            workshop.toolkit.send(messages.EnrichWaiting())


@_door(messages.TellStories)
def tell_stories() -> None:
    """Place what is new among stories."""
    with _workshop(messages.TellStories) as workshop:
        workshop.storyteller.follow(workshop.toolkit)


@_door(messages.DispatchDueHosts)
def dispatch() -> None:
    """Send due hosts to the fetch workers."""
    with _workshop(messages.DispatchDueHosts) as workshop:
        kit = workshop.toolkit
        if sent := dispatch_due_hosts(kit.db, kit.settings, kit.send, workshop.post.queue_length, utc_now()):
            _log.debug("hosts_dispatched", hosts=sent)


@_door(messages.Sweep)
def sweep_up() -> None:
    """Send again what lost its message; remove what is past its time."""
    with _workshop(messages.Sweep) as workshop:
        kit = workshop.toolkit
        sweep(kit.db, kit.settings, kit.send, workshop.post.queue_length, utc_now())


@_door(messages.PulseSchedule)
def pulse_schedule() -> None:
    """Show that the scheduling worker takes messages and reaches the database."""
    with _workshop(messages.PulseSchedule) as workshop:
        workshop.step("schedule")


@_door(messages.PulseFetch)
def pulse_fetch() -> None:
    """Show that the fetch worker takes messages, and that its loop and its flusher turn."""
    with _workshop(messages.PulseFetch) as workshop:
        try:
            workshop.loop.pulse()
        except TimeoutError:
            _log.error("fetch_loop_stuck")  # its row stands still, and the supervisor restarts us


@_door(messages.PulseProcess)
def pulse_process() -> None:
    """Show that the process worker takes messages and reaches the database."""
    with _workshop(messages.PulseProcess) as workshop:
        workshop.step("process")
