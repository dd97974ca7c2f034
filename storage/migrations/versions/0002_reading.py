"""What readers tell of a page beyond its text: its kind, paywall, agencies, keywords; and the hash of its text alone."""

import sqlalchemy as sa
from alembic import op

from storage.types import Json

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns, filled so that what was read before stays true, and the look-up of a site's repeated texts."""
    op.add_column("articles", sa.Column("kind", sa.Text(), server_default="article", nullable=False))
    op.add_column("articles", sa.Column("paywalled", sa.Boolean(), nullable=True))
    op.add_column("articles", sa.Column("agencies", Json, server_default=sa.text("'[]'"), nullable=False))
    op.add_column("articles", sa.Column("keywords", Json, server_default=sa.text("'[]'"), nullable=False))
    op.add_column("articles", sa.Column("text_hash", sa.LargeBinary(), nullable=True))
    op.create_index("ix_articles_source_id_text_hash", "articles", ["source_id", "text_hash"], unique=False)
