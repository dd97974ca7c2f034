"""What the running service says to the person who started it: a few lines, never more than they would read."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections import Counter

from sqlalchemy.exc import SQLAlchemyError

from cli.logfiles import RotatingFile
from storage import changes
from storage.database import Database

NEWS_EVERY = 10.0  # seconds between two lines about what was stored
PAGE = 1000  # changes read at a time
WORDS = {
    "article.created": ("new article", "new articles"),
    "article.completed": ("completed", "completed"),
    "article.revised": ("revised", "revised"),
    "article.duplicate": ("copy of a known text", "copies of known texts"),
    "article.gone": ("gone", "gone"),
    "views.updated": ("view count", "view counts"),
    "feed.failing": ("feed began to fail", "feeds began to fail"),
    "feed.recovered": ("feed recovered", "feeds recovered"),
    "feed.gone": ("feed gone", "feeds gone"),
}


class Voice:
    """Prints lines in a thread of its own, and keeps them in up.log: a terminal on hold must not hold the service."""

    def __init__(self, log: RotatingFile, *, aloud: bool) -> None:
        self._log = log
        self._aloud = aloud
        self._lines: queue.Queue[str | None] = queue.Queue(maxsize=1000)
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """One event, with the time of day."""
        self.print(f"{time.strftime('%H:%M:%S')}  {text}")

    def print(self, text: str) -> None:
        """Text as it is. Dropped when a thousand lines wait already."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(text)

    def close(self) -> None:
        """Say what is left, unless nobody takes it."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(timeout=1)

    def _run(self) -> None:
        while (text := self._lines.get()) is not None:
            self._log.write(text.encode(errors="replace") + b"\n")
            if self._aloud:
                with contextlib.suppress(OSError, ValueError):
                    print(text, file=sys.stdout, flush=True)
        self._log.close()


def tell_news(db: Database, voice: Voice, ended: threading.Event) -> None:
    """Say every ten seconds what was stored since, in one line, or nothing when nothing was; until `ended` is set."""
    seq: int | None = None
    while not ended.wait(NEWS_EVERY if seq is not None else 0.1):
        with contextlib.suppress(SQLAlchemyError), db.read() as tx:
            if seq is None:
                seq = changes.newest(tx)
            counts: Counter[str] = Counter()
            while page := changes.after(tx, seq, limit=PAGE):
                counts.update(str(change.kind) for change in page)
                seq = page[-1].seq
            if line := summary(counts):
                voice.say(line)


def summary(counts: Counter[str]) -> str:
    """Counted changes in words: `3 new articles, 1 revised, 24 view counts`."""
    return ", ".join(f"{counts[kind]} {WORDS[kind][counts[kind] > 1]}" for kind in WORDS if counts[kind])
