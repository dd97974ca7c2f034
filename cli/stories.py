"""`dateline stories` and `dateline story`: events, and how outlets report them."""

from __future__ import annotations

import sys
from datetime import datetime
from itertools import islice
from typing import Any

import click

from cli.opening import opened, service_runs
from cli.output import clean, fields, json_option, note, print_json, say, table
from cli.params import Moment
from dateline import log
from dateline.nouns.stories import Story
from dateline.settings import Settings
from storage import story_catalog
from storage.database import Database
from storage.story_catalog import StoryDossier

PATIENCE = 20.0  # seconds that a person may wait for what the service would have done
SCREEN = 50  # stories that a person is shown unless more are asked for; a program gets all


@click.command()
@click.option("--since", type=Moment(), help="With a report since then: so long ago (2h), or a date or moment.")
@click.option("--language", metavar="CODE", help="In this language alone: en, pt.")
@click.option("--limit", type=click.IntRange(min=0), help=f"At most so many (else {SCREEN} on a terminal, else all).")
@json_option
def stories(since: datetime | None, language: str | None, limit: int | None, as_json: bool) -> None:
    """List events that several articles report, the one reported last coming first.

    The service finds them a few seconds after the articles are stored; without it this command does.
    """
    with opened() as (settings, db):
        _catch_up(settings, db)
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


def _catch_up(settings: Settings, db: Database) -> None:
    """Find the stories of what is new, where no service does."""
    if not settings.stories or service_runs(settings, db):
        return
    from worker.stories import Storyteller  # here: most of the time the service has done it
    from worker.toolkit import Toolkit

    log.configure("DEBUG" if settings.log_level == "DEBUG" else "ERROR")
    toolkit, teller = Toolkit(settings, db, lambda message: False), Storyteller()
    teller.follow(toolkit, patience=PATIENCE)
    teller.leave(toolkit)
    if teller.behind(toolkit):
        note("Not all new articles are placed yet: ask again, or let the service run.")


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
    with opened() as (settings, db):
        _catch_up(settings, db)
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
