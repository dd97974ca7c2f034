"""A plan for articles carried out in bulk: rows, URLs, revisions, samples, the entries' links, and the changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Float, Text, case, func, insert, update
from sqlalchemy.sql.expression import bindparam

from dateline.nouns.articles import ParsedArticle, ViewSample
from dateline.nouns.changes import ChangeKind, NewChange
from dateline.nouns.plans import SaveArticle, SaveChange, SavePlan, SaveReroot, SaveRevision, SaveSample
from dateline.nouns.revisions import Edit
from storage import entries, views
from storage.bulk import insert_missing
from storage.tables import article_urls, articles, revisions
from storage.types import BigId


def save(tx: Connection, plan: SavePlan, ids: Mapping[str, int]) -> tuple[dict[str, int], list[NewChange]]:
    """Carry out a plan, behind `articles.lock`. `ids` are those of known articles by URL key.

    Returns the ids with the new ones, and the changes that the caller is to append last.
    """
    found = {**ids, **_make(tx, [one for one in plan.articles if one.new])}
    aliases = sorted(plan.aliases, key=lambda pair: pair[1].url_key)
    named = [{"url_key": a.url_key, "article_id": found[key], "role": a.role, "url": a.url} for key, a in aliases]
    insert_missing(tx, article_urls, named)
    heads = _keep_revisions(tx, plan.revisions, found)
    _update(tx, plan.articles, found, heads)
    views.add(tx, [_sample(one, found) for one in plan.samples])
    entries.link(tx, {one.look.url_key: found[one.look.url_key] for one in plan.articles})
    told = [_change(one, found) for one in plan.changes]
    return found, [*told, *(change for one in plan.reroots for change in _reroot(tx, one, found))]


def _make(tx: Connection, new: Sequence[SaveArticle]) -> dict[str, int]:
    rows = [
        {
            **_fields(one.text or ParsedArticle(), one),
            **_standing(one),
            "key": one.look.key,
            "url_key": one.look.url_key,
            "url": one.look.url,
            "source_id": one.look.source_id,
            "feed_id": one.look.feed_id,
            "first_seen_at": one.known.first_seen_at,
            "text_reason": one.reason or "",
        }
        for one in new
    ]
    if not rows:
        return {}
    made = tx.execute(insert(articles).returning(articles.c.url_key, articles.c.id), rows)
    return {row.url_key: row.id for row in made}


def _fields(text: ParsedArticle, one: SaveArticle) -> dict[str, Any]:
    """What an article's newest text says."""
    return {
        "final_url": one.look.final_url,
        "canonical_url": one.look.canonical_url,
        "title": text.title,
        "byline": list(text.byline),
        "published_on": text.published_on,
        "published_at": text.published_at,
        "published_offset": text.published_offset,
        "modified_at": text.modified_at,
        "section": text.section,
        "page": text.page,
        "language": text.language,
        "image": text.image,
        "text_hash": text.text_hash or None,
        "paywalled": text.paywalled,
        "agencies": list(text.agencies),
        "keywords": list(text.keywords),
        "provenance": text.provenance,
        "updated_at": one.known.text_changed_at or one.look.observed_at,
    }


def _standing(one: SaveArticle) -> dict[str, Any]:
    """How an article stands after its looks."""
    known = one.known
    return {
        "kind": str(known.kind),
        "text_from": str(known.text_from),
        "content_hash": known.content_hash,
        "revisions": known.revisions,
        "restless": known.restless,
        "unkept_hash": known.unkept or None,
        "head_observed_at": known.head_observed_at,
        "views": known.views,
        "views_at": known.views_at,
        "gone_at": known.gone_at,
        "visit_id": known.visit_id,
    }


def _keep_revisions(tx: Connection, new: Sequence[SaveRevision], ids: Mapping[str, int]) -> dict[str, int]:
    """Store the texts; by URL key the id of each that becomes the newest."""
    rows = [
        {
            "article_id": ids[one.url_key],
            "capture_id": one.capture_id,
            "reader": one.text.reader,
            "kind": one.kind,
            "observed_at": one.observed_at,
            "title": one.text.title,
            "byline": list(one.text.byline),
            "published_on": one.text.published_on,
            "published_at": one.text.published_at,
            "modified_at": one.text.modified_at,
            "text": one.text.text,
            "text_from": str(one.text_from),
            "content_hash": one.text.content_hash,
            **_weighed(one.edit),
        }
        for one in new
    ]
    if not rows:
        return {}
    statement = insert(revisions).returning(revisions.c.id, sort_by_parameter_order=True)
    made = tx.execute(statement, rows).scalars().all()
    return {one.url_key: number for one, number in zip(new, made, strict=True) if one.head}


