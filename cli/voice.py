"""What the running service says to the person who started it: a few lines, never more than they would read."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from cli.logfiles import RotatingFile
from cli.output import json_line
from dateline.clock import utc_now
from dateline.paths import ApiNote, api_note
from storage import changes
from storage.database import Database

NEWS_EVERY = 10.0  # seconds between two lines about what was stored
ADDRESS_EVERY = 0.5  # seconds between two looks where the API is served
PAGE = 1000  # changes read at a time
WORDS = {
    "article.created": ("new article", "new articles"),
    "article.completed": ("completed", "completed"),
    "article.revised": ("revised", "revised"),
    "article.duplicate": ("copy of a known text", "copies of known texts"),
    "article.reread": ("read otherwise", "read otherwise"),
    "article.gone": ("gone", "gone"),
    "article.back": ("back again", "back again"),
    "views.updated": ("view count", "view counts"),
    "feed.failing": ("feed began to fail", "feeds began to fail"),
    "feed.recovered": ("feed recovered", "feeds recovered"),
    "feed.gone": ("feed gone", "feeds gone"),
}


class Voice:
    """Prints lines in a thread of its own, and keeps them in up.log: a terminal on hold must not hold the service.

    With `as_json` each is printed as an object with the moment (`at`) and an `event`, or a `text` that is none.
    """

    def __init__(self, log: RotatingFile, *, aloud: bool, as_json: bool = False) -> None:
        self._log = log
        self._aloud = aloud
        self._as_json = as_json
        self._lines: queue.Queue[tuple[str, str] | None] = queue.Queue(maxsize=1000)
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """One event, with the time of day."""
        self._put(f"{time.strftime('%H:%M:%S')}  {text}", "event", text)

    def print(self, text: str) -> None:
        """Text as it is. Dropped when a thousand lines wait already."""
        self._put(text, "text", text)

    def _put(self, line: str, kind: str, text: str) -> None:
        spoken = json_line({"at": utc_now(), kind: text}) if self._as_json else line
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait((line, spoken))

    def close(self) -> None:
        """Say what is left, unless nobody takes it."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(timeout=1)

    def _run(self) -> None:
        while (said := self._lines.get()) is not None:
            line, spoken = said
            self._log.write(line.encode(errors="replace") + b"\n")
            if self._aloud:
                with contextlib.suppress(OSError, ValueError):
                    print(spoken, file=sys.stdout, flush=True)
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


def tell_address(home: Path, voice: Voice, ended: threading.Event) -> None:
    """Say where the API is served, or why it is not, and again whenever that changes; until `ended` is set."""
    said: tuple[str, str] | None = None
    while not ended.wait(ADDRESS_EVERY):
        note = api_note(home)
        if note is not None and said != (note.url, note.problem):
            said = (note.url, note.problem)
            voice.say(api_in_words(note))


def api_in_words(note: ApiNote) -> str:
    """Where the API answers, or why it does not and what helps."""
    if note.problem:
        return f"the API is not served: {note.problem}; {note.remedy}. It is tried again every 30 s"
    return f"the API answers at {note.url}"


def summary(counts: Counter[str]) -> str:
    """Counted changes in words: `3 new articles, 1 revised, 24 view counts`."""
    return ", ".join(f"{counts[kind]} {WORDS[kind][counts[kind] > 1]}" for kind in WORDS if counts[kind])
