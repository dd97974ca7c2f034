"""Articles as programs read them, alike from the command line and over HTTP. These names are only added to."""

from __future__ import annotations

from typing import Any

from dateline.nouns.articles import Article
from storage import catalog


def article_record(article: Article) -> dict[str, Any]:
    """An article as a program reads it, without its text."""
    return {
        "id": article.id,
        "key": article.key,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "published_on": article.published_on,
        "published_at": article.published_at,
        "first_seen_at": article.first_seen_at,
        "views": article.views,
        "revisions": article.revisions,
        "duplicate_of": article.duplicate_of,
        "text_from": article.text_from,
        "text_reason": article.text_reason or None,
        "byline": article.byline,
        "section": article.section,
        "page": article.page,
        "language": article.language,
        "image": article.image,
        "kind": article.kind,
        "paywalled": article.paywalled,
        "agencies": article.agencies,
        "keywords": article.keywords,
        "modified_at": article.modified_at,
        "updated_at": article.updated_at,
        "views_at": article.views_at,
        "gone_at": article.gone_at,
        "published_offset": article.published_offset,
        "duplicate_kind": article.duplicate_kind,
        "duplicate_score": article.duplicate_score,
        "final_url": article.final_url,
        "canonical_url": article.canonical_url,
        "source_id": article.source_id,
        "feed_id": article.feed_id,
        "story_id": article.story_id,
        "enrichments": article.enrichments,
    }


def dossier_record(found: catalog.Dossier) -> dict[str, Any]:
    """An article with everything kept about it but its view counts. `history` holds its revisions, oldest first."""
    return {
        **article_record(found.article),
        "text": found.text,
        "provenance": found.article.provenance,
        "enriched": [
            {"enricher": one.enricher, "version": one.version, "made_at": one.made_at, "error": one.error or None}
            for _, one in sorted(found.enrichments.items())
        ],
        "content_hash": found.article.content_hash,
        "urls": [{"url": one.url, "role": one.role} for one in found.urls],
        "copies": [
            {"id": one.id, "key": one.key, "url": one.url, "title": one.title, "source": one.source}
            for one in found.copies
        ],
        "history": [
            {
                "id": one.id,
                "observed_at": one.observed_at,
                "kind": one.kind,
                "title": one.title,
                "byline": one.byline,
                "published_on": one.published_on,
                "published_at": one.published_at,
                "modified_at": one.modified_at,
                "text_from": one.text_from,
                "text": one.text,
                "content_hash": one.content_hash,
                "capture_id": one.capture_id,
                "reader": one.reader,
            }
            for one in found.revisions
        ],
        "seen_in": [
            {
                "feed_id": one.feed_id,
                "feed_url": one.feed_url,
                "first_seen_at": one.first_seen_at,
                "last_seen_at": one.last_seen_at,
            }
            for one in found.sightings
        ],
    }
