"""`dateline sources`: outlets, each one record for its hosts and feeds."""

from __future__ import annotations

from typing import Any

import click

from cli.feed_words import revisit_in_words
from cli.opening import opened
from cli.output import clean, fields, json_option, print_json, say, table
from cli.params import DEFAULT, Revisit, Tag, own_word
from dateline.clock import utc_now
from dateline.errors import UsageError
from dateline.nouns.feeds import Source
from storage import canonicals, revisits
from storage import feeds as feed_rows
from storage import sources as rows
from storage.sources import Holdings


@click.group()
def sources() -> None:
    """List, edit and merge outlets."""


def _record(source: Source, held: Holdings) -> dict[str, Any]:
    doubt = held.distrust
    return {
        "id": source.id,
        "key": source.key,
        "name": source.name,
        "country": source.country,
        "language": source.language,
        "tags": list(source.tags),
        "revisit": source.revisit,
        "feeds": held.feeds,
        "articles": held.articles,
        "hosts": list(held.hosts),
        "canonical_not_believed": {"url": doubt.url, "since": doubt.found_at} if doubt else None,
    }


@sources.command("list")
@click.option("--tag", type=Tag(), help="With this tag alone.")
@json_option
def list_(tag: str | None, as_json: bool) -> None:
    """List sources."""
    with opened() as (_, db), db.read() as tx:
        listed = rows.listed(tx, tag=tag)
        held = rows.holdings(tx, [source.id for source in listed])
    if as_json:
        for source in listed:
            print_json(_record(source, held[source.id]))
        return
    table(
        ["id", "key", "name", "country", "language", "tags", "feeds", "articles"],
        ((s.id, s.key, s.name, s.country, s.language, s.tags, held[s.id].feeds, held[s.id].articles) for s in listed),
        empty="No source is like that." if tag else "No sources yet: a feed's site becomes one. dateline feeds add URL",
    )


@sources.command()
@click.argument("which", metavar="ID|KEY|NAME")
@json_option
def show(which: str, as_json: bool) -> None:
    """Show one source with its hosts and feeds."""
    with opened() as (_, db), db.read() as tx:
        source = rows.find(tx, which)
        held = rows.holdings(tx, [source.id])[source.id]
        its_feeds = feed_rows.listed(tx, source_id=source.id)
    if as_json:
        polled = [{"id": feed.id, "url": feed.url, "state": str(feed.state)} for feed in its_feeds]
        print_json({**_record(source, held), "feed_list": polled})
        return
    fields(
        [
            ("source", f"{source.id}  {source.name}"),
            ("key", source.key),
            ("country", source.country),
            ("language", source.language),
            ("tags", source.tags),
            ("revisit", revisit_in_words(source.revisit)),
            ("articles", held.articles),
            ("hosts", held.hosts),
            ("canonical URLs", _doubted(held)),
            *((f"feed {feed.id}", f"{feed.state}: {feed.label}") for feed in its_feeds),
        ]
    )


def _doubted(held: Holdings) -> str:
    """What a person should know of the source's canonical URLs; empty where they are believed."""
    if held.distrust is None:
        return ""
    since = f"{held.distrust.found_at:%Y-%m-%d}"
    return f"not believed since {since}: many pages named {held.distrust.url} (sources set ID --believe-canonical)"


@sources.command("set")
@click.argument("which", nargs=-1, required=True, metavar="ID|KEY|NAME...")
@click.option("--name", metavar="TEXT", help="What to call it.")
@click.option("--country", metavar="CODE", help="Where it is, as 'TW'. 'default' takes the word back.")
@click.option("--language", metavar="CODE", help="What it mostly writes, as 'zh-Hant'. 'default' takes the word back.")
@click.option("--tag", "tags", multiple=True, type=Tag(), help="A tag to add; may be repeated.")
@click.option("--untag", "untags", multiple=True, type=Tag(), help="A tag to take away; may be repeated.")
@click.option(
    "--revisit",
    type=Revisit(),
    help="The word for its feeds without one of their own: off, edits, views or an interval. 'default' takes it back.",
)
@click.option(
    "--believe-canonical", is_flag=True, help="Believe its canonical URLs again, until they prove wrong anew."
)
@json_option
def set_(
    which: tuple[str, ...],
    tags: tuple[str, ...],
    untags: tuple[str, ...],
    believe_canonical: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Change your word about sources."""
    said = {word: value for word, value in given.items() if value is not None}
    if not (said or tags or untags or believe_canonical):
        raise UsageError("nothing to set", remedy="for example: dateline sources set 3 --name 'The Paper' --tag local")
    said = {word: own_word(_printable(word, value)) for word, value in said.items()}
    if said.get("name", "-") is None:
        raise UsageError("a source needs a name", remedy="for example: --name 'The Paper'")
    with opened() as (_, db), db.write() as tx:
        meant = rows.load(tx, [rows.find(tx, word).id for word in which])
        for source in meant.values():
            rows.edit(tx, source.id, **said)
            rows.retag(tx, source.id, add=tags, remove=untags)
            if believe_canonical:
                canonicals.trust(tx, source.id)
            if "revisit" in said and said["revisit"] != source.revisit:
                revisits.of_source(tx, source.id, said["revisit"], utc_now())
        changed = rows.load(tx, meant)
        held = rows.holdings(tx, list(meant))
    for source in changed.values():
        if as_json:
            print_json(_record(source, held[source.id]))
        else:
            say(f"Source {source.id} is set: {clean(source.name)}")


def _printable(word: str, value: str) -> str:
    text = value.strip()
    if not text or len(text) > 200 or not text.isprintable():
        raise UsageError(f"{value!r} is no {word}", remedy=f"one printable line, or '{DEFAULT}'")
    return text


@sources.command()
@click.argument("one", metavar="SOURCE")
@click.argument("into", metavar="INTO")
@json_option
def merge(one: str, into: str, as_json: bool) -> None:
    """Make SOURCE a part of INTO: its hosts, feeds, articles and tags move, and its id and key go on working."""
    with opened() as (_, db), db.write() as tx:
        away, stays = rows.find(tx, one), rows.find(tx, into)
        moved = rows.merge(tx, away.id, stays.id)
    if as_json:
        print_json({"merged": away.id, "into": stays.id, "moved": moved})
        return
    counts = ", ".join(f"{count} {what.removesuffix('s') if count == 1 else what}" for what, count in moved.items())
    say(f"Source {away.id} ({clean(away.name)}) is a part of {stays.id} ({clean(stays.name)}) now: {counts} moved.")
