"""The one thread that owns the database in a fetch process: several times a second, all that is finished, at once.

fence | robots | judge | keep | finish | tell | what comes next, or give the host back: one transaction for all hosts.
"""

from __future__ import annotations

import os
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from dateline import log
from dateline.messages import ProcessCaptures
from dateline.nouns.changes import NewChange
from dateline.nouns.feeds import Feed, FeedState
from dateline.nouns.frontier import Fetched, FetchOutcome, Host, NextVisit, Problem, Visit, VisitDone, VisitKind
from storage import captures, changes, frontier, hosts, polls, problems, progress, tallies
from storage.hosts import HostDone, RobotsFile
from worker import outcome
from worker.fetch.outcomes import REMEDIES
from worker.fetch.pacing import hold_after
from worker.toolkit import Toolkit
from worker.verdict import Facts, Verdict, judge

GATHER = 0.05  # seconds that a flush waits for others to join it
MOST = 400  # visits in one transaction
BATCH = 50  # captures in one message
PATIENCE = (0.1, 0.5, 1.0, 2.0, 5.0)  # seconds between tries while the database is away
LOST_LIMIT = 3  # leases lost in a row, in the middle of a visit, that count as a failed attempt at it
AFTER_FAULT = timedelta(hours=1)  # a visit whose effects cannot be written, by a fault of ours

_log = log.get("fetch")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finished:
    """One visit made by a drain, on its way to the database. `going_on`: the drain has budget for another."""

    visit: Visit
    host: Host
    token: str
    fetched: Fetched
    allowed_at: datetime  # the host's next visit, by its delay
    going_on: bool


@dataclass(slots=True)
class Item:
    """A finished visit, or (None) a call for a sign of life; `answer` gets the host's next visit, None: given back."""

    finished: Finished | None
    robots: tuple[RobotsFile, ...] = ()
    answer: Future[Visit | None] = field(default_factory=Future)


