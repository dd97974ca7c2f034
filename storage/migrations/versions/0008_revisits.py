"""The operator's word about re-visits of a tag's articles, the share of a host's requests that they may take."""

import sqlalchemy as sa
from alembic import op

from storage.types import Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "tag_words",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("revisit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_tag_words")),
    )
    op.add_column("sources", sa.Column("revisit_share", sa.Float(), nullable=True))
    op.add_column("hosts", sa.Column("revisits_from", Instant(), nullable=True))
    op.add_column("visits", sa.Column("revived_at", Instant(), nullable=True))
