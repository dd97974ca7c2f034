"""Revisions that re-visits make: none for counters, clocks, ads and links, one for each edit, none for walls and back.

    python -m bench.revisits [--pages 1000] [--edits 100] [--walls 100] [--postgres]

Pages of the demo newspaper in its four markups are looked at through the real process stage, in a database of its own.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from cli.demo_site.newspaper import Newspaper, Story
from cli.demo_site.pages import story_page
from dateline import log
from storage import changes
from storage.database import Database, migrate
from tests.support.fetched import Newsroom, page
from tests.support.postgres import Postgres
from worker.reader import Reader

BASE = "http://gazette.example"
START = 1_774_872_000.0
BATCH = 50
CONSENT = page(
    "We value your privacy",
    "We and our 842 partners store and access information on a device, such as cookies, and process personal data for "
    "personalised advertising. You may consent to our and our partners' processing, or reject all cookies.",
    "Accept all",
)
BREAKS = {"classic": "</p><p>", "modern": "</p><p>", "breaks": "<br><br>", "plain": "\n\n"}
ADS = ("Sail to Wexholm from 19 crowns", "A new bed in a day", "Ten lamps that pay for themselves", "Teeth like pearls")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page is shown at a look: what turns with each look, and what was done to its story."""

    look: int
    edited: bool = False
    cut: bool = False  # its first paragraph alone, and an invitation to subscribe


@dataclass(frozen=True, slots=True)
class Told:
    """What a round of looks did."""

    articles: int
    revised: int
    others: tuple[str, ...]
    seconds: float


def pages(count: int) -> list[Story]:
    """So many stories, each with a number of its own in its address."""
    newspaper = Newspaper(7, START)
    return [newspaper.story(number) for number in range(count)]


def page_of(story: Story, shown: Shown) -> bytes:
    """A story's page at a look: counter, "updated" lines, advertisement and links to others differ each time."""
    now = story.published_at + 20 * 60 * (1 + shown.look)
    text = story_page(BASE, story, min(now, (story.revised_at or now + 2) - 1))
    paragraphs = [escape(paragraph) for paragraph in story.paragraphs]
    if shown.edited:
        text = text.replace(paragraphs[-1], f"{paragraphs[-1]} The council of Ambridge meets again on Friday at noon.")
    if shown.cut:
        for paragraph in paragraphs[1:]:
            text = text.replace(paragraph, "", 1)
        text = text.replace(paragraphs[0], f"{paragraphs[0]}{BREAKS[story.markup]}Subscribe to continue reading.")
    turning = f"Last updated: 30 March 2026, {12 + shown.look}:{shown.look:02d} GMT", f"{3 + 2 * shown.look} comments"
    text = text.replace(paragraphs[0], BREAKS[story.markup].join((paragraphs[0], *turning)), 1)
    views = 1000 + 37 * shown.look + story.number
    text = re.sub(r"viewed \d+ times", f"viewed {views} times", text)
    text = re.sub(r'"dateModified": "[^"]*"', f'"dateModified": "2026-03-30T{12 + shown.look:02d}:00:00Z"', text)
    clock = f"<p>Updated {2 + shown.look} {'hours' if shown.look else 'minutes'} ago</p>"
    advertisement = f'<div class="ad"><a href="http://shop.example/{shown.look}">{ADS[shown.look % len(ADS)]}</a></div>'
    links = "".join(
        f'<li><a href="/city/{shown.look}-{number}">Story {7 * shown.look + number} of the day in the city</a></li>'
        for number in range(5)
    )
    aside = f'{advertisement}<aside class="related"><h3>Related stories</h3><ul>{links}</ul></aside>'
    if story.markup != "plain":  # printed as plain text, a page has neither
        text = re.sub(r"(</h[12]>)", rf"\1{clock}", text, count=1)
        text = text.replace("</body>", f"{aside}</body>").replace("</BODY>", f"{aside}</BODY>")
    return text.encode()


def revisit(room: Newsroom, bodies: Sequence[bytes]) -> Told:
    """Look at each story once, an hour after the last round, and tell what that did."""
    room.later(hours=1)
    began = time.monotonic()
    with room.db.read() as tx:
        before = changes.newest(tx)
    for first in range(0, len(bodies), BATCH):
        ids = []
        for number, body in enumerate(bodies[first : first + BATCH], first):
            url = f"{BASE}/story/{number}"
            if room.visit_of(url) is None:
                room.add_page(url)
            ids.append(room.capture(url, body))
        room.process(*ids)
    with room.db.read() as tx:
        news = [change.kind for change in changes.after(tx, before, limit=1_000_000)]
    quiet = {"views.updated", "article.created", "article.revised", "article.duplicate"}
    others = tuple(sorted(kind for kind in set(news) - quiet))
    return Told(news.count("article.created"), news.count("article.revised"), others, time.monotonic() - began)


def run(room: Newsroom, count: int, edits: int, walls: int) -> None:
    stories = pages(count)
    print(f"{count} pages, {edits} edits, {walls} walls")
    rounds = {
        "first look": [page_of(story, Shown(0)) for story in stories],
        "counters, clocks, ads and links alone": [page_of(story, Shown(1)) for story in stories],
        "true edits": [page_of(story, Shown(2, edited=n < edits)) for n, story in enumerate(stories)],
        "walls and stubs": [
            CONSENT if n < walls // 2 else page_of(story, Shown(3, n < edits, cut=n < walls))
            for n, story in enumerate(stories)
        ],
        "the way back": [page_of(story, Shown(4, edited=n < edits)) for n, story in enumerate(stories)],
    }
    for name, bodies in rounds.items():
        told = revisit(room, bodies)
        others = f", also {', '.join(told.others)}" if told.others else ""
        print(f"  {name:40} {told.articles:5} articles {told.revised:5} revisions{others}  {told.seconds:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--walls", type=int, default=100)
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    log.configure("ERROR")
    server = Postgres() if given.postgres else None
    with tempfile.TemporaryDirectory() as folder, Reader() as reader:
        url = server.create() if server else f"sqlite:///{Path(folder) / 'dateline.db'}"
        migrate(url)
        database = Database(url)
        run(Newsroom(database, reader), given.pages, given.edits, given.walls)
        database.close()
    if server:
        server.stop()


if __name__ == "__main__":
    main()
