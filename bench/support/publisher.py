"""A loopback publisher of many hosts in a process of its own, so that its CPU is not counted.

Each host is a port of 127.0.0.1 with one RSS feed (ETag, `max-age`) and its numbered pages, gzipped before the clock
starts. Run as a module it prints one JSON line with its hosts when it is ready, and ends with its standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from pathlib import Path

from bench.support import pages

NOW = 1_790_000_000.0  # Unix time of the newest item: the pages are the same in every run


@dataclass(frozen=True, slots=True)
class Publisher:
    """A running publisher: its feeds, and each page's URL with the number that stands in it."""

    process: subprocess.Popen[str]
    feeds: list[str]
    items: dict[str, int]
    median_size: int  # bytes of a page, unpacked

    @classmethod
    def start(cls, *, hosts: int, items: int, folders: Sequence[Path]) -> Publisher:
        """Start one with so many hosts and items on each; its page shapes are those of the folders, or made up."""
        command = [sys.executable, "-m", "bench.support.publisher", f"--hosts={hosts}", f"--items={items}"]
        root = Path(__file__).parents[2]
        process = subprocess.Popen(
            [*command, *(str(folder.absolute()) for folder in folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
        )
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        return cls(process, ready["feeds"], ready["items"], ready["median_size"])

    def stop(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


@dataclass(frozen=True, slots=True)
class Resource:
    """One prepared answer."""

    head: bytes
    body: bytes
    etag: bytes

    @classmethod
    def of(cls, content: bytes, content_type: str) -> Resource:
        """This content, packed."""
        body = gzip.compress(content, 6, mtime=0)
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Encoding: gzip\r\n"
            f"Content-Length: {len(body)}\r\nETag: {etag}\r\nCache-Control: max-age=3600\r\n\r\n"
        )
        return cls(head.encode(), body, etag.encode())


def _feed(base: str, numbers: Sequence[int]) -> bytes:
    items = "".join(
        f"<item><title>Item {n}</title><link>{base}/story/{n}.html</link><guid>{base}/story/{n}.html</guid>"
        f"<pubDate>{formatdate(NOW - n)}</pubDate><description>What item {n} says in short.</description></item>"
        for n in numbers
    )
    title = f"<title>Bench {base}</title><link>{base}/</link><description>News</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{title}{items}</channel></rss>'.encode()


async def _serve(hosts: int, items: int, shapes: list[bytes]) -> None:
    feeds, found, sizes = [], {}, []
    servers = []
    for host in range(hosts):
        routes: dict[bytes, Resource] = {}
        server = await asyncio.start_server(partial(_answer, routes), "127.0.0.1", 0)
        servers.append(server)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        numbers = range(host * items, (host + 1) * items)
        for number in numbers:
            page = pages.numbered(shapes[number % len(shapes)], number)
            sizes.append(len(page))
            routes[f"/story/{number}.html".encode()] = Resource.of(page, "text/html")
            found[f"{base}/story/{number}.html"] = number
        routes[b"/feed.xml"] = Resource.of(_feed(base, numbers), "application/rss+xml")
        feeds.append(f"{base}/feed.xml")
    print(json.dumps({"feeds": feeds, "items": found, "median_size": sorted(sizes)[len(sizes) // 2]}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for server in servers:
        server.close()


async def _answer(routes: dict[bytes, Resource], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while request := await reader.readuntil(b"\r\n\r\n"):
            found = routes.get(request.split(b" ", 2)[1])
            if found is None:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n")
            elif found.etag in request:
                writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + found.etag + b"\r\n\r\n")
            else:
                writer.writelines((found.head, found.body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, required=True)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("folders", type=Path, nargs="*")
    given = parser.parse_args()
    shapes = pages.saved(given.folders) or pages.made_up(100)
    asyncio.run(_serve(given.hosts, given.items, shapes))


if __name__ == "__main__":
    main()