class Flusher:
    """Takes finished visits from the loop and answers each once it is committed."""

    def __init__(self, toolkit: Toolkit, in_hand: Callable[[], dict[int, str]] = dict) -> None:
        self._toolkit = toolkit
        self._in_hand = in_hand  # the hosts being visited, with their tokens: their leases are kept alive
        self._renew = toolkit.settings.lease / 8  # seconds between two renewals; a drain begins with a quarter left
        self._renewed = time.monotonic()
        self._queue: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flusher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def submit(self, item: Item) -> Future[Visit | None]:
        """Hand over what is finished; the answer comes when it is committed."""
        self._queue.put(item)
        return item.answer

    def close(self, grace: float) -> None:
        """Write what was handed over, and end; what cannot be written within `grace` seconds heals by its lease."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join(grace)

    def _run(self) -> None:
        while True:
            items = self._gather()
            if items:
                self._flush(items)
            elif self._closing.is_set():
                return
            if time.monotonic() - self._renewed >= self._renew and not self._closing.is_set():
                self._renew_leases()

    def _renew_leases(self) -> None:
        """A slow server, or a long delay, must not cost a host its lease while we are at it."""
        self._renewed = time.monotonic()
        in_hand = self._in_hand()
        if not in_hand:
            return
        until = self._toolkit.now() + timedelta(seconds=self._toolkit.settings.lease)
        try:
            with self._toolkit.db.write() as tx:
                hosts.extend(tx, hosts.held(tx, in_hand), until)
        except SQLAlchemyError as error:
            _log.warning("leases_not_renewed", hosts=len(in_hand), error=str(error).partition("\n")[0])

    def _gather(self) -> list[Item]:
        try:
            first = self._queue.get(timeout=self._renew)
        except queue.Empty:
            return []
        if first is None:
            return []
        items = [first]
        until = time.monotonic() + GATHER
        while len(items) < MOST and (left := until - time.monotonic()) > 0:
            try:
                item = self._queue.get(timeout=left)
            except queue.Empty:
                break
            if item is None:
                self._queue.put(None)
                break
            items.append(item)
        return items

    def _flush(self, items: Sequence[Item]) -> None:
        """Write a batch and answer it; a batch that cannot be written is halved until the bad visit stands alone."""
        try:
            following, kept = self._persist(lambda tx: write(tx, items, self._toolkit))
        except _Gone:
            return  # we are closing and the database is away: the leases heal it
        except Exception as error:  # whatever one server sent must not keep the others' visits from being written
            if len(items) > 1:
                middle = len(items) // 2
                self._flush(items[:middle])
                self._flush(items[middle:])
                return
            self._give_up(items[0], error)
            return
        for start in range(0, len(kept), BATCH):
            self._toolkit.send(ProcessCaptures(kept[start : start + BATCH]))
        for item in items:
            if item.finished is not None:
                outcome.tell(item.finished.visit, item.finished.fetched)
            item.answer.set_result(following.get(item.finished.host.id) if item.finished else None)

    def _persist(self, work: Callable[[Connection], T]) -> T:
        """Do a transaction, again and again while the database is away: nothing finished is lost meanwhile."""
        tries = 0
        while True:
            try:
                with self._toolkit.db.write() as tx:
                    return work(tx)
            except (OperationalError, InterfaceError) as error:
                if self._closing.is_set() and tries >= 2:
                    raise _Gone from error
                wait = PATIENCE[min(tries, len(PATIENCE) - 1)]
                tries += 1
                _log.warning("database_away", error=str(error.orig)[:200], again_in=wait)
                time.sleep(wait)

    def _give_up(self, item: Item, error: Exception) -> None:
        """Record a visit whose effects cannot be written, and look again later."""
        finished = item.finished
        message = f"{type(error).__name__}: {error}"[:500]
        _log.error("visit_not_written", url=finished.visit.url if finished else "", error=message)
        if finished is not None:
            try:
                self._persist(lambda tx: _write_fault(tx, finished, message, self._toolkit))
            except Exception as second:  # even that: the lease runs out, and the loss is counted
                _log.error("fault_not_written", error=f"{type(second).__name__}: {second}"[:500])
        item.answer.set_result(None)


class _Gone(Exception):
    """The database is away and there is no time left to wait for it."""


def write(tx: Connection, items: Sequence[Item], toolkit: Toolkit) -> tuple[dict[int, Visit], list[int]]:
    """Write what is still ours of these; each host's next visit where its drain goes on, and the captures kept."""
    now = toolkit.now()
    finished = [item.finished for item in items if item.finished is not None]
    ours = hosts.held(tx, {one.host.id: one.token for one in finished})
    mine = [one for one in finished if one.host.id in ours]
    hosts.save_robots(tx, [file for item in items for file in item.robots if file.host_id in ours])
    feeds = polls.locked(tx, [one.visit.subject_id for one in mine if _of_feed(one) and one.visit.subject_id])
    words = frontier.revisit_words(tx, [one.visit.id for one in mine if not _of_feed(one) and one.visit.first_done])
    facts = [Facts(_feed_of(one, feeds), words.get(one.visit.id)) for one in mine]
    verdicts = [
        judge(one.visit, one.host.id, one.token, one.fetched, about, now)
        for one, about in zip(mine, facts, strict=True)
    ]
    kept = _keep(tx, verdicts, toolkit)
    told = _tell(tx, [(one, about.feed, verdict) for one, about, verdict in zip(mine, facts, verdicts, strict=True)])
    frontier.finish(tx, [verdict.done for verdict in verdicts], kept, now)
    frontier.adopt_moves(tx, [verdict.done.visit_id for verdict in verdicts if verdict.interval is not None], now)
    following = _go_on_or_give_back(tx, mine, toolkit)
    problems.record(tx, [problem for one in mine if (problem := outcome.problem(one.visit, one.fetched, now))])
    changes.append(tx, told, now)
    tallies.add(tx, [outcome.tally(one.fetched) for one in mine], now)
    progress.step(tx, "fetch", os.getpid(), now)
    return following, [capture_id for capture_id, _ in kept.values()]


