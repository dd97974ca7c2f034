"""What was fetched, before it is judged."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text, false, text

from storage.tables.base import metadata
from storage.types import BigId, Instant, Json

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
