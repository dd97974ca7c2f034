"""One tick: claim hosts whose time has come and send them to the fetch workers, while these have room.

The scheduler knows workers by the names of messages alone. Two dispatchers at once are harmless: a claim is a lease.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from dateline.messages import Message, VisitHosts
from dateline.settings import Settings
from storage import captures, hosts, progress
from storage.database import Database

HOSTS_A_MESSAGE = 100
QUEUE_LIMIT = 6  # messages: what waits longer than a lease is claimed again, so more of them would only be wasted

Send = Callable[[Message], bool]  # whether the broker took it; never raises
QueueLength = Callable[[str], int | None]  # messages that wait there; None: the broker is away


def dispatch_due_hosts(db: Database, settings: Settings, send: Send, queue_length: QueueLength, now: datetime) -> int:
    """Claim due hosts and send them, up to 100 a message; how many were sent.

    Nothing is claimed while the broker is away, the fetch queue is full, too many hosts are leased or too many
    captures wait. Hosts whose message cannot be sent are handed back at once.
    """
    sent = 0
    messages, free = _room(db, settings, queue_length, now)
    until = now + timedelta(seconds=settings.lease)
    while messages > 0 and free > 0:
        token, limit = uuid4().hex, min(HOSTS_A_MESSAGE, free)
        with db.write() as tx:
            host_ids = hosts.claim(tx, now=now, limit=limit, token=token, until=until)
        if not host_ids:
            break
        if not send(VisitHosts(host_ids, token)):
            with db.write() as tx:
                hosts.hand_back(tx, token, host_ids)
            break
        sent += len(host_ids)
        if len(host_ids) < limit:
            break
        messages -= 1
        free -= len(host_ids)
    with db.write() as tx:
        progress.step(tx, "schedule", os.getpid(), now)
    return sent


def _room(db: Database, settings: Settings, queue_length: QueueLength, now: datetime) -> tuple[int, int]:
    """Messages and hosts that the workers have room for."""
    queued = queue_length(VisitHosts.queue)
    if queued is None:
        return 0, 0
    with db.read() as tx:
        free = settings.hosts_leased - hosts.leased_count(tx, now)
        behind = captures.waiting_count(tx) >= settings.captures_waiting
    return (0, 0) if behind else (QUEUE_LIMIT - queued, free)
