"""What processing costs: milliseconds an article for each stage, in batches of 50, new articles and then re-visits.

    python bench/process.py [--pages FOLDER] [--database-url URL] [--articles 500]

FOLDER holds HTML files (gzipped or plain), which are used in turn; without it, pages are made up. CPU is this process's
own; the reader child's shows as wall time of `read`. Without a URL, SQLite in a temporary folder is measured.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from dateline import log
from dateline.nouns.frontier import Fetched, FetchOutcome, NewCapture, NewVisit, Priority, VisitKind
from dateline.settings import load
from storage import captures, frontier
from storage.database import Database, migrate
from storage.tables import visits
from worker import material, process
from worker.dedupe.urls import url_key
from worker.reader import Reader
from worker.toolkit import Toolkit

BATCH = 50
SENTENCE = "The council of the town number {0} met again on day {1} and put off its decision about the harbour of {0}. "


def made_up(number: int) -> bytes:
    """A page of some 60 kB with a story of 500 words."""
    story = "".join(f"<p>{SENTENCE.format(number, day) * 3}</p>" for day in range(8))
    menu = "".join(f'<li class="item"><a href="/s/{n}">Section number {n}</a></li>' for n in range(400))
    return (
        f"<!doctype html><html><head><title>Story {number} | The Paper</title></head><body><nav><ul>{menu}</ul></nav>"
        f"<article><h1>Story {number}</h1>{story}</article><p>This story has been viewed @@ times.</p>"
        f"<footer><ul>{menu}</ul></footer></body></html>"
    ).encode()


def pages(folder: Path | None, count: int) -> list[bytes]:
    if folder is None:
        return [made_up(number) for number in range(count)]
    files = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    bodies = [gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in files[:count]]
    return [body + b"<!-- %d -->" % number for number, body in zip(range(count), cycle(bodies), strict=False)]


def cpu() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


class Clock:
    """Wall and own CPU time of each stage."""

    def __init__(self) -> None:
        self.wall: defaultdict[str, float] = defaultdict(float)
        self.cpu: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what the block takes to this stage."""
        wall, used = time.perf_counter(), cpu()
        yield
        self.wall[name] += time.perf_counter() - wall
        self.cpu[name] += cpu() - used

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed as this stage."""

        def timed(*args: Any, **more: Any) -> Any:
            with self.stage(name):
                return function(*args, **more)

        return timed


def keep(db: Database, bodies: list[bytes], at: datetime) -> list[int]:
    """Leave what a fetch stage would have left; the captures' ids."""
    ids: list[int] = []
    for first in range(0, len(bodies), BATCH):
        urls = [f"https://paper{n % 20}.example/story/{n}" for n in range(first, min(first + BATCH, len(bodies)))]
        new = [
            NewVisit(u, url_key(u), u.split("/")[2], VisitKind.ARTICLE, at, Priority.NEW_ARTICLE, "bench") for u in urls
        ]
        with db.write() as tx:
            by_key = frontier.add_visits(tx, new, at)
            kept = []
            for url, body in zip(urls, bodies[first:], strict=False):
                wire = gzip.compress(body, 6)
                headers = (("content-type", "text/html"), ("content-encoding", "gzip"))
                fetched = Fetched(url, url, FetchOutcome.OK, "done", at, 200, headers, wire)
                digest = hashlib.sha256(wire).digest()
                visit = by_key[VisitKind.ARTICLE, url_key(url)]
                kept.append(NewCapture(visit, fetched, VisitKind.ARTICLE, url, wire, digest))
            stored = captures.keep(tx, kept, now=at, keep_unchanged_days=7)
            for one, (capture, body_id) in zip(kept, stored, strict=True):
                tx.execute(
                    update(visits).where(visits.c.id == one.visit_id).values(capture_id=capture, body_id=body_id)
                )
            ids += [capture for capture, _ in stored]
    return ids


def measure(db: Database, reader: Reader, ids: list[int], at: datetime, label: str) -> None:
    clock = Clock()
    stages = {"claim": (process, "_claim"), "load": (material, "load"), "read": (material, "read")}
    originals = {name: getattr(place, attribute) for name, (place, attribute) in stages.items()}
    for name, (place, attribute) in stages.items():
        setattr(place, attribute, clock.wrap(name, originals[name]))
    saving = process._save
    process._save = clock.wrap("save", saving)
    toolkit = Toolkit(load({"DATELINE_HOME": "/nonexistent"}), db, lambda message: True, lambda: at)
    started = time.perf_counter()
    for first in range(0, len(ids), BATCH):
        process.process_captures(toolkit, reader, ids[first : first + BATCH])
    wall = time.perf_counter() - started
    for name, (place, attribute) in stages.items():
        setattr(place, attribute, originals[name])
    process._save = saving
    print(f"{label}: {wall / len(ids) * 1000:.2f} ms an article ({len(ids)})")
    for name in ("claim", "load", "read", "save"):
        print(
            f"    {name:6} {clock.wall[name] / len(ids) * 1000:7.3f} wall {clock.cpu[name] / len(ids) * 1000:7.3f} CPU"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--database-url")
    parser.add_argument("--articles", type=int, default=500)
    given = parser.parse_args()
    log.configure("ERROR")
    at = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
    bodies = pages(given.pages, given.articles)
    with tempfile.TemporaryDirectory() as folder:
        url = given.database_url or f"sqlite:///{folder}/dateline.db"
        migrate(url)
        db = Database(url)
        with Reader() as reader:
            reader.warm()
            for look, views in enumerate((b"10", b"25"), 1):
                later = at + timedelta(hours=look)
                ids = keep(db, [body.replace(b"@@", views) + b"<!-- look %d -->" % look for body in bodies], later)
                measure(db, reader, ids, later, "first looks" if look == 1 else "re-visits")
        with db.read() as tx:
            print(f"on {url.split(':')[0]}; visits: {len(tx.execute(select(visits.c.id)).all())}")
        db.close()


if __name__ == "__main__":
    main()
