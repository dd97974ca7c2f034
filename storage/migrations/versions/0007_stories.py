"""Stories, the articles of each, and the desk that follows the change log to tell them."""

import sqlalchemy as sa
from alembic import op

from dateline.clock import EPOCH
from storage.types import BigId, Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables, and the desk's one row: it begins with the first change in the log."""
    op.create_table(
        "stories",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("articles", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outlets", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("merged_into", BigId, nullable=True),
        sa.Column("split_from", BigId, nullable=True),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name=op.f("fk_stories_merged_into_stories")),
        sa.ForeignKeyConstraint(["split_from"], ["stories.id"], name=op.f("fk_stories_split_from_stories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sa.UniqueConstraint("key", name=op.f("uq_stories_key")),
    )
    op.create_index("ix_stories_last_at_id", "stories", ["last_at", "id"], unique=False)
    op.create_index(op.f("ix_stories_merged_into"), "stories", ["merged_into"], unique=False)
    op.create_table(
        "story_articles",
        sa.Column("article_id", BigId, autoincrement=False, nullable=False),
        sa.Column("story_id", BigId, nullable=True),
        sa.Column("copy_of", BigId, nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("seq", BigId, nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_articles_story_id_stories")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_story_articles")),
    )
    op.create_index("ix_story_articles_story_id", "story_articles", ["story_id"], unique=False)
    op.create_index("ix_story_articles_language_since", "story_articles", ["language", "since"], unique=False)
    op.create_index(
        "ix_story_articles_copy_of",
        "story_articles",
        ["copy_of"],
        unique=False,
        sqlite_where=sa.text("copy_of IS NOT NULL"),
        postgresql_where=sa.text("copy_of IS NOT NULL"),
    )
    desk = op.create_table(
        "story_desk",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", BigId, nullable=False),
        sa.Column("clock", Instant(), nullable=False),
        sa.Column("last_id", BigId, nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("until", Instant(), nullable=True),
        sa.CheckConstraint("id = 1", name="ck_story_desk_one"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_desk")),
    )
    op.bulk_insert(desk, [{"id": 1, "after": 0, "clock": EPOCH, "last_id": 0}])
