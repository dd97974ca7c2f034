"""The messages between scheduler and workers. They carry ids only: a message is a hint, the database is the truth.

The scheduler reaches workers by these names alone, so that the arrow from worker to scheduler stays the only one.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """One typed message: `task` names the Celery task, `queue` where it waits, the fields are its arguments."""

    task: ClassVar[str]
    queue: ClassVar[str]

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments that the task takes."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True)
class VisitHosts(Message):
    """Drain the due visits of these leased hosts."""

    task = "dateline.visit_hosts"
    queue = "fetch"
    host_ids: list[int]
    lease_token: str


@dataclasses.dataclass(frozen=True, slots=True)
class ProcessCaptures(Message):
    """Read these captures and save what they say."""

    task = "dateline.process_captures"
    queue = "process"
    capture_ids: list[int]


@dataclasses.dataclass(frozen=True, slots=True)
class EnrichWaiting(Message):
    """Enrich what waits for it; with nothing waiting, a sign of life is asked for."""

    task = "dateline.enrich_waiting"
    queue = "enrich"


@dataclasses.dataclass(frozen=True, slots=True)
class TellStories(Message):
    """Follow the change log, and find which new articles are reports of one event."""

    task = "dateline.tell_stories"
    queue = "process"


@dataclasses.dataclass(frozen=True, slots=True)
class DispatchDueHosts(Message):
    """One tick: claim hosts whose time has come and send them to the fetch workers."""

    task = "dateline.dispatch_due_hosts"
    queue = "schedule"


@dataclasses.dataclass(frozen=True, slots=True)
class Sweep(Message):
    """Look for what was left lying: captures whose message was lost, bodies past their time."""

    task = "dateline.sweep"
    queue = "schedule"


@dataclasses.dataclass(frozen=True, slots=True)
class PulseSchedule(Message):
    """Ask the scheduling worker for a sign of life, through its queue."""

    task = "dateline.pulse_schedule"
    queue = "schedule"


@dataclasses.dataclass(frozen=True, slots=True)
class PulseFetch(Message):
    """Ask a fetch worker for a sign of life, through its queue and its loop."""

    task = "dateline.pulse_fetch"
    queue = "fetch"


@dataclasses.dataclass(frozen=True, slots=True)
class PulseProcess(Message):
    """Ask a process worker for a sign of life, through its queue."""

    task = "dateline.pulse_process"
    queue = "process"


ALL: tuple[type[Message], ...] = (
    VisitHosts,
    ProcessCaptures,
    EnrichWaiting,
    TellStories,
    DispatchDueHosts,
    Sweep,
    PulseSchedule,
    PulseFetch,
    PulseProcess,
)
