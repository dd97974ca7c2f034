"""The composition root: settings become the Celery app, and the app's processes get a workshop.

Celery neither keeps every message nor delivers each once, whatever its settings. So a message is a hint, the database
is the truth, and these settings ask the broker for nothing that it cannot do.
"""

from __future__ import annotations

import threading
from typing import Any

from celery import Celery, signals

from dateline import log, messages
from dateline.paths import broker_url
from dateline.settings import load
from scheduler.beat import beat_schedule
from worker.post import Post
from worker.workshop import Workshop

settings = load()
_queues = sorted({message.queue for message in messages.ALL})

app = Celery("dateline", include=["worker.tasks"])
app.conf.update(
    broker_url=broker_url(settings),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # for ever: the service outlives its broker
    broker_transport_options={
        "socket_timeout": 10.0,
        "socket_connect_timeout": 5.0,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "visibility_timeout": 3600,  # seconds; nothing waits unacknowledged for long, and a repeat would find no lease
    },
    task_queues={name: {"exchange": "dateline", "exchange_type": "direct", "routing_key": name} for name in _queues},
    task_routes={message.task: {"queue": message.queue} for message in messages.ALL},
    task_create_missing_queues=False,
    task_default_queue=messages.DispatchDueHosts.queue,
    # Acknowledged when taken: a message that is lost with its worker is a hint lost, and the lease it named runs out.
    # Acknowledged late, it would be delivered again to find that lease gone.
    task_acks_late=False,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,  # its keys leak in Redis
    worker_send_task_events=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,  # those acknowledged late: none of ours
    worker_hijack_root_logger=False,
    beat_scheduler="celery.beat:Scheduler",  # in memory: the schedule is made of the settings, and no file is kept
    beat_schedule=beat_schedule(settings),
    timezone="UTC",
    enable_utc=True,
)
app.workshop = Workshop(settings, Post(app))


def _set_up_logging(**_: Any) -> None:
    """Our own lines and Celery's in one manner."""
    log.configure(settings.log_level)
    log.adopt_libraries()


def _prepare(sender: Any, **_: Any) -> None:
    """Start what the queues of this worker need, so that the first message need not wait for it; show that we live."""
    queues = set(sender.app.amqp.queues.consume_from)
    if messages.VisitHosts.queue in queues:
        app.workshop.loop.pulse()
    if messages.ProcessCaptures.queue in queues:
        app.workshop.warm_readers(settings.process_threads)
    for queue in queues - {messages.VisitHosts.queue}:
        app.workshop.step(queue)


def _stop_fetching(**_: Any) -> None:
    """Let tasks that wait for room in the loop go. A thread's work: this runs within a signal handler."""
    threading.Thread(target=app.workshop.stop_fetching, name="stop-fetching", daemon=True).start()


def _close(**_: Any) -> None:
    """End what this process started."""
    app.workshop.close()


signals.setup_logging.connect(_set_up_logging)
signals.worker_ready.connect(_prepare)
signals.worker_shutting_down.connect(_stop_fetching)
signals.worker_shutdown.connect(_close)
