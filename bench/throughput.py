"""Articles per CPU-second and per second, end to end: the whole service, and the script people write, in one run.

    python -m bench.throughput [--hosts 100] [--items 10] [--rounds 1] [FOLDER_OF_PAGES ...]

A loopback publisher (its CPU is not counted) serves so many hosts, each a feed and its pages: of the folders' saved
pages, or made up. Each round, the script reads it all into its own new SQLite file, then `dateline up` (embedded
broker, SQLite, every process counted) into its own. A run counts only if each article was stored exactly once. Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from bench.support import cpu
from bench.support.publisher import Publisher

PATIENCE = 120.0  # seconds without a new article after which a run is given up
ENVIRONMENT = {"DATELINE_HOST_DELAY": "0", "DATELINE_ALLOW_NETWORKS": "127.0.0.0/8"}


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took, in seconds, and the CPU of each part."""

    articles: int
    cpu: float
    wall: float
    parts: Mapping[str, float] = field(default_factory=dict)

    def line(self, name: str) -> str:
        """One line of the table."""
        rates = f"{self.articles / self.cpu:9.1f} {self.articles / self.wall:9.1f}"
        return f"{name:20} {self.articles:9} {rates} {self.cpu:8.1f} {self.wall:8.1f}"


def run_script(publisher: Publisher, folder: Path) -> Run:
    """The script people write, over all feeds once."""
    feeds = folder / "feeds.json"
    feeds.write_text(json.dumps(publisher.feeds))
    command = [sys.executable, "-m", "bench.support.script", str(feeds), str(folder / "script.db")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parents[1])
    told = json.loads(done.stdout)
    with closing(sqlite3.connect(folder / "script.db")) as database:
        _exactly_once(publisher, [row[0] for row in database.execute("SELECT url FROM articles")])
    return Run(told["stored"], told["cpu"], told["wall"])


def run_service(publisher: Publisher, folder: Path) -> Run:
    """The whole service, from its feeds' import to its last article; starting and stopping it is not counted."""
    home = folder / "home"
    environment = {**os.environ, **ENVIRONMENT, "DATELINE_HOME": str(home)}
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    dateline = [sys.executable, "-m", "cli.main"]
    log = folder / "up.log"
    with log.open("wb") as output:
        service = subprocess.Popen([*dateline, "up", "--no-demo"], env=environment, stdout=output, stderr=output)
    try:
        _await_ready(home, service)
        opml = folder / "feeds.opml"
        outlines = "".join(f'<outline type="rss" xmlUrl={quoteattr(url)}/>' for url in publisher.feeds)
        opml.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
        before, began = cpu.by_part(service.pid), time.monotonic()
        importing = [*dateline, "feeds", "import", str(opml)]
        subprocess.run(importing, env=environment, check=True, stdout=subprocess.DEVNULL)
        _await_articles(home, len(publisher.items))
        wall, after = time.monotonic() - began, cpu.by_part(service.pid)
        with closing(sqlite3.connect(home / "dateline.db")) as database:
            _exactly_once(publisher, [row[0] for row in database.execute("SELECT url FROM articles")])
            told = "SELECT a.url FROM changes c JOIN articles a ON a.id = c.subject WHERE c.kind = 'article.created'"
            _exactly_once(publisher, [row[0] for row in database.execute(told)])
    except BaseException:
        print(log.read_text(errors="replace")[-4000:], file=sys.stderr)
        raise
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(30)
    parts = cpu.between(before, after)
    return Run(len(publisher.items), sum(parts.values()), wall, parts)


def _exactly_once(publisher: Publisher, urls: list[str]) -> None:
    missing, extra = set(publisher.items) - set(urls), len(urls) - len(set(urls))
    if missing or extra or len(urls) != len(publisher.items):
        raise SystemExit(f"{len(missing)} articles are missing, {extra} stored twice, {len(urls)} in all: no result")


def _await_ready(home: Path, service: subprocess.Popen[bytes]) -> None:
    """Until every worker has shown progress, and the start's own work is over."""
    deadline = time.monotonic() + 60
    while _count(home, "SELECT count(*) FROM progress") < 3:
        if service.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("the service did not start")
        time.sleep(0.2)
    time.sleep(2)


def _await_articles(home: Path, expected: int) -> None:
    """Until all are stored and read; gives up when nothing moves."""
    stored, moved = -1, time.monotonic()
    while True:
        now = _count(home, "SELECT count(*) FROM articles")
        if now >= expected and not _count(home, "SELECT count(*) FROM captures WHERE state = 'waiting'"):
            return
        if now != stored:
            stored, moved = now, time.monotonic()
        elif time.monotonic() - moved > PATIENCE:
            raise SystemExit(f"{stored} of {expected} articles, and none came for {PATIENCE:g} s")
        time.sleep(0.1)


def _count(home: Path, query: str) -> int:
    try:
        with closing(sqlite3.connect(f"file:{home / 'dateline.db'}?mode=ro", uri=True, timeout=5)) as database:
            return int(database.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # not made yet
        return 0


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--items", type=int, default=10, help="pages of each host")
    parser.add_argument("--rounds", type=int, default=1, help="each runs the script, then the service")
    parser.add_argument("--skip-script", action="store_true", help="measure the service alone")
    parser.add_argument("folders", type=Path, nargs="*", help="folders of saved pages (.html, .html.gz)")
    given = parser.parse_args()
    publisher = Publisher.start(hosts=given.hosts, items=given.items, folders=given.folders)
    try:
        size = publisher.median_size / 1000
        print(f"{given.hosts} hosts, {len(publisher.items)} pages of {size:.0f} kB (median), {os.cpu_count()} cores\n")
        print(f"{'':20} {'articles':>9} {'per CPU-s':>9} {'per s':>9} {'CPU s':>8} {'wall s':>8}")
        for _ in range(given.rounds):
            with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
                script = None if given.skip_script else run_script(publisher, Path(folder))
                if script:
                    print(script.line("script people write"), flush=True)
                service = run_service(publisher, Path(folder))
                print(service.line("dateline up"), flush=True)
                if script:
                    cpu_ratio = service.articles / service.cpu / (script.articles / script.cpu)
                    wall_ratio = script.wall / service.wall
                    print(f"dateline / script: {cpu_ratio:.2f} per CPU-second, {wall_ratio:.2f} per second")
                shares = (f"{part} {spent / service.articles * 1000:.2f}" for part, spent in service.parts.items())
                print(f"CPU ms an article: {', '.join(shares)}\n", flush=True)
    finally:
        publisher.stop()


if __name__ == "__main__":
    main()
