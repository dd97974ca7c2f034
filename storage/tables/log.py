"""The change log."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from storage.tables.base import metadata
from storage.types import BigId, Instant, Json

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
