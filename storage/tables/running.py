"""How it goes: progress, problems, tallies."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from storage.tables.base import metadata
from storage.types import BigId, Instant

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

# How far each reading of old captures by today's reader has come.
rereadings = Table(
    "rereadings",
    metadata,
    Column("name", Text, primary_key=True),  # what it reads, with which reader
    Column("since", Instant),  # captures from then on; null: all
    Column("position", BigId, nullable=False),  # the last capture read
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
)

tallies = Table(
    "tallies",
    metadata,
    Column("minute", Instant, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("count", BigId, nullable=False),
)
