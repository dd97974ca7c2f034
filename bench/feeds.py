"""How well and how fast feeds are read: agreement with other readers' answers, and the cost of a poll.

    python -m bench.feeds FOLDER

FOLDER holds feeds and a truth.json: name -> {source, entries, items: [{title, link, published}]}. Prints how often
`dateline parse-feed` agrees on items, titles, links and dates, each difference as a row of a Markdown table, and what
reading a feed of 25 items costs when all, some or none of them are new.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser

from worker.parse.feed import read_feed

ROUNDS = 40


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("folder", type=Path, help="feeds and their truth.json")
    folder: Path = arguments.parse_args().folder
    agreement(folder)
    speed()


def agreement(folder: Path) -> None:
    truth = json.loads((folder / "truth.json").read_text())
    names = sorted(name for name, expected in truth.items() if "items" in expected)
    command = [sys.executable, "-m", "cli.main", "parse-feed", *(str(folder / name) for name in names)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    agreed: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    rows = []
    for name, line in zip(names, lines, strict=True):
        for field, theirs, ours in compared(truth[name], json.loads(line)):
            asked[field] += 1
            agreed[field] += theirs == ours
            if theirs != ours:
                rows.append(f"| {name} | {field} | {theirs!s} | {ours!s} |")
    print(f"## Agreement over {len(names)} feeds\n\n| field | agree | of |\n|---|---|---|")
    print("\n".join(f"| {field} | {agreed[field]} | {asked[field]} |" for field in asked))
    print("\n| feed | field | the peer's answer | ours |\n|---|---|---|---|")
    print("\n".join(rows))


def compared(theirs: dict[str, Any], ours: dict[str, Any]) -> Iterator[tuple[str, object, object]]:
    yield "items", theirs["entries"], len(ours["entries"])
    for expected, entry in zip(theirs["items"], ours["entries"], strict=False):
        yield "title", " ".join((expected["title"] or "").split()), entry["title"]
        yield "link", expected["link"], entry["url"]
        yield "date", when(expected["published"]), when(entry["published_at"])


def when(printed: str | None) -> datetime | None:
    return datetime.fromisoformat(printed).replace(microsecond=0) if printed else None


def speed() -> None:
    body = feed_of(25)
    hashes = [entry.item_hash for entry in read_feed(body, url="http://news.example/feed").entries]
    cases: dict[str, Callable[[], object]] = {
        "feedparser alone, its defaults": lambda: feedparser.parse(io.BytesIO(body)),
        "feedparser alone, sanitiser and URI resolution off": lambda: feedparser.parse(
            io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False
        ),
        "read_feed, all 25 new": lambda: read_feed(body, url="http://news.example/feed"),
        "read_feed, 23 of 25 known": lambda: read_feed(body, url="http://news.example/feed", known=set(hashes[2:])),
        "read_feed, all 25 known": lambda: read_feed(body, url="http://news.example/feed", known=set(hashes)),
    }
    spent = {name: milliseconds(case) for name, case in cases.items()}
    whole = spent["feedparser alone, sanitiser and URI resolution off"]
    print(f"\n## A feed of 25 items, {len(body) / 1000:.0f} kB\n")
    print("| | ms of CPU | feedparser alone, switched off / this |\n|---|---|---|")
    print("\n".join(f"| {name} | {cost:.2f} | {whole / cost:.1f} |" for name, cost in spent.items()))


def milliseconds(case: Callable[[], object]) -> float:
    """The median of its cost, so that a neighbour's load on the machine does not count."""
    costs = []
    for _ in range(ROUNDS):
        start = time.process_time()
        case()
        costs.append(time.process_time() - start)
    return sorted(costs)[ROUNDS // 2] * 1000


def feed_of(count: int) -> bytes:
    paragraph = "<p>The council met on Friday and <a href='/minutes'>put off</a> its decision on the bridge again.</p>"
    items = "".join(
        f"<item><title>Story {n}</title><link>http://news.example/{n}</link><guid>{n}</guid>"
        f"<pubDate>Fri, 30 Mar 2007 {n % 24:02}:00:00 GMT</pubDate><dc:creator>A. Writer</dc:creator>"
        f"<category>news</category><description>Story {n} in short.</description>"
        f"<content:encoded><![CDATA[{paragraph * 40}]]></content:encoded></item>"
        for n in range(count)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>'
        f"<link>http://news.example/</link>{items}</channel></rss>"
    ).encode()


if __name__ == "__main__":
    main()
