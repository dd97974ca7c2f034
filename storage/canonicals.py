"""Sources whose canonical URLs are not believed, since they name one for many pages; undoing what was believed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select, update

from dateline.nouns.changes import ChangeKind, NewChange
from dateline.nouns.plans import CanonicalClaim
from storage.bulk import chunks, insert_missing
from storage.tables import article_urls, articles, shared_canonicals

SAME_URL = "same URL"
LOOKED_AT = 60  # newest articles of a source, to find those that name a canonical URL


@dataclass(frozen=True, slots=True)
class Distrust:
    """A source's canonical URLs are not believed: the URL that it named for many pages, and when that was noticed."""

    url: str
    found_at: datetime


def distrusted(tx: Connection, source_ids: Iterable[int]) -> dict[int, Distrust]:
    """Those of these sources whose canonical URLs are not believed."""
    found: dict[int, Distrust] = {}
    for part in chunks(sorted(set(source_ids))):
        query = select(shared_canonicals).where(shared_canonicals.c.source_id.in_(part))
        found.update({row.source_id: Distrust(row.url, row.found_at) for row in tx.execute(query)})
    return found


def claims(tx: Connection, source_id: int) -> list[CanonicalClaim]:
    """What the source's newest articles name as canonical, oldest first."""
    query = (
        select(articles.c.url_key, articles.c.final_url, articles.c.canonical_url, articles.c.title)
        .where(articles.c.source_id == source_id)
        .order_by(articles.c.first_seen_at.desc())
        .limit(LOOKED_AT)
    )
    rows = [row for row in tx.execute(query) if row.canonical_url is not None]
    return [CanonicalClaim(row.url_key, row.final_url, row.canonical_url, row.title or "") for row in reversed(rows)]


def distrust(tx: Connection, source_id: int, url_key: str, urls: Collection[str], now: datetime) -> list[NewChange]:
    """Believe this source's canonical URLs no more, and undo what `urls` did, which all have `url_key`.

    They find none of its articles any more, and its articles that were copies by them stand on their own again.
    Returns what to tell.
    """
    insert_missing(tx, shared_canonicals, [{"source_id": source_id, "url": min(urls), "found_at": now}])
    mine = (articles.c.source_id == source_id) & articles.c.canonical_url.in_(sorted(urls))
    ids = tx.execute(select(articles.c.id).where(mine).order_by(articles.c.id)).scalars().all()
    found_by = select(article_urls.c.article_id).where(article_urls.c.url_key == url_key)
    owners = tx.execute(
        select(articles.c.id, articles.c.duplicate_of).where(
            or_(articles.c.id.in_(found_by), articles.c.url_key == url_key)
        )
    ).all()
    roots = {row.id for row in owners} | {row.duplicate_of for row in owners if row.duplicate_of}
    freed: list[int] = []
    for part in chunks(ids):
        named = (article_urls.c.url_key == url_key) & (article_urls.c.role == "canonical")
        tx.execute(delete(article_urls).where(named, article_urls.c.article_id.in_(part)))
        copies = articles.c.id.in_(part) & (articles.c.duplicate_kind == SAME_URL)
        by_it = copies & articles.c.duplicate_of.in_(sorted(roots))
        freed += tx.execute(select(articles.c.id).where(by_it).order_by(articles.c.id)).scalars()
        tx.execute(update(articles).where(articles.c.id.in_(part)).values(canonical_url=None))
    for part in chunks(freed):
        alone = {"duplicate_of": None, "duplicate_kind": None, "updated_at": now}
        tx.execute(update(articles).where(articles.c.id.in_(part)).values(alone))
    reason = "the canonical URL that made it a copy is named by many pages"
    return [NewChange(ChangeKind.ARTICLE_REROOTED, one, {"duplicate_of": None, "reason": reason}) for one in freed]


def trust(tx: Connection, source_id: int) -> None:
    """Believe this source's canonical URLs again, until they are found to be shared anew."""
    tx.execute(delete(shared_canonicals).where(shared_canonicals.c.source_id == source_id))
