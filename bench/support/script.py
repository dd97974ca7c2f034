"""The script people write: feedparser, 16 threads, an HTTP library, trafilatura, sqlite3 each article committed.

urllib3 stands in for requests, which is built on it and costs half as much again: the comparison favours the script.
Prints one JSON line: the articles stored, and the seconds of CPU and of wall time after its imports.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import feedparser
import trafilatura
import urllib3


class Script:
    """Polls each feed once, and stores each entry's page that it has not seen."""

    def __init__(self, path: str) -> None:
        self.pool = urllib3.PoolManager(num_pools=64, maxsize=4, retries=False, timeout=30.0)
        self.database = sqlite3.connect(path, check_same_thread=False)
        self.database.execute(
            "CREATE TABLE articles (url TEXT PRIMARY KEY, title TEXT, author TEXT, date TEXT, text TEXT)"
        )
        self.lock = threading.Lock()

    def poll(self, url: str) -> list[str]:
        """The links of a feed that are not stored yet."""
        feed: Any = feedparser.parse(self.pool.request("GET", url).data)
        with self.lock:
            known = {row[0] for row in self.database.execute("SELECT url FROM articles")}
        return [entry.link for entry in feed.entries if entry.link not in known]

    def take(self, url: str) -> None:
        """Fetch a page, read it, store it."""
        page = self.pool.request("GET", url).data
        read: Any = trafilatura.bare_extraction(page, url=url, with_metadata=True)
        fields = (read.title, read.author, read.date, read.text) if read else (None, None, None, None)
        with self.lock, self.database:
            self.database.execute("INSERT OR IGNORE INTO articles VALUES (?, ?, ?, ?, ?)", (url, *fields))


def main() -> None:
    """Run once over the feeds in the JSON file named first; the database is named second."""
    feeds = json.loads(Path(sys.argv[1]).read_text())
    script = Script(sys.argv[2])
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    with ThreadPoolExecutor(16) as threads:
        links = [link for found in threads.map(script.poll, feeds) for link in found]
        list(threads.map(script.take, links))
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    stored = script.database.execute("SELECT count(*) FROM articles").fetchone()[0]
    print(json.dumps({"stored": stored, "cpu": cpu, "wall": time.monotonic() - began}))


if __name__ == "__main__":
    main()
