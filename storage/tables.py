"""The tables, in the order in which a transaction writes to them. Rows do not leave `storage`.

`captures` and `view_samples` are partitioned by month on Postgres; their migrations are written by hand.
"""

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
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from storage.types import BigId, Instant, Json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- Outlets and feeds -----------------------------------------------------------------------------------------------

sources = Table(
    "sources",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # the registrable domain
    Column("name", Text, nullable=False),
    Column("country", Text),
    Column("language", Text),
    Column("revisit", Text),
    Column("merged_into", BigId, ForeignKey("sources.id")),
    Column("created_at", Instant, nullable=False),
)

source_tags = Table(
    "source_tags",
    metadata,
    Column("source_id", BigId, ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", Text, primary_key=True),
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

# --- The frontier: what is due where ---------------------------------------------------------------------------------

hosts = Table(
    "hosts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("source_id", BigId, ForeignKey("sources.id")),
    Column("delay", Float),
    Column("crawl_delay", Float),
    Column("next_due_at", Instant),  # the earliest due_at of its visits; null: nothing will ever be due
    Column("next_allowed_at", Instant),  # politeness: not before this
    # The one column that a claim looks at: max(next_due_at, next_allowed_at), and lease_until while leased, so that an
    # expired lease is claimable again with no sweeper.
    Column("ready_at", Instant, index=True),
    Column("lease_token", Text),
    Column("lease_until", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("robots_body", LargeBinary),
    Column("robots_outcome", Text, nullable=False, server_default=""),
    Column("robots_fetched_at", Instant),
    Column("drained", Boolean, nullable=False, server_default=false()),  # a worker has begun with this lease
)

# Hosts whose visits were given another due_at by someone without their lease: what the next claim looks at first.
# Only ever inserted into, so that nobody waits for a host's row (and none can deadlock) but those who drain hosts.
host_wakes = Table(
    "host_wakes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("host_id", BigId, nullable=False),
    Column("urgent", Boolean, nullable=False, server_default=false()),  # a person waits
)

visits = Table(
    "visits",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("url_key", Text, nullable=False),
    Column("host_id", BigId, ForeignKey("hosts.id"), nullable=False),
    Column("subject_id", BigId),
    Column("due_at", Instant),  # null: never again, and `reason` says why
    Column("priority", SmallInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lost_leases", Integer, nullable=False, server_default="0"),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("validators_url", Text),
    Column("capture_id", BigId),
    Column("body_id", BigId),
    Column("body_digest", LargeBinary),
    Column("reason", Text, nullable=False, server_default=""),
    Column("ignore_robots", Boolean, nullable=False, server_default=false()),
    Column("on_demand", Boolean, nullable=False, server_default=false()),
    Column("first_done", Boolean, nullable=False, server_default=false()),
    # Sent on to another host by a redirect: the visit waits there with this URL, and goes home when it is done.
    Column("fetch_url", Text),
    Column("hops", Integer, nullable=False, server_default="0"),
    Column("hops_permanent", Boolean, nullable=False, server_default=true()),
    Column("moved_to", Text),
    Column("moved_key", Text),
    Column("moved_seen", Integer, nullable=False, server_default="0"),
    Column("last_outcome", Text, nullable=False, server_default=""),
    Column("last_visit_at", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("kind", "url_key"),
    # A host's next visit is found by one seek for each priority, however many of its visits are due.
    Index("ix_visits_host_id_priority_due_at", "host_id", "priority", "due_at"),
    Index("ix_visits_kind_subject_id", "kind", "subject_id"),
)

# --- What was fetched, before it is judged ---------------------------------------------------------------------------

bodies = Table(
    "bodies",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kept_at", Instant, nullable=False),
    Column("check_at", Instant, index=True),  # when to ask whether it may go; null: a revision rests on it
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # as it came over the wire
)

captures = Table(
    "captures",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("fetched_at", Instant, nullable=False),  # on Postgres a part of the primary key: the month's partition
    Column("visit_id", BigId, nullable=False),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("final_url", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", SmallInteger),
    Column("headers", Json, nullable=False),
    Column("content_encoding", Text, nullable=False, server_default=""),
    Column("size", Integer, nullable=False, server_default="0"),
    Column("body_id", BigId),
    Column("body_digest", LargeBinary),
    Column("same_body", Boolean, nullable=False, server_default=false()),
    Column("error", Text, nullable=False, server_default=""),
    Column("retry_after", Instant),
    Column("redirects", Json, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),  # waiting, applied, walled, failed
    Column("verdict", Text, nullable=False, server_default=""),  # what applying it did, in words
    Column("lease_token", Text),
    Column("lease_until", Instant),
    Column("lost_leases", Integer, nullable=False, server_default="0"),
    Column("applied_at", Instant),
    Index("ix_captures_visit_id_id", "visit_id", "id"),
    Index("ix_captures_body_id", "body_id"),
    # What the sweep may remove: a bounded part of a table that keeps every capture a revision rests on.
    Index(
        "ix_captures_bodyless",
        "fetched_at",
        sqlite_where=text("body_id IS NULL"),
        postgresql_where=text("body_id IS NULL"),
    ),
    Index(
        "ix_captures_waiting",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    sqlite_autoincrement=True,
)

# --- What was read ---------------------------------------------------------------------------------------------------

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
    UniqueConstraint("article_id", "capture_id", "reader"),
    Index("ix_revisions_article_id_observed_at", "article_id", "observed_at"),
)

view_samples = Table(
    "view_samples",
    metadata,
    Column("article_id", BigId, primary_key=True, autoincrement=False),
    Column("meter", Text, primary_key=True),
    Column("observed_at", Instant, primary_key=True),
    Column("count", BigId, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("step", Integer, nullable=False, server_default="1"),
    Column("extractor", Text, nullable=False, server_default=""),
    Column("matched", Text, nullable=False, server_default=""),
    Column("capture_id", BigId),
    sqlite_with_rowid=False,  # clustered by its key: a series is read in one go
)

# --- The change log --------------------------------------------------------------------------------------------------

changes = Table(
    "changes",
    metadata,
    Column("seq", BigId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", BigId, nullable=False),
    Column("at", Instant, nullable=False),
    Column("summary", Json, nullable=False),
    Index("ix_changes_subject_kind", "subject", "kind"),
    sqlite_autoincrement=True,  # the bare row id reuses numbers
)

# --- How it goes -----------------------------------------------------------------------------------------------------

progress = Table(
    "progress",
    metadata,
    Column("name", Text, primary_key=True),
    Column("pid", Integer, nullable=False),
    Column("count", BigId, nullable=False),
    Column("at", Instant, nullable=False),
)

problems = Table(
    "problems",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False, server_default=""),
    Column("visit_id", BigId, index=True),
    Column("capture_id", BigId),
    Column("feed_id", BigId, index=True),
)

tallies = Table(
    "tallies",
    metadata,
    Column("minute", Instant, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("count", BigId, nullable=False),
)
