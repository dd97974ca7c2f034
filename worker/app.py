"""The composition root: settings become the Celery app with its tasks, and the app's processes get a workshop."""

from __future__ import annotations

import threading
from typing import Any

from celery import signals

from dateline import messages
from dateline.settings import load
from worker import sites
from worker.broker import new_app
from worker.post import Post
from worker.workshop import Workshop

settings = load()
app = new_app(settings, "worker.tasks")
app.workshop = Workshop(settings, Post(app))


def _prepare(sender: Any, **_: Any) -> None:
    """Start what the queues of this worker need, so that the first message need not wait for it; show that we live."""
    queues = set(sender.app.amqp.queues.consume_from)
    if messages.VisitHosts.queue in queues:
        app.workshop.loop.pulse()
    if messages.ProcessCaptures.queue in queues:
        app.workshop.warm_readers(settings.process_threads)
        sites.tell_problems()
    for queue in queues - {messages.VisitHosts.queue}:
        app.workshop.step(queue)


def _stop_fetching(**_: Any) -> None:
    """Let tasks that wait for room in the loop go. A thread's work: this runs within a signal handler."""
    threading.Thread(target=app.workshop.stop_fetching, name="stop-fetching", daemon=True).start()


def _close(**_: Any) -> None:
    """End what this process started."""
    app.workshop.close()


signals.worker_ready.connect(_prepare)
signals.worker_shutting_down.connect(_stop_fetching)
signals.worker_shutdown.connect(_close)
