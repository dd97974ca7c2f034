"""Enrichments, what waits for them, and runs over the archive."""

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, Instant, Json

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "enrichments",
        sa.Column("article_id", BigId, autoincrement=False, nullable=False),
        sa.Column("enricher", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("result", Json, nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_enrichments_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "enricher", "version", name=op.f("pk_enrichments")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "enrichments_waiting",
        sa.Column("id", BigId, nullable=False),
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("enricher", sa.Text(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_enrichments_waiting_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrichments_waiting")),
        sa.UniqueConstraint("article_id", "enricher", name=op.f("uq_enrichments_waiting_article_id_enricher")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "enrichment_runs",
        sa.Column("enricher", sa.Text(), nullable=False),
        sa.Column("wanted", Json, nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("enricher", name=op.f("pk_enrichment_runs")),
    )
