"""The second story: claim | load | read | decide | save | settle. Captures become articles, revisions and samples.

All reading is done before the transaction; one transaction saves a batch, in bulk, behind the captures' leases. A batch
that cannot be saved is halved until the bad capture stands alone, and is recorded; the rest lands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from dateline import log
from dateline.nouns.frontier import Capture, NextVisit, Priority, Problem, Tally
from storage import captures, frontier, problems, tallies
from worker import material
from worker.material import Reading
from worker.reader import Reader, ReaderAway
from worker.rereading import renew_heads
from worker.rescheduling import without_validators
from worker.saving import Settled, save_readings
from worker.toolkit import Toolkit

READING_SHARE = 0.4  # of a lease: what is not read by then is given back, so that saving never comes too late
TRIES = 3  # of one batch, when another transaction was in its way
COLLISIONS = frozenset(("40P01", "40001"))  # Postgres: deadlock, serialisation; the loser has only to try again
SECOND_LOOK = timedelta(days=1)  # after a capture that could not be saved

_log = log.get("process")


def process_captures(toolkit: Toolkit, reader: Reader, ids: Sequence[int]) -> Counter[str]:
    """Read and save these captures, each once and in order of fetching. Returns how many were applied and failed.

    Captures that others hold, or have applied, are left alone. Raises OperationalError when the database is away: the
    leases then run out and another worker takes them up.
    """
    outcomes: Counter[str] = Counter()
    while claimed := _claim(toolkit, ids, token := uuid4().hex):
        loaded = material.load(toolkit.db, claimed)
        readings = _read(toolkit, reader, token, loaded)
        _hand_back(toolkit, token, loaded, readings)
        renew_heads(toolkit, reader, readings)
        for settled in _save(toolkit, token, readings):
            outcomes[settled.state] += 1
            _log.info("capture_processed", capture=settled.capture_id, outcome=settled.state, verdict=settled.verdict)
    return outcomes


def _claim(toolkit: Toolkit, ids: Sequence[int], token: str) -> list[Capture]:
    now = toolkit.now()
    with toolkit.db.write() as tx:
        return captures.claim(tx, ids, token=token, until=now + timedelta(seconds=toolkit.settings.lease), now=now)


def _read(toolkit: Toolkit, reader: Reader, token: str, loaded: Sequence[Reading]) -> list[Reading]:
    """What the reader makes of them. Where none can be had all are given back, and no lease is counted as lost."""
    try:
        return material.read(reader, loaded, within=toolkit.settings.lease * READING_SHARE)
    except ReaderAway:
        _hand_back(toolkit, token, loaded, ())
        raise


def _hand_back(toolkit: Toolkit, token: str, loaded: Sequence[Reading], readings: Sequence[Reading]) -> None:
    """Give back what there was no time to read; the next claim has a lease of its own for it."""
    read = {reading.capture.id for reading in readings}
    left = [reading.capture.id for reading in loaded if reading.capture.id not in read]
    if left:
        with toolkit.db.write() as tx:
            captures.hand_back(tx, token, left)


def _save(toolkit: Toolkit, token: str, readings: Sequence[Reading], *, tries: int = TRIES) -> list[Settled]:
    """Save a batch in one transaction; on failure its halves, down to the one that fails alone."""
    if not readings:
        return []
    try:
        with toolkit.db.write() as tx:
            return save_readings(tx, token, readings, toolkit.settings, toolkit.now())
    except (OperationalError, InterfaceError) as error:
        if tries > 1 and getattr(error.orig, "sqlstate", None) in COLLISIONS:
            return _save(toolkit, token, readings, tries=tries - 1)
        raise  # the database, not a capture: the leases heal it
    except IntegrityError as error:
        if tries > 1:  # somebody was first with a key: look again, and find it
            return _save(toolkit, token, readings, tries=tries - 1)
        failure: Exception = error
    except Exception as error:  # whatever one capture holds must not keep the others from being saved
        failure = error
    if len(readings) == 1:
        return _record_failure(toolkit, token, readings[0], failure)
    middle = len(readings) // 2
    return [*_save(toolkit, token, readings[:middle]), *_save(toolkit, token, readings[middle:])]


def _record_failure(toolkit: Toolkit, token: str, reading: Reading, failure: Exception) -> list[Settled]:
    """Note the capture that cannot be saved, with its stage and error; its visit goes on."""
    capture, now = reading.capture, toolkit.now()
    message = f"{type(failure).__name__}: {str(failure).splitlines()[0] if str(failure) else ''}"[:500]
    remedy = "this is a fault of the program: please report it with the URL"
    _log.error("capture_failed", capture=capture.id, url=capture.url, error=message)
    with toolkit.db.write() as tx:
        if not captures.fenced(tx, [capture.id], token):
            return []
        following = NextVisit(now + SECOND_LOOK, "what was fetched could not be saved", Priority.REVISIT)
        frontier.reschedule(tx, [without_validators(capture, following)], now)
        problems.record(
            tx,
            [Problem(now, "saving", "failed", capture.url, message, remedy, capture.visit_id, capture.id, None)],
        )
        captures.applied(tx, token, [(capture.id, "failed", f"saving: {message}")], now)
        tallies.add(tx, [Tally("process", "failed")], now)
    return [Settled(capture.id, "failed", f"saving: {message}")]
