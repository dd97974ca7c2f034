"""The tables, in the order in which a transaction writes to them. Rows do not leave `storage`.

`captures` and the tables of view counts are partitioned by month on Postgres; their migrations are written by hand.
"""

from storage.tables.articles import (
    article_urls,
    articles,
    entries,
    fingerprints,
    lsh_bands,
    revisions,
    walls,
)
from storage.tables.base import metadata
from storage.tables.enrichment import enrichment_runs, enrichments, enrichments_waiting
from storage.tables.fetched import bodies, captures
from storage.tables.frontier import host_wakes, hosts, visits
from storage.tables.log import changes
from storage.tables.outlets import feed_tags, feeds, shared_canonicals, source_tags, sources, tag_words
from storage.tables.running import problems, progress, rereadings, tallies
from storage.tables.stories import stories, story_articles, story_desk
from storage.tables.views import (
    article_window,
    view_arrivals,
    view_batches,
    view_increments,
    view_line_ids,
    view_periods,
    view_samples,
    view_waiting,
)

__all__ = [
    "article_urls",
    "article_window",
    "articles",
    "bodies",
    "captures",
    "changes",
    "enrichment_runs",
    "enrichments",
    "enrichments_waiting",
    "entries",
    "feed_tags",
    "feeds",
    "fingerprints",
    "host_wakes",
    "hosts",
    "lsh_bands",
    "metadata",
    "problems",
    "progress",
    "rereadings",
    "revisions",
    "shared_canonicals",
    "source_tags",
    "sources",
    "stories",
    "story_articles",
    "story_desk",
    "tag_words",
    "tallies",
    "view_arrivals",
    "view_batches",
    "view_increments",
    "view_line_ids",
    "view_periods",
    "view_samples",
    "view_waiting",
    "visits",
    "walls",
]
