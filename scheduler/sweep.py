"""What was left lying: captures whose message was lost, bodies and rows past their time, space to give back.

Nothing here is needed for correctness of the moment, and each step has a transaction of its own: one that fails is
tried again by the next sweep and keeps none of the others from being done. Two sweepers at once are harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from dateline import log
from dateline.messages import EnrichWaiting, ProcessCaptures
from dateline.settings import Settings
from scheduler.dispatch import QueueLength, Send
from storage import captures, fingerprints, partitions, problems, tallies, upkeep
from storage.bulk import chunks
from storage.database import Database

CAPTURES_A_MESSAGE = 50  # what one transaction of the process stage saves well
QUEUE_LIMIT = 20  # messages: the process workers have enough to do, nothing is lost but time
OVERLOOKED = timedelta(seconds=3)  # after which a capture that nobody holds has probably lost its message
PRUNED_AT_ONCE = 500  # rows: a short transaction each time
KEEP_PROBLEMS = timedelta(days=30)
PROBLEMS_AT_MOST = 100_000
KEEP_TALLIES = timedelta(days=400)

_log = log.get("sweep")


def sweep(db: Database, settings: Settings, send: Send, queue_length: QueueLength, now: datetime) -> None:
    """Send lost captures again and remove what is past its time."""
    steps: dict[str, Callable[[], object]] = {
        "resend": lambda: resend_captures(db, send, queue_length, now),
        "enrich": lambda: _wake_enrichers(send, queue_length),
        "captures": lambda: _prune_captures(db, settings, now),
        "fingerprints": lambda: _expire_fingerprints(db, settings, now),
        "problems": lambda: _prune_problems(db, now),
        "tallies": lambda: _prune_tallies(db, now),
        "partitions": lambda: _make_partitions(db, now),
        "space": lambda: upkeep.give_back_space(db),
    }
    for name, step in steps.items():
        try:
            step()
        except SQLAlchemyError as error:
            _log.warning("sweep_step_failed", step=name, error=str(error).partition("\n")[0])


def resend_captures(db: Database, send: Send, queue_length: QueueLength, now: datetime) -> int:
    """Send captures that wait and that nobody holds to the process workers, the oldest first; how many.

    One whose message still waits in the queue is sent twice, which costs a look-up: claims make it harmless.
    """
    queued = queue_length(ProcessCaptures.queue)
    room = 0 if queued is None else QUEUE_LIMIT - queued
    if room <= 0:
        return 0
    with db.read() as tx:
        ids = captures.waiting(tx, now=now, older_than=now - OVERLOOKED, limit=room * CAPTURES_A_MESSAGE)
    sent = 0
    for part in chunks(ids, CAPTURES_A_MESSAGE):
        if not send(ProcessCaptures(part)):
            break
        sent += len(part)
    return sent


def _wake_enrichers(send: Send, queue_length: QueueLength) -> None:
    """One message at a time: enough to wake whoever is there, and none pile up where nobody enriches."""
    if queue_length(EnrichWaiting.queue) == 0:
        send(EnrichWaiting())


def _prune_captures(db: Database, settings: Settings, now: datetime) -> None:
    with db.write() as tx:
        rows, size = captures.prune(
            tx,
            now=now,
            keep_captures_days=settings.keep_captures,
            keep_unchanged_days=settings.keep_unchanged,
            limit=PRUNED_AT_ONCE,
        )
    if rows or size:
        _log.info("captures_pruned", captures=rows, bytes=size)


def _expire_fingerprints(db: Database, settings: Settings, now: datetime) -> None:
    with db.write() as tx:
        fingerprints.expire(tx, now - timedelta(days=settings.keep_fingerprints), limit=PRUNED_AT_ONCE)


def _prune_problems(db: Database, now: datetime) -> None:
    with db.write() as tx:
        problems.prune(tx, before=now - KEEP_PROBLEMS, keep=PROBLEMS_AT_MOST)


def _prune_tallies(db: Database, now: datetime) -> None:
    with db.write() as tx:
        tallies.prune(tx, now - KEEP_TALLIES)


def _make_partitions(db: Database, now: datetime) -> None:
    with db.write() as tx:
        partitions.ensure(tx, now)
