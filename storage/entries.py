"""Entries: the items that feeds have shown, each once for its feed, and the article that each became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.sql.expression import bindparam

from dateline.nouns.articles import FeedHints
from dateline.nouns.feeds import ParsedEntry
from dateline.nouns.plans import KnownEntry, PollPlan, SaveEntry
from storage.bulk import chunks
from storage.tables import articles as article_rows
from storage.tables import entries

REMEMBERED = 5000  # of a feed's newest entries, whose bytes need no second reading; feeds of more items are cut there


@dataclass(frozen=True, slots=True)
class EntryHints:
    """What the first feed that showed a URL says of its page."""

    feed_id: int
    key: str
    hints: FeedHints


def known_hashes(tx: Connection, feed_ids: Iterable[int]) -> dict[int, frozenset[bytes]]:
    """For each feed the hashes of its newest entries."""
    found: dict[int, frozenset[bytes]] = {}
    for feed_id in sorted(set(feed_ids)):
        query = select(entries.c.item_hash).where(entries.c.feed_id == feed_id)
        found[feed_id] = frozenset(tx.execute(query.order_by(entries.c.id.desc()).limit(REMEMBERED)).scalars())
    return found


def by_key(tx: Connection, feed_id: int, keys: Sequence[str]) -> dict[str, KnownEntry]:
    """Those of a feed's entries that have one of these keys."""
    found: dict[str, KnownEntry] = {}
    for part in chunks(keys):
        mine = (entries.c.feed_id == feed_id) & entries.c.entry_key.in_(part)
        for row in tx.execute(_KNOWN.where(mine)).mappings():
            found[row["key"]] = KnownEntry(**row)
    return found


def by_url(tx: Connection, feed_id: int, url_keys: Iterable[str]) -> list[KnownEntry]:
    """Those of a feed's entries that have one of these URL keys, oldest first."""
    found: list[KnownEntry] = []
    for part in chunks(sorted(set(url_keys))):
        mine = (entries.c.feed_id == feed_id) & entries.c.url_key.in_(part)
        found += [KnownEntry(**row) for row in tx.execute(_KNOWN.where(mine).order_by(entries.c.id)).mappings()]
    return found


_KNOWN = select(
    entries.c.id,
    entries.c.entry_key.label("key"),
    *(entries.c[name] for name in ("item_hash", "url_key", "state", "article_id")),
    *(entries.c[name] for name in ("title", "summary", "content", "updated_at")),
)


def hints(tx: Connection, url_keys: Iterable[str]) -> dict[str, EntryHints]:
    """By URL key what the first feed that showed it says, for the pages that are to be read."""
    found: dict[str, EntryHints] = {}
    for part in chunks(sorted(set(url_keys))):
        for row in tx.execute(select(entries).where(entries.c.url_key.in_(part)).order_by(entries.c.id)):
            said = FeedHints(
                title=row.title or None,
                author=row.author,
                published_at=row.published_at,
                updated_at=row.updated_at,
                summary=row.summary,
                content=row.content,
                language=row.language,
                keywords=tuple(row.extra.get("tags", ())),
            )
            found.setdefault(row.url_key, EntryHints(row.feed_id, row.entry_key, said))
    return found


def save(tx: Connection, plan: PollPlan, now: datetime) -> None:
    """Store a poll's new entries, bring the changed ones up to date, and note that the known ones stand there still.

    The caller has locked the feed, so that nobody else writes its entries.
    """
    fresh = [{**_said(one), **_first(plan.feed_id, one, now)} for one in plan.entries if one.id is None]
    if fresh:
        tx.execute(insert(entries), fresh)
    changed = [{**_said(one), "entry": one.id, "last_seen_at": now} for one in plan.entries if one.id is not None]
    if changed:
        tx.execute(update(entries).where(entries.c.id == bindparam("entry")), changed)
    for part in chunks(sorted(plan.seen)):
        standing = (entries.c.feed_id == plan.feed_id) & entries.c.item_hash.in_(part)
        tx.execute(update(entries).where(standing).values(last_seen_at=now))


def _said(one: SaveEntry) -> dict[str, Any]:
    entry = one.entry
    return {
        "entry_key": entry.key,
        "item_hash": entry.item_hash,
        "url": one.url,
        "url_key": one.url_key,
        "title": entry.title,
        "author": entry.author,
        "summary": entry.summary,
        "content": entry.content,
        "language": entry.language,
        "published_at": entry.published_at,
        "updated_at": entry.updated_at,
        "extra": entry.extra | ({"tags": list(entry.tags)} if entry.tags else {}),
    }


def _first(feed_id: int, one: SaveEntry, now: datetime) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "state": one.state,
        "first_seen_at": now,
        "last_seen_at": now,
    }


def link(tx: Connection, articles: Mapping[str, int]) -> None:
    """Tell the entries with these URL keys which article they became.

    An article that no feed had named before (a person asked for it) is its first feed's from now on, so that the
    operator's word about that feed holds for it too.
    """
    missing: dict[str, int] = {}
    for part in chunks(sorted(articles)):
        query = select(entries.c.url_key, entries.c.feed_id).where(
            entries.c.url_key.in_(part), entries.c.article_id.is_(None)
        )
        for row in tx.execute(query.order_by(entries.c.id)):
            missing.setdefault(row.url_key, row.feed_id)
    rows = [{"page": key, "article": articles[key], "of_feed": feed_id} for key, feed_id in sorted(missing.items())]
    if rows:
        unlinked = (entries.c.url_key == bindparam("page")) & entries.c.article_id.is_(None)
        tx.execute(update(entries).where(unlinked).values(article_id=bindparam("article"), state="taken"), rows)
        orphaned = (article_rows.c.id == bindparam("article")) & article_rows.c.feed_id.is_(None)
        tx.execute(update(article_rows).where(orphaned).values(feed_id=bindparam("of_feed")), rows)


def hints_of(entry: ParsedEntry) -> FeedHints:
    """What an entry says of its article."""
    return FeedHints(
        title=entry.title or None,
        author=entry.author,
        published_at=entry.published_at,
        updated_at=entry.updated_at,
        summary=entry.summary,
        content=entry.content,
        language=entry.language,
        keywords=entry.tags,
    )
