"""The tables of enrichment: what enrichers made, what waits for one, and how far a run over the archive has come."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from storage.tables.base import metadata
from storage.types import BigId, Instant, Json

enrichments = Table(
    "enrichments",
    metadata,
    Column("article_id", BigId, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("enricher", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("content_hash", LargeBinary, nullable=False),  # of the text that it was made of
    Column("result", Json),
    Column("error", Text, nullable=False, server_default=""),
    Column("made_at", Instant, nullable=False),
    sqlite_with_rowid=False,  # an article's are read together
)

# What is enriched after the article is saved. A row goes when its enrichment is kept.
enrichments_waiting = Table(
    "enrichments_waiting",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("article_id", BigId, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("enricher", Text, nullable=False),
    Column("lease_until", Instant),
    Column("tries", Integer, nullable=False, server_default="0"),
    UniqueConstraint("article_id", "enricher"),
    sqlite_autoincrement=True,  # in the order in which they came
)

# `dateline enrich --again`: one run of an enricher at a time, which is taken up where it was left.
enrichment_runs = Table(
    "enrichment_runs",
    metadata,
    Column("enricher", Text, primary_key=True),
    Column("wanted", Json, nullable=False),  # which articles
    Column("position", BigId, nullable=False),  # the last article that is done
    Column("done", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("began_at", Instant, nullable=False),
)
