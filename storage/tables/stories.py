"""Stories, which articles are of them, and how far the change log was followed to tell."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from storage.tables.base import metadata
from storage.types import BigId, Instant

# Ids are given out by whoever follows the log: the same log gives the same ones.
stories = Table(
    "stories",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("language", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("articles", Integer, nullable=False, server_default="0"),
    Column("outlets", Integer, nullable=False, server_default="0"),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("merged_into", BigId, ForeignKey("stories.id"), index=True),
    Column("split_from", BigId, ForeignKey("stories.id")),
    Index("ix_stories_last_at_id", "last_at", "id"),
)

# An article beside its story, in a narrow row of its own: whoever clusters never waits for whoever saves articles. It
# stays until the log tells that the article was removed, so that its story is counted anew.
story_articles = Table(
    "story_articles",
    metadata,
    Column("article_id", BigId, primary_key=True, autoincrement=False),
    Column("story_id", BigId, ForeignKey("stories.id")),  # null: it stands alone so far
    Column("copy_of", BigId),
    Column("language", Text, nullable=False),
    Column("seq", BigId, nullable=False),  # of the change that placed it
    Column("since", Instant, nullable=False),  # of that change
    Column("at", Instant, nullable=False),  # published
    Column("terms", LargeBinary, nullable=False),  # its vector; empty where it does not weigh
    Index("ix_story_articles_story_id", "story_id"),
    Index("ix_story_articles_language_since", "language", "since"),
    Index(
        "ix_story_articles_copy_of",
        "copy_of",
        sqlite_where=text("copy_of IS NOT NULL"),
        postgresql_where=text("copy_of IS NOT NULL"),
    ),
)

# One row: who follows the log holds it.
story_desk = Table(
    "story_desk",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="ck_story_desk_one"), primary_key=True, autoincrement=False),
    Column("after", BigId, nullable=False),  # the last `seq` that was followed
    Column("clock", Instant, nullable=False),  # the latest moment in the log so far
    Column("last_id", BigId, nullable=False),
    Column("token", Text),
    Column("until", Instant),
)
