"""The frontier: what is due where."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
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
    true,
)

from storage.tables.base import metadata
from storage.types import BigId, Instant

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
    Column("revisits_from", Instant),  # no re-visit before this: others have had their share of its requests by then
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
    Column("revived_at", Instant),  # an article's second life: its feed showed it again after it had left
    UniqueConstraint("kind", "url_key"),
    # A host's next visit is found by one seek for each priority, however many of its visits are due.
    Index("ix_visits_host_id_priority_due_at", "host_id", "priority", "due_at"),
    Index("ix_visits_kind_subject_id", "kind", "subject_id"),
)
