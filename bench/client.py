"""What one fetch costs: CPU time of the fetch client beside bare pycurl and beside urllib3, on one loopback server.

    python -m bench.client [--fetches 4000] [--rounds 3]

The server is a process of its own and is not counted. Each figure is the best of the rounds, which run in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import io
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pycurl
import urllib3

from dateline.nouns.frontier import FetchOutcome, FetchRequest
from worker.fetch.client import Client
from worker.fetch.guard import Guard

AGENT = "Dateline/bench (+https://example.org/bot)"
ETAG = '"v1"'
AT_ONCE = 100
LINES = "".join(
    f"<p>Paragraph {number} of a story, {number * 7919 % 9973} words on {number}.</p>\n" for number in range(3200)
)
PAGE = gzip.compress(LINES.encode())  # some 30 kB
ANSWERS = {
    b"/304": b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nCache-Control: max-age=300\r\nDate: x\r\nServer: y\r\n\r\n',
    b"/200": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    + b'ETag: "v1"\r\nContent-Length: %d\r\n\r\n' % len(PAGE)
    + PAGE,
}


class Publisher(asyncio.Protocol):
    """Answers each request at once with one of two ready responses."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """A request fits one piece here; several may come in one."""
        for request in data.split(b"\r\n\r\n")[:-1]:
            self.transport.write(ANSWERS[request.split(b" ", 2)[1]])


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Publisher, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until the bench ends


async def many(count: int, fetch: Callable[[], Awaitable[None]]) -> None:
    """`count` fetches, AT_ONCE at a time."""
    left = iter(range(count))

    async def one_after_another() -> None:
        for _ in left:
            await fetch()

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def ours(url: str, count: int, new: bool) -> None:
    client = Client(user_agent=AGENT, guard=Guard(allow=(ip_network("127.0.0.0/8"),)))
    request = FetchRequest(url, ETAG, "Mon, 30 Mar 2026 12:00:00 GMT", url)
    wanted = FetchOutcome.NOT_MODIFIED if url.endswith("304") else FetchOutcome.OK

    async def fetch() -> None:
        fetched = await client.fetch(request, fresh=new, last=new)
        assert fetched.outcome is wanted, fetched

    await many(count, fetch)
    await client.aclose()


async def bare_pycurl(url: str, count: int, new: bool) -> None:
    """A pool of handles, a body buffer, the headers not even read, nothing checked and nothing decoded."""
    multi = pycurl.AsyncCurlMulti()
    idle: list[pycurl.Curl] = []
    headers = [f"If-None-Match: {ETAG}", "Accept-Encoding: gzip"]

    async def fetch() -> None:
        curl = idle.pop() if idle else pycurl.Curl()
        body = io.BytesIO()
        for option, value in (
            (pycurl.URL, url),
            (pycurl.HTTPHEADER, headers),
            (pycurl.USERAGENT, AGENT),
            (pycurl.NOSIGNAL, 1),
            (pycurl.TIMEOUT, 60),
            (pycurl.WRITEDATA, body),
            (pycurl.FRESH_CONNECT, new),
            (pycurl.FORBID_REUSE, new),
        ):
            curl.setopt(option, value)
        await multi.perform(curl)
        assert curl.getinfo(pycurl.RESPONSE_CODE) in (200, 304)
        idle.append(curl)

    await many(count, fetch)
    await multi.aclose()


async def with_urllib3(url: str, count: int, new: bool) -> None:
    """The pool that requests is built on, in threads."""
    headers = {"If-None-Match": ETAG, "Accept-Encoding": "gzip", "User-Agent": AGENT}
    pool = urllib3.PoolManager(maxsize=16, headers=headers | ({"Connection": "close"} if new else {}))

    def fetch(_number: int) -> None:
        response = pool.request("GET", url, retries=False, decode_content=False)
        assert response.status in (200, 304)
        if new:
            pool.clear()

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(fetch, range(count)))


CLIENTS = {"ours": ours, "bare pycurl": bare_pycurl, "urllib3": with_urllib3}
CASES = {
    "304, new connection": ("/304", True),
    "304, kept alive": ("/304", False),
    f"200, gzip {len(PAGE) // 1000} kB, new connection": ("/200", True),
    f"200, gzip {len(PAGE) // 1000} kB, kept alive": ("/200", False),
}


def measure(base: str, fetches: int, rounds: int) -> None:
    print(
        f"{'ms of CPU a fetch':38}"
        + "".join(f"{name:>14}" for name in CLIENTS)
        + f"{'ours/bare':>12}{'ours a CPU-s':>15}"
    )
    for case, (path, new) in CASES.items():
        best = dict.fromkeys(CLIENTS, float("inf"))
        for _ in range(rounds):
            for name, client in CLIENTS.items():
                started = time.process_time()
                asyncio.run(client(base + path, fetches, new))
                best[name] = min(best[name], (time.process_time() - started) / fetches * 1000)
        figures = "".join(f"{milliseconds:14.3f}" for milliseconds in best.values())
        print(f"{case:38}{figures}{best['ours'] / best['bare pycurl']:12.2f}{1000 / best['ours']:15.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fetches", type=int, default=4000, help="fetches of one measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each case and client; the best counts")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve())
        return
    command = [sys.executable, "-m", "bench.client", "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        measure(f"http://127.0.0.1:{int(server.stdout.readline())}", arguments.fetches, arguments.rounds)


if __name__ == "__main__":
    main()
