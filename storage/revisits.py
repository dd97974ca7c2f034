"""What a new word about revisits does to the articles that are there already; new ones follow it from their first look.

A visit that a person waits for is left alone, and so is one that waits out a Retry-After.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select, update

from dateline.nouns.frontier import VisitKind
from storage import frontier
from storage.bulk import chunks
from storage.tables import articles, feeds, visits

LOOK_BACK = timedelta(days=30)  # older articles are left alone: a word about a feed is about its news
OFF = "re-visits are off"  # how the cadence, too, says why such a visit is never due


def of_feed(tx: Connection, feed_id: int, word: str | None, now: datetime) -> int:
    """Apply a feed's new word about revisits to its articles. Returns how many visits got another time."""
    return _apply(tx, articles.c.feed_id == feed_id, word, now)


def of_source(tx: Connection, source_id: int, word: str | None, now: datetime) -> int:
    """Apply a source's new word to those of its articles whose feeds have no word of their own."""
    silent = select(feeds.c.id).where(feeds.c.revisit.is_(None))
    mine = (articles.c.source_id == source_id) & (articles.c.feed_id.is_(None) | articles.c.feed_id.in_(silent))
    return _apply(tx, mine, word, now)


def _apply(tx: Connection, mine: Any, word: str | None, now: datetime) -> int:
    looked_at = (visits.c.kind == str(VisitKind.ARTICLE)) & visits.c.first_done & ~visits.c.on_demand
    query = (
        select(visits.c.id)
        .join(articles, articles.c.visit_id == visits.c.id)
        .where(mine, looked_at, articles.c.gone_at.is_(None), articles.c.first_seen_at > now - LOOK_BACK)
        .where(~visits.c.reason.contains("Retry-After"))
    )
    if word == "off":
        ids = tx.execute(query.where(visits.c.due_at.is_not(None))).scalars().all()
        for part in chunks(ids):
            tx.execute(update(visits).where(visits.c.id.in_(part)).values(due_at=None, reason=OFF))
        return len(ids)
    if (every := _seconds(word)) is None:
        # Those that are due at some time follow the new word from then on: no burst of visits for a changed mind.
        at, reason = now, "re-visits are on again"
        query = query.where(visits.c.due_at.is_(None), visits.c.reason.contains(OFF))
    else:
        at, reason = now + timedelta(seconds=every), f"every {every:g} s by your word"
        query = query.where(or_(visits.c.due_at.is_(None), visits.c.due_at > at))
    ids = tx.execute(query).scalars().all()
    frontier.set_due(tx, ids, at, reason, now, on_demand=False)
    return len(ids)


def _seconds(word: str | None) -> float | None:
    return float(word) if word and word[0].isdigit() else None
