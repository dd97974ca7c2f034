"""Taking a feed away, and where a person asks for it, what came through this feed alone.

It goes in steps, each small enough for one transaction, so that thousands of articles hold up no other writer. The
feed's visit stops with the first step and its row goes with the last: whoever is interrupted calls it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from dateline.nouns.changes import ChangeKind, NewChange
from dateline.nouns.feeds import Feed
from dateline.nouns.frontier import VisitKind
from storage import bodies, changes, feeds
from storage.bulk import chunks
from storage.tables import (
    article_urls,
    articles,
    captures,
    entries,
    revisions,
    view_samples,
    visits,
)
from storage.tables import feeds as feed_rows

BATCH = 200  # articles or visits of one step


def stop(tx: Connection, feed: Feed) -> None:
    """The first step: poll it no more."""
    feeds.pause(tx, feed)


def remove_articles(tx: Connection, feed_id: int, now: datetime, *, limit: int = BATCH) -> int:
    """Delete the next articles that came through this feed alone, with all that is kept of them; how many were there.

    Each is told by an `article.removed` in the same transaction. Their copies elsewhere stand on their own from then.
    """
    other = entries.alias("other")
    elsewhere = exists().where(other.c.article_id == articles.c.id, other.c.feed_id != feed_id)
    mine = select(articles.c.id, articles.c.key, articles.c.url, articles.c.visit_id).where(
        articles.c.feed_id == feed_id, ~elsewhere
    )
    rows = tx.execute(mine.order_by(articles.c.id).limit(limit)).all()
    ids = [row.id for row in rows]
    for part in chunks(ids):
        tx.execute(update(entries).where(entries.c.article_id.in_(part)).values(article_id=None))
        copies = articles.c.duplicate_of.in_(part)
        tx.execute(update(articles).where(copies).values(duplicate_of=None, duplicate_kind=None, updated_at=now))
        for table in (article_urls, revisions, view_samples):
            tx.execute(delete(table).where(table.c.article_id.in_(part)))
        tx.execute(delete(articles).where(articles.c.id.in_(part)))
    by_subject = and_(visits.c.kind == VisitKind.ARTICLE, visits.c.subject_id.in_(ids))
    named = [row.visit_id for row in rows if row.visit_id is not None]
    _forget_visits(tx, tx.execute(select(visits.c.id).where(or_(by_subject, visits.c.id.in_(named)))).scalars().all())
    gone = [NewChange(ChangeKind.ARTICLE_REMOVED, row.id, {"key": row.key, "url": row.url}) for row in rows]
    changes.append(tx, gone, now)
    return len(rows)


def remove_pending(tx: Connection, feed_id: int, *, limit: int = BATCH) -> int:
    """Delete the next visits that this feed alone asked for and that were not made yet; how many there were."""
    other = entries.alias("other")
    elsewhere = exists().where(other.c.url_key == visits.c.url_key, other.c.feed_id != feed_id)
    asked = exists().where(entries.c.url_key == visits.c.url_key, entries.c.feed_id == feed_id)
    pending = select(visits.c.id).where(
        visits.c.kind == VisitKind.ARTICLE,
        visits.c.subject_id.is_(None),
        visits.c.capture_id.is_(None),
        ~visits.c.on_demand,
        asked,
        ~elsewhere,
    )
    ids = tx.execute(pending.order_by(visits.c.id).limit(limit)).scalars().all()
    _forget_visits(tx, ids)
    return len(ids)


def drop(tx: Connection, feed_id: int) -> None:
    """The last step: the feed itself, its entries, its visit and what was kept of its polls. Articles stay."""
    own = select(visits.c.id).where(visits.c.kind == VisitKind.FEED, visits.c.subject_id == feed_id)
    _forget_visits(tx, tx.execute(own).scalars().all())
    tx.execute(update(articles).where(articles.c.feed_id == feed_id).values(feed_id=None))
    tx.execute(delete(feed_rows).where(feed_rows.c.id == feed_id))


def _forget_visits(tx: Connection, visit_ids: Sequence[int]) -> None:
    """Delete visits with their captures and bodies. What a fetch in flight still brings is left unread."""
    for part in chunks(visit_ids):
        kept = select(captures.c.body_id).where(captures.c.visit_id.in_(part), captures.c.body_id.is_not(None))
        resting = select(visits.c.body_id).where(visits.c.id.in_(part), visits.c.body_id.is_not(None))
        body_ids = sorted(set(tx.execute(kept.union(resting)).scalars()))
        tx.execute(delete(captures).where(captures.c.visit_id.in_(part)))
        tx.execute(delete(visits).where(visits.c.id.in_(part)))
        bodies.drop(tx, body_ids)
