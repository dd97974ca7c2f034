"""`dateline parse-feed`: read feeds from files, without database or network; measuring scripts rest on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.output import json_anyway, print_json
from dateline.clock import utc_now
from dateline.nouns.feeds import ParsedEntry, ParsedFeed
from worker.parse.feed import MAX_BYTES
from worker.reader import Reader
from worker.reader_words import FeedJob


@click.command("parse-feed")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--url", default="", help="The address the feeds came from, for their relative links.")
@json_anyway
def parse_feed(files: tuple[str, ...], url: str) -> None:
    """Read feeds from FILEs (plain or gzipped) and print one JSON object for each, on a line of its own.

    Exits 0 once every file is answered: one that cannot be read has its reason in `error`.
    """
    with Reader() as reader:
        for file in files:
            feed = _feed(file, url, reader)
            print_json({"file": file} | _answer(feed))


def _feed(file: str, url: str, reader: Reader) -> ParsedFeed:
    """The file as read in the reader child, which no file can hang; its `error` says why it could not be."""
    try:
        with Path(file).open("rb") as opened:
            body = opened.read(MAX_BYTES + 1)  # one more than a feed may have
    except (OSError, ValueError) as error:
        return ParsedFeed(kind="", error=f"cannot be opened: {error}")
    [result] = reader.read([FeedJob(body=body, url=url, at=utc_now())])
    return result.feed or ParsedFeed(kind="", error=result.error or "this is not a feed")


def _answer(feed: ParsedFeed) -> dict[str, Any]:
    return {
        "kind": feed.kind or None,
        "title": feed.title or (None if feed.error else ""),
        "url": feed.url,
        "entries": [_entry(entry) for entry in feed.entries],
        "error": feed.error or None,
    }


def _entry(entry: ParsedEntry) -> dict[str, Any]:
    return {
        "id": entry.guid or entry.key,
        "title": entry.title,
        "url": entry.url,
        "published_at": entry.published_at,
        "updated_at": entry.updated_at,
        "author": entry.author,
        "summary": entry.summary,
        "content": entry.content,
        "language": entry.language,
        "tags": list(entry.tags),
        "extra": entry.extra,
    }
