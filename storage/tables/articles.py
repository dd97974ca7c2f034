"""What was read: entries, articles and their texts, and what copies are told by."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.tables.base import metadata
from storage.types import BigId, Instant, Json

entries = Table(
    "entries",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("feed_id", BigId, ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False),
    Column("entry_key", Text, nullable=False),
    Column("item_hash", LargeBinary, nullable=False),
    Column("url", Text, nullable=False),
    Column("url_key", Text, nullable=False, index=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("author", Text),
    Column("summary", Text),
    Column("content", Text),
    Column("language", Text),
    Column("published_at", Instant),
    Column("updated_at", Instant),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("article_id", BigId, index=True),
    Column("extra", Json, nullable=False),
    UniqueConstraint("feed_id", "entry_key"),
    Index("ix_entries_feed_id_id", "feed_id", "id"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("url_key", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("final_url", Text),
    Column("canonical_url", Text),
    Column("source_id", BigId, ForeignKey("sources.id"), nullable=False),
    Column("feed_id", BigId),
    Column("visit_id", BigId, index=True),
    Column("title", Text),
    Column("byline", Json, nullable=False),
    Column("published_on", Date),
    Column("published_at", Instant),
    Column("published_offset", Integer),  # minutes east of UTC, as the publisher writes its time
    Column("modified_at", Instant),
    Column("section", Text),
    Column("page", Text),
    Column("language", Text),
    Column("image", Text),
    Column("kind", Text, nullable=False, server_default="article"),
    Column("paywalled", Boolean),  # null: the page does not say
    Column("agencies", Json, nullable=False, server_default=text("'[]'")),
    Column("keywords", Json, nullable=False, server_default=text("'[]'")),
    Column("text_from", Text, nullable=False),
    Column("text_reason", Text, nullable=False, server_default=""),
    Column("provenance", Json, nullable=False),
    Column("content_hash", LargeBinary, nullable=False, index=True),
    Column("text_hash", LargeBinary),  # of its page's text, the title left out
    Column("head_revision_id", BigId),
    Column("head_observed_at", Instant),
    Column("revisions", Integer, nullable=False, server_default="0"),
    Column("restless", Integer, nullable=False, server_default="0"),  # looks in a row that found another text
    Column("unkept_hash", LargeBinary),  # of the text that the last look found, where that was not kept
    Column("views", BigId),
    Column("views_at", Instant),
    Column("duplicate_of", BigId, index=True),
    Column("duplicate_kind", Text),
    Column("duplicate_score", Float),
    Column("gone_at", Instant),
    Column("first_seen_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_articles_first_seen_at_id", "first_seen_at", "id"),
    Index("ix_articles_source_id_first_seen_at", "source_id", "first_seen_at"),
    Index("ix_articles_feed_id", "feed_id"),
    Index("ix_articles_source_id_text_hash", "source_id", "text_hash"),
    sqlite_autoincrement=True,
)

# Each of an article's URLs (raw, final, canonical) finds it. The first article that shows a URL keeps it.
article_urls = Table(
    "article_urls",
    metadata,
    Column("url_key", Text, primary_key=True),
    Column("article_id", BigId, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", Text, nullable=False),  # raw, final, canonical
    Column("url", Text, nullable=False),
)

# Texts that a site shows in place of many stories: none of them is a story's text.
walls = Table(
    "walls",
    metadata,
    Column("source_id", BigId, ForeignKey("sources.id"), primary_key=True, autoincrement=False),
    Column("text_hash", LargeBinary, primary_key=True),
    Column("found_at", Instant, nullable=False),
)

# What copies of a text are told by, until it expires. Named by a hash of the article's URL key, since a text is claimed
# before its article has an id.
fingerprints = Table(
    "fingerprints",
    metadata,
    Column("mark", BigId, primary_key=True, autoincrement=False),
    Column("url_key", Text, nullable=False),
    Column("version", SmallInteger, nullable=False),  # of the algorithm
    Column("text_hash", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    Column("lead", LargeBinary, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("keys", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

# Who shares a key may be a copy: a band of the lead's sketch, or a rare run of words. Several owners each, so that one
# which proved to be no copy hides none that is. Two workers with copies of one story wait for each other by these rows.
lsh_bands = Table(
    "lsh_bands",
    metadata,
    Column("key", BigId, primary_key=True, autoincrement=False),
    Column("owners", LargeBinary, nullable=False),  # marks of 8 bytes each, the newest first
    Column("at", Instant, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("article_id", BigId, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("capture_id", BigId, index=True),
    Column("reader", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("observed_at", Instant, nullable=False),
    Column("title", Text),
    Column("byline", Json, nullable=False),
    Column("published_on", Date),
    Column("published_at", Instant),
    Column("modified_at", Instant),
    Column("text", Text, nullable=False),
    Column("text_from", Text, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("weight", Text),  # minor, substantial; null: nothing before it to be weighed against
    Column("changed", Json, nullable=False, server_default=text("'[]'")),  # title, text, byline, published
    Column("words_added", Integer),
    Column("words_removed", Integer),
    Column("why", Text, nullable=False, server_default=""),  # it is minor or substantial, in words
    Column("flip_flop", Boolean, nullable=False, server_default=false()),  # the publisher showed this text before
    UniqueConstraint("article_id", "capture_id", "reader"),
    Index("ix_revisions_article_id_observed_at", "article_id", "observed_at"),
)
