"""The Celery app without the work: broker, queues and ticks. Beat needs no more; `worker.app` adds the tasks.

Celery neither keeps every message nor delivers each once, whatever its settings. So a message is a hint, the database
is the truth, and these settings ask the broker for nothing that it cannot do.
"""

from __future__ import annotations

from typing import Any

from celery import Celery, signals

from dateline import log, messages
from dateline.paths import broker_url
from dateline.settings import Settings
from scheduler.beat import beat_schedule


def new_app(settings: Settings, *modules: str) -> Celery:
    """An app with these settings, and the tasks of these modules. Logging of its process is set up by it, too."""
    queues = sorted({message.queue for message in messages.ALL})
    app = Celery("dateline", include=modules)
    app.conf.update(
        broker_url=broker_url(settings),
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # for ever: the service outlives its broker
        broker_transport_options={
            "socket_timeout": 10.0,
            "socket_connect_timeout": 5.0,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "visibility_timeout": 3600,  # seconds; nothing waits unacknowledged for long, a repeat finds no lease
        },
        task_queues={name: {"exchange": "dateline", "exchange_type": "direct", "routing_key": name} for name in queues},
        task_routes={message.task: {"queue": message.queue} for message in messages.ALL},
        task_create_missing_queues=False,
        task_default_queue=messages.DispatchDueHosts.queue,
        # Acknowledged when taken: a message lost with its worker is a hint lost, and the lease that it named runs out.
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

    def set_up_logging(**_: Any) -> None:
        """Our own lines and Celery's in one manner."""
        log.configure(settings.log_level)
        log.adopt_libraries()

    signals.setup_logging.connect(set_up_logging, weak=False)
    return app
