"""The fetch loop and its flusher on both databases, against a publisher on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from dateline import settings
from dateline.clock import utc_now
from dateline.messages import Message, ProcessCaptures
from dateline.nouns.feeds import FeedState, NewFeed
from dateline.nouns.frontier import NewVisit, NextVisit, Priority, Reschedule, VisitKind
from dateline.urls import host_name
from storage import feeds, frontier, hosts, problems
from storage.database import Database
from storage.tables import captures as capture_rows
from storage.tables import changes as change_rows
from storage.tables import hosts as host_rows
from storage.tables import visits as visit_rows
from tests.support.http_server import HttpServer, Request, Route, Stream, reply
from worker.fetch.loop import FetchLoop
from worker.toolkit import Toolkit

PAGE = reply(200, b"<p>page</p>", "Content-Type: text/html", 'ETag: "1"')
NO_RULES: dict[str, Route] = {"/robots.txt": reply(404)}
DAY = timedelta(days=1)


class Room:
    """A database, settings for loopback, and fetch loops over them."""

    def __init__(self, database: Database, folder: Path, **values: object) -> None:
        self.database = database
        loaded = settings.load({"DATELINE_HOME": str(folder)})
        common: dict[str, object] = {"allow_networks": (ip_network("127.0.0.0/8"),), "host_delay": 0.0}
        self.settings = replace(loaded, **(common | values))  # type: ignore[arg-type]
        self.sent: list[Message] = []
        self.loops: list[FetchLoop] = []

    def loop(self, **values: object) -> FetchLoop:
        def send(message: Message) -> bool:
            self.sent.append(message)
            return True

        started = FetchLoop(Toolkit(replace(self.settings, **values), self.database, send))  # type: ignore[arg-type]
        started.start()
        self.loops.append(started)
        return started

    def close(self) -> None:
        for loop in self.loops:
            loop.close()

    def add(self, *urls: str, **more: object) -> list[int]:
        values: dict[str, object] = {
            "kind": VisitKind.ARTICLE,
            "priority": Priority.NEW_ARTICLE,
            "reason": "new",
        } | more
        now = utc_now()
        new = [NewVisit(url=u, url_key=u, host=host_name(u), due_at=now, **values) for u in urls]  # type: ignore[arg-type]
        with self.database.write() as tx:
            ids = frontier.add_visits(tx, new, now)
        return [ids[one.kind, one.url_key] for one in new]

    def add_feed(self, url: str) -> tuple[int, int]:
        """The feed's id and its visit's."""
        with self.database.write() as tx:
            feed = feeds.add(tx, NewFeed(url, url), utc_now())
            return feed.id, tx.execute(select(visit_rows.c.id).where(visit_rows.c.subject_id == feed.id)).scalar_one()

    def claim(self, *, lease: float | None = None, limit: int = 100) -> tuple[list[int], str]:
        token, now = uuid4().hex, utc_now()
        until = now + timedelta(seconds=lease or self.settings.lease)
        with self.database.write() as tx:
            return hosts.claim(tx, now=now, limit=limit, token=token, until=until), token

    def drain(self, loop: FetchLoop) -> None:
        """One turn of each host that is ready."""
        ids, token = self.claim()
        loop.hand_over(ids, token)
        wait_until(lambda: loop.idle)

    def visit(self, visit_id: int) -> dict[str, object]:
        with self.database.read() as tx:
            return dict(tx.execute(select(visit_rows).where(visit_rows.c.id == visit_id)).mappings().one())

    def host(self, url: str) -> dict[str, object]:
        with self.database.read() as tx:
            query = select(host_rows).where(host_rows.c.name == host_name(url))
            return dict(tx.execute(query).mappings().one())

    def captures(self) -> list[dict[str, object]]:
        with self.database.read() as tx:
            return [dict(row) for row in tx.execute(select(capture_rows).order_by(capture_rows.c.id)).mappings()]

    def make_due(self, *visit_ids: int) -> None:
        now = utc_now()
        with self.database.write() as tx:
            frontier.set_due(tx, visit_ids, now, "the test asks", now)

    def read(self, visit_id: int, **validators: str) -> None:
        """What the process stage does to a visit after a good capture."""
        capture_id = self.visit(visit_id)["capture_id"]
        assert isinstance(capture_id, int)
        with self.database.write() as tx:
            read = Reschedule(visit_id, capture_id, NextVisit(utc_now() + DAY, "read"), **validators)  # type: ignore[arg-type]
            frontier.reschedule(tx, [read], utc_now())


def wait_until(happened: Callable[[], bool], within: float = 20.0) -> None:
    until = time.monotonic() + within
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Iterator[Room]:
    made = Room(database, tmp_path)
    yield made
    made.close()


@contextmanager
def site(routes: dict[str, Route]) -> Iterator[HttpServer]:
    with HttpServer(NO_RULES | routes) as server:
        yield server


def slowly(seconds: float, response: bytes = PAGE) -> Route:
    async def answer(_request: Request, stream: Stream) -> None:
        await asyncio.sleep(seconds)
        stream.write(response)

    return answer


# --- what is kept ---


def test_a_page_is_kept_before_it_is_judged_and_its_capture_sent_to_be_read(room: Room) -> None:
    with site({"/1": PAGE}) as server:
        (visit_id,) = room.add(server.url("/1"))
        room.drain(room.loop())
    (capture,) = room.captures()
    assert (capture["outcome"], capture["state"], capture["status"]) == ("ok", "waiting", 200)
    assert room.sent == [ProcessCaptures([capture["id"]])]  # type: ignore[list-item]
    visit = room.visit(visit_id)
    assert (visit["capture_id"], visit["body_id"], visit["first_done"]) == (capture["id"], capture["body_id"], True)
    assert visit["etag"] is None  # the validators come with what was read
    assert isinstance(visit["due_at"], datetime) and visit["due_at"] > utc_now()
    assert room.host(server.url())["lease_token"] is None


def test_a_page_is_asked_for_conditionally_once_it_was_read(room: Room) -> None:
    with site({"/1": PAGE}) as server:
        (visit_id,) = room.add(server.url("/1"))
        loop = room.loop()
        room.drain(loop)
        room.read(visit_id, etag='"1"', validators_url=server.url("/1"))
        server.routes["/1"] = reply(304)
        room.make_due(visit_id)
        room.drain(loop)
        asked = [request.headers.get("if-none-match") for request in server.requests if request.path == "/1"]
    assert asked == [None, '"1"']
    first, again = room.captures()
    assert (again["same_body"], again["body_id"], again["status"]) == (True, first["body_id"], 304)


def test_a_feeds_304_moves_its_clock_and_costs_no_capture(room: Room) -> None:
    with site({"/feed": PAGE}) as server:
        feed_id, visit_id = room.add_feed(server.url("/feed"))
        loop = room.loop()
        room.drain(loop)
        room.read(visit_id, etag='"1"', validators_url=server.url("/feed"))
        server.routes["/feed"] = reply(304)
        room.make_due(visit_id)
        room.drain(loop)
        with room.database.read() as tx:
            feed = feeds.get(tx, feed_id)
        assert "/robots.txt" not in server.paths  # a person added it
    assert len(room.captures()) == 1
    assert (feed.polls, feed.failures) == (1, 0)
    assert str(room.visit(visit_id)["reason"]).startswith("nothing new")


def test_a_feed_that_fails_backs_off_and_tells_so_after_three_times_and_its_end(room: Room) -> None:
    with site({"/feed": reply(500)}) as server:
        feed_id, visit_id = room.add_feed(server.url("/feed"))
        loop = room.loop()
        waits = []
        for _ in range(3):
            room.make_due(visit_id)
            room.drain(loop)
            due = room.visit(visit_id)["due_at"]
            assert isinstance(due, datetime)
            waits.append((due - utc_now()).total_seconds())
        server.routes["/feed"] = reply(410)
        room.make_due(visit_id)
        room.drain(loop)
    assert waits[0] > 600 and waits[1] > 1.5 * waits[0] and waits[2] > 1.5 * waits[1]
    assert room.visit(visit_id)["due_at"] is None
    with room.database.read() as tx:
        feed = feeds.get(tx, feed_id)
        kinds = tx.execute(select(change_rows.c.kind).order_by(change_rows.c.seq)).scalars().all()
        recorded = [problem.outcome for problem in problems.of_visit(tx, visit_id)]
    assert (feed.state, feed.failures) == (FeedState.GONE, 4)
    assert kinds == ["feed.failing", "feed.gone"]
    assert recorded == ["gone", *["server_error"] * 3]


def test_a_visit_that_fails_five_times_is_told_without_its_page(room: Room) -> None:
    with site({"/1": reply(500)}) as server:
        (visit_id,) = room.add(server.url("/1"))
        loop = room.loop()
        for attempt in range(1, 6):
            room.make_due(visit_id)
            room.drain(loop)
            assert len(room.captures()) == (attempt == 5)
    (capture,) = room.captures()
    assert (capture["outcome"], capture["body_id"]) == ("server_error", None)


# --- the host's turn ---


def test_a_host_with_a_delay_gives_others_their_turn_after_five_visits(room: Room) -> None:
    with site({f"/{n}": PAGE for n in range(8)}) as server:
        room.add(*(server.url(f"/{n}") for n in range(8)))
        with room.database.write() as tx:
            tx.execute(update(host_rows).values(delay=0.02))
        loop = room.loop()
        room.drain(loop)
        assert len(room.captures()) == 5
        wait_until(lambda: utc_now() > room.host(server.url())["ready_at"])  # type: ignore[operator]
        room.drain(loop)
    assert len(room.captures()) == 8


def test_the_delay_lies_between_all_requests_to_a_host(room: Room) -> None:
    moments: list[float] = []

    def noted(answer: bytes) -> Route:
        def route(_request: Request) -> bytes:
            moments.append(time.monotonic())
            return answer

        return route

    routes = {"/robots.txt": noted(reply(404)), **{f"/{n}": noted(PAGE) for n in range(4)}}
    with site(routes) as server:
        room.add(*(server.url(f"/{n}") for n in range(4)))
        room.drain(room.loop(host_delay=0.15))
    assert len(moments) == 5
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.145


def test_what_a_person_asks_for_is_fetched_next_though_the_drain_is_under_way(room: Room) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    async def first(_request: Request, stream: Stream) -> None:
        arrived.set()
        await asyncio.to_thread(go_on.wait, 10)
        stream.write(PAGE)

    with site({"/0": first, **{f"/{n}": PAGE for n in (1, 2, 3)}, "/asked": PAGE}) as server:
        room.add(*(server.url(f"/{n}") for n in range(4)))
        loop = room.loop()
        ids, token = room.claim()
        loop.hand_over(ids, token)
        assert arrived.wait(10)
        room.add(server.url("/asked"), on_demand=True)
        go_on.set()
        wait_until(lambda: loop.idle)
        assert server.paths == ["/robots.txt", "/0", "/asked", "/1", "/2", "/3"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_to_be_left_alone_is_until_the_second_it_named(room: Room, status: int) -> None:
    with site({"/1": reply(status, b"", "Retry-After: 600"), "/2": PAGE}) as server:
        first, second = room.add(server.url("/1"), server.url("/2"))
        loop = room.loop()
        room.drain(loop)
        room.make_due(first, second)
        room.drain(loop)
        assert server.paths == ["/robots.txt", "/1"]
        allowed = room.host(server.url())["next_allowed_at"]
    assert isinstance(allowed, datetime)
    assert timedelta(seconds=590) < allowed - utc_now() <= timedelta(seconds=600)


def test_a_host_that_cannot_be_reached_is_not_tried_for_each_of_its_pages(room: Room) -> None:
    with site({}) as server:
        pass
    ids = room.add(*(server.url(f"/{n}") for n in range(5)))
    room.drain(room.loop())
    tried = [visit for i in ids if (visit := room.visit(i))["attempts"]]
    assert len(tried) == 1
    assert (tried[0]["last_outcome"], room.captures()) == ("connect", [])
    allowed = room.host(server.url())["next_allowed_at"]
    assert isinstance(allowed, datetime) and allowed > utc_now()


# --- robots.txt and redirects ---


def test_robots_txt_is_obeyed_kept_and_overridden_by_a_person(room: Room) -> None:
    rules = reply(200, b"User-agent: *\nDisallow: /secret\nCrawl-delay: 0.05\n", "Content-Type: text/plain")
    with site({"/robots.txt": rules, "/secret/1": PAGE, "/secret/2": PAGE, "/open": PAGE}) as server:
        room.add(server.url("/secret/1"), server.url("/open"))
        room.add(server.url("/secret/2"), ignore_robots=True)
        room.drain(room.loop())
        assert sorted(server.paths) == ["/open", "/robots.txt", "/secret/2"]
    assert Counter(str(capture["outcome"]) for capture in room.captures()) == {"ok": 2, "robots": 1}
    host = room.host(server.url())
    assert (host["robots_outcome"], host["crawl_delay"]) == ("ok", 0.05)


def test_a_robots_txt_that_cannot_be_had_puts_the_page_off_and_forbids_it(room: Room) -> None:
    with site({"/robots.txt": reply(500), "/1": PAGE}) as server:
        (visit_id,) = room.add(server.url("/1"))
        room.drain(room.loop())
        assert server.paths == ["/robots.txt"]
    visit = room.visit(visit_id)
    assert (visit["last_outcome"], visit["attempts"], room.captures()) == ("server_error", 1, [])


def test_a_redirect_to_another_site_is_followed_in_that_sites_own_turn(room: Room) -> None:
    with site({"/there": PAGE}) as other, site({"/1": reply(302, b"", f"Location: {other.url('/there')}")}) as server:
        (visit_id,) = room.add(server.url("/1"), on_demand=True)
        loop = room.loop()
        room.drain(loop)
        assert other.paths == []
        assert room.visit(visit_id)["host_id"] == room.host(other.url())["id"]
        assert room.visit(visit_id)["on_demand"] is True
        room.drain(loop)
        assert other.paths == ["/robots.txt", "/there"]
    (capture,) = room.captures()
    assert (capture["url"], capture["final_url"]) == (server.url("/1"), other.url("/there"))
    visit = room.visit(visit_id)
    assert (visit["host_id"], visit["fetch_url"], visit["hops"]) == (room.host(server.url())["id"], None, 0)


def test_a_feed_that_has_moved_for_good_is_believed_the_third_time_running(room: Room) -> None:
    with site({"/new": PAGE}) as server:
        server.routes["/old"] = reply(301, b"", f"Location: {server.url('/new')}")
        feed_id, visit_id = room.add_feed(server.url("/old"))
        loop = room.loop()
        urls = []
        for _ in range(4):
            room.make_due(visit_id)
            room.drain(loop)
            room.read(visit_id)
            with room.database.read() as tx:
                urls.append(feeds.get(tx, feed_id).url)
        assert Counter(server.paths) == {"/old": 3, "/new": 4}
    assert urls == [server.url("/old")] * 2 + [server.url("/new")] * 2
    assert room.visit(visit_id)["url"] == server.url("/new")


# --- leases ---


def test_a_slow_server_costs_its_host_no_lease(room: Room) -> None:
    with site({"/1": slowly(3.0)}) as server:
        (visit_id,) = room.add(server.url("/1"))
        loop = room.loop(lease=1.2)
        ids, token = room.claim(lease=1.2)
        loop.hand_over(ids, token)
        while not loop.idle:
            assert room.claim()[0] == []
            time.sleep(0.05)
    assert len(room.captures()) == 1
    assert room.visit(visit_id)["lost_leases"] == 0


def test_the_late_holder_of_a_lease_writes_nothing(room: Room) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    async def held_up(_request: Request, stream: Stream) -> None:
        arrived.set()
        await asyncio.to_thread(go_on.wait, 10)
        stream.write(reply(200, b"late"))

    with site({"/1": held_up}) as server:
        (visit_id,) = room.add(server.url("/1"))
        late = room.loop()
        ids, token = room.claim()
        late.hand_over(ids, token)
        assert arrived.wait(10)
        with room.database.write() as tx:  # as if it had been asleep for longer than its lease
            past = utc_now() - timedelta(seconds=1)
            tx.execute(update(host_rows).values(lease_until=past, ready_at=past))
        server.routes["/1"] = reply(200, b"in time")
        room.drain(room.loop())
        go_on.set()
        wait_until(lambda: late.idle)
    (capture,) = room.captures()
    assert room.visit(visit_id)["capture_id"] == capture["id"]
    assert capture["size"] == len(b"in time")


def test_a_message_that_comes_too_late_does_nothing(room: Room) -> None:
    with site({"/1": PAGE}) as server:
        room.add(server.url("/1"))
        ids, token = room.claim()
        assert room.loop().hand_over(ids, "another token") == 0
        with room.database.write() as tx:
            tx.execute(update(host_rows).values(lease_until=utc_now() + timedelta(seconds=20)))
        assert room.loop().hand_over(ids, token) == 0
        assert server.paths == []


def test_hosts_that_find_no_room_are_handed_back(room: Room) -> None:
    with site({"/1": slowly(2.0)}) as one, site({"/1": slowly(2.0)}) as two:
        room.add(one.url("/1"), two.url("/1"))
        loop = room.loop(hosts_in_flight=1)
        ids, token = room.claim()
        began = time.monotonic()
        assert loop.hand_over(ids, token, wait=0.3) == 1
        assert time.monotonic() - began < 1.5
        (left,), _ = room.claim()
        assert left in ids
        wait_until(lambda: loop.idle)
    assert len(room.captures()) == 1


def test_a_loop_that_is_closed_gives_its_hosts_back_at_once_and_blames_no_visit(room: Room) -> None:
    servers = [HttpServer(NO_RULES | {"/1": slowly(30.0)}) for _ in range(5)]
    for server in servers:
        server.__enter__()
    ids = room.add(*(server.url("/1") for server in servers))
    loop = room.loop()
    claimed, token = room.claim()
    loop.hand_over(claimed, token)
    wait_until(lambda: all("/1" in server.paths for server in servers))
    began = time.monotonic()
    loop.close()
    assert time.monotonic() - began < 2
    again, _ = room.claim()
    assert sorted(again) == sorted(claimed)
    assert {(room.visit(i)["attempts"], room.visit(i)["lost_leases"]) for i in ids} == {(0, 0)}
    for server in servers:
        server.__exit__(None, None, None)


def test_two_dispatchers_and_ten_workers_fetch_each_page_once(room: Room) -> None:
    servers = [HttpServer(NO_RULES | {f"/{n}": PAGE for n in range(3)}) for _ in range(20)]
    for server in servers:
        server.__enter__()
    room.add(*(server.url(f"/{n}") for server in servers for n in range(3)))
    loops = [room.loop() for _ in range(10)]
    stop = threading.Event()

    def dispatch(share: list[FetchLoop]) -> None:
        turn = 0
        while not stop.is_set():
            ids, token = room.claim(limit=3)
            if ids:
                share[turn % len(share)].hand_over(ids, token)
                turn += 1
            else:
                time.sleep(0.02)

    threads = [threading.Thread(target=dispatch, args=(loops,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: len(room.captures()) >= 60, within=60)
        wait_until(lambda: all(loop.idle for loop in loops))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len(room.captures()) == 60
    for server in servers:
        assert Counter(path for path in server.paths if path != "/robots.txt") == {f"/{n}": 1 for n in range(3)}
        server.__exit__(None, None, None)


# --- death ---

WORKER = """
import sys, time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from ipaddress import ip_network
from uuid import uuid4
from dateline import settings
from dateline.clock import utc_now
from storage import hosts
from storage.database import Database
from worker.fetch.loop import FetchLoop
from worker.toolkit import Toolkit

