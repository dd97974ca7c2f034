"""The pipeline in one process, without service or broker: claim, fetch, read and save by the same code."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from dateline.messages import Message, ProcessCaptures
from dateline.settings import Settings
from storage import captures, frontier, hosts
from storage.database import Database
from worker import sites
from worker.fetch.loop import FetchLoop
from worker.process import process_captures
from worker.reader import Reader
from worker.toolkit import Toolkit

HOSTS_AT_ONCE = 4  # a person waits for one thing: not everything that is due is made now
LOOK = 0.2  # seconds between two looks for due hosts
SOON = timedelta(seconds=30)  # a host that will be ready within it is waited for


def work_until(settings: Settings, db: Database, done: Callable[[], bool], *, timeout: float) -> None:
    """Visit the hosts that a person asked for, until `done()`, or nothing of them is due soon, or `timeout` seconds."""
    waiting: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def send(message: Message) -> bool:
        waiting.put(message)
        return True

    sites.use_identities()
    toolkit = Toolkit(settings, db, send)
    until = time.monotonic() + timeout
    began = toolkit.now()
    loop = FetchLoop(toolkit)
    loop.start()
    try:
        with Reader() as reader:
            while not done() and time.monotonic() < until:
                idle = loop.idle  # asked before reading: what is fetched after it is read in the next turn
                found = _hand_over_due(toolkit, loop, began) if idle else 0
                read = _read_captures(toolkit, reader, waiting, pause=0.0 if found else LOOK)
                if idle and not found and not read and not _due_soon(toolkit):
                    return
    finally:
        loop.close()


def _hand_over_due(toolkit: Toolkit, loop: FetchLoop, began: datetime) -> int:
    now, token = toolkit.now(), uuid4().hex
    until = now + timedelta(seconds=toolkit.settings.lease)
    with toolkit.db.write() as tx:
        # A person waits for what was asked for: what else is due is the service's business.
        asked = frontier.hosts_asked_for(tx, began)
        ids = hosts.claim(tx, now=now, limit=HOSTS_AT_ONCE, token=token, until=until, among=asked)
    return loop.hand_over(ids, token) if ids else 0


def _read_captures(toolkit: Toolkit, reader: Reader, waiting: queue.SimpleQueue[Message], *, pause: float) -> bool:
    """Read what was fetched, and what an earlier process left unread; whether there was any."""
    ids: list[int] = []
    try:
        message = waiting.get(timeout=pause or 0.01)
        ids += message.capture_ids if isinstance(message, ProcessCaptures) else []
    except queue.Empty:
        now = toolkit.now()
        with toolkit.db.read() as tx:
            ids += captures.waiting(tx, now=now, older_than=now, limit=50)
    if ids:
        process_captures(toolkit, reader, ids)
    return bool(ids)


def _due_soon(toolkit: Toolkit) -> bool:
    with toolkit.db.read() as tx:
        moment = hosts.next_ready(tx)
    return moment is not None and moment <= toolkit.now() + SOON
