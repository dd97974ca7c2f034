"""Texts that a site shows in place of its stories: which are known, who shows one, and taking one back as a text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update
from sqlalchemy.sql.expression import bindparam

from dateline.nouns.articles import PageKind, TextFrom
from dateline.nouns.changes import ChangeKind, NewChange
from storage.bulk import chunks, insert_missing
from storage.tables import article_urls, articles, entries, revisions, walls

SAME_URL = "same URL"  # the copies that no text tells
SiteText = tuple[int, bytes]  # a source, and the hash of a text


def known(tx: Connection, texts: Collection[SiteText]) -> set[SiteText]:
    """Those of these texts that are known to be walls."""
    query = select(walls.c.source_id, walls.c.text_hash)
    return {
        (row.source_id, row.text_hash)
        for part in chunks(sorted(texts))
        for row in tx.execute(query.where(_among(walls, part)))
    } & set(texts)


def shown(tx: Connection, texts: Collection[SiteText]) -> dict[SiteText, dict[str, str]]:
    """By text the articles that show it now: their URL keys, with a title that a feed gives each."""
    found: dict[SiteText, dict[str, str]] = {text: {} for text in texts}
    query = select(articles.c.source_id, articles.c.text_hash, articles.c.url_key, entries.c.title).join(
        entries, entries.c.article_id == articles.c.id
    )
    for part in chunks(sorted(texts)):
        for row in tx.execute(query.where(_among(articles, part), entries.c.title != "").order_by(entries.c.id)):
            if (text := (row.source_id, row.text_hash)) in found:
                found[text].setdefault(row.url_key, row.title)
    return found


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking texts back did: what to tell, and the URL keys of articles that have no text left."""

    changes: tuple[NewChange, ...] = ()
    bare: tuple[str, ...] = ()


def keep(tx: Connection, texts: Collection[SiteText], reason: str, now: datetime) -> TakenBack:
    """Remember these texts as walls, and take them back from the articles that show them.

    Such an article goes back to the text before; with none it stands without, under its feed's title and its own URL
    alone. The revisions that hold a wall stay as evidence, of kind "wall"; a copy that a wall made is none any more.
    """
    rows = [{"source_id": source, "text_hash": text, "found_at": now} for source, text in sorted(texts)]
    insert_missing(tx, walls, rows)
    query = select(articles.c.id, articles.c.url_key, articles.c.source_id, articles.c.text_hash)
    found = {
        row.id: row.url_key
        for part in chunks(sorted(texts))
        for row in tx.execute(query.where(_among(articles, part)).order_by(articles.c.id))
        if (row.source_id, row.text_hash) in texts
    }
    done = [_take_back(tx, part, reason, now) for part in chunks(list(found))]
    return TakenBack(
        tuple(change for changes, _ in done for change in changes),
        tuple(found[one] for _, bare in done for one in bare),
    )


def _among(table: Table, texts: Collection[SiteText]) -> ColumnElement[bool]:
    """Rows of these sources with these hashes; a little more than the pairs, found by the index."""
    sources, hashes = {source for source, _ in texts}, {text for _, text in texts}
    return table.c.source_id.in_(sorted(sources)) & table.c.text_hash.in_(sorted(hashes))


def _take_back(tx: Connection, ids: list[int], reason: str, now: datetime) -> tuple[list[NewChange], list[int]]:
    """What to tell, and those of these articles that have no text left."""
    own = select(articles.c.content_hash).where(articles.c.id == revisions.c.article_id).scalar_subquery()
    of_wall = revisions.c.article_id.in_(ids) & (revisions.c.content_hash == own)
    tx.execute(update(revisions).where(of_wall).values(kind="wall"))
    chains: dict[int, list[Any]] = {one: [] for one in ids}
    rest = select(revisions).where(revisions.c.article_id.in_(ids), revisions.c.kind != "wall")
    for row in tx.execute(rest.order_by(revisions.c.observed_at, revisions.c.id)):
        chains[row.article_id].append(row)
    titles: dict[int, str] = {}
    named = select(entries.c.article_id, entries.c.title).where(entries.c.article_id.in_(ids), entries.c.title != "")
    for row in tx.execute(named.order_by(entries.c.id)):
        titles.setdefault(row.article_id, row.title)
    bare = [one for one, chain in chains.items() if not chain]
    back = [_restored(one, chain) for one, chain in chains.items() if chain]
    if back:
        tx.execute(_RESTORE, back)
    told = [NewChange(ChangeKind.ARTICLE_WALLED, one, {"reason": reason, "revisions": len(chains[one])}) for one in ids]
    if bare:
        tx.execute(_EMPTY, [{"article": one, "called": titles.get(one), "why": reason, "at": now} for one in bare])
        tx.execute(delete(article_urls).where(article_urls.c.article_id.in_(bare), article_urls.c.role != "raw"))
        by_text = articles.c.duplicate_of.in_(bare) & (articles.c.duplicate_kind != SAME_URL)
        copies = (articles.c.id.in_(bare) & articles.c.duplicate_of.is_not(None)) | by_text
        freed = tx.execute(select(articles.c.id).where(copies).order_by(articles.c.id)).scalars().all()
        alone = {"duplicate_of": None, "duplicate_kind": None, "duplicate_score": None, "updated_at": now}
        for part in chunks(freed):
            tx.execute(update(articles).where(articles.c.id.in_(part)).values(alone))
        why: dict[str, object] = {"duplicate_of": None, "reason": "the text that made it a copy is a wall's"}
        told += [NewChange(ChangeKind.ARTICLE_REROOTED, one, why) for one in freed]
    return told, bare


def _restored(article: int, chain: list[Any]) -> dict[str, Any]:
    """The article's row as its newest text that is no wall has it."""
    head = chain[-1]
    fields = ("title", "byline", "published_on", "published_at", "modified_at", "content_hash", "text_from")
    return {
        **{name: getattr(head, name) for name in fields},
        "article": article,
        "head_revision_id": head.id,
        "head_observed_at": head.observed_at,
        "updated_at": head.observed_at,
        "revisions": len(chain),
    }


_BY_ID = update(articles).where(articles.c.id == bindparam("article"))
_RESTORE = _BY_ID.values(text_hash=None)  # what else a row names is set as well
_EMPTY = _BY_ID.values(
    kind=str(PageKind.WALL),
    text_from=str(TextFrom.NONE),
    text_reason=bindparam("why"),
    text_hash=None,
    content_hash=b"",
    final_url=None,
    canonical_url=None,
    title=bindparam("called"),
    head_revision_id=None,
    revisions=0,
    updated_at=bindparam("at"),
)
