"""Dispatch and sweep on both databases: room, back-pressure, a broken broker, what lost its message."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from dateline.messages import EnrichWaiting, Message, ProcessCaptures, VisitHosts
from dateline.nouns.frontier import (
    Fetched,
    FetchOutcome,
    NewCapture,
    NewVisit,
    Priority,
    Problem,
    Tally,
    VisitKind,
)
from dateline.settings import Settings
from scheduler.dispatch import dispatch_due_hosts
from scheduler.sweep import resend_captures, sweep
from storage import captures, frontier, hosts, problems, progress, tallies, upkeep
from storage.database import Database
from storage.tables import captures as capture_rows
from storage.tables import hosts as host_rows
from storage.tables import problems as problem_rows
from storage.tables import tallies as tally_rows

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Broker:
    """What was sent; `breaks_after` messages it takes no more."""

    def __init__(self, queued: int | None = 0, breaks_after: int = 1000) -> None:
        self.queued = queued
        self.breaks_after = breaks_after
        self.sent: list[Message] = []

    def send(self, message: Message) -> bool:
        if len(self.sent) >= self.breaks_after:
            return False
        self.sent.append(message)
        return True

    def length(self, _queue: str) -> int | None:
        return self.queued

    @property
    def host_ids(self) -> list[int]:
        return [i for message in self.sent if isinstance(message, VisitHosts) for i in message.host_ids]

    @property
    def capture_ids(self) -> list[int]:
        return [i for message in self.sent if isinstance(message, ProcessCaptures) for i in message.capture_ids]


def settings(**more: object) -> Settings:
    return Settings(Path("/nowhere"), "", "", True, True, **more)  # type: ignore[arg-type]


def due(database: Database, count: int) -> list[int]:
    """Visits that are due, each of a host of its own; the visits' ids."""
    new = [
        NewVisit(
            url=f"http://h{i}.example/",
            url_key=f"h{i}.example/",
            host=f"h{i}.example",
            due_at=NOW,
            kind=VisitKind.ARTICLE,
            priority=Priority.NEW_ARTICLE,
            reason="new",
        )
        for i in range(count)
    ]
    with database.write() as tx:
        return list(frontier.add_visits(tx, new, NOW).values())


def fetched(database: Database, visit_ids: list[int], at: datetime = NOW) -> list[int]:
    """A capture of each visit."""
    new = []
    for i in visit_ids:
        done = Fetched(url=f"http://a/{i}", final_url="", outcome=FetchOutcome.OK, stage="done", fetched_at=at)
        body = b"body %d" % i
        new.append(NewCapture(i, done, VisitKind.ARTICLE, done.url, body, hashlib.sha256(body).digest(), False, None))
    with database.write() as tx:
        return [i for i, _ in captures.keep(tx, new, now=at, keep_unchanged_days=7)]


def dispatch(database: Database, broker: Broker, now: datetime = NOW, **more: object) -> int:
    return dispatch_due_hosts(database, settings(**more), broker.send, broker.length, now)


def leased(database: Database) -> int:
    with database.read() as tx:
        return hosts.leased_count(tx, NOW)