def _weighed(edit: Edit | None) -> dict[str, Any]:
    return {
        "weight": str(edit.weight) if edit else None,
        "changed": list(edit.changed) if edit else [],
        "words_added": edit.words_added if edit else None,
        "words_removed": edit.words_removed if edit else None,
        "why": edit.why if edit else "",
        "flip_flop": edit.flip_flop if edit else False,
    }


def _update(tx: Connection, saves: Sequence[SaveArticle], ids: Mapping[str, int], heads: Mapping[str, int]) -> None:
    """Bring rows up to date: the new ones get what needed their ids, the others what changed."""
    pointed = [_pointers(one, ids, heads) for one in saves if one.head or one.duplicate_of]
    retexted = [_row(one, ids) | _fields(one.text, one) for one in saves if one.text is not None and not one.new]
    touched = [_row(one, ids) for one in saves if one.text is None and not one.new]
    if retexted:
        tx.execute(_BRING_UP, retexted)
    if touched:
        tx.execute(_BRING_UP, touched)
    if pointed:
        tx.execute(_POINT, pointed)


def _row(one: SaveArticle, ids: Mapping[str, int]) -> dict[str, Any]:
    return {"article": ids[one.look.url_key], "why": one.reason, **_standing(one)}


def _pointers(one: SaveArticle, ids: Mapping[str, int], heads: Mapping[str, int]) -> dict[str, Any]:
    return {
        "article": ids[one.look.url_key],
        "newest": heads.get(one.look.url_key) if one.head else None,
        "original": ids[one.duplicate_of] if one.duplicate_of else None,
        "same": str(one.duplicate.kind) if one.duplicate else None,
        "sure": one.duplicate.score if one.duplicate else None,
    }


_BY_ID = update(articles).where(articles.c.id == bindparam("article"))
# What else a row names is set as well.
_BRING_UP = _BY_ID.values(text_reason=func.coalesce(bindparam("why", type_=Text), articles.c.text_reason))
_POINT = _BY_ID.values(
    head_revision_id=func.coalesce(bindparam("newest", type_=BigId), articles.c.head_revision_id),
    duplicate_of=func.coalesce(bindparam("original", type_=BigId), articles.c.duplicate_of),
    duplicate_kind=func.coalesce(bindparam("same", type_=Text), articles.c.duplicate_kind),
    duplicate_score=func.coalesce(bindparam("sure", type_=Float), articles.c.duplicate_score),
)


def _reroot(tx: Connection, one: SaveReroot, ids: Mapping[str, int]) -> list[NewChange]:
    """Make an original and its copies those of the one published before it; what each is to be told of."""
    old = articles.c.id == ids[one.old]
    moved = (
        update(articles)
        .where(old | (articles.c.duplicate_of == ids[one.old]))
        .values(
            duplicate_of=ids[one.new],
            duplicate_kind=case((old, str(one.match.kind)), else_=articles.c.duplicate_kind),
            duplicate_score=case((old, one.match.score), else_=articles.c.duplicate_score),
        )
        .returning(articles.c.id, articles.c.duplicate_kind, articles.c.duplicate_score)
    )
    return [
        NewChange(
            ChangeKind.ARTICLE_REROOTED,
            row.id,
            {
                "duplicate_of": ids[one.new],
                "duplicate_kind": row.duplicate_kind,
                "duplicate_score": row.duplicate_score,
            },
        )
        for row in sorted(tx.execute(moved), key=lambda row: row.id)
    ]


def _sample(one: SaveSample, ids: Mapping[str, int]) -> tuple[ViewSample, int]:
    seen = one.views
    sample = ViewSample(
        article_id=ids[one.url_key],
        meter=views.PAGE_METER,
        observed_at=one.observed_at,
        count=seen.count,
        exact=seen.exact,
        matched=seen.matched,
        extractor=seen.extractor,
        capture_id=one.capture_id,
    )
    return sample, seen.step


def _change(one: SaveChange, ids: Mapping[str, int]) -> NewChange:
    summary = {**one.summary, "duplicate_of": ids[one.other]} if one.other else one.summary
    return NewChange(one.kind, ids[one.url_key], summary)
