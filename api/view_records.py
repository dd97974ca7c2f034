"""View counts as programs read them, alike from the command line and over HTTP. These names are only added to."""

from __future__ import annotations

from typing import Any

from dateline.nouns.views import Age, Aligned, Bucket, Buckets, SeriesPoint, TopArticle


def point_record(article_id: int, point: SeriesPoint) -> dict[str, Any]:
    """One observation. `count` is the meter's total; of a restated statement its own views."""
    return {
        "article_id": article_id,
        "observed_at": point.observed_at,
        "count": point.count,
        "meter": point.meter,
        "exact": point.exact,
        "marks": point.marks,
        "kind": point.kind,
        "amount": point.amount,
        "from": point.from_at,
        "delta": point.delta,
        "gained": point.gained,
        "rate": point.rate,
        "matched": point.matched,
        "extractor": point.extractor,
        "capture_id": point.capture_id,
    }


def bucket_record(found: Buckets, bucket: Bucket) -> dict[str, Any]:
    """One hour, day or week of a series, and how it was derived."""
    return {
        "start": bucket.start,
        "end": bucket.end,
        "count": bucket.count,
        "delta": bucket.delta,
        "rate": bucket.rate,
        "looks": bucket.looks,
        "by": found.by,
        "meter": found.meter,
        "articles": found.articles,
        "derived": found.derived,
    }


def age_record(found: Aligned, age: Age) -> dict[str, Any]:
    """One article's total when it was so many hours old."""
    return {
        "article_id": found.article.id,
        "hours": age.hours,
        "count": age.count,
        "rate": age.rate,
        "meter": found.meter,
        "since": found.since,
        "aligned_on": found.aligned_on,
        "derived": found.derived,
    }


def top_record(row: TopArticle) -> dict[str, Any]:
    """A row of a top list: which article, and what its views did."""
    article = row.article
    return {
        "article_id": article.id,
        "key": article.key,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "language": article.language,
        "published_at": article.published_at,
        "story_id": article.story_id,
        "views": row.views,
        "views_at": row.views_at,
        "meter": row.meter,
        "gained": row.gained,
        "rate": row.rate,
        "acceleration": row.acceleration,
    }
