"""`dateline feeds add` and `set`: the operator's word about feeds, which what is due already follows, too."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection

from cli.feed_words import found, label, named_all, records, remedies, which_feeds
from cli.opening import opened, page_key, service_runs
from cli.output import clean, json_option, note, print_json, say
from cli.params import Duration, Revisit, Tag, own_word
from dateline.clock import utc_now
from dateline.errors import UsageError
from dateline.nouns.feeds import Feed, FeedState, NewFeed
from storage import feeds as rows
from storage import revisits, sources
from storage.database import Database

WAIT = 5.0  # seconds that `feeds add` waits for the first visit
LOOK = 0.1  # seconds between two looks whether it has come

Command = Callable[..., Any]


def words_option(*, or_default: bool) -> Callable[[Command], Command]:
    """The operator's words about a feed; with `or_default`, `default` takes one back."""
    back = " 'default' takes the word back." if or_default else ""
    every = Duration(1, or_default=or_default)
    options = [
        click.option("--name", metavar="TEXT", help="What to call it, instead of its own title."),
        click.option("--tag", "tags", multiple=True, type=Tag(), help="A tag to add; may be repeated."),
        click.option("--source", metavar="NAME", help="Its outlet, by id, key or name; made where there is none."),
        click.option("--every", type=every, help=f"Poll it this often (30s, 5m, 2h, 1d).{back}"),
        click.option(
            "--revisit",
            type=Revisit(),
            help=f"Look at its articles again for edits, for views, never (off), or for both this often (6h).{back}",
        ),
        click.option(
            "--host-delay",
            type=Duration(0, or_default=or_default),
            help=f"At least so long between two visits of its host.{back}",
        ),
        click.option(
            "--content",
            type=click.Choice(["page", "feed"]),
            help="An article's text is its page's (the default), or the feed's own.",
        ),
    ]

    def add_options(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add_options


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@words_option(or_default=False)
@click.option("--no-wait", is_flag=True, help="Do not wait for the first visit.")
@json_option
def add(urls: tuple[str, ...], no_wait: bool, as_json: bool, **given: Any) -> None:
    """Store feeds, or home pages whose feeds are to be found; the first visit tells which.

    Nothing is fetched by this command. Where the service runs, it waits up to 5 s for the first visit. A feed that is
    here already gets the words that are given.
    """
    pages = [page_key(url) for url in urls]
    with opened() as (current, db):
        now = utc_now()
        with db.write() as tx:
            added = _store(tx, pages, given, now)
        alive = service_runs(current, db)
        if alive and not no_wait:
            _await_first_visit(db, [one.feed.id for one in added if one.new], now)
        with db.read() as tx:
            for one in added:
                _tell_added(tx, rows.get(tx, one.feed.id), new=one.new, alive=alive, as_json=as_json)
            hints = remedies(tx, [one.feed.id for one in added])
    for hint in hints:
        note(clean(hint))


def _store(
    tx: Connection, pages: Sequence[tuple[str, str]], given: dict[str, Any], now: datetime
) -> dict[rows.Added, None]:
    outlet = sources.named(tx, given["source"], now) if given["source"] else None
    new = [
        NewFeed(
            url=url,
            url_key=key,
            source_id=outlet,
            name=given["name"] or None,
            tags=given["tags"],
            every=given["every"],
            revisit=own_word(given["revisit"]),
            content=given["content"] or "page",
        )
        for url, key in pages
    ]
    added = dict.fromkeys(rows.add_many(tx, new, now, reason="it was just added by a person", urgent=True))
    for one in added:
        if not one.new:
            _apply(tx, one.feed, given, now)
        elif given["host_delay"] is not None:
            rows.set_host_delay(tx, one.feed.url, given["host_delay"])
    return added


def _await_first_visit(db: Database, ids: Sequence[int], since: datetime) -> None:
    until = time.monotonic() + WAIT
    while ids:
        with db.read() as tx:
            ids = [f.id for f in rows.load(tx, ids) if f.state is FeedState.NEW and (f.last_error_at or since) <= since]
        if not ids or time.monotonic() > until:
            return
        time.sleep(LOOK)


def _tell_added(tx: Connection, feed: Feed, *, new: bool, alive: bool, as_json: bool) -> None:
    told = found(tx, feed)
    if as_json:
        print_json({**records(tx, [feed])[0], "added": new, "found": told or None, "service_runs": alive})
        return
    if not new:
        words = f"known already, {feed.state}" + (f": {told}" if told else "")
        if feed.state in (FeedState.PAUSED, FeedState.GONE, FeedState.FAILED):
            words += f"; poll it again: dateline feeds resume {feed.id}"
    elif told:
        words = told
    elif alive:
        words = f"stored; its first visit is to come: dateline feeds show {feed.id}"
    else:
        words = "stored; the service does not run, `dateline up` will visit it"
    say(f"Feed {feed.id}: {clean(feed.url)}\n  {clean(words)}")


def _apply(tx: Connection, feed: Feed, given: dict[str, Any], now: datetime) -> None:
    """Write those of the operator's words that were given; what is due already follows them."""
    said: dict[str, Any] = {}
    if given["name"] is not None:
        said["name"] = given["name"].strip() or None
    if given["content"] is not None:
        said["content"] = given["content"]
    if given["source"]:
        said["source_id"] = sources.named(tx, given["source"], now)
    if given["revisit"] is not None:
        said["revisit"] = own_word(given["revisit"])
    rows.edit(tx, feed.id, **said)
    if "revisit" in said and said["revisit"] != feed.revisit:
        source = sources.load(tx, [feed.source_id])[feed.source_id]
        revisits.of_feed(tx, feed.id, said["revisit"] or source.revisit, now)
    if given["every"] is not None:
        rows.set_every(tx, feed, own_word(given["every"]), now)
    rows.retag(tx, feed.id, add=given["tags"], remove=given.get("untags", ()))
    if given["host_delay"] is not None:
        rows.set_host_delay(tx, feed.url, own_word(given["host_delay"]))


@click.command("set")
@which_feeds
@words_option(or_default=True)
@click.option("--untag", "untags", multiple=True, type=Tag(), help="A tag to take away; may be repeated.")
@json_option
def set_(which: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Change your word about feeds."""
    if all(value in (None, ()) for value in given.values()):
        raise UsageError("nothing to set", remedy="for example: dateline feeds set 7 --every 5m --tag local")
    with opened() as (_, db), db.write() as tx:
        now = utc_now()
        meant = named_all(tx, which)
        for feed in meant:
            _apply(tx, feed, given, now)
        changed = rows.load(tx, [feed.id for feed in meant])
        told = records(tx, changed)
    for feed, line in zip(changed, told, strict=True):
        print_json(line) if as_json else say(f"Feed {feed.id} is set: {label(feed)}")
