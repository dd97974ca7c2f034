"""View counts: what was seen and posted, by whom a post was sent, and what is made of it for lists.

`view_samples`, `view_increments` and `view_periods` hold everything; rows are added there and never altered, and all
three are partitioned by month on Postgres. `article_window` can be made again from them at any moment.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from storage.tables.base import metadata
from storage.types import BigId, Instant

view_samples = Table(
    "view_samples",
    metadata,
    Column("article_id", BigId, primary_key=True, autoincrement=False),
    Column("meter", Text, primary_key=True),
    Column("observed_at", Instant, primary_key=True),
    Column("count", BigId, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("step", Integer, nullable=False, server_default="1"),
    Column("extractor", Text, nullable=False, server_default=""),
    Column("matched", Text, nullable=False, server_default=""),
    Column("capture_id", BigId),
    sqlite_with_rowid=False,  # clustered by its key: a series is read in one go
)

# A ledger: what came on top. Rows of one moment stay apart, named by the batch and line that brought them.
view_increments = Table(
    "view_increments",
    metadata,
    Column("article_id", BigId, primary_key=True, autoincrement=False),
    Column("meter", Text, primary_key=True),
    Column("observed_at", Instant, primary_key=True),
    Column("batch", BigId, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("increment", BigId, nullable=False),
    sqlite_with_rowid=False,
)

# What a meter said of exactly this period: the statement of the newest batch and line stands.
view_periods = Table(
    "view_periods",
    metadata,
    Column("article_id", BigId, primary_key=True, autoincrement=False),
    Column("meter", Text, primary_key=True),
    Column("to_at", Instant, primary_key=True),
    Column("from_at", Instant, primary_key=True),
    Column("batch", BigId, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("views", BigId, nullable=False),
    sqlite_with_rowid=False,
)

view_batches = Table(
    "view_batches",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("sender", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False, index=True),
    Column("done_to", Integer, nullable=False, server_default="0"),  # the last line that was taken up
    Column("done", Boolean, nullable=False),
    Column("stored", Integer, nullable=False, server_default="0"),
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("repeated", Integer, nullable=False, server_default="0"),
    Column("errors", LargeBinary),  # packed; null: none
    UniqueConstraint("sender", "key"),
    sqlite_autoincrement=True,  # the bare row id reuses numbers, which name increments
)

view_line_ids = Table(
    "view_line_ids",
    metadata,
    Column("mark", LargeBinary, primary_key=True),  # a digest of sender and id
    Column("at", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# Lines whose URL no article has yet.
view_waiting = Table(
    "view_waiting",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("url_key", Text, nullable=False, index=True),
    Column("meter", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("count", BigId, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("step", Integer, nullable=False),
    Column("observed_at", Instant, nullable=False),  # of a period, its end
    Column("from_at", Instant),
    Column("batch", BigId, nullable=False),
    Column("line", Integer, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

# Articles whose counts moved and whose windows were not made anew since: one row for some hundreds of them.
view_arrivals = Table(
    "view_arrivals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("meter", Text, nullable=False),
    Column("articles", LargeBinary, nullable=False),  # ids of 8 bytes each
    sqlite_autoincrement=True,
)

article_window = Table(
    "article_window",
    metadata,
    Column("article_id", BigId, primary_key=True, autoincrement=False),
    Column("meter", Text, primary_key=True),
    Column("shown", Boolean, nullable=False),  # the one that lists show of this article
    Column("last", BigId, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("gained_1h", BigId, nullable=False),
    Column("before_1h", BigId, nullable=False),  # in the hour before that one
    Column("gained_24h", BigId, nullable=False),
    Column("gained_7d", BigId, nullable=False),
    Column("rate", Float),  # views an hour
    Column("acceleration", Float),  # views an hour, an hour
    Column("next_expiry", Instant, index=True),  # when time alone changes it; null: never again
    Column("told", BigId),  # the count that the change log told last
    Column("told_at", Instant),
    Column("thinned_to", Instant, index=True),  # older samples are kept one a day
    Index(
        "ix_article_window_gained_1h",
        "gained_1h",
        "article_id",
        sqlite_where=text("gained_1h > 0"),
        postgresql_where=text("gained_1h > 0"),
    ),
    Index(
        "ix_article_window_gained_24h",
        "gained_24h",
        "article_id",
        sqlite_where=text("gained_24h > 0"),
        postgresql_where=text("gained_24h > 0"),
    ),
    Index(
        "ix_article_window_gained_7d",
        "gained_7d",
        "article_id",
        sqlite_where=text("gained_7d > 0"),
        postgresql_where=text("gained_7d > 0"),
    ),
    Index(
        "ix_article_window_rate",
        "rate",
        "article_id",
        sqlite_where=text("rate > 0"),
        postgresql_where=text("rate > 0"),
    ),
    Index(
        "ix_article_window_acceleration",
        "acceleration",
        "article_id",
        sqlite_where=text("acceleration > 0"),
        postgresql_where=text("acceleration > 0"),
    ),
    sqlite_with_rowid=False,
)
