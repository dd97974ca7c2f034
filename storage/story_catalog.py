"""Stories as people and programs read them back. The id of one that merged is answered with its successor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select

from dateline.errors import NotFound
from dateline.nouns.stories import Story
from storage.tables import articles, sources, stories, story_articles

ID_DIGITS = 18  # what surely fits into 64 bits
PAGE = 500  # stories read in one transaction


@dataclass(frozen=True, slots=True)
class StoryReport:
    """One article of a story."""

    id: int
    key: str
    url: str
    title: str | None
    source: str
    at: datetime  # published, else seen
    first_seen_at: datetime
    duplicate_of: int | None


@dataclass(frozen=True, slots=True)
class StoryDossier:
    """One story with its reports, in order of publication; and the ids that it answers for."""

    story: Story
    reports: tuple[StoryReport, ...]
    merged_from: tuple[int, ...]


def latest_first(
    read: Callable[[], AbstractContextManager[Connection]],
    *,
    since: datetime | None = None,
    language: str | None = None,
    limit: int | None = None,
) -> Iterator[Story]:
    """The stories with a report published since then, the one with the latest report first.

    Those that merged into others, or have no report left, are left out. Read in pages, each in a transaction.
    """
    query = select(stories).where(stories.c.merged_into.is_(None), stories.c.articles > 0)
    if since is not None:
        query = query.where(stories.c.last_at >= since)
    if language is not None:
        query = query.where(stories.c.language == language)
    query = query.order_by(stories.c.last_at.desc(), stories.c.id.desc())
    left, rest = limit, query
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        with read() as tx:
            rows = tx.execute(rest.limit(size)).all()
        yield from map(_story, rows)
        if len(rows) < size:
            return
        left = None if left is None else left - len(rows)
        last, number = rows[-1].last_at, rows[-1].id
        rest = query.where(or_(stories.c.last_at < last, and_(stories.c.last_at == last, stories.c.id < number)))


def find(tx: Connection, word: str) -> Story:
    """The story with this id or key, or the one that it merged into. Raises NotFound."""
    is_id = word.isascii() and word.isdigit() and len(word) <= ID_DIGITS
    row = tx.execute(select(stories).where(stories.c.id == int(word) if is_id else stories.c.key == word)).first()
    if row is not None and row.merged_into is not None:
        row = tx.execute(select(stories).where(stories.c.id == row.merged_into)).first()
    if row is None:
        raise NotFound(f"no story is known by {word!r}", remedy="`dateline stories` lists them")
    return _story(row)


def dossier(tx: Connection, story: Story) -> StoryDossier:
    """A story with all that belongs to it."""
    former = select(stories.c.id).where(stories.c.merged_into == story.id).order_by(stories.c.id)
    reports = tuple(_report(row) for row in tx.execute(_reports(story.id)))
    return StoryDossier(story, reports, tuple(tx.execute(former).scalars()))


def _reports(story: int) -> Select[Any]:
    columns = [articles.c[name] for name in ("id", "key", "url", "title", "first_seen_at", "duplicate_of")]
    return (
        select(*columns, sources.c.name.label("source"), story_articles.c.at)
        .join(story_articles, story_articles.c.article_id == articles.c.id)
        .join(sources, sources.c.id == articles.c.source_id)
        .where(story_articles.c.story_id == story)
        .order_by(story_articles.c.at, articles.c.id)
    )


def _report(row: Row[Any]) -> StoryReport:
    return StoryReport(row.id, row.key, row.url, row.title, row.source, row.at, row.first_seen_at, row.duplicate_of)


def _story(row: Row[Any]) -> Story:
    return Story(**row._mapping)