def _of_feed(finished: Finished) -> bool:
    return finished.visit.kind is VisitKind.FEED


def _feed_of(finished: Finished, feeds: dict[int, Feed]) -> Feed | None:
    return feeds.get(finished.visit.subject_id or 0) if _of_feed(finished) else None


def _keep(tx: Connection, verdicts: Sequence[Verdict], toolkit: Toolkit) -> dict[int, tuple[int, int | None]]:
    """Keep the captures; by visit, each one's id and its body's."""
    new = [verdict.done.capture for verdict in verdicts if verdict.done.capture is not None]
    ids = captures.keep(tx, new, now=toolkit.now(), keep_unchanged_days=toolkit.settings.keep_unchanged)
    return {capture.visit_id: pair for capture, pair in zip(new, ids, strict=True)}


def _tell(tx: Connection, finished: Sequence[tuple[Finished, Feed | None, Verdict]]) -> list[NewChange]:
    """Write polls that ended here to their feeds' rows; the changes that follow."""
    told: list[NewChange] = []
    unchanged = []
    for one, feed, verdict in finished:
        fetched = one.fetched
        if feed is not None and verdict.failed:
            said = fetched.error or str(fetched.outcome).replace("_", " ")
            state = FeedState.GONE if verdict.gone else None
            told += polls.failed(tx, feed, said, fetched.fetched_at, state=state)
        elif feed is not None and verdict.interval is not None:
            unchanged.append(polls.PollTold(feed, fetched.fetched_at, verdict.interval))
    return told + polls.unchanged(tx, unchanged)


def _go_on_or_give_back(tx: Connection, mine: Sequence[Finished], toolkit: Toolkit) -> dict[int, Visit]:
    """The next due visit of each host whose drain goes on; the other hosts are given back."""
    now = toolkit.now()
    holds = {
        one.host.id: hold_after(one.fetched, one.host.failures, random.random())  # noqa: S311 no secret
        for one in mine
    }
    going = [one.host.id for one in mine if one.going_on and holds[one.host.id][0] is None]
    following = frontier.next_due(tx, going, now)
    hosts.give_back(tx, [_host_done(one, *holds[one.host.id]) for one in mine if one.host.id not in following])
    return following


def _host_done(finished: Finished, held_until: datetime | None, failures: int) -> HostDone:
    """The host's row after its drain: never visited before its delay, nor before the hold it asked for is over."""
    allowed_at = max(finished.allowed_at, held_until or finished.allowed_at)
    return HostDone(finished.host.id, finished.token, allowed_at, failures)


def _write_fault(tx: Connection, finished: Finished, message: str, toolkit: Toolkit) -> None:
    now = toolkit.now()
    if not hosts.held(tx, {finished.host.id: finished.token}):
        return
    following = NextVisit(now + AFTER_FAULT, "what was fetched could not be kept", finished.visit.priority)
    done = VisitDone(
        visit_id=finished.visit.id,
        host_id=finished.host.id,
        token=finished.token,
        outcome=FetchOutcome.BAD_RESPONSE,
        at=now,
        next=following,
        attempts=finished.visit.attempts + 1,
    )
    frontier.finish(tx, [done], {}, now)
    hosts.give_back(tx, [HostDone(finished.host.id, finished.token, finished.allowed_at, finished.host.failures)])
    remedy = "this is a fault of the program: please report it with the URL"
    problems.record(tx, [Problem(now, "keeping", "failed", finished.visit.url, message, remedy, finished.visit.id)])


def worker_died(visit: Visit, now: datetime) -> Fetched | None:
    """The failed attempt that a visit's third lost lease counts as; None while it is to be fetched as usual."""
    if visit.lost_leases < LOST_LIMIT:
        return None
    return Fetched(
        url=visit.url,
        final_url=visit.url,
        outcome=FetchOutcome.WORKER_DIED,
        stage="fetching",
        fetched_at=now,
        error=f"the worker that fetched it died {visit.lost_leases} times in a row",
        remedy=REMEDIES[FetchOutcome.WORKER_DIED],
    )
