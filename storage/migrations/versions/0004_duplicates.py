"""Near copies: fingerprints of texts, the keys by which they are looked up, and how sure a copy is."""

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables and the column."""
    op.add_column("articles", sa.Column("duplicate_score", sa.Float(), nullable=True))
    op.create_table(
        "fingerprints",
        sa.Column("mark", BigId, autoincrement=False, nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("lead", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_fingerprints")),
    )
    op.create_index(op.f("ix_fingerprints_at"), "fingerprints", ["at"], unique=False)
    op.create_table(
        "lsh_bands",
        sa.Column("key", BigId, autoincrement=False, nullable=False),
        sa.Column("owners", sa.LargeBinary(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_lsh_bands")),
    )
