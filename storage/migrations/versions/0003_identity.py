"""Sources whose canonical URLs are not believed, since they name one for many pages."""

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add their table."""
    op.create_table(
        "shared_canonicals",
        sa.Column("source_id", BigId, autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.id"],
            name=op.f("fk_shared_canonicals_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_shared_canonicals")),
    )