def count(database: Database, table: object) -> int:
    with database.read() as tx:
        return int(tx.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_due_hosts_are_leased_and_sent_a_hundred_a_message(database: Database) -> None:
    due(database, 230)
    broker = Broker()
    assert dispatch(database, broker) == 230
    assert [len(message.host_ids) for message in broker.sent if isinstance(message, VisitHosts)] == [100, 100, 30]
    assert len(set(broker.host_ids)) == 230
    with database.read() as tx:
        rows = tx.execute(select(host_rows.c.id, host_rows.c.lease_token, host_rows.c.lease_until)).all()
    tokens = {i: m.lease_token for m in broker.sent if isinstance(m, VisitHosts) for i in m.host_ids}
    assert {row.id: row.lease_token for row in rows} == tokens
    assert {row.lease_until for row in rows} == {NOW + timedelta(seconds=120)}


@pytest.mark.parametrize(
    ("queued", "limits", "sent"),
    [
        pytest.param(0, {}, 230, id="room for all"),
        pytest.param(4, {}, 200, id="room for two messages"),
        pytest.param(6, {}, 0, id="a full queue"),
        pytest.param(9, {}, 0, id="a queue that is more than full"),
        pytest.param(None, {}, 0, id="no broker"),
        pytest.param(0, {"hosts_leased": 150}, 150, id="few hosts may be leased"),
        pytest.param(0, {"captures_waiting": 3}, 0, id="enough captures wait"),
        pytest.param(0, {"captures_waiting": 4}, 230, id="one more capture may wait"),
    ],
)
def test_no_more_is_claimed_than_there_is_room_for(
    database: Database, queued: int | None, limits: dict[str, Any], sent: int
) -> None:
    fetched(database, due(database, 230)[:3])
    broker = Broker(queued)
    assert dispatch(database, broker, **limits) == sent == len(broker.host_ids) == leased(database)


def test_hosts_that_are_leased_already_count(database: Database) -> None:
    due(database, 30)
    assert dispatch(database, Broker(), hosts_leased=10) == 10
    assert dispatch(database, Broker(), hosts_leased=25) == 15


def test_what_cannot_be_sent_is_handed_back_at_once(database: Database) -> None:
    due(database, 230)
    assert dispatch(database, Broker(breaks_after=1)) == 100
    assert leased(database) == 100
    assert dispatch(database, Broker()) == 130


def test_two_dispatchers_at_once_send_no_host_twice(database: Database) -> None:
    due(database, 400)
    brokers = [Broker(), Broker()]
    together = threading.Barrier(2)

    def run(broker: Broker) -> None:
        together.wait()
        dispatch(database, broker)

    threads = [threading.Thread(target=run, args=(broker,)) for broker in brokers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    dispatch(database, brokers[0])  # what one skipped because the other held it for the moment
    both = brokers[0].host_ids + brokers[1].host_ids
    assert len(both) == len(set(both)) == 400


@pytest.mark.parametrize("queued", [0, None])
def test_every_tick_is_a_sign_of_life(database: Database, queued: int | None) -> None:
    for _ in range(2):
        dispatch(database, Broker(queued))
    with database.read() as tx:
        assert progress.read_all(tx)["schedule"].count == 2


def resend(database: Database, broker: Broker, now: datetime) -> list[int]:
    sent = resend_captures(database, broker.send, broker.length, now)
    assert sent == len(broker.capture_ids)
    return broker.capture_ids


def test_captures_that_lost_their_message_are_sent_again(database: Database) -> None:
    ids = fetched(database, due(database, 120))
    assert resend(database, Broker(), NOW + timedelta(seconds=1)) == []
    broker = Broker()
    assert resend(database, broker, NOW + timedelta(seconds=4)) == ids
    assert [len(message.capture_ids) for message in broker.sent if isinstance(message, ProcessCaptures)] == [50, 50, 20]


def test_captures_that_somebody_holds_are_left_until_the_lease_ends(database: Database) -> None:
    ids = fetched(database, due(database, 3))
    until = NOW + timedelta(seconds=120)
    with database.write() as tx:
        captures.claim(tx, ids[:2], token="one", until=until, now=NOW)
    assert resend(database, Broker(), NOW + timedelta(seconds=60)) == ids[2:]
    assert resend(database, Broker(), until) == ids


@pytest.mark.parametrize(
    ("broker", "sent"), [(Broker(20), 0), (Broker(None), 0), (Broker(19), 50), (Broker(0, breaks_after=1), 50)]
)
def test_a_full_or_broken_queue_is_not_filled_further(database: Database, broker: Broker, sent: int) -> None:
    broker.sent.clear()
    fetched(database, due(database, 60))
    assert len(resend(database, broker, NOW + DAY)) == sent


def litter(database: Database) -> None:
    """A problem and a tally of years ago, and a capture that waits."""
    fetched(database, due(database, 1))
    with database.write() as tx:
        problems.record(tx, [Problem(NOW - 1000 * DAY, "fetch", "timeout", "http://a/", "old", "", None, None, None)])
        tallies.add(tx, [Tally("fetch", "ok")], NOW - 1000 * DAY)


def test_the_sweep_removes_what_is_past_its_time(database: Database) -> None:
    litter(database)
    with database.write() as tx:
        tx.execute(update(capture_rows).values(state="applied"))
    broker = Broker()
    sweep(database, settings(), broker.send, broker.length, NOW + timedelta(days=91))
    assert broker.capture_ids == []
    assert [count(database, table) for table in (problem_rows, tally_rows)] == [0, 0]


@pytest.mark.parametrize(("queued", "sent"), [(0, 1), (1, 0), (None, 0)])
def test_enrichers_are_woken_by_one_message_that_never_piles_up(
    database: Database, queued: int | None, sent: int
) -> None:
    broker = Broker(queued)
    sweep(database, settings(), broker.send, broker.length, NOW)
    assert broker.sent == [EnrichWaiting()] * sent


def test_a_step_that_fails_stops_no_other(database: Database) -> None:
    litter(database)
    with database.write() as tx:
        tx.exec_driver_sql("DROP TABLE problems")
    broker = Broker()
    sweep(database, settings(), broker.send, broker.length, NOW + DAY)
    assert len(broker.capture_ids) == 1
    assert count(database, tally_rows) == 0


def test_the_file_shrinks_where_much_of_it_lies_free(database: Database) -> None:
    def pages() -> int:
        with database.read() as tx:
            return int(tx.exec_driver_sql("PRAGMA page_count").scalar_one())

    if not database.is_sqlite:
        assert upkeep.give_back_space(database) == 0
        return
    with database.write() as tx:
        tx.exec_driver_sql("CREATE TABLE ballast AS SELECT zeroblob(4000000) AS bytes")
    assert upkeep.give_back_space(database) == 0
    with database.write() as tx:
        tx.exec_driver_sql("DROP TABLE ballast")
    before = pages()
    assert upkeep.give_back_space(database) == upkeep.PAGES
    assert pages() == before - upkeep.PAGES
