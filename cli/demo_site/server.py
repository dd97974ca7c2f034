"""Serves the demo newspaper over HTTP/1.1 as a careful publisher would: validators, 304s, gzip, kept connections."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cli.demo_site import feeds, pages
from cli.demo_site.newspaper import SECTIONS, Newspaper, Story

MAX_AGE = 5  # seconds that a copy counts as fresh
IDLE = 60  # seconds that a silent connection is kept
ON_FRONT_PAGE = 40  # headlines
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is at an address now."""

    body: str
    content_type: str
    changed_at: float | None = None  # Unix time since which it has read so
    status: int = 200
    story: Story | None = None


def answer(newspaper: Newspaper, base: str, path: str, now: float) -> Answer:
    """The newspaper's answer to a GET of `path`. Pure."""
    if path == "/robots.txt":
        return Answer(pages.ROBOTS, "text/plain; charset=utf-8", newspaper.started_at)
    if path == "/truth.json":
        return Answer(json.dumps(truth(newspaper, base, now)), "application/json")
    if path == "/":
        current = [story for story in newspaper.stories(now) if not story.is_removed(now)]
        return Answer(pages.listing(None, current[:ON_FRONT_PAGE]), HTML)
    section, _, rest = path[1:].partition("/")
    if section in SECTIONS and not rest:
        return Answer(pages.listing(section, newspaper.feed(section, now)[0]), HTML)
    if section in SECTIONS and rest.startswith("feed.") and rest[5:] in feeds.FORMATS:
        content_type, write = feeds.FORMATS[rest[5:]]
        stories, changed_at = newspaper.feed(section, now)
        return Answer(write(base, section, stories, now), content_type, changed_at)
    story = newspaper.at(path, now)
    if story is None:
        return Answer("<h1>Not found</h1>", HTML, status=404)
    if story.is_removed(now):
        return Answer("<h1>This story has been removed</h1>", HTML, status=story.removed_status, story=story)
    changed_at = max(story.counted_at(now), story.edited_at(now))
    return Answer(pages.story_page(base, story, now), HTML, changed_at, story=story)


def truth(newspaper: Newspaper, base: str, now: float) -> list[dict[str, object]]:
    """Every story as it stands now: what a perfect reader of this newspaper would know."""
    return [
        {
            "number": story.number,
            "urls": [base + path for path in story.paths],
            "title": story.headline,
            "author": story.author,
            "page": str(story.page),
            "published_at": story.published_at,
            "text": "\n\n".join(story.text(now)),
            "revised_at": story.revised_at if story.is_revised(now) else None,
            "removed_at": story.removed_at if story.is_removed(now) else None,
            "views": story.views(now),
        }
        for story in newspaper.stories(now)
    ]


class Publisher(ThreadingHTTPServer):
    """The newspaper's server. `clock` gives Unix time; `log`, when given, gets one JSON line for each story served."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        newspaper: Newspaper,
        *,
        clock: Callable[[], float] = time.time,
        log: Path | None = None,
    ) -> None:
        super().__init__(address, _Handler)
        self.newspaper = newspaper
        self.clock = clock
        self.base = f"http://{address[0]}:{self.server_address[1]}"
        self._log = log.open("a", encoding="utf-8", buffering=1) if log else None
        self._log_lock = threading.Lock()

    def note(self, path: str, found: Answer, status: int, now: float) -> None:
        """Record what was shown to a reader: the publisher's own account, which nobody can argue with."""
        if self._log is None or found.story is None:
            return
        line = {
            "at": now,
            "url": self.base + path,
            "story": found.story.number,
            "status": status,
            "views": found.story.views(now) if found.status == 200 else None,
            "revised": found.story.is_revised(now),
        }
        with self._log_lock:
            self._log.write(json.dumps(line) + "\n")

    def server_close(self) -> None:
        """Stop listening and close the log."""
        super().server_close()
        with self._log_lock:
            if self._log is not None:
                self._log.close()
                self._log = None


class _Handler(BaseHTTPRequestHandler):
    server: Publisher
    protocol_version = "HTTP/1.1"
    server_version = "LoopbackGazette/1"
    sys_version = ""
    timeout = IDLE
    wbufsize = -1  # headers and body leave in one packet

    def do_GET(self) -> None:
        """Answer with the body, or with 304 where the reader has it already."""
        now = self.server.clock()
        path = self.path.partition("?")[0]
        found = answer(self.server.newspaper, self.server.base, path, now)
        body = found.body.encode()
        tag = hashlib.sha256(body).hexdigest()[:20]
        zipped = "gzip" in self.headers.get("Accept-Encoding", "").lower() and len(body) > 200
        status = 304 if found.status == 200 and self._has_it(tag, found.changed_at) else found.status
        self.server.note(path, found, status, now)
        self.send_response(status)
        self.send_header("Cache-Control", f"max-age={MAX_AGE}")
        self.send_header("Vary", "Accept-Encoding")
        if found.status == 200:
            self.send_header("ETag", f'"{tag}-gz"' if zipped else f'"{tag}"')
            # Two changes within one second would share a date, so a date is given only once its second is over.
            if found.changed_at is not None and now >= int(found.changed_at) + 1:
                self.send_header("Last-Modified", formatdate(int(found.changed_at), usegmt=True))
        if status != 304:
            if zipped:
                body = gzip.compress(body, 1)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304 and self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def _has_it(self, tag: str, changed_at: float | None) -> bool:
        """Whether the reader's validators still hold; If-None-Match counts alone (RFC 9110, 13.2.2)."""
        if (known := self.headers.get("If-None-Match")) is not None:
            tags = {part.strip().removeprefix("W/").strip('"').removesuffix("-gz") for part in known.split(",")}
            return tag in tags or known.strip() == "*"
        since = self.headers.get("If-Modified-Since")
        if since is None or changed_at is None:
            return False
        try:
            return int(changed_at) <= parsedate_to_datetime(since).timestamp()
        except ValueError:
            return False

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the readers keep the account."""