url, home, lease = sys.argv[1], sys.argv[2], float(sys.argv[3])
loaded = settings.load({"DATELINE_HOME": home})
kit = Toolkit(
    replace(loaded, allow_networks=(ip_network("127.0.0.0/8"),), host_delay=0.0, lease=lease),
    Database(url),
    lambda message: True,
)
loop = FetchLoop(kit)
loop.start()
print("ready", flush=True)
while True:
    token = uuid4().hex
    with kit.db.write() as tx:
        ids = hosts.claim(tx, now=utc_now(), limit=50, token=token, until=utc_now() + timedelta(seconds=lease))
    if ids:
        loop.hand_over(ids, token)
    else:
        time.sleep(0.02)
"""


@pytest.mark.slow
def test_workers_killed_in_the_middle_of_their_drains_lose_nothing(
    room: Room, database_url: str, tmp_path: Path
) -> None:
    pages, lease = 40, 2.0
    servers = [HttpServer(NO_RULES | {f"/{n}": slowly(0.02) for n in range(pages)}) for _ in range(4)]
    for server in servers:
        server.__enter__()
    ids = room.add(*(server.url(f"/{n}") for server in servers for n in range(pages)))
    environment = {**os.environ, "DATELINE_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-c", WORKER, database_url, str(tmp_path), str(lease)]

    def finished() -> int:
        with room.database.read() as tx:
            query = select(func.count()).select_from(visit_rows).where(visit_rows.c.first_done)
            return int(tx.execute(query).scalar_one())

    kills = 0
    deadline = time.monotonic() + 90
    while finished() < len(ids):
        assert time.monotonic() < deadline, f"{finished()} of {len(ids)} after {kills} kills"
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=Path.cwd())
        assert worker.stdout is not None and worker.stdout.readline() == b"ready\n"
        before = finished()
        last = kills >= 4
        while finished() < (len(ids) if last else min(len(ids), before + 10)) and time.monotonic() < deadline:
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        kills += 1
    assert kills >= 3
    per_visit = Counter(str(capture["url"]) for capture in room.captures())
    assert set(per_visit.values()) == {1} and len(per_visit) == len(ids)
    for server in servers:
        asked = Counter(path for path in server.paths if path != "/robots.txt")
        assert set(asked) == {f"/{n}" for n in range(pages)}
        server.__exit__(None, None, None)
