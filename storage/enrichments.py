"""What enrichers made of articles, and the articles that wait for one.

An enrichment is kept by (article, enricher, version) with the hash of the text that it was made of: another version
stands beside the one before it, another text takes its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dateline.nouns.enrichments import Enrichable, Enrichment, KeptEnrichment, StoredText, ToEnrich
from storage.bulk import chunks
from storage.tables import articles, enrichments, enrichments_waiting, revisions

GUESSED = "text"  # the provenance of a language that no page declared


def keep(tx: Connection, made: Iterable[tuple[int, bytes, Enrichment]], now: datetime) -> None:
    """Keep these: (article, content hash of the text they were made of, enrichment)."""
    rows = [
        {
            "article_id": article_id,
            "enricher": one.enricher,
            "version": one.version,
            "content_hash": content_hash,
            "result": one.result,
            "error": one.error,
            "made_at": now,
        }
        for article_id, content_hash, one in made
    ]
    if not rows:
        return
    rows.sort(key=lambda row: (row["article_id"], row["enricher"], row["version"]))
    insert = _insert(tx)(enrichments)
    fresh = {name: insert.excluded[name] for name in ("content_hash", "result", "error", "made_at")}
    tx.execute(insert.on_conflict_do_update(index_elements=["article_id", "enricher", "version"], set_=fresh), rows)


def of_articles(tx: Connection, article_ids: Collection[int]) -> dict[int, dict[str, KeptEnrichment]]:
    """By article and enricher the enrichment that was made last."""
    found: dict[int, dict[str, KeptEnrichment]] = {}
    for part in chunks(sorted(article_ids)):
        query = select(enrichments).where(enrichments.c.article_id.in_(part))
        for row in tx.execute(query.order_by(enrichments.c.made_at)):
            kept = KeptEnrichment(row.enricher, row.version, row.result, row.error, row.content_hash, row.made_at)
            found.setdefault(row.article_id, {})[row.enricher] = kept
    return found


def wait(tx: Connection, article_ids: Iterable[int], enrichers: Iterable[str]) -> None:
    """Let these articles wait for these enrichers. One that waits, or is being enriched, waits anew."""
    names = sorted(enrichers)
    rows = [{"article_id": one, "enricher": name} for one in sorted(set(article_ids)) for name in names]
    if not rows:
        return
    insert = _insert(tx)(enrichments_waiting)
    anew = {"lease_until": None, "tries": 0}
    tx.execute(insert.on_conflict_do_update(index_elements=["article_id", "enricher"], set_=anew), rows)


def waiting(tx: Connection) -> dict[str, int]:
    """How many articles wait for each enricher."""
    query = select(enrichments_waiting.c.enricher, func.count().label("count")).group_by(enrichments_waiting.c.enricher)
    return {row.enricher: row._mapping["count"] for row in tx.execute(query.order_by(enrichments_waiting.c.enricher))}


def claim(tx: Connection, *, limit: int, until: datetime, now: datetime) -> list[ToEnrich]:
    """Take the next that wait, the longest waiting first; nobody else has them until then."""
    columns = enrichments_waiting.c
    free = or_(columns.lease_until.is_(None), columns.lease_until <= now)
    query = select(enrichments_waiting).where(free).order_by(columns.id).limit(limit).with_for_update(skip_locked=True)
    rows = tx.execute(query).all()
    taken = update(enrichments_waiting).where(columns.id.in_([row.id for row in rows]))
    tx.execute(taken.values(lease_until=until, tries=columns.tries + 1))
    return [ToEnrich(row.article_id, row.enricher, row.tries) for row in rows]


_MINE = and_(
    enrichments_waiting.c.article_id == bindparam("article"),
    enrichments_waiting.c.enricher == bindparam("named"),
    enrichments_waiting.c.lease_until == bindparam("until"),  # else it waits anew, for its newer text
)


def done(tx: Connection, taken: Sequence[ToEnrich], until: datetime) -> None:
    """Let these wait no more; `until` is what they were claimed with."""
    if taken:
        tx.execute(delete(enrichments_waiting).where(_MINE), [_named(one, until) for one in taken])


def put_off(tx: Connection, taken: Sequence[ToEnrich], until: datetime, *, to: datetime | None) -> None:
    """Give these back, to be claimed from `to` on (None: at once); that they were claimed is not held against them."""
    if taken:
        back = update(enrichments_waiting).where(_MINE).values(lease_until=to, tries=bindparam("before"))
        tx.execute(back, [{**_named(one, until), "before": one.tries} for one in taken])


def _named(one: ToEnrich, until: datetime) -> dict[str, Any]:
    return {"article": one.article_id, "named": one.enricher, "until": until}


def texts(tx: Connection, article_ids: Collection[int]) -> dict[int, StoredText]:
    """These articles' newest texts with their fields; those without a text are left out."""
    query = _texts()
    rows = (row for part in chunks(sorted(article_ids)) for row in tx.execute(query.where(articles.c.id.in_(part))))
    return {row.id: _stored(row) for row in rows}


