"""What beats, and how often. A tick that nobody took in time expires: ticks must not pile up while workers are down."""

from __future__ import annotations

from typing import Any

from dateline.messages import DispatchDueHosts, Message, PulseFetch, PulseProcess, PulseSchedule, Sweep
from dateline.settings import Settings
from scheduler import sweep

PULSE = 2.0  # seconds
PULSE_EXPIRES = 30.0  # seconds


def beat_schedule(settings: Settings) -> dict[str, dict[str, Any]]:
    """The schedule as Celery beat takes it. Two beats are harmless: every tick is a claim."""
    pulse = min(PULSE, settings.stall / 5)
    ticks: tuple[tuple[type[Message], float, float], ...] = (
        (DispatchDueHosts, settings.tick, settings.lease),
        (Sweep, sweep.period(settings), settings.lease),
        *((message, pulse, PULSE_EXPIRES) for message in (PulseSchedule, PulseFetch, PulseProcess)),
    )
    return {
        message.task: {
            "task": message.task,
            "schedule": every,
            "options": {"queue": message.queue, "expires": expires},
        }
        for message, every, expires in ticks
    }
