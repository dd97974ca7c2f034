"""`dateline feeds import` and `export`: lists of feeds to and from other readers, as OPML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import click

from cli.feed_words import records
from cli.opening import opened, page_key
from cli.output import clean, json_line, json_option, note, print_json, say
from cli.params import Tag
from dateline.clock import utc_now
from dateline.errors import UsageError
from dateline.nouns.feeds import FeedState, NewFeed
from storage import feeds as rows
from storage import sources
from storage.bulk import chunks
from worker.parse.opml import MAX_BYTES, OpmlFeed, read_opml, write_opml

TITLE = "Feeds of Dateline"
BATCH = 500  # feeds stored in one transaction, so that a long list holds up nobody
TOLD = 10  # lines about addresses that cannot be used


@click.command()
@click.argument("file", type=click.File("rb"), metavar="FILE.opml")
@click.option("--tag", "tags", multiple=True, type=Tag(), help="A tag for each of them besides its folders.")
@json_option
def import_opml(file: BinaryIO, tags: tuple[str, ...], as_json: bool) -> None:
    """Store the feeds of an OPML file ('-': stdin); its folders become tags, also of feeds that are here already."""
    listed = read_opml(file.read(MAX_BYTES + 1))
    new, unusable = _usable(listed.feeds, tags)
    unusable = [*listed.passed_over, *unusable]
    added = known = 0
    with opened() as (_, db):
        for part in chunks(new, BATCH):
            with db.write() as tx:
                for one, stored in zip(part, rows.add_many(tx, part, utc_now()), strict=True):
                    added, known = added + stored.new, known + (not stored.new)
                    if not stored.new:
                        rows.retag(tx, stored.feed.id, add=one.tags)
    for url in unusable[:TOLD]:
        note(f"passed over, no http(s) address of a feed: {clean(url)}")
    if len(unusable) > TOLD:
        note(f"... and {len(unusable) - TOLD} more like it; --json names them all")
    if as_json:
        print_json({"added": added, "known": known, "unusable": unusable})
        return
    say(f"{added} feed{'s' * (added != 1)} added, {known} known already, {len(unusable)} passed over.")


def _usable(listed: Sequence[OpmlFeed], tags: tuple[str, ...]) -> tuple[list[NewFeed], list[str]]:
    """The feeds to store, each once, and the addresses that cannot be visited."""
    new: dict[str, NewFeed] = {}
    unusable: list[str] = []
    for feed in listed:
        try:
            url, key = page_key(feed.url)
        except UsageError:
            unusable.append(feed.url)
            continue
        before = new[key].tags if key in new else ()
        together = tuple(dict.fromkeys((*before, *feed.tags, *tags)))
        new[key] = NewFeed(url=url, url_key=key, title=feed.title or None, tags=together)
    return list(new.values()), unusable


@click.command()
@click.argument("file", type=click.File("wb", lazy=True), default="-", metavar="[FILE.opml]")
@click.option("--source", metavar="NAME", help="Of this outlet alone: id, key or name.")
@click.option("--tag", type=Tag(), help="With this tag alone (its own or its outlet's).")
@json_option
def export(file: BinaryIO, source: str | None, tag: str | None, as_json: bool) -> None:
    """Write the feeds as OPML, to stdout where no file is named. Home pages are left out: their feeds are listed.

    With --json as `feeds list` prints them instead.
    """
    with opened() as (_, db), db.read() as tx:
        outlet = sources.find(tx, source).id if source else None
        listed = [feed for feed in rows.listed(tx, source_id=outlet, tag=tag) if feed.state is not FeedState.HOME]
        told = records(tx, listed) if as_json else []
    if as_json:
        file.writelines(f"{json_line(line)}\n".encode() for line in told)
        return
    outlines = [
        OpmlFeed(url=feed.url, title=feed.name or feed.title or "", site_url=feed.site_url, tags=feed.tags)
        for feed in listed
    ]
    file.write(write_opml(outlines, title=TITLE, now=utc_now()))
