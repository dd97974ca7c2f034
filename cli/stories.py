"""`dateline stories` and `dateline story`: events, and how outlets report them."""

from __future__ import annotations

import sys
from datetime import datetime
from itertools import islice
from typing import Any

import click

from cli.opening import opened
from cli.output import clean, fields, json_option, note, print_json, say, table
from cli.params import Moment
from dateline.nouns.stories import Story
from storage import story_catalog
from storage.story_catalog import StoryDossier

SCREEN = 50  # stories that a person is shown unless more are asked for; a program gets all


@click.command()
@click.option("--since", type=Moment(), help="With a report since then: so long ago (2h), or a date or moment.")
@click.option("--language", metavar="CODE", help="In this language alone: en, pt.")
@click.option("--limit", type=click.IntRange(min=0), help=f"At most so many (else {SCREEN} on a terminal, else all).")
@json_option
def stories(since: datetime | None, language: str | None, limit: int | None, as_json: bool) -> None:
    """List events that several articles report, the one reported last coming first.

    The service finds them a few seconds after the articles are stored.
    """
    with opened() as (_, db):
        found = story_catalog.latest_first(db.read, since=since, language=language, limit=limit)
        if as_json:
            for story in found:
                print_json(story_record(story))
            return
        screenful = limit is None and sys.stdout.isatty()
        rows = (_row(story) for story in (islice(found, SCREEN) if screenful else found))
        anyhow = since is None and language is None
        columns = ["id", "first", "last", "articles", "outlets", "language", "title"]
        table(columns, rows, empty="No stories yet." if anyhow else "No stories like that.")
        if screenful and next(found, None) is not None:
            note(f"These are the latest {SCREEN}; --limit N shows more.")


def story_record(story: Story) -> dict[str, Any]:
    """A story as a program reads it. These names are only added to."""
    return {
        "id": story.id,
        "key": story.key,
        "language": story.language or None,
        "title": story.title,
        "articles": story.articles,
        "outlets": story.outlets,
        "first_at": story.first_at,
        "last_at": story.last_at,
        "created_at": story.created_at,
        "updated_at": story.updated_at,
        "split_from": story.split_from,
    }


def _row(story: Story) -> tuple[object, ...]:
    return (
        story.id,
        story.first_at,
        story.last_at,
        story.articles,
        story.outlets,
        story.language or None,
        story.title or story.key,
    )


@click.command()
@click.argument("word", metavar="ID|KEY")
@json_option
def story(word: str, as_json: bool) -> None:
    """Show one story with its reports, the first one first. One that merged is answered with its successor."""
    with opened() as (_, db):
        with db.read() as tx:
            found = story_catalog.dossier(tx, story_catalog.find(tx, word.strip()))
        if as_json:
            print_json(dossier_record(found))
        else:
            _print(found, word.strip())


def dossier_record(found: StoryDossier) -> dict[str, Any]:
    """A story with its reports, and the ids of those that merged into it."""
    return {
        **story_record(found.story),
        "merged_from": found.merged_from,
        "reports": [
            {
                "id": one.id,
                "key": one.key,
                "url": one.url,
                "title": one.title,
                "source": one.source,
                "at": one.at,
                "first_seen_at": one.first_seen_at,
                "duplicate_of": one.duplicate_of,
            }
            for one in found.reports
        ],
    }


def _print(found: StoryDossier, word: str) -> None:
    one = found.story
    if word not in (str(one.id), one.key):
        note(f"Story {clean(word)} merged into {one.id}.")
    say(clean(one.title or one.key))
    say()
    fields(
        [
            ("story", f"{one.id}  (key {one.key})"),
            ("language", one.language),
            ("articles", one.articles),
            ("outlets", one.outlets),
            ("first", one.first_at),
            ("last", one.last_at),
            ("split from", one.split_from),
            ("merged from", [str(former) for former in found.merged_from]),
        ]
    )
    say()
    columns = ["id", "published", "source", "title", "note"]
    table(
        columns,
        ((each.id, each.at, each.source, each.title or each.url, _copied(each.duplicate_of)) for each in found.reports),
        empty="No article of it is left.",
    )


def _copied(original: int | None) -> str:
    return f"copy of {original}" if original else ""
