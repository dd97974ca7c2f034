"""A publisher for tests: several hosts on loopback whose numbered items appear when the test says so.

It remembers every request, so that an oracle can tell what must be stored and how often each page was asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import threading
import time
from collections import Counter, defaultdict
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_WORDS = """council harbour minister budget river station report market village engine season teacher winter border
hospital committee railway museum voter storm factory island verdict reform captain orchestra bridge election"""
WORDS = _WORDS.split()


def title(number: int) -> str:
    """The headline of an item."""
    return f"The register's item number {number}"


def paragraphs(number: int) -> list[str]:
    """The text of an item; no two items share a paragraph."""
    rng = random.Random(number)
    text = (" ".join(rng.choices(WORDS, k=30)) for _ in range(4))
    return [f"Paragraph {i} of item {number} tells of the {words}." for i, words in enumerate(text, 1)]


class Publisher:
    """`publish` makes items appear in the feeds (RSS and Atom by turns); every `gone_every`th has no page (404)."""

    def __init__(self, hosts: int, *, gone_every: int = 17, latency: float = 0.03) -> None:
        self.gone_every = gone_every
        self.latency = latency  # seconds, so that a fault finds some page under way
        self.items: dict[str, int] = {}  # page URL -> number
        self.hits: Counter[str] = Counter()  # URL -> requests
        self.served: dict[str, set[int]] = defaultdict(set)  # page URL -> the view counts it has shown
        self._lock = threading.Lock()
        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, host)) for host in range(hosts)]
        self.bases = [f"http://127.0.0.1:{server.server_port}" for server in self._servers]
        self.feeds = [f"{base}/feed.xml" for base in self.bases]
        self._lists: list[list[int]] = [[] for _ in range(hosts)]
        for server in self._servers:
            server.daemon_threads = True
            threading.Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True).start()

    def publish(self, count: int) -> None:
        """Let the next items appear, host after host."""
        with self._lock:
            for number in range(len(self.items) + 1, len(self.items) + 1 + count):
                host = number % len(self.bases)
                self.items[f"{self.bases[host]}/item/{number}"] = number
                self._lists[host].append(number)

    def has_page(self, number: int) -> bool:
        """Whether the item's page can be had."""
        return number % self.gone_every != 0

    def stop(self) -> None:
        """Close every host."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def answer(self, host: int, path: str) -> tuple[int, str, str]:
        """Status, content type and content of a request."""
        url = self.bases[host] + path
        with self._lock:
            self.hits[url] += 1
            if path == "/feed.xml":
                feed = _atom if host % 2 else _rss
                return 200, "application/xml", feed(self.bases[host], self._lists[host][::-1])
            number = self.items.get(url)
            if number is None or not self.has_page(number):
                return 404, "text/plain", "not here"
            views = 1000 * number + self.hits[url]
            self.served[url].add(views)
        time.sleep(self.latency)
        return 200, "text/html; charset=utf-8", _page(number, views)


def _handler(publisher: Publisher, host: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, content_type, content = publisher.answer(host, self.path)
            body = content.encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            self.send_response(status)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", content_type)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # the client was killed: that is what this publisher is for
                super().handle()

    return Handler


def _rss(base: str, numbers: list[int]) -> str:
    items = "".join(
        f"<item><title>{title(n)}</title><link>{base}/item/{n}</link><guid>{base}/item/{n}</guid>"
        f"<pubDate>{formatdate(1_790_000_000 + n)}</pubDate><description>{paragraphs(n)[0]}</description></item>"
        for n in numbers
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Register {base}</title><link>{base}/</link>'
        f"<description>Items</description>{items}</channel></rss>"
    )


def _atom(base: str, numbers: list[int]) -> str:
    entries = "".join(
        f'<entry><id>{base}/item/{n}</id><title>{title(n)}</title><link href="{base}/item/{n}"/>'
        f"<updated>2026-10-01T00:{n // 60 % 60:02}:{n % 60:02}Z</updated><summary>{paragraphs(n)[0]}</summary></entry>"
        for n in numbers
    )
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>{base}/</id><title>Register {base}</title>'
        f"<updated>2026-10-01T00:00:00Z</updated>{entries}</feed>"
    )


def _page(number: int, views: int) -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(number))
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title(number)}</title></head><body>"
        f"<nav><a href='/'>Home</a></nav><article><h1>{title(number)}</h1>{text}</article>"
        f"<p>This story has been viewed {views} times.</p></body></html>"
    )
