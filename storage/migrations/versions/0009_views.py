"""View counts over time: ledgers beside the samples, posts and their keys, and the windows that lists are read from."""

import sqlalchemy as sa
from alembic import op

from dateline.clock import EPOCH
from storage.types import BigId, Instant

revision = "0009"
down_revision = "0008"

WINDOWS = sa.text(
    "INSERT INTO article_window (article_id, meter, shown, last, last_at, "
    "gained_1h, before_1h, gained_24h, gained_7d, next_expiry) "
    "SELECT s.article_id, s.meter, true, s.count, s.observed_at, 0, 0, 0, 0, :epoch FROM view_samples s JOIN "
    "(SELECT article_id, meter, max(observed_at) AS at FROM view_samples GROUP BY article_id, meter) newest "
    "ON newest.article_id = s.article_id AND newest.meter = s.meter AND newest.at = s.observed_at"
)


def upgrade() -> None:
    """Add the tables; windows of samples that stand are due at once."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    _ledgers()
    _posts()
    _windows()
    if on_postgres:
        for table in ("view_increments", "view_periods"):
            op.execute(f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT")
        # A series is read from the index alone.
        op.execute("ALTER TABLE view_samples DROP CONSTRAINT pk_view_samples")
        op.execute(
            "ALTER TABLE view_samples ADD CONSTRAINT pk_view_samples "
            "PRIMARY KEY (article_id, meter, observed_at) INCLUDE (count, exact, step)"
        )
    op.get_bind().execute(WINDOWS.bindparams(sa.bindparam("epoch", EPOCH, type_=Instant())))


def _ledgers() -> None:
    op.create_table(
        "view_increments",
        sa.Column("article_id", BigId, autoincrement=False, nullable=False),
        sa.Column("meter", sa.Text(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("batch", BigId, autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("increment", BigId, nullable=False),
        sa.PrimaryKeyConstraint("article_id", "meter", "observed_at", "batch", "line", name=op.f("pk_view_increments")),
        postgresql_partition_by="RANGE (observed_at)",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "view_periods",
        sa.Column("article_id", BigId, autoincrement=False, nullable=False),
        sa.Column("meter", sa.Text(), nullable=False),
        sa.Column("to_at", Instant(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("batch", BigId, autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("views", BigId, nullable=False),
        sa.PrimaryKeyConstraint(
            "article_id", "meter", "to_at", "from_at", "batch", "line", name=op.f("pk_view_periods")
        ),
        postgresql_partition_by="RANGE (to_at)",
        sqlite_with_rowid=False,
    )


def _posts() -> None:
    op.create_table(
        "view_batches",
        sa.Column("id", BigId, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("done_to", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("stored", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("errors", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_batches")),
        sa.UniqueConstraint("sender", "key", name=op.f("uq_view_batches_sender_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_view_batches_received_at"), "view_batches", ["received_at"], unique=False)
    op.create_table(
        "view_line_ids",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_view_line_ids")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_view_line_ids_at"), "view_line_ids", ["at"], unique=False)
    op.create_table(
        "view_waiting",
        sa.Column("id", BigId, nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("meter", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("count", BigId, nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("from_at", Instant(), nullable=True),
        sa.Column("batch", BigId, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_waiting")),
    )
    op.create_index(op.f("ix_view_waiting_url_key"), "view_waiting", ["url_key"], unique=False)
    op.create_index(op.f("ix_view_waiting_at"), "view_waiting", ["at"], unique=False)
    op.create_table(
        "view_arrivals",
        sa.Column("id", BigId, nullable=False),
        sa.Column("meter", sa.Text(), nullable=False),
        sa.Column("articles", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_arrivals")),
        sqlite_autoincrement=True,
    )


def _windows() -> None:
    op.create_table(
        "article_window",
        sa.Column("article_id", BigId, autoincrement=False, nullable=False),
        sa.Column("meter", sa.Text(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("last", BigId, nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("gained_1h", BigId, nullable=False),
        sa.Column("before_1h", BigId, nullable=False),
        sa.Column("gained_24h", BigId, nullable=False),
        sa.Column("gained_7d", BigId, nullable=False),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("acceleration", sa.Float(), nullable=True),
        sa.Column("next_expiry", Instant(), nullable=True),
        sa.Column("told", BigId, nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("thinned_to", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("article_id", "meter", name=op.f("pk_article_window")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_article_window_next_expiry"), "article_window", ["next_expiry"], unique=False)
    op.create_index(op.f("ix_article_window_thinned_to"), "article_window", ["thinned_to"], unique=False)
    for column in ("gained_1h", "gained_24h", "gained_7d", "rate", "acceleration"):
        some = sa.text(f"{column} > 0")  # most articles stand still and need no entry
        op.create_index(
            f"ix_article_window_{column}",
            "article_window",
            [column, "article_id"],
            unique=False,
            sqlite_where=some,
            postgresql_where=some,
        )
