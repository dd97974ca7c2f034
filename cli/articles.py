"""`dateline articles` and `show`: what is kept, read back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice

import click
from sqlalchemy import Connection

from api.records import article_record, dossier_record
from cli.opening import opened, page_key
from cli.output import clean, clean_block, fields, json_line, json_option, note, print_json, say, table
from cli.params import Moment, Tag, with_scheme
from dateline.errors import UsageError
from dateline.nouns.articles import Article, PageKind, TextFrom
from storage import catalog, feeds, sources, story_catalog

SCREEN = 50  # articles that a person is shown unless more are asked for; a program gets all


@click.command()
@click.option("--since", type=Moment(), help="First seen since then: so long ago (2h), or a date or moment (ISO 8601).")
@click.option("--source", "source_word", metavar="NAME", help="Of this outlet alone: id, key or name.")
@click.option("--tag", type=Tag(), help="Whose feed or outlet carries this tag.")
@click.option("--feed", "feed_word", metavar="ID|URL", help="That this feed showed.")
@click.option("--search", default="", metavar="WORDS", help="With all these words in title or text.")
@click.option("--story", "story_word", metavar="ID|KEY", help="Of this story alone.")
@click.option("--originals", is_flag=True, help="Without copies of other articles.")
@click.option("--limit", type=click.IntRange(min=0), help=f"At most so many (else {SCREEN} on a terminal, else all).")
@json_option
def articles(
    since: datetime | None,
    source_word: str | None,
    tag: str | None,
    feed_word: str | None,
    search: str,
    story_word: str | None,
    originals: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """List articles, the one first seen last coming first."""
    with opened() as (_, db):
        with db.read() as tx:
            outlet = sources.find(tx, source_word).id if source_word else None
            feed_id = _feed_id(tx, feed_word) if feed_word else None
            story_id = story_catalog.find(tx, story_word).id if story_word else None
        wanted = catalog.ArticleFilter(
            since=since,
            source_id=outlet,
            tag=tag,
            feed_id=feed_id,
            search=search,
            originals=originals,
            story_id=story_id,
        )
        found = catalog.newest_first(db.read, wanted, limit=limit)
        if as_json:
            for article in found:
                print_json(article_record(article))
            return
        screenful = limit is None and sys.stdout.isatty()
        rows = (_row(article) for article in (islice(found, SCREEN) if screenful else found))
        columns = ["id", "first seen", "published", "source", "title", "views", "revisions", "note"]
        table(
            columns, rows, empty="No articles yet." if wanted == catalog.ArticleFilter() else "No articles like that."
        )
        if screenful and next(found, None) is not None:
            note(f"These are the newest {SCREEN}; --limit N shows more.")


def _feed_id(tx: Connection, word: str) -> int:
    return (feeds.find(tx, word) if word.isdigit() else feeds.find(tx, with_scheme(word), [page_key(word)[1]])).id


def _row(article: Article) -> tuple[object, ...]:
    return (
        article.id,
        article.first_seen_at,
        article.published_on,
        article.source,
        article.title or article.url,
        article.views,
        article.revisions,
        "; ".join(_notes(article)),
    )


def _copied(article: Article) -> str | None:
    """Whose copy it is, how that was told and how surely."""
    if article.duplicate_of is None:
        return None
    sure = f", {article.duplicate_score:.0%} sure" if article.duplicate_score else ""
    return f"{article.duplicate_of} ({article.duplicate_kind}{sure})"


def _notes(article: Article) -> Iterator[str]:
    if article.duplicate_of:
        yield f"copy of {article.duplicate_of}"
    if article.text_from is not TextFrom.PAGE:
        yield "no text" if article.text_from is TextFrom.NONE else "feed's text"
    if article.kind is not PageKind.ARTICLE:
        yield str(article.kind).replace("_", " ")
    if article.paywalled:
        yield "paywalled"
    if article.gone_at:
        yield "gone"


def which(tx: Connection, word: str) -> Article:
    """The article that a person means by an id, a key or any of its URLs. Raises NotFound."""
    keys = []
    with suppress(UsageError):
        keys = [page_key(word)[1]]
    return catalog.find(tx, word.strip(), keys)


@click.command()
@click.argument("word", metavar="ID|KEY|URL")
@json_option
def show(word: str, as_json: bool) -> None:
    """Show one article: its fields and where each was found, its copies and revisions, its text."""
    with opened() as (_, db):
        with db.read() as tx:
            found = catalog.dossier(tx, which(tx, word))
        if as_json:
            print_json(dossier_record(found))
        else:
            print_article(found)
            _print_evidence(found)


def print_article(found: catalog.Dossier, *, paragraphs: int | None = None) -> None:
    """Print an article's fields and its text (its first paragraphs alone where a number is given)."""
    article = found.article
    say(clean(article.title or article.url))
    say()
    fields(
        [
            ("article", f"{article.id}  (key {article.key})"),
            ("url", article.url),
            ("source", article.source),
            ("kind", str(article.kind).replace("_", " ") + (", paywalled" if article.paywalled else "")),
            ("by", article.byline),
            ("agencies", article.agencies),
            ("published", article.published_at or article.published_on),
            ("modified", article.modified_at),
            ("section", article.section),
            ("page", article.page),
            ("language", article.language),
            ("keywords", article.keywords),
            *_made_of(found),
            ("first seen", article.first_seen_at),
            ("views", f"{article.views}, seen {article.views_at:%Y-%m-%d %H:%M} UTC" if article.views_at else None),
            ("revisions", article.revisions or None),
            ("copy of", _copied(article)),
            ("story", article.story_id),
            ("gone since", article.gone_at),
            ("text from", f"{article.text_from}{f': {article.text_reason}' if article.text_reason else ''}"),
        ]
    )
    if found.text:
        parts = found.text.split("\n\n")
        say()
        say(clean_block("\n\n".join(parts[:paragraphs])))
        if paragraphs is not None and len(parts) > paragraphs:
            say(f"\n... and {len(parts) - paragraphs} more paragraphs: dateline show {article.id}")


def _made_of(found: catalog.Dossier) -> Iterator[tuple[str, object]]:
    """What the built-in enrichers made of its text, in words, and what others did, as they did."""
    for name, one in sorted(found.enrichments.items()):
        result = one.result
        if one.error:
            yield name, f"failed: {one.error}"
        elif name == "reading_time" and result:
            yield "reading time", f"{result['minutes']:g} minutes"
        elif name == "keywords" and result:
            yield "about", tuple(result["words"])
        elif name == "summary" and result:
            yield "summary", result["text"]
        elif name != "language" and result is not None:
            yield name, json_line({name: result})


def _print_evidence(found: catalog.Dossier) -> None:
    """Print what an article's fields rest on."""
    if found.article.provenance:
        say("\nwhere each field was found")
        fields((f"  {name}", place) for name, place in sorted(found.article.provenance.items()))
    if others := [one for one in found.urls if one.url != found.article.url]:
        say("\nits other URLs")
        fields((f"  {one.role}", one.url) for one in others)
    if found.sightings:
        say("\nshown by")
        fields(
            (f"  feed {one.feed_id}", f"{one.feed_url}, first {_minute(one.first_seen_at)}") for one in found.sightings
        )
    if found.copies:
        say("\nthe same text elsewhere")
        fields((f"  {one.id}", f"{one.source}: {one.url}") for one in found.copies)
    if found.revisions:
        say("\nrevisions")
        fields(
            (f"  {_minute(one.observed_at)}", f"{one.kind}, {len(one.text.split())} words: {one.title or 'untitled'}")
            for one in found.revisions
        )


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
