"""What beats, and how often. A tick that nobody took in time expires: ticks must not pile up while workers are down."""

from __future__ import annotations

from typing import Any

from dateline.clock import EPOCH
from dateline.messages import DispatchDueHosts, Message, PulseFetch, PulseProcess, PulseSchedule, Sweep, TellStories
from dateline.settings import Settings

PULSE = 2.0  # seconds
STORIES = 2.0  # seconds between two looks at what is new in the change log
PULSE_EXPIRES = 30.0  # seconds


def sweep_period(settings: Settings) -> float:
    """Seconds between two sweeps: with short leases, sooner."""
    return min(5.0, settings.lease / 3)


def beat_schedule(settings: Settings) -> dict[str, dict[str, Any]]:
    """The schedule as Celery beat takes it. Two beats are harmless: every tick is a claim."""
    pulse = min(PULSE, settings.stall / 5)
    ticks: tuple[tuple[type[Message], float, float], ...] = (
        (DispatchDueHosts, settings.tick, settings.lease),
        (Sweep, sweep_period(settings), settings.lease),
        (TellStories, STORIES, 2 * STORIES),
        *((message, pulse, PULSE_EXPIRES) for message in (PulseSchedule, PulseFetch, PulseProcess)),
    )
    return {
        message.task: {
            "task": message.task,
            "schedule": every,
            "last_run_at": EPOCH,  # the first one at once: after a restart nobody should wait longer than needed
            "options": {"queue": message.queue, "expires": expires},
        }
        for message, every, expires in ticks
    }
