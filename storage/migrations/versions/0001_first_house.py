"""The first house: every table of the walking service, the partitions and the change log's trigger."""

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, Instant, Json

revision = "0001"
down_revision = None

# Sequence numbers of an identity column commit out of order: a reader of `seq > cursor` would step over some. So each
# transaction writes one row of arrays here; at COMMIT this trigger takes the lock and moves it into `changes`.
# Nobody waits for a transaction that hangs, since the lock is taken last.
CHANGE_LOG = """
CREATE TABLE change_inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    kinds text[] NOT NULL,
    subjects bigint[] NOT NULL,
    summaries jsonb[] NOT NULL
);
CREATE FUNCTION move_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7235408311);
    INSERT INTO changes (kind, subject, at, summary)
        SELECT c.kind, c.subject, NEW.at, c.summary
        FROM unnest(NEW.kinds, NEW.subjects, NEW.summaries) WITH ORDINALITY AS c(kind, subject, summary, place)
        ORDER BY c.place;
    DELETE FROM change_inbox WHERE id = NEW.id;
    PERFORM pg_notify('dateline_changes', '');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER change_inbox_moves AFTER INSERT ON change_inbox
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION move_changes();
ALTER TABLE bodies ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE revisions ALTER COLUMN text SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    """Make it all."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    # A partitioned table's key must hold what it is partitioned by.
    capture_key = ("id", "fetched_at") if on_postgres else ("id",)
    op.create_table(
        "bodies",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("check_at", Instant(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bodies")),
    )
    op.create_index(op.f("ix_bodies_check_at"), "bodies", ["check_at"], unique=False)
    op.create_table(
        "captures",
        sa.Column("id", BigId, nullable=False, autoincrement=True),
        sa.Column("fetched_at", Instant(), nullable=False),
        sa.Column("visit_id", BigId, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", Json, nullable=False),
        sa.Column("content_encoding", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.Integer(), server_default="0", nullable=False),
        sa.Column("body_id", BigId, nullable=True),
        sa.Column("body_digest", sa.LargeBinary(), nullable=True),
        sa.Column("same_body", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("retry_after", Instant(), nullable=True),
        sa.Column("redirects", Json, nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("lost_leases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint(*capture_key, name=op.f("pk_captures")),
        sqlite_autoincrement=True,
        postgresql_partition_by="RANGE (fetched_at)",
    )
    op.create_index("ix_captures_body_id", "captures", ["body_id"], unique=False)
    op.create_index(
        "ix_captures_bodyless",
        "captures",
        ["fetched_at"],
        unique=False,
        sqlite_where=sa.text("body_id IS NULL"),
        postgresql_where=sa.text("body_id IS NULL"),
    )
    op.create_index("ix_captures_visit_id_id", "captures", ["visit_id", "id"], unique=False)
    op.create_index(
        "ix_captures_waiting",
        "captures",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "changes",
        sa.Column("seq", BigId, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_subject_kind", "changes", ["subject", "kind"], unique=False)
    op.create_table(
        "host_wakes",
        sa.Column("id", BigId, nullable=False),
        sa.Column("host_id", BigId, nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_wakes")),
    )
    op.create_table(
        "problems",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), server_default="", nullable=False),
        sa.Column("visit_id", BigId, nullable=True),
        sa.Column("capture_id", BigId, nullable=True),
        sa.Column("feed_id", BigId, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
    )
    op.create_index(op.f("ix_problems_at"), "problems", ["at"], unique=False)
    op.create_index(op.f("ix_problems_feed_id"), "problems", ["feed_id"], unique=False)
    op.create_index(op.f("ix_problems_visit_id"), "problems", ["visit_id"], unique=False)
    op.create_table(
        "progress",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("count", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_progress")),
    )
    op.create_table(
        "sources",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("revisit", sa.Text(), nullable=True),
        sa.Column("merged_into", BigId, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["sources.id"], name=op.f("fk_sources_merged_into_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("key", name=op.f("uq_sources_key")),
    )
    op.create_table(
        "tallies",
        sa.Column("minute", Instant(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("count", BigId, nullable=False),
        sa.PrimaryKeyConstraint("minute", "stage", "outcome", name=op.f("pk_tallies")),
    )
    op.create_table(
        "view_samples",
        sa.Column("article_id", BigId, autoincrement=False, nullable=False),
        sa.Column("meter", sa.Text(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("count", BigId, nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("step", sa.Integer(), server_default="1", nullable=False),
        sa.Column("extractor", sa.Text(), server_default="", nullable=False),
        sa.Column("matched", sa.Text(), server_default="", nullable=False),
        sa.Column("capture_id", BigId, nullable=True),
        sa.PrimaryKeyConstraint("article_id", "meter", "observed_at", name=op.f("pk_view_samples")),
        postgresql_partition_by="RANGE (observed_at)",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "articles",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("feed_id", BigId, nullable=True),
        sa.Column("visit_id", BigId, nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("byline", Json, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("modified_at", Instant(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("text_from", sa.Text(), nullable=False),
        sa.Column("text_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("provenance", Json, nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("head_revision_id", BigId, nullable=True),
        sa.Column("head_observed_at", Instant(), nullable=True),
        sa.Column("revisions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("views", BigId, nullable=True),
        sa.Column("views_at", Instant(), nullable=True),
        sa.Column("duplicate_of", BigId, nullable=True),
        sa.Column("duplicate_kind", sa.Text(), nullable=True),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_articles_source_id_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("key", name=op.f("uq_articles_key")),
        sa.UniqueConstraint("url_key", name=op.f("uq_articles_url_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_articles_content_hash"), "articles", ["content_hash"], unique=False)
    op.create_index(op.f("ix_articles_duplicate_of"), "articles", ["duplicate_of"], unique=False)
    op.create_index("ix_articles_feed_id", "articles", ["feed_id"], unique=False)
    op.create_index("ix_articles_first_seen_at_id", "articles", ["first_seen_at", "id"], unique=False)
    op.create_index("ix_articles_source_id_first_seen_at", "articles", ["source_id", "first_seen_at"], unique=False)
    op.create_index(op.f("ix_articles_visit_id"), "articles", ["visit_id"], unique=False)
    op.create_table(
        "feeds",
        sa.Column("id", BigId, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("site_url", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("every", sa.Float(), nullable=True),
        sa.Column("revisit", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), server_default="page", nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("interval", sa.Float(), nullable=True),
        sa.Column("polls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen_share", sa.Float(), nullable=True),
        sa.Column("missed_estimate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("last_error_at", Instant(), nullable=True),
        sa.Column("last_polled_at", Instant(), nullable=True),
        sa.Column("last_new_at", Instant(), nullable=True),
        sa.Column("ttl", sa.Float(), nullable=True),
        sa.Column("skip_hours", Json, nullable=False),
        sa.Column("skip_days", Json, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_feeds_source_id_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("url_key", name=op.f("uq_feeds_url_key")),
    )
    op.create_index(op.f("ix_feeds_source_id"), "feeds", ["source_id"], unique=False)
    op.create_table(
        "hosts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source_id", BigId, nullable=True),
        sa.Column("delay", sa.Float(), nullable=True),
        sa.Column("crawl_delay", sa.Float(), nullable=True),
        sa.Column("next_due_at", Instant(), nullable=True),
        sa.Column("next_allowed_at", Instant(), nullable=True),
        sa.Column("ready_at", Instant(), nullable=True),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("robots_body", sa.LargeBinary(), nullable=True),
        sa.Column("robots_outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("robots_fetched_at", Instant(), nullable=True),
        sa.Column("drained", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_hosts_source_id_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosts")),
        sa.UniqueConstraint("name", name=op.f("uq_hosts_name")),
    )
    op.create_index(op.f("ix_hosts_ready_at"), "hosts", ["ready_at"], unique=False)
    op.create_table(
        "source_tags",
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_source_tags_source_id_sources"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "tag", name=op.f("pk_source_tags")),
    )
    op.create_table(
        "article_urls",
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_urls_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("url_key", name=op.f("pk_article_urls")),
    )
    op.create_index(op.f("ix_article_urls_article_id"), "article_urls", ["article_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", BigId, nullable=False),
        sa.Column("feed_id", BigId, nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("item_hash", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("updated_at", Instant(), nullable=True),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("article_id", BigId, nullable=True),
        sa.Column("extra", Json, nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_entries_feed_id_feeds"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("feed_id", "entry_key", name=op.f("uq_entries_feed_id_entry_key")),
    )
    op.create_index(op.f("ix_entries_article_id"), "entries", ["article_id"], unique=False)
    op.create_index("ix_entries_feed_id_id", "entries", ["feed_id", "id"], unique=False)
    op.create_index(op.f("ix_entries_url_key"), "entries", ["url_key"], unique=False)
    op.create_table(
        "feed_tags",
        sa.Column("feed_id", BigId, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_tags_feed_id_feeds"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", "tag", name=op.f("pk_feed_tags")),
    )
    op.create_table(
        "revisions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("capture_id", BigId, nullable=True),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("byline", Json, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("modified_at", Instant(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_from", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_revisions_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint(
            "article_id", "capture_id", "reader", name=op.f("uq_revisions_article_id_capture_id_reader")
        ),
    )
    op.create_index("ix_revisions_article_id_observed_at", "revisions", ["article_id", "observed_at"], unique=False)
    op.create_index(op.f("ix_revisions_capture_id"), "revisions", ["capture_id"], unique=False)
    op.create_table(
        "visits",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("host_id", BigId, nullable=False),
        sa.Column("subject_id", BigId, nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lost_leases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("validators_url", sa.Text(), nullable=True),
        sa.Column("capture_id", BigId, nullable=True),
        sa.Column("body_id", BigId, nullable=True),
        sa.Column("body_digest", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("ignore_robots", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("on_demand", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("first_done", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("fetch_url", sa.Text(), nullable=True),
        sa.Column("hops", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hops_permanent", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("moved_key", sa.Text(), nullable=True),
        sa.Column("moved_seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("last_visit_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_visits_host_id_hosts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("kind", "url_key", name=op.f("uq_visits_kind_url_key")),
    )
    op.create_index("ix_visits_host_id_priority_due_at", "visits", ["host_id", "priority", "due_at"], unique=False)
    op.create_index("ix_visits_kind_subject_id", "visits", ["kind", "subject_id"], unique=False)
    # ### end Alembic commands ###
    if on_postgres:
        for table in ("captures", "view_samples"):
            op.execute(f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT")
        op.execute(CHANGE_LOG)
