"""What each revision changed and how much, articles that change on each look, and how far re-reading has come."""

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, Instant, Json

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("articles", sa.Column("restless", sa.Integer(), server_default="0", nullable=False))
    op.add_column("articles", sa.Column("unkept_hash", sa.LargeBinary(), nullable=True))
    op.add_column("revisions", sa.Column("weight", sa.Text(), nullable=True))
    op.add_column("revisions", sa.Column("changed", Json, server_default=sa.text("'[]'"), nullable=False))
    op.add_column("revisions", sa.Column("words_added", sa.Integer(), nullable=True))
    op.add_column("revisions", sa.Column("words_removed", sa.Integer(), nullable=True))
    op.add_column("revisions", sa.Column("why", sa.Text(), server_default="", nullable=False))
    op.add_column("revisions", sa.Column("flip_flop", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "rereadings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("position", BigId, nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rereadings")),
    )
