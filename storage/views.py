"""View samples: what counters showed, each moment once. Rows are added and never altered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, func, select

from dateline.nouns.articles import ViewCount, ViewSample
from storage.bulk import chunks, insert_missing
from storage.tables import view_samples

PAGE_METER = "page"  # the publisher's own counter


def add(tx: Connection, samples: Sequence[tuple[ViewSample, int]]) -> None:
    """Keep these samples, each with its step; one that stands for its article, meter and moment already stays."""
    ordered = sorted(samples, key=lambda pair: (pair[0].article_id, pair[0].meter, pair[0].observed_at))
    rows = [
        {
            "article_id": sample.article_id,
            "meter": sample.meter,
            "observed_at": sample.observed_at,
            "count": sample.count,
            "exact": sample.exact,
            "step": step,
            "extractor": sample.extractor,
            "matched": sample.matched,
            "capture_id": sample.capture_id,
        }
        for sample, step in ordered
    ]
    insert_missing(tx, view_samples, rows)


def latest(tx: Connection, article_ids: Iterable[int]) -> dict[int, tuple[ViewSample, ViewCount]]:
    """Each article's newest sample of its page's counter, and the counter as it was read then."""
    found: dict[int, tuple[ViewSample, ViewCount]] = {}
    for part in chunks(sorted(set(article_ids))):
        mine = and_(view_samples.c.article_id.in_(part), view_samples.c.meter == PAGE_METER)
        newest = (
            select(view_samples.c.article_id, func.max(view_samples.c.observed_at).label("at"))
            .where(mine)
            .group_by(view_samples.c.article_id)
            .subquery()
        )
        same = and_(newest.c.article_id == view_samples.c.article_id, newest.c.at == view_samples.c.observed_at)
        for row in tx.execute(select(view_samples).join(newest, same).where(mine)):
            count = row._mapping["count"]
            sample = ViewSample(
                row.article_id, row.meter, row.observed_at, count, row.exact, row.matched, row.extractor, row.capture_id
            )
            found[row.article_id] = (sample, ViewCount(count, row.exact, row.matched, row.extractor, row.step))
    return found
