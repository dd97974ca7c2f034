"""Months of the partitioned tables, made ahead of time on Postgres; SQLite has none."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, text

# table -> the moment that says which month a row is of
PARTITIONED = {
    "captures": "fetched_at",
    "view_samples": "observed_at",
    "view_increments": "observed_at",
    "view_periods": "to_at",
}
AHEAD = 3  # months


def ensure(tx: Connection, now: datetime) -> None:
    """Make the partitions of this month and the next ones.

    Rows of a month without one (long ago, or after a long standstill) rest in the default partition and are found
    there; a month that has such rows gets no partition of its own any more.
    """
    if tx.dialect.name != "postgresql":
        return
    there = {
        row.relname for row in tx.execute(text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relispartition"))
    }
    wanted = [
        (table, _month(now, ahead), _month(now, ahead + 1)) for table in PARTITIONED for ahead in range(AHEAD + 1)
    ]
    missing = [want for want in wanted if _name(*want[:2]) not in there]
    if missing:
        # Two sweepers at once: the second waits here and finds them made.
        tx.execute(text("SELECT pg_advisory_xact_lock(7235408312)"))
    for table, start, end in missing:
        column = PARTITIONED[table]
        held = tx.execute(
            text(f"SELECT 1 FROM {table}_rest WHERE {column} >= :start AND {column} < :end LIMIT 1"),  # noqa: S608 our own names
            {"start": start, "end": end},
        ).first()
        if held is None:
            tx.exec_driver_sql(
                f"CREATE TABLE IF NOT EXISTS {_name(table, start)} PARTITION OF {table} "
                f"FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
            )


def _month(now: datetime, ahead: int) -> datetime:
    months = now.year * 12 + now.month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def _name(table: str, start: datetime) -> str:
    return f"{table}_{start:%Y_%m}"
