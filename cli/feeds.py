"""`dateline feeds`: what is polled, how it goes, and the words that stop, start and remove it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection

from cli.feed_add import add, set_
from cli.feed_words import found, label, named, named_all, pairs, record, records, remedies, which_feeds
from cli.opening import opened
from cli.opml import export, import_opml
from cli.output import clean, fields, json_option, note, print_json, say, span, table, when
from cli.params import Tag
from dateline.clock import utc_now
from dateline.nouns.feeds import Feed, FeedState
from storage import feeds as rows
from storage import problems, removal, sources
from storage.database import Database

PROBLEMS_SHOWN = 3


@click.group()
def feeds() -> None:
    """Add, set, list, pause, poll and remove feeds; OPML in and out."""


feeds.add_command(add)
feeds.add_command(set_)
feeds.add_command(import_opml, "import")
feeds.add_command(export, "export")


@feeds.command("list")
@click.option("--source", metavar="NAME", help="Of this outlet alone: id, key or name.")
@click.option("--tag", type=Tag(), help="With this tag alone (its own or its outlet's).")
@click.option("--state", type=click.Choice([str(state) for state in FeedState]), help="In this state alone.")
@click.option("--failing", is_flag=True, help="Those alone whose last poll failed.")
@json_option
def list_(source: str | None, tag: str | None, state: str | None, failing: bool, as_json: bool) -> None:
    """List feeds."""
    with opened() as (_, db), db.read() as tx:
        outlet = sources.find(tx, source).id if source else None
        lines = records(tx, rows.listed(tx, source_id=outlet, tag=tag, state=state, failing=failing))
        hints = remedies(tx, [line["id"] for line in lines if line["failures"]])
    if as_json:
        for line in lines:
            print_json(line)
        return
    now = utc_now()
    columns = ["id", "state", "feed", "source", "tags", "polled", "next", "every", "error"]
    some = outlet is not None or tag or state or failing
    empty = "No feed is like that." if some else "No feeds yet. Add one: dateline feeds add URL"
    table(columns, (_row(line, now) for line in lines), empty=empty)
    for hint in hints:
        note(clean(hint))


def _row(line: dict[str, Any], now: datetime) -> tuple[object, ...]:
    return (
        line["id"],
        line["state"],
        line["label"],
        line["source"],
        line["tags"],
        when(line["last_polled_at"], now),
        when(line["next_visit_at"], now),
        span(line["every"] or line["interval"]),
        line["last_error"] if line["failures"] else "",
    )


@feeds.command()
@click.argument("which", metavar="ID|URL")
@json_option
def show(which: str, as_json: bool) -> None:
    """Show one feed: your word about it, how its polls went, and what to mend."""
    with opened() as (_, db), db.read() as tx:
        feed = named(tx, which)
        source = sources.load(tx, [feed.source_id])[feed.source_id]
        visit = rows.visits_of(tx, [feed.id]).get(feed.id)
        told = found(tx, feed)
        recent = problems.of_visit(tx, visit.visit_id, PROBLEMS_SHOWN) if visit else []
    if as_json:
        trouble = [{"at": p.at, "stage": p.stage, "outcome": str(p.outcome), "message": p.message} for p in recent]
        print_json({**record(feed, source, visit), "found": told or None, "problems": trouble})
        return
    now = utc_now()
    fields(pairs(feed, source, visit, told, now))
    for problem in recent:
        say(f"{when(problem.at, now)}, {clean(problem.stage)}: {clean(problem.message)}")
    for remedy in dict.fromkeys(problem.remedy for problem in recent if problem.remedy):
        say(f"  {clean(remedy)}")


@feeds.command()
@which_feeds
@json_option
def pause(which: tuple[str, ...], as_json: bool) -> None:
    """Stop polling feeds until they are resumed. Their articles are looked at as before."""
    _each(which, lambda tx, feed, _: rows.pause(tx, feed), "is paused", as_json=as_json)


@feeds.command()
@which_feeds
@json_option
def resume(which: tuple[str, ...], as_json: bool) -> None:
    """Poll feeds again, from now on: paused ones, and such as had been given up."""
    _each(which, rows.resume, "is polled again", as_json=as_json)


@feeds.command()
@which_feeds
@json_option
def poll(which: tuple[str, ...], as_json: bool) -> None:
    """Make feeds due now; the service polls them next, but never before their host allows it."""
    _each(which, _poll, "is due now", as_json=as_json)


def _poll(tx: Connection, feed: Feed, now: datetime) -> None:
    if feed.state is FeedState.PAUSED:
        note(f"Feed {feed.id} is paused, and stays so after this poll.")
    allowed = rows.poll(tx, feed, now)
    if allowed > now:
        note(f"Feed {feed.id}: its host is to be left alone for {span(round((allowed - now).total_seconds(), 1))} yet.")


def _each(
    which: Sequence[str], act: Callable[[Connection, Feed, datetime], object], words: str, *, as_json: bool
) -> None:
    """Do this to each feed, all in one transaction, and tell."""
    with opened() as (_, db), db.write() as tx:
        now = utc_now()
        meant = named_all(tx, which)
        for feed in meant:
            act(tx, feed, now)
        told = records(tx, rows.load(tx, [feed.id for feed in meant]))
    for line in told:
        print_json(line) if as_json else say(f"Feed {line['id']} {words}: {clean(line['label'])}")


@feeds.command()
@which_feeds
@click.option("--with-articles", is_flag=True, help="Delete the articles, too, that came through this feed alone.")
@json_option
def remove(which: tuple[str, ...], with_articles: bool, as_json: bool) -> None:
    """Remove feeds and what they announced but was not fetched yet; their articles stay.

    With a sitemap index go the sitemaps that it named.
    """
    with opened() as (_, db):
        with db.write() as tx:
            meant = list({one.id: one for feed in named_all(tx, which) for one in rows.family(tx, feed)}.values())
            for feed in meant:
                removal.stop(tx, feed)
        for feed in meant:
            removed = _remove(db, feed, with_articles=with_articles)
            if as_json:
                print_json({"id": feed.id, "url": feed.url, "removed": True, "articles_removed": removed})
            else:
                what = f"with {removed} article{'s' * (removed != 1)}" if with_articles else "its articles stay"
                say(f"Feed {feed.id} is removed, {what}: {label(feed)}")


def _remove(db: Database, feed: Feed, *, with_articles: bool) -> int:
    removed = 0
    now = utc_now()
    while with_articles:
        with db.write() as tx:
            step = removal.remove_articles(tx, feed.id, now)
        removed += step
        if not step:
            break
    while True:
        with db.write() as tx:
            if not removal.remove_pending(tx, feed.id):
                removal.drop(tx, feed.id)
                return removed
