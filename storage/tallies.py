"""How often each outcome came, by minute: throughput for people, figures for metrics. Bounded by the sweep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from dateline.nouns.frontier import Tally
from storage.tables import tallies


def add(tx: Connection, counted: Sequence[Tally], now: datetime) -> None:
    """Add to this minute's counts. Write them late in a transaction: others count the same outcomes."""
    sums: Counter[tuple[str, str]] = Counter()
    for tally in counted:
        sums[tally.stage, str(tally.outcome)] += tally.count
    if not sums:
        return
    minute = now.replace(second=0, microsecond=0)
    insert = (postgresql if tx.dialect.name == "postgresql" else sqlite).insert(tallies)
    tx.execute(
        insert.on_conflict_do_update(
            index_elements=[tallies.c.minute, tallies.c.stage, tallies.c.outcome],
            set_={"count": tallies.c.count + insert.excluded.count},
        ),
        [
            {"minute": minute, "stage": stage, "outcome": outcome, "count": count}
            for (stage, outcome), count in sorted(sums.items())
        ],
    )


def since(tx: Connection, at: datetime) -> list[Tally]:
    """The sum for each stage and outcome from the minute of `at` on."""
    query = (
        select(tallies.c.stage, tallies.c.outcome, func.sum(tallies.c.count).label("total"))
        .where(tallies.c.minute >= at.replace(second=0, microsecond=0))
        .group_by(tallies.c.stage, tallies.c.outcome)
        .order_by(tallies.c.stage, tallies.c.outcome)
    )
    return [Tally(row.stage, row.outcome, int(row.total)) for row in tx.execute(query)]


def prune(tx: Connection, before: datetime) -> int:
    """Forget the minutes before this one. Returns how many rows went."""
    return tx.execute(delete(tallies).where(tallies.c.minute < before)).rowcount
