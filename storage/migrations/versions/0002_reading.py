"""What readers tell beyond the text: a page's kind, paywall, agencies, keywords; the hash of its text; known walls."""

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, Instant, Json

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns, filled so that what was read before stays true, and the look-up of a site's repeated texts."""
    op.add_column("articles", sa.Column("kind", sa.Text(), server_default="article", nullable=False))
    op.add_column("articles", sa.Column("paywalled", sa.Boolean(), nullable=True))
    op.add_column("articles", sa.Column("agencies", Json, server_default=sa.text("'[]'"), nullable=False))
    op.add_column("articles", sa.Column("keywords", Json, server_default=sa.text("'[]'"), nullable=False))
    op.add_column("articles", sa.Column("published_offset", sa.Integer(), nullable=True))
    op.add_column("articles", sa.Column("text_hash", sa.LargeBinary(), nullable=True))
    op.create_index("ix_articles_source_id_text_hash", "articles", ["source_id", "text_hash"], unique=False)
    op.create_table(
        "walls",
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_walls_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", "text_hash", name=op.f("pk_walls")),
    )
    op.add_column("feeds", sa.Column("parent_id", BigId, nullable=True))
    op.create_index("ix_feeds_parent_id", "feeds", ["parent_id"], unique=False)