def texts_after(tx: Connection, position: int, wanted: Mapping[str, Any], *, limit: int) -> list[StoredText]:
    """The next texts behind this article's, in the order of ids.

    `wanted` may hold `since` (when first seen, ISO 8601), `source_id`, and `failed`: which enricher failed on them.
    """
    query = _narrowed(_texts(), wanted).where(articles.c.id > position).order_by(articles.c.id).limit(limit)
    return [_stored(row) for row in tx.execute(query)]


def count_after(tx: Connection, position: int, wanted: Mapping[str, Any]) -> int:
    """How many texts stand behind this article's."""
    query = _narrowed(_texts(), wanted).where(articles.c.id > position)
    return int(tx.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def _narrowed(query: Select[Any], wanted: Mapping[str, Any]) -> Select[Any]:
    if wanted.get("since") is not None:
        query = query.where(articles.c.first_seen_at >= datetime.fromisoformat(wanted["since"]))
    if wanted.get("source_id") is not None:
        query = query.where(articles.c.source_id == wanted["source_id"])
    if failed := wanted.get("failed"):
        last = select(enrichments.c.error).where(
            enrichments.c.article_id == articles.c.id, enrichments.c.enricher == failed
        )
        query = query.where(last.order_by(enrichments.c.made_at.desc()).limit(1).scalar_subquery() != "")
    return query


def _texts() -> Select[Any]:
    columns = [articles.c[name] for name in ("id", "content_hash", "title", "language", "provenance", "url", "byline")]
    columns += [articles.c[name] for name in ("published_at", "published_on", "section", "keywords", "agencies")]
    head = articles.join(revisions, revisions.c.id == articles.c.head_revision_id)
    return select(*columns, revisions.c.text).select_from(head).where(revisions.c.text != "")


def _stored(row: Row[Any]) -> StoredText:
    fields = Enrichable(
        title=row.title or "",
        text=row.text,
        language=row.language,
        url=row.url,
        published_at=row.published_at,
        published_on=row.published_on,
        byline=tuple(row.byline),
        section=row.section,
        keywords=tuple(row.keywords),
        agencies=tuple(row.agencies),
    )
    return StoredText(row.id, row.content_hash, fields, row.provenance.get("language") == GUESSED)


def guess_languages(tx: Connection, found: Mapping[int, str]) -> None:
    """Give these articles, whose pages declare no language, the one that was found in their texts."""
    query = select(articles.c.id, articles.c.language, articles.c.provenance)
    rows = [row for part in chunks(sorted(found)) for row in tx.execute(query.where(articles.c.id.in_(part)))]
    told = [
        {"article": row.id, "found": found[row.id], "from": {**row.provenance, "language": GUESSED}}
        for row in rows
        if (not row.language or row.provenance.get("language") == GUESSED) and row.language != found[row.id]
    ]
    if told:
        mine = update(articles).where(articles.c.id == bindparam("article"))
        tx.execute(mine.values(language=bindparam("found"), provenance=bindparam("from")), told)


def _insert(tx: Connection) -> Any:
    return (postgresql if tx.dialect.name == "postgresql" else sqlite).insert
