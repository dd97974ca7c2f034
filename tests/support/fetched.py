"""What a fetch stage would have left: feeds and visits in the database, and captures of what their servers answered."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from dateline.nouns.articles import Article
from dateline.nouns.changes import Change
from dateline.nouns.feeds import Feed, NewFeed
from dateline.nouns.frontier import Fetched, FetchOutcome, NewCapture, NewVisit, Priority, VisitKind
from dateline.settings import load
from dateline.urls import host_name
from storage import captures, catalog, changes, feeds, frontier
from storage.database import Database
from storage.tables import captures as capture_rows
from storage.tables import entries as entry_rows
from storage.tables import visits as visit_rows
from worker.dedupe.urls import url_key
from worker.process import process_captures
from worker.reader import Reader
from worker.toolkit import Toolkit

START = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
STATUSES = {FetchOutcome.OK: 200, FetchOutcome.NOT_FOUND: 404, FetchOutcome.GONE: 410, FetchOutcome.FORBIDDEN: 403}


def page(title: str, *paragraphs: str, views: int | None = None, head: str = "") -> bytes:
    """A plain story page."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    counter = f"<p>This story has been viewed {views} times.</p>" if views is not None else ""
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{body}</article>{counter}</body></html>"
    ).encode()


def prose(word: str, count: int = 3) -> list[str]:
    """Paragraphs that any reader takes for a story's."""
    return [
        f"The {word} committee of {word.title()} met on day {n} of the week to discuss its plans for the harbour, and "
        f"after a long debate in {word.title()} it decided that the {word} matter be looked at again this summer."
        for n in range(count)
    ]


def rss(*items: str, title: str = "The Paper") -> bytes:
    """An RSS document of these items."""
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title><link>http://paper.example/</link>'
        f"{''.join(items)}</channel></rss>"
    ).encode()


def item(number: int, *, title: str = "", text: str = "", link: str | None = None, day: int = 1) -> str:
    """One item with its guid."""
    address = f"http://paper.example/story/{number}" if link is None else link
    shown = f"<link>{address}</link>" if address else ""
    return (
        f'<item><guid isPermaLink="false">item-{number}</guid>{shown}<title>{title or f"Story {number}"}</title>'
        f"<description>{text or f'What story {number} is about.'}</description>"
        f"<pubDate>Sun, {day:02d} Mar 2026 08:00:00 GMT</pubDate></item>"
    )


class Newsroom:
    """A database with the fetch stage played by hand, and the real process stage."""

    def __init__(self, database: Database, reader: Reader) -> None:
        self.db = database
        self.reader = reader
        self.at = START
        settings = load({"DATELINE_HOME": str(Path("/nonexistent")), "DATELINE_FIRST_POLL_ENTRIES": "3"})
        self.toolkit = Toolkit(settings, database, lambda message: True, lambda: self.at)

    def add_feed(self, url: str = "http://paper.example/feed", **words: Any) -> Feed:
        with self.db.write() as tx:
            return feeds.add(tx, NewFeed(url, url_key(url), **words), self.at)

    def add_page(self, url: str) -> int:
        new = NewVisit(
            url, url_key(url), host_name(url), VisitKind.ARTICLE, self.at, Priority.ON_DEMAND, "asked", on_demand=True
        )
        with self.db.write() as tx:
            return next(iter(frontier.add_visits(tx, [new], self.at).values()))

    def visit_of(self, url: str, kind: VisitKind = VisitKind.ARTICLE) -> Any:
        with self.db.read() as tx:
            query = select(visit_rows).where(visit_rows.c.kind == str(kind), visit_rows.c.url_key == url_key(url))
            return tx.execute(query).first()

    def capture(
        self,
        url: str,
        body: bytes | None = None,
        *,
        kind: VisitKind = VisitKind.ARTICLE,
        outcome: FetchOutcome = FetchOutcome.OK,
        at: datetime | None = None,
        final_url: str | None = None,
        headers: tuple[tuple[str, str], ...] = (("content-type", "text/html"), ("etag", '"1"')),
    ) -> int:
        """Keep what a fetch of this URL gave."""
        visit = self.visit_of(url, kind)
        digest = hashlib.sha256(body).digest() if body is not None else None
        same = body is not None and visit.body_digest == digest
        fetched = Fetched(
            url=url,
            final_url=final_url or url,
            outcome=outcome,
            stage="done",
            fetched_at=at or self.at,
            status=STATUSES.get(outcome),
            headers=headers,
            body=body or b"",
        )
        new = NewCapture(
            visit.id, fetched, kind, url, None if same else body, digest, same, visit.body_id if same else None
        )
        with self.db.write() as tx:
            [(capture_id, body_id)] = captures.keep(tx, [new], now=self.at, keep_unchanged_days=7)
            row = update(visit_rows).where(visit_rows.c.id == visit.id)
            held = {"body_id": body_id, "body_digest": digest} if body is not None else {}
            tx.execute(row.values(capture_id=capture_id, first_done=True, on_demand=False, **held))
        return capture_id

    def poll(self, body: bytes | None, url: str = "http://paper.example/feed", **more: Any) -> int:
        """Keep what a poll of a feed gave."""
        return self.capture(url, body, kind=VisitKind.FEED, **more)

    def process(self, *ids: int) -> dict[str, int]:
        return dict(process_captures(self.toolkit, self.reader, ids))

    def process_alone(self, *ids: int, batch: int = 50) -> None:
        """As another worker would, with a reader of its own."""
        with Reader() as reader:
            for first in range(0, len(ids), batch):
                process_captures(self.toolkit, reader, ids[first : first + batch])

    def look(self, url: str, body: bytes | None = None, **more: Any) -> dict[str, int]:
        """One capture of an article, processed, a minute after the last."""
        self.later(minutes=1)
        return self.process(self.capture(url, body, **more))

    def read_feed(self, body: bytes | None, **more: Any) -> dict[str, int]:
        """One capture of a feed, processed, a minute after the last."""
        self.later(minutes=1)
        return self.process(self.poll(body, **more))

    def later(self, **passed: float) -> None:
        self.at += timedelta(**passed)

    def article(self, url: str) -> Article:
        with self.db.read() as tx:
            return catalog.find(tx, url, [url_key(url)])

    def articles(self) -> list[Article]:
        found = catalog.newest_first(self.db.read, catalog.ArticleFilter())
        return sorted(found, key=lambda article: article.id)

    def dossier(self, url: str) -> catalog.Dossier:
        with self.db.read() as tx:
            return catalog.dossier(tx, catalog.find(tx, url, [url_key(url)]))

    def counts(self, url: str) -> list[int]:
        with self.db.read() as tx:
            return [sample.count for sample in catalog.samples(tx, self.article(url).id)]

    def changes(self, *kinds: str) -> list[Change]:
        with self.db.read() as tx:
            return changes.after(tx, 0, limit=10_000, kinds=kinds)

    def kinds(self, url: str) -> list[str]:
        """What was told of an article, in order."""
        subject = self.article(url).id
        return [
            one.kind for one in self.changes() if one.subject == subject and one.kind.startswith(("article", "views"))
        ]

    def feed(self, feed_id: int) -> Feed:
        with self.db.read() as tx:
            return feeds.get(tx, feed_id)

    def entries(self) -> list[Any]:
        with self.db.read() as tx:
            return list(tx.execute(select(entry_rows).order_by(entry_rows.c.id)))

    def kept(self, capture_id: int) -> Any:
        with self.db.read() as tx:
            return tx.execute(select(capture_rows).where(capture_rows.c.id == capture_id)).one()
