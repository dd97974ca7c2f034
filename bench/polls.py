"""Polls per CPU-second: the fetch loop, its flusher and the frontier over feeds that answer 304; the client beside it.

    python -m bench.polls [--feeds 5000] [--hosts 2500] [--changed 0.15] [--database postgresql://...]

The publisher is a process of its own on loopback (Linux routes all of 127.0.0.0/8 there, so each host has an address);
its CPU is not counted. `--changed` is the share of feeds that answer 200 with a body of 8 kB. Reading is not measured.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select, update

from dateline import log, settings
from dateline.clock import utc_now
from dateline.nouns.feeds import NewFeed
from dateline.nouns.frontier import FetchRequest
from storage import feeds, hosts
from storage.database import Database, migrate
from storage.tables import visits
from worker.fetch.client import Client
from worker.fetch.guard import Guard
from worker.fetch.loop import FetchLoop
from worker.toolkit import Toolkit

NETWORK = ip_network("127.0.0.0/8")
BODY = random.Random(1).randbytes(8192)


def publisher(port: multiprocessing.Queue[int], changed: float) -> None:
    """Answer every request: 304, or for a stable share of paths 200 with a body."""

    class Answer(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport = transport
            self.rest = b""

        def data_received(self, data: bytes) -> None:
            *requests, self.rest = (self.rest + data).split(b"\r\n\r\n")
            for request in requests:
                number = int(request.split(b" ", 2)[1].rpartition(b"/")[2])
                fresh = number % 1000 < changed * 1000
                head = (
                    b'HTTP/1.1 200 OK\r\nETag: "%d"\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n'
                )
                self.transport.write(
                    head % (number, len(BODY)) + BODY if fresh else b"HTTP/1.1 304 Not Modified\r\n\r\n"
                )

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Answer, "0.0.0.0", 0, backlog=4096)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def addresses(count: int) -> list[str]:
    """Loopback addresses, one a host."""
    return [f"127.{1 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}" for n in range(count)]


def bare(urls: Sequence[str], at_once: int) -> tuple[float, float]:
    """The client alone, each with a new connection: seconds of CPU and of the clock."""

    async def run() -> None:
        client = Client(user_agent="bench", guard=Guard((NETWORK,)))
        gate = asyncio.Semaphore(at_once)

        async def one(url: str) -> None:
            async with gate:
                await client.fetch(FetchRequest(url, etag='"0"', validators_url=url), fresh=True, last=True)

        await asyncio.gather(*(one(url) for url in urls))
        await client.aclose()

    cpu, clock = time.process_time(), time.monotonic()
    asyncio.run(run())
    return time.process_time() - cpu, time.monotonic() - clock


def prepare(database: Database, urls: Sequence[str]) -> None:
    """Feeds that have been read once, all due."""
    now = utc_now()
    for start in range(0, len(urls), 1000):
        with database.write() as tx:
            feeds.add_many(tx, [NewFeed(url, url) for url in urls[start : start + 1000]], now)
    with database.write() as tx:
        read = {"etag": '"0"', "validators_url": visits.c.url, "first_done": True, "on_demand": False, "priority": 3}
        tx.execute(update(visits).values(**read))


def whole(toolkit: Toolkit, count: int) -> tuple[float, float]:
    """Claim, fetch, write, release, until every feed was polled: seconds of CPU and of the clock."""
    loop = FetchLoop(toolkit)
    loop.start()
    polled = select(func.count()).select_from(visits).where(visits.c.last_visit_at.is_not(None))
    cpu, clock = time.process_time(), time.monotonic()
    while True:
        token, now = uuid4().hex, utc_now()
        with toolkit.db.write() as tx:
            until = now + timedelta(seconds=toolkit.settings.lease)
            ids = hosts.claim(tx, now=now, limit=100, token=token, until=until)
        if ids:
            loop.hand_over(ids, token)
            continue
        time.sleep(0.05)
        with toolkit.db.read() as tx:
            if tx.execute(polled).scalar_one() >= count and loop.idle:
                break
    spent = time.process_time() - cpu, time.monotonic() - clock
    loop.close()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--hosts", type=int, default=2500)
    parser.add_argument("--changed", type=float, default=0.15)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    log.configure("WARNING")
    port: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=publisher, args=(port, options.changed), daemon=True)
    server.start()
    at = port.get()
    names = addresses(options.hosts)
    urls = [f"http://{names[n % len(names)]}:{at}/{n}" for n in range(options.feeds)]
    with tempfile.TemporaryDirectory() as folder:
        url = options.database or f"sqlite:///{Path(folder) / 'dateline.db'}"
        migrate(url)
        database = Database(url)
        prepare(database, urls)
        loaded = replace(settings.load({"DATELINE_HOME": folder}), allow_networks=(NETWORK,), host_delay=0.0)
        rows = {
            "client alone": bare(urls, loaded.hosts_in_flight),
            "whole poll": whole(Toolkit(loaded, database, lambda _message: True), len(urls)),
        }
        database.close()
    server.terminate()
    print(f"{len(urls)} feeds on {len(names)} hosts, {options.changed:.0%} changed, {os.cpu_count()} cores")
    for name, (cpu, clock) in rows.items():
        print(f"{name:14} {1000 * cpu / len(urls):6.3f} ms CPU a poll  {len(urls) / clock:7.0f} polls/s")


if __name__ == "__main__":
    main()
