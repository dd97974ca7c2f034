"""Outlets, their feeds, and what is noted of an outlet as a whole."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, Table, Text

from storage.tables.base import metadata
from storage.types import BigId, Instant, Json

sources = Table(
    "sources",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # the registrable domain
    Column("name", Text, nullable=False),
    Column("country", Text),
    Column("language", Text),
    Column("revisit", Text),
    Column("revisit_share", Float),  # of its hosts' requests, at most, for re-visits
    Column("merged_into", BigId, ForeignKey("sources.id")),
    Column("created_at", Instant, nullable=False),
)

source_tags = Table(
    "source_tags",
    metadata,
    Column("source_id", BigId, ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", Text, primary_key=True),
)

# What is said of the re-visits of all articles whose feed or source has a tag.
tag_words = Table(
    "tag_words",
    metadata,
    Column("tag", Text, primary_key=True),
    Column("revisit", Text, nullable=False),
)

# Sources whose canonical URLs are not believed, since they named this one for many pages.
shared_canonicals = Table(
    "shared_canonicals",
    metadata,
    Column("source_id", BigId, ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("found_at", Instant, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("url", Text, nullable=False),
    Column("url_key", Text, nullable=False, unique=True),
    Column("source_id", BigId, ForeignKey("sources.id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("name", Text),  # the operator's word
    Column("title", Text),  # the publisher's
    Column("site_url", Text),
    Column("kind", Text),
    Column("every", Float),
    Column("revisit", Text),
    Column("content", Text, nullable=False, server_default="page"),
    Column("added_at", Instant, nullable=False),
    Column("interval", Float),
    Column("polls", Integer, nullable=False, server_default="0"),
    Column("seen_share", Float),
    Column("missed_estimate", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", Instant),
    Column("last_error", Text, nullable=False, server_default=""),
    Column("last_error_at", Instant),
    Column("last_polled_at", Instant),
    Column("last_new_at", Instant),
    # What the feed says of its own rhythm, kept for polls that answer 304.
    Column("ttl", Float),
    Column("parent_id", BigId, index=True),  # the sitemap index that names it
    Column("skip_hours", Json, nullable=False),
    Column("skip_days", Json, nullable=False),
)

feed_tags = Table(
    "feed_tags",
    metadata,
    Column("feed_id", BigId, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", Text, primary_key=True),
)
