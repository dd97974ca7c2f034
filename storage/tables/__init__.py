"""The tables, in the order in which a transaction writes to them. Rows do not leave `storage`.

`captures` and `view_samples` are partitioned by month on Postgres; their migrations are written by hand.
"""

from storage.tables.articles import (
    article_urls,
    articles,
    entries,
    fingerprints,
    lsh_bands,
    revisions,
    view_samples,
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

__all__ = [
    "article_urls",
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
    "view_samples",
    "visits",
    "walls",
]
